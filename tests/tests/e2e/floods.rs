//! Sockets that ask too often, and what the end of a socket costs.

use std::time::Duration;

use anyhow::{Result, bail};
use scanlatch_client::Method;
use scanlatch_protocol::bucket::CAPACITY;
use scanlatch_tests::{SocketScreen, Stack, shared_stack};
use serde_json::{Value, json};

use crate::rounds::cost;

/// More messages than a socket may send however slow this machine is.
const MANY: usize = 200;

/// Sends the message again and again until the socket closes; returns the answers.
pub(crate) async fn until_closed(screen: &mut SocketScreen, message: &str) -> Result<Vec<Value>> {
    let mut answers = Vec::new();
    for _ in 0..MANY {
        if screen.send(message).await.is_err() {
            return Ok(answers);
        }
        match screen.next().await {
            Ok(answer) => answers.push(answer),
            Err(why) => {
                assert!(why.to_string().contains("Connection Closed Normally"), "{why}");
                return Ok(answers);
            }
        }
    }
    bail!("it was never closed")
}

#[tokio::test]
async fn a_screen_that_asks_too_often_loses_its_socket_and_no_other() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("flood-ann").await?;
    let (mut screen, mut other) = (stack.socket_screen().await?, stack.socket_screen().await?);
    let beside = other.challenge().await?;
    let ask = json!({ "type": "CREATE_CHALLENGE", "data": { "challengeType": "QR_CODE", "actionCode": "login" } });
    let answers = until_closed(&mut screen, &ask.to_string()).await?;
    let capacity = usize::try_from(CAPACITY)?;
    assert!((capacity..MANY).contains(&answers.len()), "{} answers", answers.len());
    let shown = answers.last().unwrap()["data"]["challengeId"].as_str().unwrap_or_default().to_owned();
    // `$disconnect` runs after the close; a claim before it finds nobody there.
    phone.claim(&shown).await?.assert_refused(410, "challenge_cancelled");
    phone.claim(&beside).await?.assert_ok();
    // The official SDK opens another socket when it next asks.
    let again = stack.socket_screen().await?.challenge().await?;
    assert!(!again.is_empty());
    Ok(())
}

/// Each is charged, though none waits for the one before.
#[tokio::test]
async fn nonsense_sent_at_once_loses_its_socket_too() -> Result<()> {
    let mut screen = shared_stack().await.socket_screen().await?;
    for _ in 0..3 * CAPACITY {
        if screen.send("{}").await.is_err() {
            return Ok(());
        }
    }
    for _ in 0..3 * CAPACITY {
        if screen.next().await.is_err_and(|why| why.to_string().contains("Connection Closed Normally")) {
            return Ok(());
        }
    }
    bail!("it was never closed")
}

#[tokio::test]
async fn a_flood_of_nonsense_or_of_wrong_codes_loses_its_socket_too() -> Result<()> {
    let stack = shared_stack().await;
    let (id, _) = stack.polling_screen().open().await?;
    let (_, code) = stack.polling_screen().open().await?;
    let wrong = json!({ "type": "RESUME_CHALLENGE", "data": { "challengeId": id, "deviceCode": code } });
    for (message, error) in [("nonsense".to_owned(), "invalid_request"), (wrong.to_string(), "challenge_not_found")] {
        let mut screen = stack.socket_screen().await?;
        let answers = until_closed(&mut screen, &message).await?;
        assert!((usize::try_from(CAPACITY)?..MANY).contains(&answers.len()), "{} answers", answers.len());
        assert!(answers.iter().all(|answer| answer["data"]["error"] == error), "{answers:?}");
    }
    Ok(())
}

/// What the end of this screen's socket costs: the operations, and the units read and written.
async fn end(stack: &Stack, screen: SocketScreen) -> Result<(Vec<String>, (f64, f64))> {
    let ended = async {
        screen.close().await?;
        for _ in 0..200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let calls = stack.control(Method::GET, "database-calls", &Value::Null).await?;
            if calls["calls"].as_array().is_some_and(|calls| calls.len() >= 2) {
                tokio::time::sleep(Duration::from_millis(200)).await;
                break;
            }
        }
        Ok(())
    };
    let ((), cost) = Box::pin(cost(stack, ended)).await?;
    Ok((cost.operations, cost.units))
}

#[tokio::test]
async fn the_end_of_a_usual_login_writes_one_unit_and_reads_one() -> Result<()> {
    let stack = Stack::start(&["--instances", "1"]).await?;
    let phone = stack.phone_of("ann").await?;
    let mut screen = stack.socket_screen().await?;
    let id = screen.challenge().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    assert_eq!(end(&stack, screen).await?, (vec!["DeleteItem".to_owned(), "GetItem".to_owned()], (1.0, 1.0)));

    let mut screen = stack.socket_screen().await?;
    let id = screen.challenge().await?;
    let (operations, units) = end(&stack, screen).await?;
    assert_eq!((operations, units), (["DeleteItem", "GetItem", "UpdateItem"].map(str::to_owned).to_vec(), (1.0, 2.0)));
    phone.claim(&id).await?.assert_refused(410, "challenge_cancelled");
    Ok(())
}
