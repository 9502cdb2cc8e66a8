//! Bad input gets one clear refusal and changes nothing.

use anyhow::Result;
use scanlatch_protocol::base64;
use scanlatch_tests::{Answer, Phone, PollingScreen, handshake_status, shared_stack};
use serde_json::{Value, json};

const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

fn nested(levels: usize) -> String {
    "{\"a\":".repeat(levels - 1) + "{}" + &"}".repeat(levels - 1)
}

/// A challenge that must look the same after every attempt on it.
struct Untouched {
    screen: PollingScreen,
    id: String,
    code: String,
    before: Answer,
}

impl Untouched {
    async fn new(screen: PollingScreen, id: String, code: String) -> Result<Self> {
        let before = screen.poll(&id, &code).await?;
        Ok(Self { screen, id, code, before })
    }

    async fn assert(&self) -> Result<()> {
        assert_eq!(self.screen.poll(&self.id, &self.code).await?, self.before);
        Ok(())
    }
}

/// An unclaimed challenge and a phone that may claim it.
async fn scene(user: &str) -> Result<(Phone, Untouched)> {
    let stack = shared_stack().await;
    let phone = stack.phone_of(user).await?;
    let screen = stack.polling_screen();
    let (id, code) = screen.open().await?;
    Ok((phone, Untouched::new(screen, id, code).await?))
}

#[tokio::test]
async fn a_body_over_8_kib_is_413_before_it_is_parsed_and_an_enrolment_over_16() -> Result<()> {
    let stack = shared_stack().await;
    let (body, enrolment) = (vec![b'['; 8 * 1024 + 1], vec![b'['; 16 * 1024 + 1]);
    let screen = stack.polling_screen();
    let phone = stack.phone();
    for (path, authorization) in [
        ("/client/challenge/qr-code".to_owned(), screen.authorization()),
        ("/client/verify/qr-code".to_owned(), screen.authorization()),
        (phone.path("/challenge/claim"), phone.authorization()),
        (phone.path("/challenge"), phone.authorization()),
        (phone.path("/remove"), phone.authorization()),
        ("/users/ann/actions/login".to_owned(), stack.backend().authorization().to_owned()),
        ("/validate".to_owned(), stack.backend().authorization().to_owned()),
    ] {
        stack.api().post_raw(&path, &authorization, body.clone()).await?.assert_refused(413, "invalid_request");
    }
    stack.api().post_raw(&phone.path(""), "Bearer a.b.c", enrolment).await?.assert_refused(413, "invalid_request");
    Ok(())
}

#[tokio::test]
async fn nesting_over_8_levels_is_refused() -> Result<()> {
    let stack = shared_stack().await;
    let screen = stack.polling_screen();
    let body = |levels: usize| format!("{{\"action\":\"login\",\"custom\":{}}}", nested(levels)).into_bytes();
    let path = "/client/challenge/qr-code";
    stack.api().post_raw(path, &screen.authorization(), body(7)).await?.assert_ok();
    stack.api().post_raw(path, &screen.authorization(), body(8)).await?.assert_refused(400, "invalid_request");
    Ok(())
}

#[tokio::test]
async fn custom_over_2_kib_is_refused() -> Result<()> {
    let screen = shared_stack().await.polling_screen();
    let body = json!({ "action": "login", "custom": { "a": "x".repeat(2048) } });
    screen.create(&body).await?.assert_refused(400, "invalid_request");
    Ok(())
}

#[tokio::test]
async fn custom_that_is_no_object_is_refused() -> Result<()> {
    let screen = shared_stack().await.polling_screen();
    for custom in [json!([1]), json!("text"), json!(7), json!(true)] {
        screen.create(&json!({ "action": "login", "custom": custom })).await?.assert_refused(400, "invalid_request");
    }
    Ok(())
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused() -> Result<()> {
    let stack = shared_stack().await;
    let authorization = stack.polling_screen().authorization();
    for body in ["", "[]", "null", "\"text\"", "{", "{\"action\":7}", "{\"action\":\"log in\"}", "\u{0}", "{\"a\":1}x"]
    {
        let answer = stack.api().post_raw("/client/challenge/qr-code", &authorization, body.into()).await?;
        answer.assert_refused(400, "invalid_request");
    }
    Ok(())
}

#[tokio::test]
async fn an_unknown_challenge_is_refused_alike_everywhere() -> Result<()> {
    let (phone, _) = scene("unknown-ann").await?;
    phone.claim(UNKNOWN).await?.assert_refused(404, "challenge_not_found");
    phone.decide(UNKNOWN, true).await?.assert_refused(404, "challenge_not_found");
    Ok(())
}

#[tokio::test]
async fn a_wrong_device_code_looks_like_an_unknown_challenge() -> Result<()> {
    let (_, challenge) = scene("code-guess-ann").await?;
    let wrong = base64::encode_url(&[7; 32]);
    let guessed = challenge.screen.poll(&challenge.id, &wrong).await?;
    guessed.assert_refused(404, "challenge_not_found");
    assert_eq!(challenge.screen.poll(UNKNOWN, &wrong).await?, guessed);
    Ok(())
}

#[tokio::test]
async fn a_stranger_cannot_tell_an_open_challenge_from_an_unknown_one() -> Result<()> {
    let (_, challenge) = scene("stranger-ann").await?;
    let stranger = shared_stack().await.phone();
    let open = stranger.claim(&challenge.id).await?;
    open.assert_refused(401, "invalid_credential");
    assert_eq!(stranger.claim(UNKNOWN).await?, open);
    assert_eq!(stranger.decide(&challenge.id, true).await?, open);
    assert_eq!(stranger.decide(UNKNOWN, true).await?, open);
    challenge.assert().await
}

#[tokio::test]
async fn a_malformed_challenge_id_is_refused() -> Result<()> {
    let (phone, challenge) = scene("uuid-ann").await?;
    for id in ["", "2966600.0", "not-a-uuid", &format!("{{{UNKNOWN}}}"), &UNKNOWN.replace('-', "")] {
        phone.claim(id).await?.assert_refused(400, "invalid_request");
        phone.decide(id, true).await?.assert_refused(400, "invalid_request");
        challenge.screen.poll(id, &challenge.code).await?.assert_refused(400, "invalid_request");
    }
    challenge.assert().await
}

#[tokio::test]
async fn a_malformed_key_is_refused() -> Result<()> {
    let (phone, challenge) = scene("key-ann").await?;
    let good = base64::decode(&phone.public_key()).unwrap_or_default();
    let mut off_curve = good.clone();
    *off_curve.last_mut().expect("a key has bytes") ^= 1;
    let p384_oid = good.iter().copied().take(20).chain([0x22]).collect::<Vec<u8>>();
    for key in
        ["", "%%%", "AAAA", &base64::encode(&good[26..]), &base64::encode(&off_curve), &base64::encode(&p384_oid)]
    {
        let mut body = phone.signed(&challenge.id);
        body["publicKey"] = key.into();
        phone.claim_with(&body).await?.assert_refused(400, "invalid_request");
        let query = base64::encode(key.as_bytes());
        let stack = shared_stack().await;
        let path = format!("{}?publicKey={query}", phone.path(""));
        stack.api().get(&path, &phone.authorization()).await?.assert_refused(400, "invalid_request");
    }
    challenge.assert().await
}

#[tokio::test]
async fn a_malformed_signature_is_refused() -> Result<()> {
    let (phone, challenge) = scene("signature-ann").await?;
    for signature in ["", "%%%", "AAAA", &base64::encode(&[1; 64]), &"A".repeat(500)] {
        let mut body = phone.signed(&challenge.id);
        body["signature"] = signature.into();
        phone.claim_with(&body).await?.assert_refused(400, "invalid_request");
    }
    challenge.assert().await
}

#[tokio::test]
async fn a_signature_over_another_text_or_by_another_key_is_refused() -> Result<()> {
    let (phone, challenge) = scene("forged-ann").await?;
    let other = shared_stack().await.phone();
    for signature in [phone.sign(UNKNOWN), other.sign(&challenge.id)] {
        let mut body = phone.signed(&challenge.id);
        body["signature"] = signature.into();
        phone.claim_with(&body).await?.assert_refused(401, "invalid_credential");
        body["approved"] = true.into();
        phone.decide_with(&body).await?.assert_refused(401, "invalid_credential");
    }
    challenge.assert().await
}

#[tokio::test]
async fn a_wrong_tenant_is_unauthorized_and_another_tenants_phone_a_stranger() -> Result<()> {
    let (phone, challenge) = scene("tenant-ann").await?;
    let id = challenge.id.clone();
    phone.clone().at_tenant(UNKNOWN).claim(&id).await?.assert_refused(401, "unauthorized");
    phone.clone().at_tenant("not-a-tenant").claim(&id).await?.assert_refused(401, "unauthorized");
    let stack = shared_stack().await;
    let foreign = PollingScreen::new(stack.api(), UNKNOWN);
    foreign.poll(&id, &challenge.code).await?.assert_refused(401, "unauthorized");
    foreign.create(&json!({ "action": "login" })).await?.assert_refused(401, "unauthorized");
    challenge.assert().await
}

#[tokio::test]
async fn a_challenge_claimed_by_another_is_refused() -> Result<()> {
    let (winner, challenge) = scene("winner-ann").await?;
    let loser = shared_stack().await.phone_of("loser-ben").await?;
    winner.claim(&challenge.id).await?.assert_ok();
    let challenge = Untouched::new(challenge.screen, challenge.id, challenge.code).await?;
    loser.claim(&challenge.id).await?.assert_refused(409, "challenge_already_claimed");
    for approved in [true, false] {
        loser.decide(&challenge.id, approved).await?.assert_refused(409, "challenge_already_claimed");
    }
    challenge.assert().await
}

#[tokio::test]
async fn another_phone_of_the_same_user_is_another_claimer() -> Result<()> {
    let (one, challenge) = scene("two-phones-ann").await?;
    let two = shared_stack().await.phone_of("two-phones-ann").await?;
    one.claim(&challenge.id).await?.assert_ok();
    two.claim(&challenge.id).await?.assert_refused(409, "challenge_already_claimed");
    two.decide(&challenge.id, true).await?.assert_refused(409, "challenge_already_claimed");
    Ok(())
}

#[tokio::test]
async fn a_decision_without_a_claim_is_refused() -> Result<()> {
    let (phone, challenge) = scene("hasty-ann").await?;
    phone.decide(&challenge.id, true).await?.assert_refused(409, "challenge_not_claimed");
    challenge.assert().await
}

#[tokio::test]
async fn a_contrary_decision_is_refused_and_the_first_stands() -> Result<()> {
    for approved in [true, false] {
        let (phone, challenge) = scene("fickle-ann").await?;
        phone.claim(&challenge.id).await?.assert_ok();
        phone.decide(&challenge.id, approved).await?.assert_ok();
        let challenge = Untouched::new(challenge.screen, challenge.id, challenge.code).await?;
        phone.decide(&challenge.id, !approved).await?.assert_refused(409, "challenge_already_decided");
        challenge.assert().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_decision_without_approved_is_refused() -> Result<()> {
    let (phone, challenge) = scene("vague-ann").await?;
    phone.claim(&challenge.id).await?.assert_ok();
    for approved in [Value::Null, json!("true"), json!(1)] {
        let mut body = phone.signed(&challenge.id);
        body["approved"] = approved;
        phone.decide_with(&body).await?.assert_refused(400, "invalid_request");
    }
    Ok(())
}

#[tokio::test]
async fn nobody_is_let_in_without_a_known_authorization() -> Result<()> {
    let stack = shared_stack().await;
    let secret = stack.backend().authorization().to_owned();
    let tenant = stack.polling_screen().authorization();
    for authorization in ["", "Basic", "Basic !!!", "Bearer ", "Digest abc", secret.as_str()] {
        let answer = stack.api().post("/client/verify/qr-code", authorization, &json!({})).await?;
        answer.assert_refused(401, "unauthorized");
    }
    for authorization in ["", "Basic !!!", "Bearer a.b.c", tenant.as_str()] {
        stack
            .api()
            .post("/validate", authorization, &json!({ "token": "x" }))
            .await?
            .assert_refused(401, "unauthorized");
        let path = "/users/ann/actions/login";
        stack.api().post(path, authorization, &json!({})).await?.assert_refused(401, "unauthorized");
    }
    Ok(())
}

#[tokio::test]
async fn a_handshake_without_a_known_identity_is_refused_before_the_upgrade() -> Result<()> {
    let stack = shared_stack().await;
    let tenant = stack.tenant_id();
    for offers in [
        None,
        Some("authsignal-ws".to_owned()),
        Some(format!("x.authsignal.tenant.{tenant}")),
        Some(format!("authsignal-ws, x.authsignal.tenant.{UNKNOWN}")),
        Some("authsignal-ws, x.authsignal.tenant.nobody".to_owned()),
        Some("authsignal-ws, x.authsignal.token.a.b.c".to_owned()),
        Some(format!("authsignal-ws, x.authsignal.tenant.{tenant}, x.authsignal.token.a.b.c")),
    ] {
        assert_eq!(handshake_status(stack.ws_url(), offers.as_deref(), None).await?, 401, "{offers:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_bad_message_is_answered_and_the_socket_goes_on() -> Result<()> {
    let mut screen = shared_stack().await.socket_screen().await?;
    for message in [
        "not json".to_owned(),
        "[]".to_owned(),
        json!({ "type": "OTHER" }).to_string(),
        json!({ "type": "CREATE_CHALLENGE" }).to_string(),
        json!({ "type": "CREATE_CHALLENGE", "data": { "actionCode": "a b" } }).to_string(),
        json!({ "type": "CREATE_CHALLENGE", "data": { "actionCode": "a", "custom": [] } }).to_string(),
        json!({ "type": "CREATE_CHALLENGE", "data": { "actionCode": "a", "custom": { "b": "x".repeat(9000) } } })
            .to_string(),
    ] {
        screen.send(&message).await?;
        let answer = screen.next().await?;
        assert_eq!(answer["type"], "ERROR", "{answer}");
        assert_eq!(answer["data"]["error"], "invalid_request", "{answer}");
    }
    screen.challenge().await?;
    Ok(())
}

#[tokio::test]
async fn a_get_changes_nothing() -> Result<()> {
    let (phone, challenge) = scene("preview-ann").await?;
    let stack = shared_stack().await;
    for (path, status, code) in [("/challenge/claim", 404, "not_found"), ("/challenge", 400, "invalid_request")] {
        let path = format!("{}?challengeId={}", phone.path(path), challenge.id);
        stack.api().get(&path, &phone.authorization()).await?.assert_refused(status, code);
    }
    challenge.assert().await
}
