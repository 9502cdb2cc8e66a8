//! Numbers in `custom`: official SDKs read each as a double, so a number that a double cannot hold is refused.

use anyhow::{Context as _, Result};
use scanlatch_client::Method;
use scanlatch_tests::{Answer, shared_stack};
use serde_json::json;

const REFUSED: [&str; 8] = [
    "9007199254740993",
    "-9007199254740993",
    "1e400",
    "-1e400",
    "1e-400",
    "3.14159265358979323846",
    "123456789012345678901234567890",
    "0.1000000000000000000001",
];

const KEPT: [&str; 10] = [
    "9007199254740992",
    "-9223372036854775808",
    "18446744073709549568",
    "0",
    "-7",
    "12.5",
    "0.1",
    "1e300",
    "5e-324",
    "1.7976931348623157e308",
];

fn refused(answer: &Answer) {
    answer.assert_refused(400, "invalid_request");
    assert!(answer.text("errorDescription").starts_with("`custom` holds a number"), "{answer:?}");
}

/// The text of an answer's member `custom.n`, as it travelled.
fn number(answer: &Answer) -> String {
    answer.json["custom"]["n"].to_string()
}

#[tokio::test]
async fn a_number_that_no_double_holds_is_refused_wherever_custom_is_sent() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let mut screen = stack.socket_screen().await?;
    for number in REFUSED {
        let custom = format!(r#"{{"deep":[{{"n":{number}}}],"s":"\" 1e400"}}"#);
        let create = format!(r#"{{"action":"login","custom":{custom}}}"#).into_bytes();
        let authorization = stack.polling_screen().authorization();
        refused(&stack.api().post_raw("/client/challenge/qr-code", &authorization, create).await?);
        let body = format!(r#"{{"custom":{custom}}}"#).into_bytes();
        let path = "/users/numbers-ann/actions/login";
        refused(&stack.api().post_raw(path, backend.authorization(), body.clone()).await?);
        refused(&stack.api().post_raw("/users/numbers-ann", backend.authorization(), body).await?);
        let message = r#"{"type":"CREATE_CHALLENGE","data":{"actionCode":"login","custom":"#;
        screen.send(&format!("{message}{custom}}}}}")).await?;
        let answer = screen.next().await?;
        assert_eq!(
            (&answer["type"], &answer["data"]["error"]),
            (&json!("ERROR"), &json!("invalid_request")),
            "{answer}"
        );
        let told = answer["data"]["errorDescription"].as_str().context("no sentence")?;
        assert!(told.starts_with("`custom` holds a number"), "{told}");
    }
    Ok(())
}

#[tokio::test]
async fn a_number_that_a_double_holds_is_the_same_to_phone_and_backend() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let phone = stack.phone_of("numbers-ben").await?;
    let mut screen = stack.socket_screen().await?;
    for text in KEPT {
        let same = |shown: String| {
            let shown: f64 = shown.parse()?;
            assert_eq!(shown.to_bits(), text.parse::<f64>()?.to_bits(), "{text}");
            anyhow::Ok(())
        };
        let body = format!(r#"{{"custom":{{"n":{text}}}}}"#).into_bytes();
        stack.api().post_raw("/users/numbers-ben", backend.authorization(), body.clone()).await?.assert_ok();
        same(number(&backend.call(Method::GET, "/users/numbers-ben", &json!({})).await?))?;
        let path = "/users/numbers-ben/actions/login";
        let token = stack.api().post_raw(path, backend.authorization(), body).await?.assert_ok().text("token");
        let (id, _) = stack.polling_screen().with_token(&token).open().await?;
        let pending = phone.pending().await?;
        assert_eq!(pending.text("challengeId"), id);
        let claimed = phone.claim(&id).await?;
        for answer in [pending, claimed] {
            same(number(&answer))?;
            same(answer.json["user"]["custom"]["n"].to_string())?;
        }
        phone.decide(&id, true).await?.assert_ok();
        let message = r#"{"type":"CREATE_CHALLENGE","data":{"actionCode":"login","custom":{"n":"#;
        screen.send(&format!("{message}{text}}}}}}}")).await?;
        let created = screen.next().await?;
        let id = created["data"]["challengeId"].as_str().with_context(|| created.to_string())?.to_owned();
        same(number(&phone.claim(&id).await?))?;
        assert_eq!(screen.next().await?["data"]["state"], "claimed");
        phone.decide(&id, false).await?.assert_ok();
        assert_eq!(screen.next().await?["data"]["state"], "rejected");
    }
    Ok(())
}

#[tokio::test]
async fn a_number_outside_custom_is_nobodys_business() -> Result<()> {
    let stack = shared_stack().await;
    let body = br#"{"assetAmount":1e400,"other":[9007199254740993]}"#.to_vec();
    let path = "/users/numbers-cat/actions/login";
    stack.api().post_raw(path, stack.backend().authorization(), body).await?.assert_ok();
    Ok(())
}
