//! Lost pushes, lost replies, dying processes and restarts lose no decision.

use anyhow::{Context as _, Result};
use scanlatch_client::Method;
use scanlatch_tests::Stack;
use serde_json::{Value, json};

async fn faults(stack: &Stack, faults: Value) -> Result<()> {
    stack.control(Method::POST, "faults", &faults).await.map(|_| ())
}

/// The pid of a function's busy process, once there is one.
async fn busy_process(stack: &Stack, function: &str) -> Result<u64> {
    for _ in 0..500 {
        let functions = stack.control(Method::GET, "functions", &Value::Null).await?;
        let processes = functions.as_array().context("no list of processes")?;
        let busy = processes.iter().find(|process| process["function"] == function && process["busy"] == true);
        if let Some(pid) = busy.and_then(|process| process["pid"].as_u64()) {
            return Ok(pid);
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    anyhow::bail!("{function} never got busy")
}

fn kill(pid: u64) -> Result<()> {
    std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status()?;
    Ok(())
}

#[tokio::test]
async fn lost_pushes_lose_no_login() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let phone = stack.phone_of("ann").await?;
    let mut screen = stack.socket_screen().await?;
    let id = screen.challenge().await?;
    faults(&stack, json!({ "losePushes": true })).await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    assert!(screen.is_silent().await?);
    faults(&stack, json!({})).await?;
    phone.decide(&id, true).await?.assert_ok();
    let approved = screen.next().await?;
    assert_eq!(approved["data"]["state"], "approved");
    let validated = stack.backend().validate(&json!({ "token": approved["data"]["accessToken"] })).await?;
    assert_eq!(validated.json["state"], "CHALLENGE_SUCCEEDED");
    Ok(())
}

#[tokio::test]
async fn a_process_killed_in_the_middle_of_a_decision_loses_nothing() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let phone = stack.phone_of("ann").await?;
    let screen = stack.polling_screen();
    for _ in 0..3 {
        let (id, code) = screen.open().await?;
        phone.claim(&id).await?.assert_ok();
        faults(&stack, json!({ "database": { "delayMs": 300 } })).await?;
        let decision = phone.decide(&id, true);
        let death = async {
            let pid = busy_process(&stack, "challenge-decide").await?;
            tokio::time::sleep(std::time::Duration::from_millis(450)).await;
            kill(pid)
        };
        let (answer, died) = tokio::join!(decision, death);
        died?;
        assert_eq!(answer?.status, 500);
        faults(&stack, json!({})).await?;
        phone.decide(&id, true).await?.assert_ok();
        let polled = screen.poll(&id, &code).await?;
        let validated = stack.backend().validate(&json!({ "token": polled.text("accessToken") })).await?;
        assert_eq!(validated.json["state"], "CHALLENGE_SUCCEEDED");
    }
    Ok(())
}

#[tokio::test]
async fn answers_that_the_database_never_gave_are_found_out_by_asking_again() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let phone = stack.phone_of("ann").await?;
    let screen = stack.polling_screen();
    for n in 2..6 {
        let (id, code) = screen.open().await?;
        faults(&stack, json!({ "database": { "failAfterCommit": n } })).await?;
        let mut claimed = phone.claim(&id).await?;
        let mut decided = phone.decide(&id, true).await?;
        faults(&stack, json!({})).await?;
        if claimed.status != 200 {
            claimed.assert_refused(503, "unavailable");
            claimed = phone.claim(&id).await?;
        }
        claimed.assert_ok();
        if decided.status != 200 {
            decided = phone.decide(&id, true).await?;
        }
        assert_eq!(decided.assert_ok().json["isVerified"], true);
        assert_eq!(screen.poll(&id, &code).await?.json["isVerified"], true);
    }
    Ok(())
}

#[tokio::test]
async fn a_database_that_fails_is_503_in_the_sdks_shape() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let screen = stack.polling_screen();
    faults(&stack, json!({ "database": { "failEvery": 1 } })).await?;
    screen.create(&json!({ "action": "login" })).await?.assert_refused(503, "unavailable");
    faults(&stack, json!({})).await?;
    screen.create(&json!({ "action": "login" })).await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn a_restart_with_its_data_loses_no_decided_login() -> Result<()> {
    let data = tempfile::tempdir()?;
    let arguments = ["--data", data.path().to_str().context("an odd path")?];
    let stack = Stack::start(&arguments).await?;
    let (tenant, secret) = (stack.tenant_id().to_owned(), stack.secret_key().to_owned());
    let phone = stack.phone_of("ann").await?;
    let (decided, code) = stack.polling_screen().open().await?;
    phone.claim(&decided).await?.assert_ok();
    phone.decide(&decided, true).await?.assert_ok();
    let token = stack.polling_screen().poll(&decided, &code).await?.text("accessToken");
    stack.stop().await?;

    let stack = Stack::start(&arguments).await?;
    assert_eq!((stack.tenant_id(), stack.secret_key()), (tenant.as_str(), secret.as_str()));
    assert_eq!(stack.polling_screen().poll(&decided, &code).await?.text("accessToken"), token);
    let validated = stack.backend().validate(&json!({ "token": token })).await?;
    assert_eq!(validated.json["state"], "CHALLENGE_SUCCEEDED");
    assert_eq!(validated.json["userId"], "ann");
    Ok(())
}

#[tokio::test]
async fn a_lost_disconnect_leaves_nothing_that_harms() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let phone = stack.phone_of("ann").await?;
    faults(&stack, json!({ "loseDisconnects": true })).await?;
    let mut screen = stack.socket_screen().await?;
    let id = screen.challenge().await?;
    screen.close().await?;
    phone.claim(&id).await?.assert_refused(410, "challenge_cancelled");
    phone.decide(&id, true).await?.assert_refused(410, "challenge_cancelled");
    Ok(())
}
