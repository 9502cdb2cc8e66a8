use scanlatch_protocol::action::ActionState;
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::tenant::Settings;
use scanlatch_protocol::tenant::settings::{DistanceRule, NumberEntry, Rules};
use scanlatch_protocol::user::ProfileChange;
use scanlatch_service::port::{Administers as _, Forgets as _, Tenants as _};
use scanlatch_testkit::scene;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn a_tenant_is_made_with_a_key_that_is_stored_as_a_digest_only() {
    let world = World::new().await;
    let made = world.json(&["tenant", "create", "Acme", "--api-url", "https://login.example/v1"]);
    assert_eq!((&made["name"], &made["enabled"]), (&json!("Acme"), &json!(true)));
    assert_eq!(made["apiUrl"], "https://login.example/v1");
    let text = made["secretKey"].as_str().unwrap();
    let secret = SecretKey::parse(text).unwrap();
    assert_eq!(made["tenantId"], secret.tenant().to_string());
    let stored = world.cloud.tenant(&secret.tenant()).await.unwrap().unwrap();
    assert!(stored.has_secret_key(&secret.digest()));
    assert_eq!(stored.settings, Settings::default());
    let table = format!("{:?}", world.directory().await);
    let random = text.splitn(3, '_').nth(2).unwrap();
    assert!(table.contains(&secret.digest().to_text()) && !table.contains(random), "{table}");
}

#[tokio::test]
async fn what_people_are_shown_can_be_pasted() {
    let world = World::new().await;
    let ran = world.run(&["tenant", "create", "Acme", "--api-url", "https://login.example/v1"]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{ran:?}");
    assert_eq!(lines[0], "AUTHSIGNAL_API_URL=https://login.example/v1");
    let id = lines[1].strip_prefix("AUTHSIGNAL_TENANT_ID=").unwrap();
    let secret = SecretKey::parse(lines[2].strip_prefix("AUTHSIGNAL_SECRET_KEY=").unwrap()).unwrap();
    assert_eq!(secret.tenant().to_string(), id);
    assert!(world.cloud.tenant(&secret.tenant()).await.unwrap().unwrap().has_secret_key(&secret.digest()));
    assert!(!ran.stderr.contains("sk_"), "{ran:?}");
}

#[tokio::test]
async fn a_tenant_may_be_made_without_a_key() {
    let world = World::new().await;
    let made = world.json(&["tenant", "create", "Acme", "--no-key"]);
    assert!(made.get("secretKey").is_none() && made.get("apiUrl").is_none(), "{made}");
    assert_eq!(made["secretKeys"], json!([]));
}

#[tokio::test]
async fn every_setting_reaches_the_table_and_comes_back() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let changed = world.json(
        &[
            ["tenant", "update", "Acme", "--device-credentials", "off", "--key-reassignment", "on"].as_slice(),
            &["--allowed-origin", "https://a.example", "--allowed-origin", "http://localhost:8080"],
            &["--session-client", "web", "--session-client", "app", "--default-action-state", "allow"],
            &["--challenge-lifetime", "30s", "--user-token-lifetime", "5m", "--result-token-lifetime", "1h"],
            &["--decision-lifetime", "1m", "--approval-lifetime", "1h", "--number-entry", "optional"],
            &["--distance", "number", "--near-km", "10", "--backend-challenges-only", "on", "--claim-first", "on"],
            &["--origin-required", "on", "--validate-once", "on"],
            &["--access-token-lifetime", "24h", "--session-lifetime", "365d", "--action-lifetime", "3650d"],
            &["--browser-session-lifetime", "12h"],
            &["--enrolment-needs-scope", "off", "--max-devices", "100", "--name", "Acme Ltd"],
        ]
        .concat(),
    );
    let stored = world.cloud.tenant(&id).await.unwrap().unwrap();
    assert_eq!(stored.name, "Acme Ltd");
    let settings = &stored.settings;
    assert_eq!((settings.device_credentials, settings.key_reassignment), (false, true));
    assert_eq!((settings.enrolment_needs_scope, settings.max_devices), (false, 100));
    assert_eq!(settings.allowed_origins, ["https://a.example", "http://localhost:8080"]);
    assert_eq!(settings.session_clients.iter().map(ToString::to_string).collect::<Vec<_>>(), ["web", "app"]);
    assert_eq!(settings.default_action_state, ActionState::Allow);
    let rules = Rules {
        number_entry: NumberEntry::Optional,
        distance: DistanceRule::Number,
        backend_challenges_only: true,
        claim_first: true,
    };
    assert_eq!(settings.tenant_rules(), rules);
    assert_eq!((settings.near_km, settings.origin_required, settings.validate_once), (10, true, true));
    assert_eq!((settings.decision_lifetime_ms, settings.approval_lifetime_ms), (60_000, 3_600_000));
    let lifetimes = [
        settings.challenge_lifetime_ms,
        settings.user_token_lifetime_ms,
        settings.result_token_lifetime_ms,
        settings.access_token_lifetime_ms,
        settings.session_lifetime_ms,
        settings.browser_session_lifetime_ms,
        settings.action_lifetime_ms,
    ];
    assert_eq!(lifetimes, [30_000, 300_000, 3_600_000, 86_400_000, 31_536_000_000, 43_200_000, 315_360_000_000]);
    assert_eq!(changed["settings"]["defaultActionState"], "ALLOW");
    assert_eq!(changed["settings"]["sessionLifetimeMs"], 31_536_000_000_i64);
    assert_eq!(world.json(&["tenant", "show", "Acme Ltd"]), changed);

    let cleared = world.json(&["tenant", "update", &id.to_string(), "--any-origin", "--no-session-clients"]);
    let settings = &cleared["settings"];
    assert_eq!((&settings["allowedOrigins"], &settings["sessionClients"]), (&json!([]), &json!([])));
    assert_eq!(settings["challengeLifetimeMs"], 30_000);
}

#[tokio::test]
async fn a_wrong_setting_is_one_sentence_and_changes_nothing() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let before = world.cloud.tenant(&id).await.unwrap();
    for (flag, value, why) in [
        ("--challenge-lifetime", "29s", "must be from 30s to 1h"),
        ("--session-lifetime", "1y", "write a duration like 90s, 10m, 24h or 90d"),
        ("--allowed-origin", "https://shop.example/login", "must end after the host or port"),
        ("--session-client", "a b", "must match"),
        ("--default-action-state", "MAYBE", "possible values: ALLOW"),
        ("--device-credentials", "perhaps", "invalid value"),
        ("--enrolment-needs-scope", "perhaps", "invalid value"),
        ("--max-devices", "0", "must be from 1 to 100"),
        ("--max-devices", "101", "must be from 1 to 100"),
        ("--max-devices", "many", "must be from 1 to 100"),
        ("--number-entry", "perhaps", "invalid value"),
        ("--near-km", "5001", "must be from 1 to 5000"),
        ("--preset", "lax", "possible values: standard, strict, payment"),
        ("--name", "", "1 to 100 characters"),
    ] {
        world.run(&["tenant", "update", "Acme", flag, value]).refused(2, why);
    }
    assert_eq!(world.cloud.tenant(&id).await.unwrap(), before);
}

#[tokio::test]
async fn tenants_are_listed_and_named_by_id_or_name() {
    let world = World::new().await;
    let (one, two) = (world.tenant("One"), world.tenant("Two"));
    let listed = world.json(&["tenant", "list"]);
    let ids: Vec<String> =
        listed["tenants"].as_array().unwrap().iter().map(|t| t["tenantId"].as_str().unwrap().to_owned()).collect();
    let mut expected = [one.to_string(), two.to_string()];
    expected.sort();
    assert_eq!(ids, expected);
    for named in ["Two", &two.to_string()] {
        assert_eq!(world.json(&["tenant", "show", named])["tenantId"], two.to_string());
    }
    world.run(&["tenant", "show", "Nobody"]).refused(1, "there is no tenant");
    world.run(&["tenant", "show", &scene::tenant().to_string()]).refused(1, "there is no tenant");
    let people = world.run(&["tenant", "list"]).stdout;
    assert!(people.starts_with("ID ") && people.lines().count() == 3, "{people}");
}

#[tokio::test]
async fn a_name_is_given_to_one_tenant_only() {
    let world = World::new().await;
    let (acme, other) = (world.tenant("Acme"), world.tenant("Other"));
    let why = "another tenant is called Acme; choose another name";
    world.run(&["tenant", "create", "Acme"]).refused(1, why);
    world.run(&["tenant", "update", "Other", "--name", "Acme"]).refused(1, why);
    assert_eq!(world.json(&["tenant", "list"])["tenants"].as_array().unwrap().len(), 2);
    assert_eq!(world.cloud.tenant(&other).await.unwrap().unwrap().name, "Other");
    assert_eq!(world.json(&["tenant", "update", "Acme", "--name", "Acme"])["tenantId"], acme.to_string());

    world.json(&["tenant", "update", "Acme", "--name", "Acme Ltd"]);
    world.json(&["tenant", "update", "Other", "--name", "Acme"]);
    world.json(&["tenant", "delete", "Acme Ltd", "--yes"]);
    world.tenant("Acme Ltd");
}

#[tokio::test]
async fn a_disabled_tenant_is_enabled_again_with_its_keys() {
    let world = World::new().await;
    let made = world.json(&["tenant", "create", "Acme"]);
    let secret = SecretKey::parse(made["secretKey"].as_str().unwrap()).unwrap();
    assert_eq!(world.json(&["tenant", "disable", "Acme", "--yes"])["enabled"], false);
    assert!(!world.cloud.tenant(&secret.tenant()).await.unwrap().unwrap().enabled);
    assert_eq!(world.json(&["tenant", "enable", "Acme"])["enabled"], true);
    let stored = world.cloud.tenant(&secret.tenant()).await.unwrap().unwrap();
    assert!(stored.enabled && stored.has_secret_key(&secret.digest()));
}

#[tokio::test]
async fn deleting_a_tenant_leaves_nothing_of_it_and_everything_of_others() {
    let world = World::new().await;
    let other = world.tenant("Other");
    world.user(&other, "zoe", ProfileChange::default()).await;
    let others = world.directory().await.len();
    world.run(&["tenant", "create", "Acme"]);
    let id = world.json(&["tenant", "show", "Acme"])["tenantId"].as_str().unwrap().to_owned();
    let id = scanlatch_protocol::id::TenantId::parse(&id).unwrap();
    for n in 0..103 {
        let email = Some(format!("{n}@example.com"));
        world.user(&id, &format!("user-{n}"), ProfileChange { email, ..ProfileChange::default() }).await;
    }
    world.phone(&id, "user-7").await;
    world.phone(&id, "user-7").await;
    let uri = ["--redirect-uri", "https://a.example/cb"];
    for client in ["web", "app"] {
        world.json(&[&["client", "create", client, "--tenant", "Acme", "--name", "A"][..], &uri].concat());
    }
    let deleted = world.json(&["tenant", "delete", "Acme", "--yes"]);
    assert_eq!(deleted, json!({ "tenantId": id.to_string(), "deleted": true, "clients": 2, "users": 103 }));
    assert_eq!(world.directory().await.len(), others);
    world.run(&["tenant", "delete", "Acme", "--yes"]).refused(1, "there is no tenant");
}

#[tokio::test]
async fn an_interrupted_deletion_goes_on() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    for name in ["ann", "ben", "cat"] {
        world.user(&id, name, ProfileChange::default()).await;
    }
    world.phone(&id, "cat").await;
    let mut tenant = world.cloud.tenant(&id).await.unwrap().unwrap();
    tenant.enabled = false;
    world.cloud.put_tenant(&tenant).await.unwrap();
    world.cloud.forget(&id, &scene::user("ann")).await.unwrap();
    assert_eq!(world.json(&["tenant", "delete", &id.to_string(), "--yes"])["users"], 2);
    assert!(world.directory().await.is_empty());
}
