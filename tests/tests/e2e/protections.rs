//! What a tenant's rules keep an attacker from, through API, functions and database.

use anyhow::{Context as _, Result, bail};
use scanlatch_client::Method;
use scanlatch_protocol::credential::conduct::{MAX_OPEN_CLAIMS, MAX_UNASKED_DECLINES, MAX_WRONG_CODES};
use scanlatch_protocol::tenant::Settings;
use scanlatch_protocol::tenant::settings::NumberEntry;
use scanlatch_tests::{Answer, Phone, Site, SocketScreen, shared_stack};
use serde_json::{Value, json};

async fn site(settings: Settings) -> Result<Site> {
    shared_stack().await.neighbour(settings).await
}

async fn asking_for_numbers() -> Result<(Site, Phone)> {
    let site = site(Settings { number_entry: NumberEntry::Required, ..Settings::default() }).await?;
    let phone = site.phone_of("ann").await?;
    Ok((site, phone))
}

/// A challenge of a polling screen that shows numbers: its id and device code.
async fn shown(site: &Site) -> Result<(String, String)> {
    let created = site.polling_screen().create(&json!({ "action": "login", "showsNumber": true })).await?;
    created.assert_ok();
    Ok((created.text("challengeId"), created.text("deviceCode")))
}

async fn number(site: &Site, (id, code): &(String, String)) -> Result<String> {
    Ok(site.polling_screen().poll(id, code).await?.assert_ok().text("verificationCode"))
}

/// Another number than this.
fn other(number: &str) -> &'static str {
    if number == "42" { "43" } else { "42" }
}

async fn approve_with(phone: &Phone, id: &str, number: &str) -> Result<Answer> {
    let mut body = phone.signed(id);
    body["approved"] = true.into();
    body["verificationCode"] = number.into();
    phone.decide_with(&body).await
}

/// A token of a login of this phone.
async fn log_in(site: &Site, phone: &Phone) -> Result<String> {
    let screen = site.polling_screen();
    let (id, code) = screen.open().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    Ok(screen.poll(&id, &code).await?.text("accessToken"))
}

async fn is_valid(site: &Site, token: &str) -> Result<Value> {
    Ok(site.backend().validate(&json!({ "token": token })).await?.assert_ok().json["isValid"].clone())
}

#[tokio::test]
async fn the_number_on_the_screen_approves() -> Result<()> {
    let (site, phone) = asking_for_numbers().await?;
    let challenge = shown(&site).await?;
    let claimed = phone.claim(&challenge.0).await?;
    assert_eq!(claimed.assert_ok().json["verificationCodeRequired"], true);
    assert_eq!(claimed.json.get("verificationCode"), None);
    let number = number(&site, &challenge).await?;
    assert_eq!(approve_with(&phone, &challenge.0, &number).await?.assert_ok().json["isVerified"], true);
    let token = site.polling_screen().poll(&challenge.0, &challenge.1).await?.text("accessToken");
    assert_eq!(is_valid(&site, &token).await?, true);
    Ok(())
}

#[tokio::test]
async fn a_wrong_number_ends_the_login_and_the_right_one_comes_too_late() -> Result<()> {
    let (site, phone) = asking_for_numbers().await?;
    let challenge = shown(&site).await?;
    phone.claim(&challenge.0).await?.assert_ok();
    let number = number(&site, &challenge).await?;
    let wrong = approve_with(&phone, &challenge.0, other(&number)).await?;
    assert_eq!(wrong.assert_ok().json, json!({ "isVerified": false }));
    approve_with(&phone, &challenge.0, &number).await?.assert_refused(409, "challenge_already_decided");
    let polled = site.polling_screen().poll(&challenge.0, &challenge.1).await?;
    assert_eq!((&polled.json["isVerified"], polled.json.get("accessToken")), (&json!(false), None));
    Ok(())
}

#[tokio::test]
async fn an_approval_without_the_number_is_refused_and_may_be_sent_again_with_it() -> Result<()> {
    let (site, phone) = asking_for_numbers().await?;
    let challenge = shown(&site).await?;
    phone.claim(&challenge.0).await?.assert_ok();
    phone.decide(&challenge.0, true).await?.assert_refused(400, "verification_code_needed");
    let number = number(&site, &challenge).await?;
    assert_eq!(approve_with(&phone, &challenge.0, &number).await?.assert_ok().json["isVerified"], true);
    Ok(())
}

#[tokio::test]
async fn a_number_reaches_the_socket_of_its_screen() -> Result<()> {
    let (site, phone) = asking_for_numbers().await?;
    let mut screen = site.socket_screen().await?;
    let asked = json!({ "challengeType": "QR_CODE", "actionCode": "login", "showsNumber": true });
    let answer = screen.ask(&asked).await?;
    let id = answer["data"]["challengeId"].as_str().with_context(|| answer.to_string())?;
    phone.claim(id).await?.assert_ok();
    let told = screen.next().await?;
    let number = told["data"]["verificationCode"].as_str().with_context(|| told.to_string())?;
    approve_with(&phone, id, number).await?.assert_ok();
    assert_eq!(screen.next().await?["data"]["state"], "approved");
    Ok(())
}

#[tokio::test]
async fn a_screen_that_shows_no_number_opens_nothing_where_one_is_required() -> Result<()> {
    let (site, _) = asking_for_numbers().await?;
    let login = json!({ "action": "login" });
    site.polling_screen().create(&login).await?.assert_refused(403, "number_not_shown");
    let mut screen = site.socket_screen().await?;
    let refused = screen.ask(&json!({ "challengeType": "QR_CODE", "actionCode": "login" })).await?;
    assert_eq!((&refused["type"], &refused["data"]["error"]), (&json!("ERROR"), &json!("number_not_shown")));
    Ok(())
}

#[tokio::test]
async fn three_wrong_numbers_pause_the_phone_and_no_other() -> Result<()> {
    let (site, phone) = asking_for_numbers().await?;
    for _ in 0..MAX_WRONG_CODES {
        let challenge = shown(&site).await?;
        phone.claim(&challenge.0).await?.assert_ok();
        let wrong = other(&number(&site, &challenge).await?);
        approve_with(&phone, &challenge.0, wrong).await?.assert_ok();
    }
    let (id, _) = shown(&site).await?;
    phone.claim(&id).await?.assert_refused(429, "too_many_requests");
    site.phone_of("ben").await?.claim(&id).await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn a_phone_that_holds_five_screens_claims_no_sixth() -> Result<()> {
    let site = site(Settings::default()).await?;
    let (mallory, ann) = (site.phone_of("mallory").await?, site.phone_of("ann").await?);
    for _ in 0..MAX_OPEN_CLAIMS {
        mallory.claim(&site.polling_screen().open().await?.0).await?.assert_ok();
    }
    let (sixth, _) = site.polling_screen().open().await?;
    mallory.claim(&sixth).await?.assert_refused(429, "too_many_requests");
    ann.claim(&sixth).await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn who_declined_three_unscanned_requests_must_scan_to_approve() -> Result<()> {
    let site = site(Settings::default()).await?;
    let phone = site.phone_of("ann").await?;
    let asked = async || {
        let token = site.backend().track("ann", "login", &json!({})).await?.text("token");
        Ok::<_, anyhow::Error>(site.polling_screen().with_token(&token).open().await?.0)
    };
    for _ in 0..MAX_UNASKED_DECLINES {
        phone.decide(&asked().await?, false).await?.assert_ok();
    }
    let id = asked().await?;
    phone.decide(&id, true).await?.assert_refused(429, "too_many_requests");
    phone.claim(&id).await?.assert_ok();
    assert_eq!(phone.decide(&id, true).await?.assert_ok().json["isVerified"], true);
    Ok(())
}

#[tokio::test]
async fn a_claim_that_lapsed_cannot_be_approved() -> Result<()> {
    let site = site(Settings { decision_lifetime_ms: 1, ..Settings::default() }).await?;
    let phone = site.phone_of("ann").await?;
    let screen = site.polling_screen();
    let (id, code) = screen.open().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_refused(410, "challenge_expired");
    let polled = screen.poll(&id, &code).await?;
    assert_eq!(polled.json.get("accessToken"), None);
    Ok(())
}

#[tokio::test]
async fn nobody_approves_unclaimed_where_a_claim_comes_first() -> Result<()> {
    let site = site(Settings { claim_first: true, ..Settings::default() }).await?;
    let phone = site.phone_of("ann").await?;
    let token = site.backend().track("ann", "login", &json!({})).await?.text("token");
    let (id, _) = site.polling_screen().with_token(&token).open().await?;
    phone.decide(&id, true).await?.assert_refused(409, "challenge_not_claimed");
    phone.claim(&id).await?.assert_ok();
    assert_eq!(phone.decide(&id, true).await?.assert_ok().json["isVerified"], true);
    Ok(())
}

#[tokio::test]
async fn only_what_a_backend_began_opens_where_backends_begin() -> Result<()> {
    let site = site(Settings { backend_challenges_only: true, ..Settings::default() }).await?;
    let login = json!({ "action": "login" });
    site.polling_screen().create(&login).await?.assert_refused(403, "backend_challenge_needed");
    let mut socket = site.socket_screen().await?;
    let refused = socket.ask(&json!({ "challengeType": "QR_CODE", "actionCode": "login" })).await?;
    assert_eq!(refused["data"]["error"], "backend_challenge_needed");
    let token = site.backend().track("ann", "login", &json!({})).await?.text("token");
    site.polling_screen().with_token(&token).create(&login).await?.assert_ok();
    SocketScreen::open_for_user(site.ws_url(), &token).await?.challenge().await?;
    Ok(())
}

#[tokio::test]
async fn a_caller_without_an_origin_opens_nothing_where_one_is_required() -> Result<()> {
    let site = site(Settings { origin_required: true, ..Settings::default() }).await?;
    let login = json!({ "action": "login" });
    site.polling_screen().create(&login).await?.assert_refused(403, "forbidden");
    let call = site.api().request(Method::POST, "/client/challenge/qr-code");
    let call = call.header("authorization", site.polling_screen().authorization());
    let created = call.header("origin", "https://shop.example").json(&login).send().await?;
    assert_eq!(created.status, 200, "{created:?}");
    Ok(())
}

#[tokio::test]
async fn a_token_is_validated_once_where_the_tenant_says_so() -> Result<()> {
    let site = site(Settings { validate_once: true, ..Settings::default() }).await?;
    let token = log_in(&site, &site.phone_of("ann").await?).await?;
    assert_eq!(is_valid(&site, &token).await?, true);
    assert_eq!(is_valid(&site, &token).await?, false);
    Ok(())
}

#[tokio::test]
async fn one_of_many_validations_at_once_is_valid_where_the_tenant_says_so() -> Result<()> {
    let site = site(Settings { validate_once: true, ..Settings::default() }).await?;
    let token = log_in(&site, &site.phone_of("ann").await?).await?;
    let calls = (0..8).map(|_| is_valid(&site, &token));
    let answers: Vec<Value> = futures_util::future::try_join_all(calls).await?;
    assert_eq!(answers.iter().filter(|valid| **valid == true).count(), 1, "{answers:?}");
    Ok(())
}

/// The approval lives on, so the token's own life is what ends it.
#[tokio::test]
async fn a_result_token_dies_before_its_approval() -> Result<()> {
    let site = site(Settings { result_token_lifetime_ms: 1, ..Settings::default() }).await?;
    let phone = site.phone_of("ann").await?;
    let token = log_in(&site, &phone).await?;
    for _ in 0..50 {
        if is_valid(&site, &token).await? == false {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    bail!("the token lives on")
}

/// Asks for a code that the screen follows beside the one that it shows; returns its id.
async fn next_code(screen: &mut SocketScreen) -> Result<String> {
    let asked = json!({ "challengeType": "QR_CODE", "actionCode": "login", "resumable": true, "overlap": true });
    let answer = screen.ask(&asked).await?;
    Ok(answer["data"]["challengeId"].as_str().with_context(|| answer.to_string())?.to_owned())
}

#[tokio::test]
async fn whoever_claims_the_older_of_two_codes_has_the_screen_alone() -> Result<()> {
    let site = site(Settings::default()).await?;
    let (ann, ben) = (site.phone_of("ann").await?, site.phone_of("ben").await?);
    let mut screen = site.socket_screen().await?;
    let older = next_code(&mut screen).await?;
    let newer = next_code(&mut screen).await?;
    ann.claim(&older).await?.assert_ok();
    ben.claim(&newer).await?.assert_refused(410, "challenge_superseded");
    ann.decide(&older, true).await?.assert_ok();
    let claimed = screen.next().await?;
    assert_eq!((&claimed["data"]["state"], &claimed["data"]["challengeId"]), (&json!("claimed"), &json!(older)));
    let approved = screen.next().await?;
    let token = approved["data"]["accessToken"].as_str().with_context(|| approved.to_string())?;
    assert_eq!(is_valid(&site, token).await?, true);
    Ok(())
}

#[tokio::test]
async fn a_code_before_the_older_one_cannot_be_claimed() -> Result<()> {
    let site = site(Settings::default()).await?;
    let phone = site.phone_of("ann").await?;
    let mut screen = site.socket_screen().await?;
    let oldest = next_code(&mut screen).await?;
    next_code(&mut screen).await?;
    next_code(&mut screen).await?;
    phone.claim(&oldest).await?.assert_refused(410, "challenge_superseded");
    Ok(())
}
