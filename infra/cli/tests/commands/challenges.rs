use scanlatch_protocol::challenge::{Decision, Resumable, Screen, Withdrawal};
use scanlatch_protocol::short_code::ShortCode;
use scanlatch_service::port::{Claims as _, Clock as _, Decides as _, Deciding, Redeems as _, Withdraws as _};
use scanlatch_testkit::scene;
use serde_json::{Value, json};

use super::world::World;

#[tokio::test]
async fn a_challenge_is_shown_at_every_state() {
    let world = World::new().await;
    let cloud = &world.cloud;
    let id = world.tenant("Acme");
    let now = cloud.now();
    let phone = world.phone(&id, "ann").await;
    let short = ShortCode::parse("WDJB-MJHT").unwrap();
    let challenge = scanlatch_protocol::challenge::Challenge {
        created_at: now,
        expires_at: now.plus(scene::LIFE_MS),
        short_code: Some(short.digest()),
        ..scene::challenge(id)
    };
    let text = challenge.id.to_string();
    let show = || world.json(&["challenge", "show", "Acme", &text]);
    world.run(&["challenge", "show", "Acme", &text]).refused(1, "has no challenge");

    scene::create(cloud, &challenge).await.unwrap();
    let shown = show();
    assert_eq!(
        (&shown["state"], &shown["action"], &shown["screen"]),
        (&json!("unclaimed"), &json!("login"), &json!("poll"))
    );
    assert_eq!((&shown["ipAddress"], &shown["location"]["city"]), (&json!("203.0.113.7"), &json!("Auckland")));
    assert_eq!((&shown["expiresAt"], &shown["hasShortCode"]), (&json!(challenge.expires_at.iso()), &json!(true)));
    let Screen::Resumable(Resumable { code, .. }) = &challenge.screen else { panic!("it polls") };
    let people = world.run(&["challenge", "show", "Acme", &text]);
    for output in [shown.to_string(), people.stdout.clone()] {
        assert!(!output.contains(&code.to_text()) && !output.contains(&short.digest().to_text()), "{output}");
    }
    assert!(people.stdout.contains("Auckland, NZ"), "{people:?}");

    let claimed =
        cloud.claim(&id, &challenge.id, &scene::claiming(&phone.holder(), scene::signed()), now).await.unwrap();
    let shown = show();
    assert_eq!((&shown["state"], &shown["userId"]), (&json!("claimed"), &json!("ann")));
    assert_eq!((&shown["deviceId"], &shown["decidedAt"]), (&json!(phone.id.to_string()), &Value::Null));
    assert_eq!(shown["askingDeviceId"], "kiosk-7");

    let record = scene::action(&claimed, &phone, Decision::Approve, now);
    let deciding = Deciding {
        challenge: &claimed,
        by: &phone,
        decision: Decision::Approve,
        r: None,
        wrong_code: false,
        action: &record,
    };
    cloud.decide(deciding, now).await.unwrap();
    let shown = show();
    assert_eq!((&shown["state"], &shown["decidedAt"]), (&json!("approved"), &json!(now.iso())));
    assert_eq!(shown["redeemableUntil"], now.plus(scene::REDEEMABLE_MS).iso());

    cloud.redeem(&id, &challenge.id, None, now.plus(1)).await.unwrap();
    let shown = show();
    assert_eq!((&shown["state"], &shown["redeemedAt"]), (&json!("consumed"), &json!(now.plus(1).iso())));
    world.run(&["challenge", "show", "Acme", "1"]).refused(2, "the UUID that its QR code shows");
}

#[tokio::test]
async fn a_challenge_that_is_over_says_why() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let state = |challenge: &scanlatch_protocol::challenge::Challenge| {
        world.json(&["challenge", "show", "Acme", &challenge.id.to_string()])["state"].clone()
    };
    let old = scene::challenge(id);
    scene::create(&world.cloud, &old).await.unwrap();
    let now = world.cloud.now();
    let left = scanlatch_protocol::challenge::Challenge {
        created_at: now,
        expires_at: now.plus(scene::LIFE_MS),
        ..scene::challenge(id)
    };
    scene::create(&world.cloud, &left).await.unwrap();
    world.cloud.withdraw(&id, &left.id, Withdrawal::Cancelled).await.unwrap();
    assert_eq!((state(&old), state(&left)), (json!("expired"), json!("cancelled")));
}
