//! The cost of a login in database calls: counted, not timed.

use std::time::Duration;

use anyhow::{Context as _, Result};
use scanlatch_client::Method;
use scanlatch_tests::Stack;
use serde_json::{Value, json};
use tokio::time::sleep;

/// The cost of one call.
pub(crate) struct Cost {
    pub(crate) rounds: u64,
    pub(crate) operations: Vec<String>,
    /// Request units, read and written.
    pub(crate) units: (f64, f64),
}

impl Cost {
    pub(crate) fn writes(&self) -> usize {
        self.operations.iter().filter(|op| !matches!(op.as_str(), "GetItem" | "Query" | "BatchGetItem")).count()
    }
}

pub(crate) async fn cost<T>(stack: &Stack, call: impl Future<Output = Result<T>>) -> Result<(T, Cost)> {
    stack.control(Method::DELETE, "database-calls", &Value::Null).await?;
    let result = call.await?;
    let calls = stack.control(Method::GET, "database-calls", &Value::Null).await?;
    let operations: Vec<String> = calls["calls"]
        .as_array()
        .context("no list of calls")?
        .iter()
        .map(|call| call["operation"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(!operations.iter().any(|operation| operation == "Scan"), "{operations:?}");
    assert!(calls["calls"].as_array().is_some_and(|all| all.iter().all(|c| c["index"].is_null())), "{calls}");
    let units = |kind: &str| calls["units"][kind].as_f64().context("no units");
    let rounds = calls["rounds"].as_u64().context("no rounds")?;
    Ok((result, Cost { rounds, operations, units: (units("read")?, units("write")?) }))
}

#[tokio::test]
async fn a_login_takes_few_rounds() -> Result<()> {
    let stack = Stack::start(&["--instances", "1"]).await?;
    let phone = stack.phone_of("ann").await?;
    let polling = stack.polling_screen();
    let mut listening = stack.socket_screen().await?;
    // The first time is not counted, so that every process already holds the signing keys: a cold start is no part of a
    // login.
    for _ in 0..2 {
        let (id, code) = polling.open().await?;
        let shown = listening.challenge().await?;
        for id in [&id, &shown] {
            phone.claim(id).await?.assert_ok();
            phone.decide(id, true).await?.assert_ok();
        }
        for _ in 0..2 {
            listening.next().await?;
        }
        let token = polling.poll(&id, &code).await?.text("accessToken");
        stack.backend().validate(&json!({ "token": token })).await?.assert_ok();
    }
    stack.control(Method::POST, "faults", &json!({ "database": { "gatherMs": 150 } })).await?;

    let ((id, code), create) = cost(&stack, polling.open()).await?;
    assert_eq!(create.writes(), 1, "{:?}", create.operations);
    let (first, create_by_socket) = cost(&stack, listening.challenge()).await?;
    let (shown, refresh) = cost(&stack, listening.challenge()).await?;
    assert_ne!(first, shown);
    let (_, claim) = cost(&stack, phone.claim(&shown)).await?;
    let (_, decide) = cost(&stack, phone.decide(&shown, true)).await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    let (polled, poll) = cost(&stack, polling.poll(&id, &code)).await?;
    let token = polled.text("accessToken");
    let (validated, validate) = cost(&stack, stack.backend().validate(&json!({ "token": token }))).await?;
    assert_eq!(validated.json["isValid"], true);
    for (name, cost) in [
        ("create by polling", &create),
        ("create by socket", &create_by_socket),
        ("refresh by socket", &refresh),
        ("claim", &claim),
        ("decide", &decide),
        ("poll", &poll),
        ("validate", &validate),
    ] {
        println!("{name}: {} rounds, {:?}", cost.rounds, cost.operations);
        assert!((1..=2).contains(&cost.rounds), "{name} took {} rounds: {:?}", cost.rounds, cost.operations);
    }
    Ok(())
}

#[tokio::test]
async fn a_login_by_socket_takes_at_most_thirteen_write_and_twelve_read_units() -> Result<()> {
    let stack = Stack::start(&["--instances", "1"]).await?;
    let phone = stack.phone_of("ann").await?;
    let login = || async {
        let mut screen = stack.socket_screen().await?;
        let id = screen.challenge().await?;
        phone.claim(&id).await?.assert_ok();
        screen.next().await?;
        phone.decide(&id, true).await?.assert_ok();
        let told = screen.next().await?;
        let token = json!({ "token": told["data"]["accessToken"] });
        stack.backend().validate(&token).await?.assert_ok();
        screen.close().await?;
        // Nothing tells when the socket's last function has ended.
        sleep(Duration::from_secs(1)).await;
        Ok(())
    };
    login().await?;
    let ((), cost) = Box::pin(cost(&stack, login())).await?;
    let (read, write) = cost.units;
    assert!(read <= 12.0 && write <= 13.0, "{read} read and {write} write units for {:?}", cost.operations);
    stack.stop().await
}

#[tokio::test]
async fn a_decision_reads_all_that_it_needs_in_one_call() -> Result<()> {
    let stack = Stack::start(&["--instances", "1"]).await?;
    let (phone, screen) = (stack.phone_of("ann").await?, stack.polling_screen());
    let (id, _) = screen.open().await?;
    phone.claim(&id).await?.assert_ok();
    let (decided, cost) = cost(&stack, phone.decide(&id, true)).await?;
    decided.assert_ok();
    assert_eq!(cost.operations, ["BatchGetItem", "TransactWriteItems"]);
    stack.stop().await
}

#[tokio::test]
async fn a_list_takes_as_many_rounds_for_many_as_for_one() -> Result<()> {
    let stack = Stack::start(&["--instances", "1"]).await?;
    let backend = stack.backend();
    let list = || backend.call(Method::GET, "/users", &Value::Null);
    for user in ["ann", "ben", "cat", "dan", "eve"] {
        stack.backend().call(Method::PATCH, &format!("/users/{user}"), &json!({ "username": user })).await?.assert_ok();
    }
    list().await?.assert_ok();
    stack.control(Method::POST, "faults", &json!({ "database": { "gatherMs": 150 } })).await?;
    let (listed, cost) = cost(&stack, list()).await?;
    assert_eq!(listed.json["users"].as_array().context("no users")?.len(), 5);
    assert!(cost.rounds <= 3, "the tenant, the rows, the users: {} rounds of {:?}", cost.rounds, cost.operations);
    stack.stop().await
}
