//! Variants of requests that mean the same.

use anyhow::Result;
use scanlatch_protocol::base64;
use scanlatch_tests::{Phone, shared_stack};
use serde_json::json;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

/// The status of a handshake with these header lines.
async fn handshake(lines: &[(&'static str, String)]) -> Result<u16> {
    let mut request = shared_stack().await.ws_url().into_client_request()?;
    for (name, value) in lines {
        request.headers_mut().append(*name, value.parse()?);
    }
    match connect_async(request).await {
        Ok((_, response)) => Ok(response.status().as_u16()),
        Err(Error::Http(response)) => Ok(response.status().as_u16()),
        Err(error) => Err(error.into()),
    }
}

/// RFC 6455 section 11.3.4: the header may appear several times and is one list.
#[tokio::test]
async fn sub_protocols_on_two_header_lines_are_one_list() -> Result<()> {
    const NAME: &str = "sec-websocket-protocol";
    let tenant = format!("x.authsignal.tenant.{}", shared_stack().await.tenant_id());
    let ours = || "authsignal-ws".to_owned();
    assert_eq!(handshake(&[(NAME, ours()), (NAME, tenant.clone())]).await?, 101);
    assert_eq!(handshake(&[(NAME, ours()), (NAME, "chat".to_owned()), (NAME, tenant.clone())]).await?, 101);
    let twice = [(NAME, ours()), (NAME, tenant.clone()), (NAME, "x.authsignal.token.a.b.c".to_owned())];
    assert_eq!(handshake(&twice).await?, 401);
    Ok(())
}

#[tokio::test]
async fn white_space_around_what_was_scanned_is_no_part_of_it() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("scanned-ann").await?;
    for around in [("", "\n"), (" ", ""), ("\t", "\r\n"), ("\u{3000}", "\u{a0}")] {
        let (id, _) = stack.polling_screen().open().await?;
        let scanned = format!("{}{id}{}", around.0, around.1);
        // The SDK signs the text that it sends.
        phone.claim(&scanned).await?.assert_ok();
        phone.decide(&scanned, true).await?.assert_ok();
    }
    Ok(())
}

#[tokio::test]
async fn a_line_feed_after_what_was_pasted_is_no_part_of_it() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let phone = stack.phone();
    let pasted = |text: &str| format!(" {text}\r\n");
    let token = backend.user_token("pasted-ann", "add:authenticators").await?;
    let body =
        json!({ "publicKey": pasted(&phone.public_key()), "deviceName": "Pixel 9", "devicePlatform": "android" });
    stack.api().post(&phone.path(""), &format!("Bearer {token}"), &body).await?.assert_ok();
    let query = base64::encode(pasted(&phone.public_key()).as_bytes());
    let path = format!("{}?publicKey={query}%0A", phone.path(""));
    stack.api().get(&path, &phone.authorization()).await?.assert_ok();

    let (id, code) = stack.polling_screen().open().await?;
    let mut claim = phone.signed(&id);
    claim["signature"] = pasted(&phone.sign(&id)).into();
    claim["publicKey"] = pasted(&phone.public_key()).into();
    phone.claim_with(&claim).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    let polled = stack.polling_screen().poll(&pasted(&id), &pasted(&code)).await?;
    let result = polled.assert_ok().text("accessToken");
    assert_eq!(backend.validate(&json!({ "token": pasted(&result) })).await?.json["isValid"], true);
    let found = backend.get(&format!("/users?token={result}%0A")).await?;
    assert_eq!(found.assert_ok().json["users"][0]["userId"], "pasted-ann");

    let session = backend.post("/sessions", &json!({ "clientId": "demo", "token": pasted(&result) })).await?;
    let (access, refresh) = (session.assert_ok().text("accessToken"), session.text("refreshToken"));
    backend.post("/sessions/validate", &json!({ "accessToken": pasted(&access) })).await?.assert_ok();
    backend.post("/sessions/refresh", &json!({ "refreshToken": pasted(&refresh) })).await?.assert_ok();
    backend.post("/sessions/revoke", &json!({ "accessToken": pasted(&access) })).await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn a_line_feed_after_a_tenant_or_secret_key_is_no_part_of_it() -> Result<()> {
    let stack = shared_stack().await;
    let basic = |name: &str| format!("Basic {}", base64::encode(format!("{name}:").as_bytes()));
    let tenant = basic(&format!("{}\n", stack.tenant_id()));
    stack.api().post("/client/challenge/qr-code", &tenant, &json!({ "action": "login" })).await?.assert_ok();
    let secret = basic(&format!("{}\r\n", stack.secret_key()));
    stack.api().get("/users?limit=1", &secret).await?.assert_ok();
    Ok(())
}

/// An enrolment whose attestation gives its body exactly this length.
fn enrolment(phone: &Phone, bytes: usize) -> Vec<u8> {
    let body = |token: &str| {
        let attestation = json!({ "provider": "APP_ATTEST", "token": token, "keyId": "k" });
        json!({ "publicKey": phone.public_key(), "devicePlatform": "ios", "performAttestation": attestation })
            .to_string()
    };
    body(&"A".repeat(bytes - body("").len())).into_bytes()
}

#[tokio::test]
async fn an_enrolment_may_carry_an_attestation_up_to_16_kib() -> Result<()> {
    let stack = shared_stack().await;
    let one = stack.phone();
    for phone in [one.clone(), one.clone().with_newer_sdk(), one.clone().in_app()] {
        let token = stack.backend().user_token("attested-ann", "add:authenticators").await?;
        let bearer = format!("Bearer {token}");
        let body = enrolment(&phone, 16 * 1024);
        stack.api().post_raw(&phone.path(""), &bearer, body).await?.assert_ok();
        let refused = stack.api().post_raw(&phone.path(""), &bearer, enrolment(&phone, 16 * 1024 + 1)).await?;
        refused.assert_refused(413, "invalid_request");
        assert!(refused.text("errorDescription").contains("16 KiB"), "{refused:?}");
    }
    let other = stack.api().post_raw("/client/verify/qr-code", &one.authorization(), vec![b' '; 9000]).await?;
    other.assert_refused(413, "invalid_request");
    assert!(other.text("errorDescription").contains("8 KiB"), "{other:?}");
    Ok(())
}
