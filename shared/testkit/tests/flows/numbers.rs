//! The number that the screen shows and the phone's user types.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, ChallengeParams};
use scanlatch_protocol::secret::DeviceCode;
use scanlatch_protocol::tenant::settings::{NumberEntry, Settings};
use scanlatch_service::{Result, create, message};
use serde_json::{Value, json};

use crate::world::{Phone, World, refusal, text, viewer, wish};

/// A tenant that asks for numbers, and Ann's phone.
async fn asking(number_entry: NumberEntry) -> (World, Phone) {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.number_entry = number_entry).await;
    let phone = world.phone("ann").await;
    (world, phone)
}

fn showing() -> ChallengeParams {
    ChallengeParams { shows_number: true, ..wish() }
}

/// A challenge of a polling screen that shows numbers.
#[expect(clippy::unwrap_used, reason = "a test cannot go on without")]
async fn shown(world: &World) -> (Challenge, DeviceCode) {
    let asked = create::run(&world.store, &world.issuer, &world.anybody(), None, (showing(), None), viewer()).await;
    asked.map(|(challenge, code, _)| (challenge, code)).unwrap()
}

/// The number that a screen shows after a claim.
async fn number(world: &World, challenge: &Challenge, code: &DeviceCode) -> String {
    text(&world.poll(&challenge.id, code).await["verificationCode"])
}

/// Another number than this.
fn other(number: &str) -> &'static str {
    if number == "42" { "43" } else { "42" }
}

/// Whether an answer of a poll says that the login failed.
fn is_over(polled: &Value) -> bool {
    *polled == json!({"isClaimed": true, "isConsumed": true, "isVerified": false})
}

#[tokio::test]
async fn the_number_on_the_screen_approves() {
    let (world, phone) = asking(NumberEntry::Required).await;
    let (challenge, code) = shown(&world).await;
    let claimed = world.claim(&phone, &challenge.id).await;
    assert_eq!(claimed["verificationCodeRequired"], true);
    let number = number(&world, &challenge, &code).await;
    let approved = world.try_approve_with(&phone, &challenge.id, &number).await.unwrap();
    assert_eq!(approved, json!({"isVerified": true}));
    assert!(world.poll(&challenge.id, &code).await["accessToken"].is_string());
}

#[tokio::test]
async fn no_answer_to_the_phone_holds_the_number() {
    let (world, phone) = asking(NumberEntry::Required).await;
    let (challenge, code) = shown(&world).await;
    let claimed = world.claim(&phone, &challenge.id).await;
    let number = number(&world, &challenge, &code).await;
    let values = claimed
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !["decideBy", "idempotencyKey"].contains(&name.as_str()));
    for (name, value) in values {
        assert_ne!(value.as_str(), Some(number.as_str()), "{name}");
    }
    assert!(claimed.get("verificationCode").is_none());
}

#[tokio::test]
async fn a_wrong_number_ends_the_login_for_good() {
    let (world, phone) = asking(NumberEntry::Required).await;
    let (challenge, code) = shown(&world).await;
    world.claim(&phone, &challenge.id).await;
    let number = number(&world, &challenge, &code).await;
    let wrong = world.try_approve_with(&phone, &challenge.id, other(&number)).await.unwrap();
    assert_eq!(wrong, json!({"isVerified": false}));
    assert!(is_over(&world.poll(&challenge.id, &code).await));
    let late = world.try_approve_with(&phone, &challenge.id, &number).await;
    assert_eq!(refusal(late), Refusal::AlreadyDecided);
}

#[tokio::test]
async fn a_wrong_number_whose_reply_was_lost_is_answered_alike() {
    let (world, phone) = asking(NumberEntry::Required).await;
    let (challenge, code) = shown(&world).await;
    world.claim(&phone, &challenge.id).await;
    let wrong = other(&number(&world, &challenge, &code).await);
    for _ in 0..2 {
        let answer = world.try_approve_with(&phone, &challenge.id, wrong).await.unwrap();
        assert_eq!(answer, json!({"isVerified": false}));
    }
}

#[tokio::test]
async fn an_approval_without_the_number_leaves_no_trace() {
    let (world, phone) = asking(NumberEntry::Required).await;
    let (challenge, _) = shown(&world).await;
    world.claim(&phone, &challenge.id).await;
    let before = world.store.snapshot();
    let without = world.try_decide(&phone, &challenge.id, true).await;
    assert_eq!(refusal(without), Refusal::VerificationCodeNeeded);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn another_phone_cannot_spend_the_only_try() {
    let (world, phone) = asking(NumberEntry::Required).await;
    let stranger = world.phone("ben").await;
    let (challenge, code) = shown(&world).await;
    world.claim(&phone, &challenge.id).await;
    let number = number(&world, &challenge, &code).await;
    for typed in [number.as_str(), other(&number)] {
        let guessed = world.try_approve_with(&stranger, &challenge.id, typed).await;
        assert_eq!(refusal(guessed), Refusal::AlreadyClaimed);
    }
    assert_eq!(world.try_approve_with(&phone, &challenge.id, &number).await.unwrap()["isVerified"], true);
}

#[tokio::test]
async fn a_number_is_pushed_to_the_screen_alone() {
    let (world, phone) = asking(NumberEntry::Optional).await;
    let screen = world.connect(&world.anybody()).await;
    let (challenge, ..) = message::run(&world.store, &screen, showing(), false).await.unwrap();
    world.claim(&phone, &challenge.id).await;
    let told = world.told();
    assert_eq!(told.len(), 1);
    let number = text(&told[0].1["data"]["verificationCode"]);
    assert_eq!(world.try_approve_with(&phone, &challenge.id, &number).await.unwrap()["isVerified"], true);
}

#[tokio::test]
async fn an_optional_number_asks_nothing_where_the_screen_cannot_show_it() {
    let (world, phone) = asking(NumberEntry::Optional).await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    assert!(world.claim(&phone, &challenge.id).await.get("verificationCodeRequired").is_none());
    assert!(world.poll(&challenge.id, &code).await.get("verificationCode").is_none());
    assert_eq!(world.approve(&phone, &challenge.id).await["isVerified"], true);
}

#[tokio::test]
async fn a_screen_that_cannot_show_a_required_number_is_told_so() {
    let (world, _) = asking(NumberEntry::Required).await;
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_ask(&world.anybody(), None).await), Refusal::NumberNotShown);
    assert_eq!(world.store.snapshot(), before);
    let screen = world.connect(&world.anybody()).await;
    assert_eq!(refusal(world.try_show(&screen).await), Refusal::NumberNotShown);
}

#[tokio::test]
async fn an_action_may_need_a_number_that_others_do_not() {
    let (world, phone) = asking(NumberEntry::Off).await;
    let own = json!({"actionRules": {"pay": {"numberEntry": "required"}}});
    world.change(|tenant| tenant.settings = serde_json::from_value::<Settings>(own).unwrap()).await;
    let asked = |action: &str| ChallengeParams {
        action: scanlatch_protocol::id::ActionCode::parse(action).unwrap(),
        ..showing()
    };
    for (action, expected) in [("login", None), ("pay", Some(true))] {
        let screen = world.anybody();
        let params = (asked(action), None);
        let (challenge, ..) = create::run(&world.store, &world.issuer, &screen, None, params, viewer()).await.unwrap();
        let claimed = world.claim(&phone, &challenge.id).await;
        assert_eq!(claimed.get("verificationCodeRequired").and_then(Value::as_bool), expected, "{action}");
    }
}

#[tokio::test]
async fn a_known_user_needs_a_claim_where_the_screen_shows_a_number() -> Result<()> {
    let (world, phone) = asking(NumberEntry::Optional).await;
    let screen = scanlatch_protocol::authorization::Identity::Token(world.token("ann", json!({})).await);
    let (challenge, code, _) =
        create::run(&world.store, &world.issuer, &screen, None, (showing(), None), viewer()).await?;
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::NotClaimed);
    world.claim(&phone, &challenge.id).await;
    let number = number(&world, &challenge, &code).await;
    assert_eq!(world.try_approve_with(&phone, &challenge.id, &number).await?["isVerified"], true);
    Ok(())
}

#[tokio::test]
async fn a_known_user_needs_a_claim_where_the_tenant_says_so() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.claim_first = true).await;
    let phone = world.phone("ann").await;
    let screen = scanlatch_protocol::authorization::Identity::Token(world.token("ann", json!({})).await);
    let (challenge, _) = world.ask(&screen).await;
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::NotClaimed);
    world.claim(&phone, &challenge.id).await;
    assert_eq!(world.approve(&phone, &challenge.id).await["isVerified"], true);
}
