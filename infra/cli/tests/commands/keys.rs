use scanlatch_protocol::secret::SecretKey;
use scanlatch_service::port::Tenants as _;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn a_key_is_rotated_without_a_gap() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let create = || {
        let made = world.json(&["key", "create", "Acme"]);
        (made["name"].as_str().unwrap().to_owned(), SecretKey::parse(made["secretKey"].as_str().unwrap()).unwrap())
    };
    let ((old, old_key), (new, new_key)) = (create(), create());
    assert_eq!((old.len(), old_key.tenant()), (8, id));
    let listed = world.json(&["key", "list", "Acme"]);
    let mut names: Vec<&str> =
        listed["secretKeys"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    let mut expected = [old.as_str(), &new];
    expected.sort_unstable();
    assert_eq!(names, expected);
    world.run(&["key", "create", "Acme"]).refused(1, "has two secret keys already");

    let revoked = world.json(&["key", "revoke", "Acme", &old, "--yes"]);
    assert_eq!(revoked, json!({ "tenantId": id.to_string(), "name": old, "revoked": true }));
    let stored = world.cloud.tenant(&id).await.unwrap().unwrap();
    assert!(!stored.has_secret_key(&old_key.digest()) && stored.has_secret_key(&new_key.digest()));
    world.run(&["key", "revoke", "Acme", &old, "--yes"]).refused(1, "has no secret key");
    assert_eq!(world.run(&["key", "create", "Acme"]).code, 0);
}

#[tokio::test]
async fn a_key_whose_name_begins_with_a_hyphen_can_be_named() {
    let world = World::new().await;
    world.tenant("Acme");
    for words in [["--yes", "-abc1234"], ["-abc1234", "--yes"]] {
        let words = [&["key", "revoke", "Acme"][..], &words].concat();
        world.run(&words).refused(1, "has no secret key -abc1234");
    }
}

#[tokio::test]
async fn a_new_key_is_shown_as_lines_to_paste() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let ran = world.run(&["key", "create", "Acme", "--api-url", "https://login.example/v1"]);
    let expected =
        format!("AUTHSIGNAL_API_URL=https://login.example/v1\nAUTHSIGNAL_TENANT_ID={id}\nAUTHSIGNAL_SECRET_KEY=sk_");
    assert!(ran.stdout.starts_with(&expected), "{ran:?}");
    let people = world.run(&["key", "list", "Acme"]).stdout;
    assert!(people.starts_with("NAME ") && people.lines().count() == 2 && !people.contains("sk_"), "{people}");
}
