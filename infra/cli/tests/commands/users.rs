use scanlatch_protocol::id::CredentialId;
use scanlatch_protocol::user::{Channel, ProfileChange, Revision, VerifiedMethod};
use scanlatch_service::port::{Credentials as _, ListsCredentials as _, Revises as _, Users as _};
use scanlatch_testkit::scene;
use serde_json::{Value, json};

use super::world::World;

fn ids(listed: &Value) -> Vec<&str> {
    listed["users"].as_array().unwrap().iter().map(|user| user["userId"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn users_are_listed_page_by_page_and_by_what_they_have() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    for name in ["ann", "ben", "cat"] {
        let change = ProfileChange {
            email: Some(format!("{name}@example.com")),
            username: Some(name.to_uppercase()),
            phone_number: Some(format!("+6421{}", name.len())),
            ..ProfileChange::default()
        };
        world.user(&id, name, change).await;
    }
    let first = world.json(&["user", "list", "Acme", "--limit", "2"]);
    assert_eq!((ids(&first), &first["next"]), (vec!["ann", "ben"], &json!("ben")));
    let second = world.json(&["user", "list", "Acme", "--limit", "2", "--after", "ben"]);
    assert_eq!((ids(&second), &second["next"]), (vec!["cat"], &Value::Null));
    assert_eq!(ids(&world.json(&["user", "list", "Acme", "--email", "ben@example.com"])), ["ben"]);
    assert_eq!(ids(&world.json(&["user", "list", "Acme", "--username", "CAT"])), ["cat"]);
    assert_eq!(ids(&world.json(&["user", "list", "Acme", "--phone", "+64213"])), ["ann", "ben", "cat"]);
    assert!(ids(&world.json(&["user", "list", "Acme", "--email", "ben@example.com", "--username", "CAT"])).is_empty());
    let people = world.run(&["user", "list", "Acme", "--limit", "1"]);
    assert!(people.stdout.contains("ann@example.com") && people.stderr.contains("--after ann"), "{people:?}");
}

#[tokio::test]
async fn a_user_is_shown_with_devices_and_verified_methods() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let change = ProfileChange {
        email: Some("ann@example.com".to_owned()),
        email_verified: Some(true),
        display_name: Some("Ann".to_owned()),
        ..ProfileChange::default()
    };
    world.user(&id, "ann", change).await;
    let phone = world.phone(&id, "ann").await;
    let method = VerifiedMethod {
        id: CredentialId::from_random(scene::fresh()),
        channel: Channel::Sms("+64211234567".to_owned()),
        created_at: scene::at(1),
    };
    let ann = world.cloud.user(&id, &scene::user("ann")).await.unwrap();
    let revision = Revision::Verified(method.clone());
    world.cloud.revise(&id, &scene::user("ann"), ann.as_ref(), &revision, scene::at(1)).await.unwrap();

    let shown = world.json(&["user", "show", "Acme", "ann"]);
    assert_eq!((&shown["email"], &shown["emailVerified"]), (&json!("ann@example.com"), &json!(true)));
    assert_eq!(shown["authenticators"], 2);
    let device = &shown["devices"][0];
    assert_eq!((&device["deviceId"], &device["name"]), (&json!(phone.id.to_string()), &json!("Pixel 9")));
    assert_eq!(device["enrolledAt"], scene::at(0).iso());
    let verified = json!([{
        "id": method.id.to_string(), "method": "SMS", "to": "+64211234567", "createdAt": scene::at(1).iso(),
    }]);
    assert_eq!(shown["verifiedMethods"], verified);
    let people = world.run(&["user", "show", "Acme", "ann"]).stdout;
    for part in ["ann@example.com (verified)", "Pixel 9", "+64211234567"] {
        assert!(people.contains(part), "{people}");
    }
    world.run(&["user", "show", "Acme", "zoe"]).refused(1, "has no user zoe");
}

#[tokio::test]
async fn a_deleted_user_leaves_nothing() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let before = world.directory().await.len();
    world.user(&id, "ann", ProfileChange { email: Some("a@b.example".to_owned()), ..ProfileChange::default() }).await;
    world.phone(&id, "ann").await;
    let deleted = world.json(&["user", "delete", "Acme", "ann", "--yes"]);
    assert_eq!(deleted, json!({ "tenantId": id.to_string(), "userId": "ann", "deleted": true }));
    assert_eq!(world.directory().await.len(), before);
    world.run(&["user", "delete", "Acme", "ann", "--yes"]).refused(1, "has no user ann");
}

#[tokio::test]
async fn a_revoked_device_is_gone_and_the_other_stays() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let (lost, kept) = (world.phone(&id, "ann").await, world.phone(&id, "ann").await);
    let listed = world.json(&["device", "list", "Acme", "ann"]);
    assert_eq!(listed["devices"].as_array().unwrap().len(), 2);
    let lost_id = lost.id.to_string();
    let revoke = ["device", "revoke", "Acme", "ann", &lost_id, "--yes"];
    let revoked = json!({ "userId": "ann", "deviceId": lost_id, "revoked": true });
    assert_eq!(world.json(&revoke), revoked);
    assert_eq!(world.json(&revoke), revoked, "again, within the day");
    assert_eq!(world.cloud.credential(&id, &lost.thumbprint()).await.unwrap(), None);
    assert_eq!(world.cloud.credentials_of(&id, &scene::user("ann")).await.unwrap(), std::slice::from_ref(&kept));
    let people = world.run(&["device", "list", "Acme", "ann"]).stdout;
    assert!(people.contains(&kept.id.to_string()) && !people.contains(&lost_id), "{people}");
    let kept_id = kept.id.to_string();
    world.run(&["device", "revoke", "Acme", "ben", &kept_id, "--yes"]).refused(1, "user ben has no device");
    world.run(&["device", "revoke", "Acme", "ann", "1", "--yes"]).refused(2, "scanlatch device list");
    world.run(&["device", "list", "Acme", "zoe"]).refused(1, "has no user zoe");
}

#[tokio::test]
async fn a_device_cannot_write_on_the_terminal() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let mut phone = scene::credential(id, "ann");
    phone.device.name = Some("Pixel\u{1b}[2J".to_owned());
    scene::enrol(&world.cloud, &phone, None, scene::MAY_ADD).await.unwrap();
    let people = world.run(&["device", "list", "Acme", "ann"]).stdout;
    assert!(people.contains("Pixel") && !people.contains('\u{1b}'), "{people:?}");
    let question = world.run(&["device", "revoke", "Acme", "ann", &phone.id.to_string()]);
    assert!(question.stderr.contains("Pixel") && !question.stderr.contains('\u{1b}'), "{question:?}");
}

/// Characters that a terminal obeys, or that hide or reorder the text around them.
const OBEYED: &str = "\u{1b}[2J\u{9b}31m\u{7f}\u{85}\u{202e}\u{2066}\u{2028}\u{e0041}";

#[tokio::test]
async fn documents_hold_no_character_that_a_terminal_obeys_and_lose_none() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let mut phone = scene::credential(id, "ann");
    phone.device.name = Some(format!("Pixel{OBEYED}"));
    scene::enrol(&world.cloud, &phone, None, scene::MAY_ADD).await.unwrap();
    let change = ProfileChange { display_name: Some(format!("Ann{OBEYED}")), ..ProfileChange::default() };
    world.user(&id, "ann", change).await;
    let ran = world.run(&["user", "show", "Acme", "ann", "--json"]);
    let obeyed = |c: char| OBEYED.contains(c) && !c.is_ascii_graphic();
    assert!(!ran.stdout.contains(obeyed), "{ran:?}");
    assert_eq!(ran.json()["devices"][0]["name"], format!("Pixel{OBEYED}"));
    assert_eq!(ran.json()["displayName"], format!("Ann{OBEYED}"));
    let people = world.run(&["user", "show", "Acme", "ann"]).stdout;
    assert!(people.contains("Pixel") && !people.contains(obeyed), "{people:?}");
}
