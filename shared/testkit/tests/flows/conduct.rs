//! Credentials that lock screens, guess numbers, or are asked all the time.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::{Challenge, ChallengeParams};
use scanlatch_protocol::credential::conduct::{
    MAX_CLAIM_MARKS, MAX_DECLINES, MAX_OPEN_CLAIMS, MAX_UNASKED_DECLINES, MAX_UNDECIDED_CLAIMS, MAX_WRONG_CODES,
    OPEN_MS, UNASKED_MS, UNDECIDED_MS, WRONG_CODES_MS,
};
use scanlatch_protocol::tenant::settings::NumberEntry;
use scanlatch_service::create;
use serde_json::json;

use crate::world::{Phone, World, refusal, text, viewer, wish};

/// A challenge that anybody may claim.
async fn shown(world: &World) -> Challenge {
    world.ask(&world.anybody()).await.0
}

#[tokio::test]
async fn who_holds_five_screens_cannot_lock_a_sixth() {
    let world = World::new().await;
    let attacker = world.phone("mallory").await;
    for _ in 0..MAX_OPEN_CLAIMS {
        world.claim(&attacker, &shown(&world).await.id).await;
    }
    let sixth = shown(&world).await;
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_claim(&attacker, &sixth.id).await), Refusal::Paused);
    assert_eq!(world.store.snapshot(), before);
    let honest = world.phone("ann").await;
    assert_eq!(world.claim(&honest, &sixth.id).await["success"], true);
}

#[tokio::test]
async fn a_decision_makes_room_at_once() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    for _ in 0..2 * MAX_UNDECIDED_CLAIMS {
        let challenge = shown(&world).await;
        world.claim(&phone, &challenge.id).await;
        world.approve(&phone, &challenge.id).await;
    }
}

#[tokio::test]
async fn twenty_screens_in_an_hour_are_enough() {
    let world = World::new().await;
    let attacker = world.phone("mallory").await;
    for _ in 0..MAX_UNDECIDED_CLAIMS {
        world.claim(&attacker, &shown(&world).await.id).await;
        world.store.advance(OPEN_MS);
    }
    assert_eq!(refusal(world.try_claim(&attacker, &shown(&world).await.id).await), Refusal::Paused);
    world.store.advance(UNDECIDED_MS);
    assert_eq!(world.claim(&attacker, &shown(&world).await.id).await["success"], true);
}

#[tokio::test]
async fn a_claim_that_is_refused_counts_for_nothing() {
    let world = World::new().await;
    let (ann, ben) = (world.phone("ann").await, world.phone("ben").await);
    let taken = shown(&world).await;
    world.claim(&ben, &taken.id).await;
    for _ in 0..2 * MAX_OPEN_CLAIMS {
        assert_eq!(refusal(world.try_claim(&ann, &taken.id).await), Refusal::AlreadyClaimed);
        world.store.advance(1);
    }
    assert_eq!(world.claim(&ann, &shown(&world).await.id).await["success"], true);
}

#[tokio::test]
async fn repeating_a_claim_is_not_claiming_more() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let challenge = shown(&world).await;
    let body = phone.signed(&challenge.id);
    for _ in 0..2 * MAX_OPEN_CLAIMS {
        world.try_send_claim(&body).await.unwrap();
        world.store.advance(1);
    }
    assert_eq!(world.claim(&phone, &shown(&world).await.id).await["success"], true);
}

#[tokio::test]
async fn who_repeats_a_claim_without_end_holds_no_second_screen() {
    let world = World::new().await;
    let attacker = world.phone("mallory").await;
    let body = attacker.signed(&shown(&world).await.id);
    for _ in 0..MAX_CLAIM_MARKS {
        world.try_send_claim(&body).await.unwrap();
    }
    assert_eq!(refusal(world.try_claim(&attacker, &shown(&world).await.id).await), Refusal::Paused);
}

#[tokio::test]
async fn three_wrong_numbers_pause_a_credential_for_an_hour() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.number_entry = NumberEntry::Required).await;
    let phone = world.phone("ann").await;
    let showing = || ChallengeParams { shows_number: true, ..wish() };
    let nobody = world.anybody();
    let ask = || create::run(&world.store, &world.issuer, &nobody, None, (showing(), None), viewer());
    for _ in 0..MAX_WRONG_CODES {
        let (challenge, code, _) = ask().await.unwrap();
        world.claim(&phone, &challenge.id).await;
        let number = text(&world.poll(&challenge.id, &code).await["verificationCode"]);
        let wrong = if number == "42" { "43" } else { "42" };
        world.try_approve_with(&phone, &challenge.id, wrong).await.unwrap();
    }
    let id = ask().await.unwrap().0.id;
    assert_eq!(refusal(world.try_claim(&phone, &id).await), Refusal::Paused);
    world.store.advance(WRONG_CODES_MS);
    let id = ask().await.unwrap().0.id;
    assert_eq!(world.claim(&phone, &id).await["success"], true);
}

/// Who claims codes only to decline them locks the screens of others too.
#[tokio::test]
async fn who_declined_twenty_codes_claims_no_further_one_for_an_hour() {
    let world = World::new().await;
    let attacker = world.phone("mallory").await;
    for _ in 0..MAX_DECLINES {
        let challenge = shown(&world).await;
        world.claim(&attacker, &challenge.id).await;
        world.reject(&attacker, &challenge.id).await;
    }
    assert_eq!(refusal(world.try_claim(&attacker, &shown(&world).await.id).await), Refusal::Paused);
    world.store.advance(UNDECIDED_MS);
    assert_eq!(world.claim(&attacker, &shown(&world).await.id).await["success"], true);
}

#[tokio::test]
async fn a_paused_credential_approves_nothing_that_it_claimed_before() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.number_entry = NumberEntry::Required).await;
    let phone = world.phone("ann").await;
    let mut claimed = Vec::new();
    for _ in 0..=MAX_WRONG_CODES {
        let showing = ChallengeParams { shows_number: true, ..wish() };
        let nobody = world.anybody();
        let asked = create::run(&world.store, &world.issuer, &nobody, None, (showing, None), viewer()).await;
        let (challenge, code, _) = asked.unwrap();
        world.claim(&phone, &challenge.id).await;
        claimed.push((challenge.id, text(&world.poll(&challenge.id, &code).await["verificationCode"])));
    }
    let (last, right) = claimed.pop().unwrap();
    for (id, number) in claimed {
        let wrong = if number == "42" { "43" } else { "42" };
        world.try_approve_with(&phone, &id, wrong).await.unwrap();
    }
    assert_eq!(refusal(world.try_approve_with(&phone, &last, &right).await), Refusal::Paused);
    assert_eq!(world.reject(&phone, &last).await["isVerified"], false);
}

#[tokio::test]
async fn a_request_that_was_claimed_and_declined_tires_too() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    for _ in 0..MAX_UNASKED_DECLINES {
        let asked = for_ann(&world).await;
        world.claim(&phone, &asked.id).await;
        world.reject(&phone, &asked.id).await;
    }
    assert_eq!(refusal(world.try_decide(&phone, &for_ann(&world).await.id, true).await), Refusal::Paused);
}

/// A challenge for Ann, as a login page opens it for whoever types her name.
async fn for_ann(world: &World) -> Challenge {
    world.ask(&Identity::Token(world.token("ann", json!({})).await)).await.0
}

/// Ann, who has just declined what nobody scanned, as often as it takes.
async fn tired() -> (World, Phone) {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    for _ in 0..MAX_UNASKED_DECLINES {
        world.reject(&phone, &for_ann(&world).await.id).await;
    }
    (world, phone)
}

#[tokio::test]
async fn who_declined_three_times_approves_nothing_unscanned_for_a_while() {
    let (world, phone) = tired().await;
    let next = for_ann(&world).await;
    assert_eq!(refusal(world.try_decide(&phone, &next.id, true).await), Refusal::Paused);
    world.store.advance(UNASKED_MS);
    let later = for_ann(&world).await;
    assert_eq!(world.approve(&phone, &later.id).await["isVerified"], true);
}

#[tokio::test]
async fn who_declined_three_times_may_still_scan_and_decline() {
    let (world, phone) = tired().await;
    let next = for_ann(&world).await;
    world.claim(&phone, &next.id).await;
    assert_eq!(world.approve(&phone, &next.id).await["isVerified"], true);
    assert_eq!(world.reject(&phone, &for_ann(&world).await.id).await["isVerified"], false);
}
