//! Screens that lose their socket and come back to their challenge.

use std::time::Duration;

use anyhow::Result;
use scanlatch_client::Method;
use scanlatch_tests::{SocketScreen, Stack, shared_stack};
use serde_json::{Value, json};

/// Asks for a challenge that its screen can resume; returns its id and device code.
async fn ask(screen: &mut SocketScreen) -> Result<(String, String)> {
    let data = json!({ "challengeType": "QR_CODE", "actionCode": "login", "resumable": true });
    let answer = screen.ask(&data).await?;
    let text = |member: &str| answer["data"][member].as_str().unwrap_or_default().to_owned();
    Ok((text("challengeId"), text("deviceCode")))
}

async fn resume(screen: &mut SocketScreen, id: &str, code: &str) -> Result<Value> {
    let message = json!({ "type": "RESUME_CHALLENGE", "data": { "challengeId": id, "deviceCode": code } });
    screen.send(&message.to_string()).await?;
    screen.next().await
}

#[tokio::test]
async fn an_approval_made_while_its_screen_was_away_is_there_when_it_comes_back() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("resume-ann").await?;
    let mut screen = stack.socket_screen().await?;
    let (id, code) = ask(&mut screen).await?;
    assert_eq!(code.len(), 43);
    phone.claim(&id).await?.assert_ok();
    screen.close().await?;
    assert_eq!(phone.decide(&id, true).await?.assert_ok().json["isVerified"], true);

    let mut back = stack.socket_screen().await?;
    for _ in 0..2 {
        let resumed = resume(&mut back, &id, &code).await?;
        assert_eq!((&resumed["type"], &resumed["data"]["state"]), (&json!("CHALLENGE_RESUMED"), &json!("approved")));
        let token = resumed["data"]["accessToken"].clone();
        assert_eq!(stack.backend().validate(&json!({ "token": token })).await?.json["isValid"], true);
    }
    let polled = stack.polling_screen().poll(&id, &code).await?;
    assert_eq!(polled.json["isVerified"], true);
    Ok(())
}

#[tokio::test]
async fn a_screen_that_came_back_hears_on_its_new_socket() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("resume-ben").await?;
    let mut first = stack.socket_screen().await?;
    let (id, code) = ask(&mut first).await?;
    let mut second = stack.socket_screen().await?;
    assert_eq!(resume(&mut second, &id, &code).await?["data"]["state"], "unclaimed");
    first.close().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    assert_eq!(second.next().await?["data"]["state"], "claimed");
    assert!(second.next().await?["data"]["accessToken"].is_string());
    Ok(())
}

async fn operations(stack: &Stack) -> Result<Vec<String>> {
    let calls = stack.control(Method::GET, "database-calls", &Value::Null).await?;
    let calls = calls["calls"].as_array().cloned().unwrap_or_default();
    Ok(calls.iter().map(|call| call["operation"].as_str().unwrap_or_default().to_owned()).collect())
}

/// Otherwise its code could not be claimed after the grace.
#[tokio::test]
async fn a_screen_that_lost_its_socket_and_polls_is_noted_once_as_being_there() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let mut screen = stack.socket_screen().await?;
    let (id, code) = ask(&mut screen).await?;
    stack.control(Method::DELETE, "database-calls", &Value::Null).await?;
    screen.close().await?;
    let is_noted = async {
        while !operations(&stack).await?.contains(&"UpdateItem".to_owned()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(Duration::from_secs(30), is_noted).await??;
    for expected in [1, 0] {
        stack.control(Method::DELETE, "database-calls", &Value::Null).await?;
        assert_eq!(stack.polling_screen().poll(&id, &code).await?.assert_ok().json["isClaimed"], false);
        let writes = operations(&stack).await?.iter().filter(|operation| *operation == "UpdateItem").count();
        assert_eq!(writes, expected);
    }
    Ok(())
}

#[tokio::test]
async fn only_the_code_brings_a_screen_back() -> Result<()> {
    let stack = shared_stack().await;
    let mut screen = stack.socket_screen().await?;
    let (id, _) = ask(&mut screen).await?;
    let (_, other) = stack.polling_screen().open().await?;
    let mut stranger = stack.socket_screen().await?;
    assert_eq!(resume(&mut stranger, &id, &other).await?["data"]["error"], "challenge_not_found");
    let official = screen.challenge().await?;
    assert_eq!(resume(&mut stranger, &official, &other).await?["data"]["error"], "challenge_not_found");
    assert_eq!(resume(&mut stranger, "nonsense", &other).await?["data"]["error"], "invalid_request");
    Ok(())
}

#[tokio::test]
async fn a_polling_screen_names_the_code_that_it_shows_no_longer() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("resume-cem").await?;
    let (id, code) = stack.polling_screen().open().await?;
    let replaces = json!({ "action": "login", "replaces": { "challengeId": id, "deviceCode": code } });
    let next = stack.polling_screen().create(&replaces).await?.assert_ok().text("challengeId");
    phone.claim(&id).await?.assert_refused(410, "challenge_superseded");
    phone.claim(&next).await?.assert_ok();
    Ok(())
}
