//! The cost of a login by OpenID in database calls: counted, not timed.

use anyhow::Result;
use scanlatch_client::Method;
use scanlatch_protocol::openid::client::Grant;
use scanlatch_tests::{Application, Browser, CALLBACK, Phone, Stack, parameter};
use serde_json::json;

use crate::openid::{ASKED, exchanged, logged_in, registration};
use crate::rounds::{Cost, cost};

/// Everybody who takes part.
struct Scene {
    stack: Stack,
    application: Application,
    phone: Phone,
    browser: Browser,
}

/// A stack whose processes hold the signing keys already: a cold start is no part of a login.
async fn scene() -> Result<Scene> {
    let stack = Stack::start(&["--instances", "1"]).await?;
    let application = Application::register(&stack, registration(), false).await?;
    let phone = stack.phone_of("ann").await?;
    let mut browser = Browser::default();
    let to = logged_in(&stack, &application, &mut browser, &phone).await?;
    let tokens = exchanged(&application, &to).await?;
    application.get("userinfo", &tokens.text("access_token")).await?.assert_ok();
    browser.open(&application, &silent()).await?;
    Ok(Scene { stack, application, phone, browser })
}

fn silent() -> Vec<(&'static str, &'static str)> {
    vec![("redirect_uri", CALLBACK), ("response_type", "code"), ("scope", "openid"), ("prompt", "none")]
}

async fn gather(stack: &Stack) -> Result<()> {
    stack.control(Method::POST, "faults", &json!({ "database": { "gatherMs": 150 } })).await?;
    Ok(())
}

/// What the steps cost, each at most two rounds; returns the sum of their calls and units.
fn sum(steps: &[(&str, Cost)]) -> (usize, f64, f64) {
    for (name, cost) in steps {
        let (read, write) = cost.units;
        println!("{name}: {} rounds, {read} read and {write} write units, {:?}", cost.rounds, cost.operations);
        assert!((1..=2).contains(&cost.rounds), "{name} took {} rounds: {:?}", cost.rounds, cost.operations);
    }
    let calls = steps.iter().map(|(_, cost)| cost.operations.len()).sum();
    let units = |of: fn(&Cost) -> f64| steps.iter().map(|(_, cost)| of(cost)).sum();
    let all = (calls, units(|cost| cost.units.0), units(|cost| cost.units.1));
    println!("in all: {} calls, {} read and {} write units", all.0, all.1, all.2);
    all
}

#[tokio::test]
async fn each_step_of_a_login_by_openid_takes_at_most_two_rounds() -> Result<()> {
    let Scene { stack, application, phone, .. } = scene().await?;
    let mut browser = Browser::default();
    gather(&stack).await?;
    let (page, authorize) = cost(&stack, browser.open(&application, &ASKED)).await?;
    let (shown, sign_in) = cost(&stack, browser.page(&application, &page, "sign-in", json!({}))).await?;
    let (id, code) = (shown.assert_ok().text("challengeId"), shown.text("deviceCode"));
    let (_, claim) = cost(&stack, phone.claim(&id)).await?;
    let (_, decide) = cost(&stack, phone.decide(&id, true)).await?;
    let (polled, poll) = cost(&stack, stack.polling_screen().poll(&id, &code)).await?;
    let token = json!({ "token": polled.text("accessToken") });
    let (done, complete) = cost(&stack, browser.page(&application, &page, "sign-in/complete", token)).await?;
    let to = done.assert_ok().text("redirectTo");
    let (tokens, exchange) = cost(&stack, exchanged(&application, &to)).await?;
    let access = tokens.assert_ok().text("access_token");
    let (told, userinfo) = cost(&stack, application.get("userinfo", &access)).await?;
    told.assert_ok();
    let (calls, read, write) = sum(&[
        ("authorize", authorize),
        ("sign-in", sign_in),
        ("claim", claim),
        ("decide", decide),
        ("poll", poll),
        ("complete", complete),
        ("token", exchange),
        ("userinfo", userinfo),
    ]);
    assert!(calls <= 32 && read <= 23.0 && write <= 26.0, "{calls} calls, {read} read and {write} write units");
    stack.stop().await
}

#[tokio::test]
async fn a_browser_that_is_logged_in_gets_its_next_code_in_two_rounds() -> Result<()> {
    let Scene { stack, application, mut browser, .. } = scene().await?;
    gather(&stack).await?;
    let (to, authorize) = cost(&stack, browser.open(&application, &silent())).await?;
    assert!(parameter(&to, "code").is_some(), "{to}");
    let (tokens, exchange) = cost(&stack, exchanged(&application, &to)).await?;
    tokens.assert_ok();
    sum(&[("authorize", authorize), ("token", exchange)]);
    stack.stop().await
}

#[tokio::test]
async fn a_device_that_waits_pays_one_write_a_poll_and_its_tokens_take_three_rounds() -> Result<()> {
    let Scene { stack, application, phone, .. } = scene().await?;
    let asks = [("scope", "openid")];
    let warm = application.post("device_authorization", &asks).await?;
    warm.assert_ok();
    gather(&stack).await?;
    let (asked, ask) = cost(&stack, application.post("device_authorization", &asks)).await?;
    let code = asked.assert_ok().text("device_code");
    let poll = [("grant_type", Grant::DeviceCode.as_str()), ("device_code", &*code)];
    let (pending, waits) = cost(&stack, application.post("token", &poll)).await?;
    pending.assert_refused(400, "authorization_pending");
    assert_eq!(waits.writes(), 1, "{:?}", waits.operations);
    let claimed = phone.claim_by_code(&asked.text("user_code")).await?;
    phone.decide(&claimed.assert_ok().text("challengeId"), true).await?.assert_ok();
    let (tokens, done) = cost(&stack, application.post("token", &poll)).await?;
    tokens.assert_ok();
    // The approval names the user, so the user is read only after it.
    println!("the poll that gives tokens: {} rounds, {:?}, {:?}", done.rounds, done.operations, done.units);
    assert!(done.rounds <= 3 && done.writes() == 2, "{} rounds: {:?}", done.rounds, done.operations);
    sum(&[("device_authorization", ask), ("a poll that waits", waits)]);
    stack.stop().await
}
