//! A path names what the caller meant or nothing: an id with `?` or `#` never means another user, key or action.

use anyhow::Result;
use scanlatch_client::Method;
use scanlatch_tests::{Answer, shared_stack};
use serde_json::{Value, json};

/// A backend's call with exactly this path, as SDKs send it that do not escape ids.
async fn as_it_is(method: &str, path: &str, body: &Value) -> Result<Answer> {
    let stack = shared_stack().await;
    let (authorization, body) = (stack.backend().authorization().to_owned(), body.to_string());
    let headers = format!("Authorization: {authorization}\r\nContent-Length: {}\r\n", body.len());
    stack.api().send_as_is(method, path, &headers, &body).await
}

#[tokio::test]
async fn an_id_with_a_question_mark_never_means_another_user() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let phone = stack.phone_of("exact-ann").await?;
    let slashed = stack.phone_of("exact%2Fann").await?;
    let before = (backend.get("/users/exact-ann").await?, phone.credential().await?, slashed.credential().await?);
    let body = json!({ "email": "mallory@example.com", "verificationMethod": "AUTHENTICATOR_APP" });
    for (method, path) in [
        ("DELETE", "/users/exact-ann%3Fx"),
        ("DELETE", "/users/exact-ann%3fx"),
        ("DELETE", "/users/exact-ann%3F"),
        ("DELETE", "/users/exact-ann?x"),
        ("PATCH", "/users/exact-ann?x"),
        ("POST", "/users/exact-ann?x/actions/login"),
        ("GET", "/users/exact-ann?x"),
        ("GET", "/users/exact-ann%3Fx"),
        ("GET", "/users/exact-ann%3Fx/authenticators"),
        ("POST", "/users/exact-ann%3Fx/authenticators"),
        ("GET", "/users/exact-ann%3Fx/actions"),
        ("POST", "/users/exact-ann%3Fx/actions/login"),
        ("DELETE", "/users/exact/ann%3Fx"),
        ("DELETE", "/users/exact/ann?x"),
    ] {
        let answer = as_it_is(method, path, &body).await?;
        assert_eq!((answer.status, answer.code()), (400, "invalid_request"), "{method} {path}: {answer:?}");
    }
    let after = (backend.get("/users/exact-ann").await?, phone.credential().await?, slashed.credential().await?);
    assert_eq!(after, before);
    Ok(())
}

/// An encoded hash arrives as part of its id; clients never send one that is not encoded.
#[tokio::test]
async fn an_id_with_a_hash_is_a_user_of_its_own() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let (ann, other) = (stack.phone_of("exact-dan").await?, stack.phone_of("exact-dan%23x").await?);
    assert_eq!(other.credential().await?.text("userId"), "exact-dan#x");
    backend.delete("/users/exact-dan%23x").await?.assert_ok();
    ann.credential().await?.assert_ok();
    other.credential().await?.assert_refused(401, "invalid_credential");
    Ok(())
}

#[tokio::test]
async fn such_an_id_is_refused_in_bodies_and_queries_too() -> Result<()> {
    let backend = shared_stack().await.backend();
    for user in ["exact-ben?x", "?"] {
        let claim = json!({ "challengeId": "00000000-0000-4000-8000-000000000000", "userId": user });
        backend.post("/claim", &claim).await?.assert_refused(400, "invalid_request");
        backend.post("/sessions/user/revoke", &json!({ "userId": user })).await?.assert_refused(400, "invalid_request");
        let encoded = user.replace('?', "%3F");
        backend.get(&format!("/challenges?userId={encoded}")).await?.assert_refused(400, "invalid_request");
    }
    Ok(())
}

#[tokio::test]
async fn a_key_with_a_question_mark_never_means_another_action() -> Result<()> {
    let backend = shared_stack().await.backend();
    backend.track("exact-cat", "pay", &json!({ "idempotencyKey": "k" })).await?.assert_ok();
    let tracked = backend.track("exact-cat", "pay", &json!({ "idempotencyKey": "k?x" })).await?;
    tracked.assert_refused(400, "invalid_request");
    let allow = json!({ "state": "ALLOW" });
    for (method, path) in [
        ("PATCH", "/users/exact-cat/actions/pay/k?x"),
        ("PATCH", "/users/exact-cat/actions/pay/k%3Fx"),
        ("GET", "/users/exact-cat/actions/pay/k?x"),
        ("POST", "/users/exact-cat/actions/pay?x"),
        ("POST", "/users/exact-cat/actions/pay%3Fx"),
    ] {
        let answer = as_it_is(method, path, &allow).await?;
        assert_eq!((answer.status, answer.code()), (400, "invalid_request"), "{method} {path}: {answer:?}");
    }
    let action = backend.call(Method::GET, "/users/exact-cat/actions/pay/k", &json!({})).await?;
    assert_eq!(action.assert_ok().text("state"), "CHALLENGE_REQUIRED");
    Ok(())
}
