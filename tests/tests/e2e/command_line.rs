//! What `scanlatch` changes in a stack takes effect for its screens, phones and backends.

use anyhow::Result;
use scanlatch_client::Method;
use scanlatch_tests::{Stack, shared_stack};
use serde_json::json;

#[tokio::test]
async fn a_tenant_from_the_command_line_logs_in_until_it_is_deleted() -> Result<()> {
    let stack = shared_stack().await;
    let made = stack.scanlatch(&["tenant", "create", "From the command line"]).await?;
    let tenant = made["tenantId"].as_str().unwrap();
    let site = stack.site_of(tenant, made["secretKey"].as_str().unwrap());
    let (phone, screen) = (site.phone_of("ann").await?, site.polling_screen());
    let (id, code) = screen.open().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    let token = screen.poll(&id, &code).await?.text("accessToken");
    let valid = site.backend().validate(&json!({ "token": token })).await?;
    assert_eq!((&valid.json["isValid"], &valid.json["userId"]), (&json!(true), &json!("ann")));
    let shown = stack.scanlatch(&["challenge", "show", tenant, &id]).await?;
    assert_eq!((&shown["state"], &shown["userId"]), (&json!("consumed"), &json!("ann")));

    let devices = stack.scanlatch(&["device", "list", tenant, "ann"]).await?;
    let device = devices["devices"][0]["deviceId"].as_str().unwrap();
    stack.scanlatch(&["device", "revoke", tenant, "ann", device, "--yes"]).await?;
    let (id, code) = screen.open().await?;
    phone.claim(&id).await?.assert_refused(401, "invalid_credential");

    let deleted = stack.scanlatch(&["tenant", "delete", tenant, "--yes"]).await?;
    assert_eq!(deleted["users"], 1);
    screen.poll(&id, &code).await?.assert_refused(401, "unauthorized");
    site.backend().validate(&json!({ "token": token })).await?.assert_refused(401, "unauthorized");
    Ok(())
}

#[tokio::test]
async fn the_base_url_of_a_running_stack_leads_to_it() -> Result<()> {
    let stack = shared_stack().await;
    let ready = stack.control(Method::GET, "ready", &json!(null)).await?;
    let found = stack.scanlatch(&["check-url", ready["apiUrl"].as_str().unwrap()]).await?;
    assert_eq!((&found["answers"], &found["baseUrl"]), (&json!(true), &ready["apiUrl"]));
    Ok(())
}

#[tokio::test]
async fn a_smoke_test_logs_in_and_leaves_nothing_behind() -> Result<()> {
    let stack = shared_stack().await;
    let done = stack.scanlatch(&["smoke"]).await?;
    let steps: Vec<&str> =
        done["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    for step in [
        "the screen hears a token",
        "a browser lets a page ask for one",
        "the screen polls a token",
        "the backend validates it",
    ] {
        assert!(steps.contains(&step), "{steps:?}");
    }
    let left = stack.scanlatch(&["user", "list", stack.tenant_id(), "--limit", "1000"]).await?;
    assert!(!left.to_string().contains("smoke-"), "{left}");
    Ok(())
}

#[tokio::test]
async fn a_smoke_test_logs_in_by_openid_where_it_is_told_an_application() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let create = ["client", "create", "smoke", "--tenant", stack.tenant_id(), "--name", "Smoke test", "--public"];
    stack.scanlatch(&[&create[..], &["--redirect-uri", "http://127.0.0.1/callback"]].concat()).await?;
    let steps = stack.scanlatch(&["smoke", "--oidc", "smoke"]).await?["steps"].to_string();
    for step in ["the application exchanges the code", "it asks who logged in", "the backend deletes the user"] {
        assert!(steps.contains(step), "{steps}");
    }
    assert!(stack.scanlatch(&["smoke", "--oidc", "nobody"]).await.is_err());
    stack.stop().await
}

#[tokio::test]
async fn a_smoke_test_logs_in_under_the_strict_preset() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    stack.scanlatch(&["tenant", "update", stack.tenant_id(), "--preset", "strict"]).await?;
    let create = ["client", "create", "smoke", "--tenant", stack.tenant_id(), "--name", "Smoke test", "--public"];
    stack.scanlatch(&[&create[..], &["--redirect-uri", "http://127.0.0.1/callback"]].concat()).await?;
    let steps = stack.scanlatch(&["smoke", "--oidc", "smoke"]).await?["steps"].to_string();
    for step in ["the screen hears a token", "the screen polls a token", "it asks who logged in"] {
        assert!(steps.contains(step), "{steps}");
    }
    stack.stop().await
}

#[tokio::test]
async fn a_smoke_test_says_why_a_tenant_refuses_it() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    stack.scanlatch(&["tenant", "update", stack.tenant_id(), "--preset", "payment"]).await?;
    let output = stack.terminal().await?.arg("smoke").output().await?;
    let told = String::from_utf8(output.stderr)?;
    assert!(told.contains("This action takes only challenges that a backend began."), "{told}");
    stack.stop().await
}

#[tokio::test]
async fn a_smoke_test_from_one_origin_makes_sure_that_others_are_refused() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let smoke = ["smoke", "--origin", "https://shop.example"];
    assert!(stack.scanlatch(&smoke).await.is_err(), "a page elsewhere was let in, and nobody said so");
    stack.scanlatch(&["tenant", "update", stack.tenant_id(), "--allowed-origin", "https://shop.example"]).await?;
    let steps = stack.scanlatch(&smoke).await?["steps"].to_string();
    for step in ["a page elsewhere gets no socket", "a page elsewhere gets no challenge"] {
        assert!(steps.contains(step), "{steps}");
    }
    stack.stop().await
}

#[tokio::test]
async fn a_smoke_test_hears_of_a_lost_push_and_still_removes_its_user() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    stack.control(Method::POST, "faults", &json!({ "losePushes": true })).await?;
    assert!(stack.scanlatch(&["smoke"]).await.is_err());
    let left = stack.scanlatch(&["user", "list", stack.tenant_id()]).await?;
    assert_eq!(left["users"], json!([]));
    stack.stop().await
}
