//! A screen that shows a newer code.

use anyhow::Result;
use scanlatch_tests::shared_stack;
use serde_json::json;

#[tokio::test]
async fn an_unclaimed_challenge_that_its_screen_replaced_cannot_be_claimed() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("refresh-ann").await?;
    let mut screen = stack.socket_screen().await?;
    let old = screen.challenge().await?;
    let new = screen.challenge().await?;
    assert_ne!(old, new);
    phone.claim(&old).await?.assert_refused(410, "challenge_superseded");
    phone.claim(&new).await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn a_claimed_challenge_that_its_screen_replaced_cannot_be_decided() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("refresh-ben").await?;
    let mut screen = stack.socket_screen().await?;
    let old = screen.challenge().await?;
    phone.claim(&old).await?.assert_ok();
    assert_eq!(screen.next().await?["data"]["state"], "claimed");
    let new = screen.challenge().await?;
    for approved in [true, false] {
        phone.decide(&old, approved).await?.assert_refused(410, "challenge_superseded");
    }
    phone.claim(&new).await?.assert_ok();
    phone.decide(&new, true).await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn a_screen_that_left_takes_its_unclaimed_challenge_with_it() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("refresh-cem").await?;
    let mut screen = stack.socket_screen().await?;
    let id = screen.challenge().await?;
    screen.close().await?;
    let mut answer = phone.claim(&id).await?;
    // `$disconnect` runs after the close; a claim before it may still succeed.
    if answer.status != 200 {
        answer.assert_refused(410, "challenge_cancelled");
        answer = phone.claim(&id).await?;
        answer.assert_refused(410, "challenge_cancelled");
    }
    Ok(())
}

#[tokio::test]
async fn screens_do_not_supersede_each_other() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("refresh-dan").await?;
    let (mut one, mut two) = (stack.socket_screen().await?, stack.socket_screen().await?);
    let (first, second) = (one.challenge().await?, two.challenge().await?);
    phone.claim(&first).await?.assert_ok();
    phone.claim(&second).await?.assert_ok();
    assert_eq!(one.next().await?["data"]["challengeId"], first.as_str());
    assert_eq!(two.next().await?["data"]["challengeId"], second.as_str());
    Ok(())
}

#[tokio::test]
async fn of_many_challenges_that_a_screen_asks_for_at_once_one_can_be_claimed() -> Result<()> {
    const MANY: usize = 20;
    let stack = shared_stack().await;
    let phone = stack.phone_of("refresh-eli").await?;
    let mut screen = stack.socket_screen().await?;
    let ask = json!({ "type": "CREATE_CHALLENGE", "data": { "challengeType": "QR_CODE", "actionCode": "login" } });
    for _ in 0..MANY {
        screen.send(&ask.to_string()).await?;
    }
    let mut shown = Vec::new();
    for _ in 0..MANY {
        let answer = screen.next().await?;
        match answer["data"]["challengeId"].as_str() {
            Some(id) => shown.push(id.to_owned()),
            None => assert_eq!(answer["data"]["error"], "too_many_requests"),
        }
    }
    let mut claimed = 0;
    for id in &shown {
        let answer = phone.claim(id).await?;
        if answer.status == 200 {
            claimed += 1;
        } else {
            answer.assert_refused(410, "challenge_superseded");
        }
    }
    assert_eq!(claimed, 1);
    Ok(())
}
