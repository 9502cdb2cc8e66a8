//! A login by OpenID, a device without a keyboard and a screen of an SDK ask at the same time, and two phones answer.

use anyhow::{Context as _, Result, ensure};
use scanlatch_protocol::openid::client::Grant;
use scanlatch_tests::{Application, Browser, Phone, Stack, parameter, rounds, shared_stack};
use serde_json::json;

use crate::openid::{ASKED, claims, exchanged, registration};

/// A round is a race at each of three doors; at least 200 races are run.
fn rounds_of_three() -> usize {
    rounds().max(200).div_ceil(3)
}

/// Claims a code and approves, each twice at once, as on an unreliable network. Whether this phone was told yes.
async fn answered(phone: &Phone, id: &str) -> Result<bool> {
    let (one, other) = tokio::try_join!(phone.claim(id), phone.claim(id))?;
    if one.status != 200 && other.status != 200 {
        return Ok(false);
    }
    let (one, other) = tokio::try_join!(phone.decide(id, true), phone.decide(id, true))?;
    Ok([one, other].iter().all(|answer| answer.status == 200 && answer.json["isVerified"] == true))
}

/// Who of the two was told yes; exactly one.
async fn winner<'a>((ann, ben): (&Phone, &Phone), names: (&'a str, &'a str), id: &str) -> Result<&'a str> {
    match tokio::try_join!(answered(ann, id), answered(ben, id))? {
        (true, false) => Ok(names.0),
        (false, true) => Ok(names.1),
        both => anyhow::bail!("{both:?} were told yes"),
    }
}

/// The page brings the approval twice at once, and the application exchanges the code twice at once. The user of the tokens
/// that were given; a code that comes twice may end what it gave, so no test asks more of them.
async fn by_openid(
    stack: &Stack,
    app: &Application,
    mut browser: Browser,
    page: &str,
    told: (&str, &str),
) -> Result<String> {
    let (id, code) = told;
    let token = json!({ "token": stack.polling_screen().poll(id, code).await?.text("accessToken") });
    let mut again = browser.clone();
    let (one, two) = tokio::try_join!(
        browser.page(app, page, "sign-in/complete", token.clone()),
        again.page(app, page, "sign-in/complete", token)
    )?;
    let to = one.assert_ok().text("redirectTo");
    let request = |to: &str| claims(&parameter(to, "code").unwrap_or_default())["jti"].clone();
    ensure!(request(&to) == request(&two.assert_ok().text("redirectTo")), "two codes for one approval");
    let (one, two) = tokio::try_join!(exchanged(app, &to), exchanged(app, &to))?;
    let given: Vec<_> = [one, two].into_iter().filter(|answer| answer.status == 200).collect();
    ensure!(given.len() <= 1, "a code was exchanged twice");
    Ok(claims(&given.first().context("a code was exchanged by nobody")?.text("id_token"))["sub"]
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

/// The device polls three times at once; the user of the one set of tokens that it gets.
async fn by_device(app: &Application, code: &str) -> Result<String> {
    let poll = [("grant_type", Grant::DeviceCode.as_str()), ("device_code", code)];
    let polls = tokio::try_join!(app.post("token", &poll), app.post("token", &poll), app.post("token", &poll))?;
    let given = [polls.0, polls.1, polls.2].map(|answer| claims(&answer.assert_ok().text("id_token")));
    ensure!(given.iter().all(|claims| claims["sid"] == given[0]["sid"]), "the device began two sessions");
    Ok(given[0]["sub"].as_str().unwrap_or_default().to_owned())
}

/// The backend validates twice at once; the user, if exactly one was the first.
async fn by_sdk(stack: &Stack, (id, code): (&str, &str)) -> Result<String> {
    let token = json!({ "token": stack.polling_screen().poll(id, code).await?.text("accessToken") });
    let backend = stack.backend();
    let (one, two) = tokio::try_join!(backend.validate(&token), backend.validate(&token))?;
    let firsts = [&one, &two].iter().filter(|answer| answer.json["firstUse"] == true).count();
    ensure!(firsts == 1, "{firsts} validations were the first");
    Ok(one.assert_ok().text("userId"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openid_a_device_and_an_sdk_race_for_two_phones_and_each_has_one_winner() -> Result<()> {
    let stack = shared_stack().await;
    let app = Application::register(stack, registration(), false).await?;
    let names = ("doors-ann", "doors-ben");
    let (ann, ben) = (stack.phone_of(names.0).await?, stack.phone_of(names.1).await?);
    let mut wins = [0; 2];
    for round in 0..rounds_of_three() {
        let mut browser = Browser::default();
        let page = browser.open(&app, &ASKED).await?;
        let screen = stack.polling_screen();
        let (shown, device, (id, code)) = tokio::try_join!(
            browser.page(&app, &page, "sign-in", json!({})),
            app.post("device_authorization", &[("scope", "openid")]),
            screen.open(),
        )?;
        let shown = (shown.assert_ok().text("challengeId"), shown.text("deviceCode"));
        let device_id = parameter(&device.assert_ok().text("verification_uri_complete"), "c").context("no id")?;
        let phones = (&ann, &ben);
        let (by_page, by_tv, by_screen) = tokio::try_join!(
            winner(phones, names, &shown.0),
            winner(phones, names, &device_id),
            winner(phones, names, &id)
        )
        .with_context(|| format!("round {round}"))?;
        let device_code = device.text("device_code");
        let users = tokio::try_join!(
            by_openid(stack, &app, browser, &page, (&shown.0, &shown.1)),
            by_device(&app, &device_code),
            by_sdk(stack, (&id, &code)),
        );
        let users = users.with_context(|| format!("round {round}"))?;
        assert_eq!(users, (by_page.to_owned(), by_tv.to_owned(), by_screen.to_owned()), "round {round}");
        for name in [by_page, by_tv, by_screen] {
            wins[usize::from(name == names.1)] += 1;
        }
    }
    println!("{} races at three doors, won {wins:?}", 3 * rounds_of_three());
    assert!(wins.iter().all(|wins| *wins > 0), "one phone was always first: {wins:?}");
    Ok(())
}
