//! Paths that are not served: the caller is told why.

use std::path::Path;

use anyhow::Result;
use scanlatch_protocol::wire::base_url::NOTHING_HERE;
use scanlatch_tests::{Api, shared_stack};
use serde_json::json;

/// Calls of the browser and mobile SDKs for methods that this product lacks.
const METHODS: [(&str, &[&str]); 8] = [
    (
        "Push notifications",
        &[
            "POST /client/challenge/push",
            "POST /client/verify/push",
            "GET /client/user-authenticators/push?publicKey=a",
            "POST /client/user-authenticators/push",
            "PATCH /client/user-authenticators/push",
            "POST /client/user-authenticators/push/remove",
            "POST /client/user-authenticators/push/sign?publicKey=a",
            "GET /client/user-authenticators/push/challenge?publicKey=a",
            "POST /client/user-authenticators/push/challenge",
            "POST /client/user-authenticators/push/challenge/sign?publicKey=a",
        ],
    ),
    (
        "One-time codes by e-mail",
        &[
            "POST /client/challenge/email-otp",
            "POST /client/verify/email-otp",
            "POST /client/user-authenticators/email-otp",
        ],
    ),
    (
        "Magic links by e-mail",
        &[
            "POST /client/challenge/email-magic-link",
            "POST /client/verify/email-magic-link/finalize",
            "POST /client/user-authenticators/email-magic-link",
        ],
    ),
    (
        "One-time codes by SMS",
        &["POST /client/challenge/sms", "POST /client/verify/sms", "POST /client/user-authenticators/sms"],
    ),
    ("One-time codes of an authenticator app", &["POST /client/verify/totp", "POST /client/user-authenticators/totp"]),
    ("One-time codes by WhatsApp", &["POST /client/challenge/whatsapp", "POST /client/verify/whatsapp"]),
    (
        "Passkeys",
        &[
            "POST /client/challenge/web",
            "POST /client/verify/passkey",
            "GET /client/user-authenticators/passkey?credentialIds=a",
            "POST /client/user-authenticators/passkey",
            "POST /client/user-authenticators/passkey/registration-options",
            "POST /client/user-authenticators/passkey/registration-options/web",
            "POST /client/user-authenticators/passkey/authentication-options",
            "POST /client/user-authenticators/passkey/authentication-options/web",
        ],
    ),
    (
        "Security keys",
        &[
            "POST /client/verify/security-key",
            "POST /client/user-authenticators/security-key",
            "POST /client/user-authenticators/security-key/registration-options",
            "POST /client/user-authenticators/security-key/authentication-options",
        ],
    ),
];

#[tokio::test]
async fn a_method_of_the_sdks_that_is_no_part_of_this_product_is_told_so() -> Result<()> {
    let stack = shared_stack().await;
    for (name, calls) in METHODS {
        for call in calls {
            let (method, path) = call.split_once(' ').unwrap();
            for authorization in [stack.polling_screen().authorization(), "Bearer a.b.c".to_owned()] {
                let headers = format!("Authorization: {authorization}\r\nContent-Length: 2\r\n");
                let answer = stack.api().send_as_is(method, path, &headers, "{}").await?;
                answer.assert_refused(404, "method_not_supported");
                assert!(answer.text("errorDescription").starts_with(name), "{call}: {answer:?}");
            }
        }
    }
    let listed = stack.api().get("/client/user-authenticators", "Bearer a.b.c").await?;
    listed.assert_refused(404, "method_not_supported");
    Ok(())
}

#[tokio::test]
async fn a_slash_too_many_before_such_a_method_is_told_the_same() -> Result<()> {
    let stack = shared_stack().await;
    let answer =
        stack.api().post("//client/challenge/sms", &stack.polling_screen().authorization(), &json!({})).await?;
    answer.assert_refused(404, "method_not_supported");
    let served = stack.api().post("//client/challenge/qr-code", "", &json!({})).await?;
    served.assert_refused(404, "not_found");
    assert!(served.text("errorDescription").contains("without a slash after it"), "{served:?}");
    Ok(())
}

#[tokio::test]
async fn what_no_sdk_calls_is_404_to_everybody() -> Result<()> {
    let stack = shared_stack().await;
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/security.txt",
        "/unheard-of",
        "/",
        "/favicon.ico",
        "/client/unheard-of",
        "/client/",
        "/usersann",
    ] {
        for authorization in ["", "Basic d3Jvbmc6", stack.backend().authorization()] {
            stack.api().get(path, authorization).await?.assert_refused(404, "not_found");
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_a_backend_may_call_is_401_to_strangers_and_404_to_backends() -> Result<()> {
    let stack = shared_stack().await;
    for path in [
        "/users/ann/devices",
        "/users/ann/actions/",
        "/users/ann/actions/login",
        "/users/client/devices",
        "/validate/",
        "/challenge",
        "/verify",
        "/claim",
        "/sessions",
        "/v1/users/ann",
    ] {
        stack.api().get(path, "Basic d3Jvbmc6").await?.assert_refused(401, "unauthorized");
        stack.api().get(path, stack.backend().authorization()).await?.assert_refused(404, "not_found");
    }
    Ok(())
}

#[tokio::test]
async fn a_base_url_without_v1_is_told_what_is_missing() -> Result<()> {
    let stack = shared_stack().await;
    let base = stack.ws_url().replace("ws://", "http://").replace("/ws-v1-challenge", "");
    let api = Api::new(&base);
    for path in ["/client/challenge/qr-code", "/users/ann/actions/login", "/validate", "/v2/validate"] {
        let answer = api.post(path, &stack.polling_screen().authorization(), &json!({})).await?;
        answer.assert_refused(404, "not_found");
        assert_eq!(answer.text("errorDescription"), NOTHING_HERE);
    }
    Ok(())
}

/// Behind CloudFront, the edge answers the paths that neither API serves.
#[test]
fn the_edge_says_the_same() -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/template.yaml");
    assert!(std::fs::read_to_string(path)?.contains(NOTHING_HERE));
    Ok(())
}
