//! What backends do besides logins: bad input, binding, lists with further pages.

use anyhow::Result;
use scanlatch_client::Method;
use scanlatch_tests::shared_stack;
use serde_json::{Value, json};

#[tokio::test]
async fn a_list_of_users_goes_on_and_a_tampered_continuation_is_refused() -> Result<()> {
    let site = shared_stack().await.neighbour(scanlatch_protocol::tenant::Settings::default()).await?;
    let backend = site.backend();
    for n in 0..5 {
        let body = json!({ "email": "team@example.com" });
        backend.call(Method::PATCH, &format!("/users/member%7C{n}%20a%2Bb"), &body).await?.assert_ok();
    }
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = backend.get(&format!("/users?email=team@example.com&limit=2{next}")).await?;
        seen.extend(page.json["users"].as_array().into_iter().flatten().map(|user| user["userId"].clone()));
        let Some(last) = page.json["lastEvaluatedUserId"].as_str() else { break };
        let tampered = format!("{}{}", if last.starts_with('A') { "B" } else { "A" }, &last[1..]);
        for foreign in [
            format!("/users?email=team@example.com&limit=2&lastEvaluatedUserId={tampered}"),
            format!("/users?limit=2&lastEvaluatedUserId={last}"),
            "/users?lastEvaluatedUserId=member%7C0".to_owned(),
        ] {
            backend.get(&foreign).await?.assert_refused(400, "invalid_request");
        }
        next = format!("&lastEvaluatedUserId={last}");
    }
    let all: Vec<Value> = (0..5).map(|n| json!(format!("member|{n} a+b"))).collect();
    assert_eq!(seen, all);
    Ok(())
}

#[tokio::test]
async fn malformed_requests_of_backends_are_refused_and_strangers_told_nothing() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let long = "u".repeat(257);
    for (method, path, body) in [
        ("GET", format!("/users/{long}"), json!({})),
        ("GET", "/users/a%00b".to_owned(), json!({})),
        ("GET", "/users?limit=0".to_owned(), json!({})),
        ("PATCH", "/users/ann".to_owned(), json!({ "email": 7 })),
        ("PATCH", "/users/ann".to_owned(), json!({ "custom": [1] })),
        ("POST", "/users/ann/authenticators".to_owned(), json!({ "verificationMethod": "PASSKEY" })),
        ("POST", "/users/ann/authenticators".to_owned(), json!({ "verificationMethod": "SMS" })),
        ("GET", "/users/ann/actions?fromDate=yesterday".to_owned(), json!({})),
        ("GET", "/users/ann/actions?state=DONE".to_owned(), json!({})),
        ("PATCH", "/users/ann/actions/login/1".to_owned(), json!({ "state": "DONE" })),
        ("GET", "/challenges".to_owned(), json!({})),
        ("POST", "/claim".to_owned(), json!({ "challengeId": "x", "userId": "ann" })),
        ("POST", "/sessions".to_owned(), json!({ "clientId": "a b", "token": "t" })),
        ("POST", "/sessions/refresh".to_owned(), json!({})),
    ] {
        let verb: Method = method.parse()?;
        backend.call(verb.clone(), &path, &body).await?.assert_refused(400, "invalid_request");
        let request = stack.api().request(verb, &path).header("authorization", "Basic d3Jvbmc6").body(body.to_string());
        let stranger = request.send().await?;
        assert_eq!(stranger.status, 401, "{method} {path}");
    }
    backend.call(Method::PUT, "/users/ann", &json!({})).await?.assert_refused(404, "not_found");
    backend.post("/users/authenticators", &json!({})).await?.assert_refused(404, "not_found");
    Ok(())
}

#[tokio::test]
async fn a_list_is_only_read() -> Result<()> {
    let backend = shared_stack().await.backend();
    for path in ["/users/ann/actions", "/users/a/b/actions"] {
        for method in [Method::PATCH, Method::PUT, Method::DELETE] {
            backend.call(method, path, &json!({})).await?.assert_refused(404, "not_found");
        }
    }
    for path in ["/users/ann/", "/users//actions", "/users/ann//actions"] {
        backend.get(path).await?.assert_refused(404, "not_found");
    }
    Ok(())
}

#[tokio::test]
async fn a_variable_that_nobody_set_switches_no_check_off() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let phone = stack.phone_of("unset-ann").await?;
    let own = phone.open(&json!({})).await?.text("challengeId");
    let token = phone.verify(&own).await?.text("token");
    for empty in ["userId", "action"] {
        let told = backend.validate(&json!({ "token": token, empty: "" })).await?;
        assert_eq!((&told.json["isValid"], &told.json["state"]), (&json!(false), &json!(null)), "{empty}");
    }
    let begin = json!({ "clientId": "demo", "token": token, "action": "" });
    backend.post("/sessions", &begin).await?.assert_refused(400, "invalid_request");
    let session = backend.post("/sessions", &json!({ "clientId": "demo", "token": token })).await?;
    let validate = json!({ "accessToken": session.text("accessToken"), "clientIds": [] });
    backend.post("/sessions/validate", &validate).await?.assert_refused(401, "token_invalid");
    for path in ["/users?email=", "/users?username=", "/users?phoneNumber="] {
        backend.get(path).await?.assert_refused(400, "invalid_request");
    }
    backend.get("/users?token=").await?.assert_refused(401, "token_invalid");
    Ok(())
}

#[tokio::test]
async fn a_tracked_action_takes_an_anonymous_code_for_its_user() -> Result<()> {
    let stack = shared_stack().await;
    let (ann, ben) = (stack.phone_of("kiosk-ann").await?, stack.phone_of("kiosk-ben").await?);
    let (id, code) = stack.polling_screen().open().await?;
    let attributes = json!({ "challengeId": id, "custom": { "seat": 7 } });
    let tracked = stack.backend().track("kiosk-ann", "order", &attributes).await?;
    let again = stack.backend().track("kiosk-ann", "order", &attributes).await?;
    assert_eq!(tracked.assert_ok().text("idempotencyKey"), again.assert_ok().text("idempotencyKey"));
    stack.backend().track("kiosk-ben", "order", &attributes).await?.assert_refused(401, "challenge_not_open");
    ben.claim(&id).await?.assert_refused(404, "challenge_not_found");
    let claim = ann.claim(&id).await?;
    assert_eq!((claim.text("actionCode"), &claim.json["custom"]), ("order".to_owned(), &json!({ "seat": 7 })));
    ann.decide(&id, true).await?.assert_ok();
    stack.backend().track("kiosk-ann", "order", &attributes).await?.assert_refused(401, "challenge_not_open");
    let token = stack.polling_screen().poll(&id, &code).await?.text("accessToken");
    let told = stack.backend().validate(&json!({ "token": token })).await?;
    assert_eq!(told.text("idempotencyKey"), tracked.text("idempotencyKey"));
    Ok(())
}

#[tokio::test]
async fn a_blocked_action_opens_no_challenge_and_decides_none() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let phone = stack.phone_of("blocked-ann").await?;
    let tracked = backend.track("blocked-ann", "pay", &json!({ "idempotencyKey": "b1" })).await?;
    let screen = stack.polling_screen().with_token(&tracked.text("token"));
    let (id, _) = screen.open().await?;
    phone.claim(&id).await?.assert_ok();
    let judged = backend.call(Method::PATCH, "/users/blocked-ann/actions/pay/b1", &json!({ "state": "BLOCK" })).await?;
    assert_eq!(judged.assert_ok().text("state"), "BLOCK");
    phone.decide(&id, true).await?.assert_refused(403, "action_blocked");
    screen.create(&json!({ "action": "pay" })).await?.assert_refused(403, "action_blocked");
    let told = backend.validate(&json!({ "token": tracked.text("token") })).await?;
    assert_eq!((&told.json["isValid"], &told.json["state"]), (&json!(false), &json!("BLOCK")));
    Ok(())
}

#[tokio::test]
async fn one_approval_begins_one_session_and_a_copied_refresh_token_ends_it() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let phone = stack.phone_of("session-ann").await?;
    let own = phone.open(&json!({})).await?.text("challengeId");
    let token = phone.verify(&own).await?.text("token");
    let begin = |client: &str| json!({ "clientId": client, "token": token });
    backend.post("/sessions", &begin("unheard-of")).await?.assert_refused(400, "unknown_client");
    let first = backend.post("/sessions", &begin("demo")).await?;
    assert_eq!(backend.post("/sessions", &begin("demo")).await?, first);
    let access = |answer: &scanlatch_tests::Answer| json!({ "accessToken": answer.text("accessToken") });
    let refresh = |answer: &scanlatch_tests::Answer| json!({ "refreshToken": answer.text("refreshToken") });
    backend.post("/sessions/validate", &access(&first)).await?.assert_ok();
    let second = backend.post("/sessions/refresh", &refresh(&first)).await?;
    assert_eq!(backend.post("/sessions/refresh", &refresh(&first)).await?, second);
    backend.post("/sessions", &begin("demo")).await?.assert_refused(401, "token_invalid");
    let third = backend.post("/sessions/refresh", &refresh(&second)).await?;
    backend.post("/sessions/refresh", &refresh(&first)).await?.assert_refused(401, "token_invalid");
    for ended in [&first, &second, &third] {
        backend.post("/sessions/validate", &access(ended)).await?.assert_refused(401, "token_invalid");
        backend.post("/sessions/refresh", &refresh(ended)).await?.assert_refused(401, "token_invalid");
    }
    Ok(())
}

#[tokio::test]
async fn without_a_filter_all_users_of_the_tenant_are_listed_and_nobody_elses() -> Result<()> {
    let stack = shared_stack().await;
    stack.backend().user_token("elsewhere-ann", "read:authenticators").await?;
    let site = stack.neighbour(scanlatch_protocol::tenant::Settings::default()).await?;
    for user in ["ann", "ben", "cem"] {
        site.backend().track(user, "login", &json!({})).await?.assert_ok();
    }
    let page = site.backend().get("/users?limit=2").await?;
    let rest =
        site.backend().get(&format!("/users?limit=2&lastEvaluatedUserId={}", page.text("lastEvaluatedUserId"))).await?;
    let ids = |answer: &scanlatch_tests::Answer| {
        let users = answer.assert_ok().json["users"].as_array().cloned().unwrap_or_default();
        users.iter().map(|user| user["userId"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((ids(&page), ids(&rest)), (vec!["ann".to_owned(), "ben".to_owned()], vec!["cem".to_owned()]));
    Ok(())
}

#[tokio::test]
async fn an_address_that_comes_with_a_tracked_action_replaces_the_one_that_users_are_found_by() -> Result<()> {
    let backend = shared_stack().await.backend();
    for email in ["before@moved.example", "after@moved.example"] {
        backend.track("moved-ann", "login", &json!({ "email": email })).await?.assert_ok();
    }
    assert_eq!(backend.get("/users?email=before@moved.example").await?.assert_ok().json["users"], json!([]));
    let found = backend.get("/users?email=after@moved.example").await?;
    assert_eq!(found.assert_ok().json["users"][0]["userId"], "moved-ann");
    Ok(())
}
