use scanlatch_protocol::user::ProfileChange;
use scanlatch_service::port::{Credentials as _, Users as _};
use serde_json::json;

use super::world::World;
use scanlatch_testkit::scene;

#[tokio::test]
async fn what_was_lost_comes_back_and_what_stands_is_left() {
    let (world, backup) = (World::new().await, World::new().await);
    let tenant = backup.tenant("Acme");
    let named = |name: &str| ProfileChange { username: Some(name.to_owned()), ..ProfileChange::default() };
    backup.user(&tenant, "ann", named("old")).await;
    let phone = backup.phone(&tenant, "ben").await;
    let elsewhere = backup.tenant("Other");
    world.user(&tenant, "ann", named("new")).await;

    let ran = world.json(&["restore", &backup.directory, "--tenant", &tenant.to_string(), "--yes"]);
    assert!(ran["broughtBack"].as_u64().unwrap() >= 4, "{ran}");
    let ann = world.cloud.user(&tenant, &scene::user("ann")).await.unwrap().unwrap();
    assert_eq!(ann.profile.username.as_deref(), Some("new"));
    assert_eq!(world.cloud.credential(&tenant, &phone.thumbprint()).await.unwrap(), Some(phone));
    assert_eq!(world.json(&["tenant", "list"])["tenants"].as_array().unwrap().len(), 1);

    let all = world.json(&["restore", &backup.directory, "--yes"]);
    assert!(all["broughtBack"].as_u64().unwrap() >= 2 && all["left"].as_u64() > ran["left"].as_u64(), "{all}");
    assert_eq!(world.json(&["tenant", "show", &elsewhere.to_string()])["name"], "Other");
    let again = world.json(&["restore", &backup.directory, "--yes"]);
    assert_eq!(again["broughtBack"], json!(0));
}

#[tokio::test]
async fn a_restoration_asks_first_because_revoked_devices_come_back() {
    let world = World::new().await;
    world.run(&["restore", &world.directory]).refused(2, "come back");
    world.run(&["restore", "no-such-table", "--yes"]).refused(1, "no-such-table");
}
