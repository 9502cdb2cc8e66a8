use scanlatch_protocol::id::{ClientId, TenantId};
use scanlatch_protocol::openid::client::{Client, ClientProof};
use scanlatch_service::port::{Clients as _, RegistersClients as _};
use serde_json::{Value, json};

use super::world::World;

const URI: &str = "https://grafana.example/login/generic_oauth";
const CREATE: [&str; 9] =
    ["client", "create", "grafana", "--tenant", "Acme", "--name", "Grafana", "--redirect-uri", URI];

fn id(text: &str) -> ClientId {
    ClientId::parse(text).unwrap()
}

async fn stored(world: &World, tenant: &TenantId) -> Option<Client> {
    world.cloud.client(tenant, &id("grafana")).await.unwrap()
}

async fn serves(world: &World, tenant: &TenantId, secret: Option<&str>) -> bool {
    let proof = ClientProof { id: id("grafana"), secret: secret.map(str::to_owned) };
    stored(world, tenant).await.unwrap().check(&proof, None).is_ok()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

#[tokio::test]
async fn an_application_gets_a_secret_that_is_stored_as_a_digest_only() {
    let world = World::new().await;
    let tenant = world.tenant("Acme");
    let secret = text(&world.json(&CREATE)["clientSecret"]);
    assert!(serves(&world, &tenant, Some(&secret)).await && !serves(&world, &tenant, None).await);
    let table = format!("{:?}", world.directory().await);
    assert!(!table.contains(secret.strip_prefix("cs_").unwrap()), "{table}");
}

#[tokio::test]
async fn people_are_shown_what_the_application_is_configured_with() {
    let world = World::new().await;
    let tenant = world.tenant("Acme");
    let ran = world.run(&[&CREATE[..], &["--api-url", "https://login.example/v1/"]].concat());
    let issuer = format!("https://login.example/v1/t/{tenant}");
    let lines: Vec<(&str, &str)> = ran.stdout.lines().map(|line| line.split_once("  ").unwrap()).collect();
    let names: Vec<&str> = lines.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["Issuer", "Discovery URL", "Client ID", "Client secret", "Redirect URI"], "{ran:?}");
    let values: Vec<&str> = lines.iter().map(|(_, value)| value.trim()).collect();
    assert_eq!([values[0], values[2], values[4]], [&issuer, "grafana", URI], "{ran:?}");
    assert_eq!(values[1], format!("{issuer}/.well-known/openid-configuration"));
    assert!(serves(&world, &tenant, Some(values[3])).await && !ran.stderr.contains("cs_"), "{ran:?}");
}

#[tokio::test]
async fn a_script_reads_what_the_application_is_configured_with() {
    let world = World::new().await;
    let tenant = world.tenant("Acme");
    let made = world.json(&[&CREATE[..], &["--api-url", "https://login.example/v1"]].concat());
    let issuer = format!("https://login.example/v1/t/{tenant}");
    assert_eq!(made["issuer"], issuer);
    assert_eq!(made["discoveryUrl"], format!("{issuer}/.well-known/openid-configuration"));
    assert_eq!((&made["clientId"], &made["redirectUris"]), (&json!("grafana"), &json!([URI])));
}

#[tokio::test]
async fn where_the_base_url_is_not_known_the_path_below_it_is_shown() {
    let world = World::new().await;
    let tenant = world.tenant("Acme");
    let ran = world.run(&CREATE);
    assert!(ran.stdout.contains(&format!(" <base URL>/t/{tenant}\n")), "{ran:?}");
    assert!(ran.stderr.contains("--api-url"), "{ran:?}");
    let shown = world.json(&["client", "show", "grafana", "--tenant", "Acme"]);
    assert_eq!((&shown["issuerPath"], shown.get("issuer")), (&json!(format!("/t/{tenant}")), None));
}

#[tokio::test]
async fn a_public_application_has_no_secret() {
    let world = World::new().await;
    let tenant = world.tenant("Acme");
    let made = world.json(&[&CREATE[..], &["--public"]].concat());
    assert_eq!((&made["public"], made.get("clientSecret")), (&json!(true), None));
    assert!(serves(&world, &tenant, None).await);
    let rotate = ["client", "rotate", "grafana", "--tenant", "Acme"];
    world.run(&rotate).refused(1, "create it again without --public");
    assert!(serves(&world, &tenant, None).await);
}

#[tokio::test]
async fn a_device_needs_no_redirect_uri() {
    let world = World::new().await;
    world.tenant("Acme");
    let made = world.run(&["client", "create", "tv", "--tenant", "Acme", "--name", "TV", "--grant", "device_code"]);
    assert!(made.code == 0 && !made.stdout.contains("Redirect"), "{made:?}");
}

#[tokio::test]
async fn every_flag_reaches_the_table_and_comes_back() {
    let world = World::new().await;
    let tenant = world.tenant("Acme");
    let made = world.json(
        &[
            &CREATE[..],
            &["--redirect-uri", "http://127.0.0.1/cb", "--logout-uri", "https://grafana.example/bye"],
            &["--grant", "authorization_code", "--grant", "refresh_token", "--scope", "openid email"],
            &["--scope", "orders.read", "--id-token-algorithm", "ES256", "--access-token-algorithm", "ES256"],
            &["--access-token-type", "JWT", "--token-lifetime", "24h", "--refresh-lifetime", "365d"],
        ]
        .concat(),
    );
    let registration = json!({
        "name": "Grafana",
        "redirectUris": [URI, "http://127.0.0.1/cb"],
        "logoutUris": ["https://grafana.example/bye"],
        "grants": ["authorization_code", "refresh_token"],
        "scopes": "openid email orders.read",
        "idTokenAlgorithm": "ES256",
        "accessTokenAlgorithm": "ES256",
        "accessTokenType": "JWT",
        "tokenLifetimeMs": 86_400_000,
        "refreshLifetimeMs": 31_536_000_000_i64,
    });
    let kept = stored(&world, &tenant).await.unwrap().registration;
    assert_eq!(serde_json::to_value(kept).unwrap(), registration);
    let shown = world.json(&["client", "show", "grafana", "--tenant", "Acme"]);
    for (name, value) in registration.as_object().unwrap() {
        assert_eq!((&made[name], &shown[name]), (value, value), "{name}");
    }
}

#[tokio::test]
async fn a_wrong_flag_is_one_sentence_and_registers_nothing() {
    let world = World::new().await;
    let tenant = world.tenant("Acme");
    let create = ["client", "create", "grafana", "--tenant", "Acme"];
    let name = ["--name", "Grafana", "--redirect-uri", "https://a.example/cb"];
    for (words, why) in [
        (&[&create[..], &["--name", "Grafana"]].concat(), "give --redirect-uri"),
        (&[&create[..], &["--name", "", "--redirect-uri", URI]].concat(), "1 to 64 characters"),
        (&[&create[..], &name, &["--redirect-uri", "http://a.example/cb"]].concat(), "must be an absolute URI"),
        (&[&create[..], &name, &["--grant", "password"]].concat(), "possible values: authorization_code"),
        (&[&create[..], &name, &["--scope", "ü"]].concat(), "space-separated list"),
        (&[&create[..], &name, &["--scope", " "]].concat(), "names no scope"),
        (&[&create[..], &name, &["--id-token-algorithm", "none"]].concat(), "possible values: RS256, ES256"),
        (&[&create[..], &name, &["--access-token-type", "jwt"]].concat(), "possible values: at+jwt, JWT"),
        (&[&create[..], &name, &["--token-lifetime", "59s"]].concat(), "must be from 1m to 1d"),
        (&[&create[..], &name, &["--refresh-lifetime", "366d"]].concat(), "must be from 1h to 365d"),
        (&[&["client", "create", "a b", "--tenant", "Acme"], &name[..]].concat(), "must match"),
        (&[&["client", "create", "openid-browser", "--tenant", "Acme"], &name[..]].concat(), "choose another"),
    ] {
        world.run(words).refused(2, why);
    }
    assert!(world.cloud.clients(&tenant).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_id_is_given_once_and_keeps_its_application() {
    let world = World::new().await;
    let tenant = world.tenant("Acme");
    let secret = text(&world.json(&CREATE)["clientSecret"]);
    world.run(&CREATE).refused(1, "has an application grafana already");
    assert!(serves(&world, &tenant, Some(&secret)).await);
    world.tenant("Other");
    let other = CREATE.map(|word| if word == "Acme" { "Other" } else { word });
    assert_eq!(world.run(&other).code, 0);
}

#[tokio::test]
async fn an_update_changes_only_what_it_names() {
    let world = World::new().await;
    let tenant = world.tenant("Acme");
    world.json(&[&CREATE[..], &["--logout-uri", "https://grafana.example/bye"]].concat());
    let before = stored(&world, &tenant).await.unwrap();
    let update = ["client", "update", "grafana", "--tenant", "Acme"];
    let (one, two) = ("https://a.example/cb", "https://b.example/cb");
    let changed =
        world.json(&[&update[..], &["--redirect-uri", one, "--redirect-uri", two, "--token-lifetime", "1h"]].concat());
    assert_eq!((&changed["redirectUris"], &changed["tokenLifetimeMs"]), (&json!([one, two]), &json!(3_600_000)));
    let mut expected = before.clone();
    expected.registration.redirect_uris = changed["redirectUris"].as_array().unwrap().iter().map(uri).collect();
    expected.registration.token_lifetime_ms = 3_600_000;
    assert_eq!(stored(&world, &tenant).await, Some(expected));
    let same = world.run(&update);
    assert!(same.code == 0 && same.stderr.contains("Nothing to change."), "{same:?}");
}

fn uri(text: &Value) -> scanlatch_protocol::openid::redirect::RedirectUri {
    serde_json::from_value(text.clone()).unwrap()
}

#[tokio::test]
async fn lists_of_uris_are_emptied_by_name() {
    let world = World::new().await;
    let tenant = world.tenant("Acme");
    world.json(&[&CREATE[..], &["--logout-uri", "https://grafana.example/bye"]].concat());
    let update = ["client", "update", "grafana", "--tenant", "Acme"];
    world.json(&[&update[..], &["--no-logout-uris", "--name", "Dashboards"]].concat());
    world.run(&[&update[..], &["--no-redirect-uris"]].concat()).refused(2, "give --redirect-uri");
    world.json(&[&update[..], &["--no-redirect-uris", "--grant", "device_code"]].concat());
    let registration = stored(&world, &tenant).await.unwrap().registration;
    assert_eq!((registration.redirect_uris, registration.logout_uris), (vec![], vec![]));
    assert_eq!(registration.name, "Dashboards");
}

#[tokio::test]
async fn a_secret_is_rotated_without_a_gap() {
    let world = World::new().await;
    let tenant = world.tenant("Acme");
    let made = world.json(&CREATE);
    let (old, old_name) = (text(&made["clientSecret"]), text(&made["secrets"][0]["name"]));
    let rotate = ["client", "rotate", "grafana", "--tenant", "Acme"];
    let made = world.json(&rotate);
    let (new, new_name) = (text(&made["clientSecret"]), text(&made["name"]));
    assert!(serves(&world, &tenant, Some(&old)).await && serves(&world, &tenant, Some(&new)).await);
    world.run(&rotate).refused(1, "has two secrets already");

    let dropped = world.json(&[&rotate[..], &["--drop", &old_name, "--yes"]].concat());
    let document = json!({ "tenantId": tenant.to_string(), "clientId": "grafana", "name": old_name, "dropped": true });
    assert_eq!(dropped, document);
    assert!(!serves(&world, &tenant, Some(&old)).await && serves(&world, &tenant, Some(&new)).await);
    world.run(&[&rotate[..], &["--drop", &old_name, "--yes"]].concat()).refused(1, "has no secret");
    world.run(&[&rotate[..], &["--drop", &new_name, "--yes"]].concat()).refused(1, "makes another first");
    assert!(serves(&world, &tenant, Some(&new)).await);
}

#[tokio::test]
async fn a_new_secret_is_shown_to_people_once() {
    let world = World::new().await;
    let tenant = world.tenant("Acme");
    world.json(&CREATE);
    let ran = world.run(&["client", "rotate", "grafana", "--tenant", "Acme"]);
    let secret = ran.stdout.lines().nth(1).unwrap().strip_prefix("Client secret  ").unwrap();
    assert!(serves(&world, &tenant, Some(secret)).await && !ran.stderr.contains("cs_"), "{ran:?}");
    let show = ["client", "show", "grafana", "--tenant", "Acme"];
    for ran in [world.run(&show), world.run(&[&show[..], &["--json"]].concat())] {
        assert!(ran.code == 0 && !ran.stdout.contains("cs_"), "{ran:?}");
    }
}

#[tokio::test]
async fn a_secret_whose_name_begins_with_a_hyphen_can_be_named() {
    let world = World::new().await;
    world.tenant("Acme");
    world.json(&CREATE);
    let drop = ["client", "rotate", "grafana", "--tenant", "Acme", "--yes", "--drop", "-abc1234"];
    world.run(&drop).refused(1, "has no secret -abc1234");
}

#[tokio::test]
async fn applications_are_listed_in_the_order_of_their_ids() {
    let world = World::new().await;
    world.tenant("Acme");
    world.tenant("Other");
    for (client, kind) in [("web", "--yes"), ("app", "--public")] {
        let create = ["client", "create", client, "--tenant", "Acme", "--name", "A", "--redirect-uri", URI, kind];
        assert_eq!(world.run(&create).code, 0);
    }
    let listed = world.json(&["client", "list", "--tenant", "Acme"]);
    let ids: Vec<&Value> = listed["clients"].as_array().unwrap().iter().map(|client| &client["clientId"]).collect();
    assert_eq!(ids, ["app", "web"]);
    let people = world.run(&["client", "list", "--tenant", "Acme"]).stdout;
    assert!(people.starts_with("ID ") && people.contains("app  A     public"), "{people}");
    assert_eq!(world.run(&["client", "list", "--tenant", "Other"]).stdout, "The tenant has no applications.\n");
}

#[tokio::test]
async fn a_deleted_application_leaves_nothing() {
    let world = World::new().await;
    let tenant = world.tenant("Acme");
    let before = world.directory().await;
    world.json(&CREATE);
    let delete = ["client", "delete", "grafana", "--tenant", "Acme", "--yes"];
    let document = json!({ "tenantId": tenant.to_string(), "clientId": "grafana", "deleted": true });
    assert_eq!(world.json(&delete), document);
    assert_eq!(world.directory().await, before);
    world.run(&delete).refused(1, "has no application grafana");
}
