//! Everything at once: claims and decisions that are sent twice, screens that refresh, leave and come back, and revoked
//! phones.

use std::time::Duration;

use anyhow::{Context as _, Result};
use scanlatch_service::port::Entropy as _;
use scanlatch_service::system::System;
use scanlatch_tests::{Answer, Phone, SocketScreen, Stack, rounds, shared_stack};
use serde_json::{Value, json};

/// A random number below `most`.
fn any(most: u8) -> Result<u8> {
    Ok(System.random::<1>()?[0] % most)
}

/// Waits up to 8 milliseconds, so that each side sometimes comes first.
async fn a_while() -> Result<()> {
    let wait = u64::from(any(80)?) * 100;
    tokio::time::sleep(Duration::from_micros(wait)).await;
    Ok(())
}

/// A phone that sends its decision twice, as on an unreliable network.
async fn decided(phone: &Phone, id: &str, approved: bool) -> Result<bool> {
    a_while().await?;
    let (one, other) = tokio::try_join!(phone.decide(id, approved), async {
        a_while().await?;
        phone.decide(id, approved).await
    })?;
    Ok([one, other].iter().any(|answer| answer.status == 200 && answer.json["isVerified"] == true))
}

/// What a screen heard of a challenge, as the official SDK reads it: nothing counts after the first decision.
#[derive(Debug, Default)]
struct Heard {
    states: Vec<String>,
    token: Option<String>,
}

impl Heard {
    fn of(messages: &[Value], id: &str) -> Self {
        let mut heard = Self::default();
        for data in messages.iter().map(|message| &message["data"]).filter(|data| data["challengeId"] == id) {
            let state = data["state"].as_str().unwrap_or_default();
            if heard.states.last().is_some_and(|last| last == "approved" || last == "rejected") {
                continue;
            }
            if state == "approved" {
                assert!(data["accessToken"].is_string(), "approved without its token: {messages:?}");
                heard.token = data["accessToken"].as_str().map(str::to_owned);
            }
            heard.states.push(state.to_owned());
        }
        heard
    }
}

async fn is_valid(stack: &Stack, token: &str) -> Result<bool> {
    Ok(stack.backend().validate(&json!({ "token": token })).await?.json["isValid"] == true)
}

/// The screen waits until the phone has its answer.
const STAYS: u8 = 0;

/// The screen's part of a race: it stays, refreshes or leaves. Returns all that it heard.
async fn screen(mut screen: SocketScreen, does: u8) -> Result<Vec<Value>> {
    a_while().await?;
    match does {
        STAYS => tokio::time::sleep(Duration::from_millis(150)).await,
        1 => screen.send(&json!({ "type": "CREATE_CHALLENGE", "data": { "actionCode": "login" } }).to_string()).await?,
        _ => {}
    }
    screen.leave().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_is_told_yes_only_if_its_official_screen_has_the_token() -> Result<()> {
    let stack = shared_stack().await;
    let (mut yes, mut no, mut closing) = (0, 0, 0);
    for round in 0..rounds() {
        // What a screen took away stays undecided, and counts against a phone.
        let phone = stack.phone_of(&format!("mixed-ann-{round}")).await?;
        let mut listening = stack.socket_screen().await?;
        let id = listening.challenge().await?;
        let (claimed, again) = tokio::try_join!(phone.claim(&id), phone.claim(&id))?;
        assert!(claimed.status == 200 && again.status == 200, "round {round}: {claimed:?} {again:?}");
        let does = any(3)?;
        let (told_yes, messages) = tokio::try_join!(decided(&phone, &id, true), screen(listening, does))?;
        let heard = Heard::of(&messages, &id);
        match heard.token {
            None if told_yes && does != STAYS => closing += 1,
            None => {
                assert!(!told_yes, "round {round}: yes, and only {messages:?}");
                no += 1;
            }
            Some(token) => {
                let counts = is_valid(stack, &token).await?;
                assert!(counts || !told_yes, "round {round} ({does}): the token counts for nothing");
                yes += usize::from(told_yes);
            }
        }
    }
    println!("{} races: {yes} yes, {no} no, {closing} pushes accepted while the screen was closing", rounds());
    assert!(yes > 0 && no > 0, "one of the two was always first");
    // A closing socket accepts a push that nobody reads. No server can notice this, but it is rare.
    assert!(closing <= 1 + rounds() / 50, "{closing} approvals went unheard");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_is_told_yes_and_its_screen_comes_back_for_the_token() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("mixed-ben").await?;
    for round in 0..rounds() {
        let mut first = stack.socket_screen().await?;
        let data = json!({ "challengeType": "QR_CODE", "actionCode": "login", "resumable": true });
        let created = first.ask(&data).await?["data"].clone();
        let text = |member: &str| created[member].as_str().unwrap_or_default().to_owned();
        let (id, code) = (text("challengeId"), text("deviceCode"));
        phone.claim(&id).await?.assert_ok();
        let back = async {
            let mut second = stack.socket_screen().await?;
            a_while().await?;
            let resume = json!({ "type": "RESUME_CHALLENGE", "data": { "challengeId": id, "deviceCode": code } });
            second.send(&resume.to_string()).await?;
            Ok(second)
        };
        let leave = async {
            a_while().await?;
            first.leave().await
        };
        let (told_yes, on_first, mut second) = tokio::try_join!(decided(&phone, &id, true), leave, back)?;
        // The screen hears how the challenge stands, and then every later change.
        let mut on_second: Vec<Value> = Vec::new();
        let has_come_back = |heard: &[Value]| heard.iter().any(|message| message["type"] == "CHALLENGE_RESUMED");
        while !(has_come_back(&on_second) && Heard::of(&on_second, &id).token.is_some()) {
            let next = second.next().await.with_context(|| format!("round {round}: {on_first:?} {on_second:?}"))?;
            on_second.push(next);
        }
        assert!(told_yes, "round {round}: a screen with a code never loses an approval");
        let polled = stack.polling_screen().poll(&id, &code).await?.text("accessToken");
        assert!(is_valid(stack, &polled).await?, "round {round}");
        Heard::of(&on_first, &id);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_revoked_phone_did_counts_for_nothing_once_that_is_confirmed() -> Result<()> {
    let stack = shared_stack().await;
    let next = stack.phone_of("mixed-next").await?;
    for round in 0..rounds() {
        let user = format!("mixed-{round}");
        let phone = stack.phone_of(&user).await?;
        let device = phone.credential().await?.text("userAuthenticatorId");
        let (id, code) = stack.polling_screen().open().await?;
        phone.claim(&id).await?.assert_ok();
        let revoke = async {
            a_while().await?;
            stack.backend().delete(&format!("/users/{user}/authenticators/{device}")).await
        };
        let poll = async {
            a_while().await?;
            stack.polling_screen().poll(&id, &code).await
        };
        let (_, revoked, polled): (bool, Answer, Answer) = tokio::try_join!(decided(&phone, &id, true), revoke, poll)?;
        revoked.assert_ok();
        assert_ne!(stack.polling_screen().poll(&id, &code).await?.json["isVerified"], true, "round {round}");
        if let Some(token) = polled.json["accessToken"].as_str() {
            assert!(!is_valid(stack, token).await?, "round {round}: the token of a revoked phone");
        }
        let taken = next.claim(&id).await?;
        let is_open = stack.polling_screen().poll(&id, &code).await?.json["isConsumed"] == false;
        assert_eq!(taken.status == 200, is_open, "round {round}: {taken:?}");
        if is_open {
            next.decide(&id, false).await?.assert_ok();
        }
    }
    Ok(())
}
