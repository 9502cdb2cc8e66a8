use scanlatch_protocol::tenant::Settings;
use scanlatch_protocol::tenant::settings::{ActionRules, DistanceRule, NumberEntry, Preset};
use scanlatch_service::port::{Administers as _, Tenants as _};
use serde_json::json;

use super::world::World;

const WARNING: &str = "warning: official screens cannot show a number";

#[tokio::test]
async fn a_tenant_is_made_and_changed_by_a_preset() {
    let world = World::new().await;
    let made = world.json(&["tenant", "create", "Acme", "--no-key", "--preset", "payment"]);
    assert_eq!(made["preset"], json!({ "nearest": "payment", "differing": [] }));
    assert_eq!(made["settings"], serde_json::to_value(Preset::Payment.settings()).unwrap());
    let changed = world.json(&["tenant", "update", "Acme", "--preset", "strict", "--number-entry", "optional"]);
    assert_eq!(changed["preset"], json!({ "nearest": "strict", "differing": ["numberEntry"] }));
    assert_eq!(world.json(&["tenant", "show", "Acme"]), changed);
    let people = world.run(&["tenant", "show", "Acme"]).stdout;
    assert!(people.lines().any(|line| line.starts_with("Preset ") && line.ends_with("strict, except number entry")));
    let standard = world.json(&["tenant", "update", "Acme", "--preset", "standard"]);
    assert_eq!(standard["settings"], serde_json::to_value(Settings::default()).unwrap());
}

#[tokio::test]
async fn a_number_that_is_required_comes_with_a_warning() {
    let world = World::new().await;
    let made = world.run(&["tenant", "create", "Acme", "--no-key", "--preset", "strict"]);
    assert!(made.code == 0 && made.stderr.contains(WARNING), "{made:?}");
    let other = world.run(&["tenant", "update", "Acme", "--max-devices", "3"]);
    assert!(other.code == 0 && !other.stderr.contains("warning"), "{other:?}");
    world.tenant("Other");
    let action = world.run(&["tenant", "action", "Other", "pay", "--number-entry", "required"]);
    assert!(action.code == 0 && action.stderr.contains(WARNING), "{action:?}");
}

#[tokio::test]
async fn an_action_has_rules_of_its_own_over_its_tenants() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let words = ["tenant", "action", "Acme", "pay", "--number-entry", "optional", "--distance", "number"];
    let ran = world.json(&[&words[..], &["--claim-first", "on"]].concat());
    let own = json!({ "numberEntry": "optional", "distance": "number", "claimFirst": true });
    let rules = json!({
        "numberEntry": "optional", "distance": "number", "backendChallengesOnly": false, "claimFirst": true
    });
    let expected = json!({ "tenantId": id.to_string(), "action": "pay", "rules": rules, "own": own });
    assert_eq!(ran, expected);
    assert_eq!(world.json(&["tenant", "action", "Acme", "pay"]), expected);
    let shown = world.json(&["tenant", "show", "Acme"]);
    assert_eq!(shown["settings"]["actionRules"], json!({ "pay": own }));
    let people = world.run(&["tenant", "show", "Acme"]).stdout;
    let line = "number entry optional, distance number, claim first on";
    assert!(people.lines().any(|shown| shown.starts_with("Action pay ") && shown.ends_with(line)), "{people}");

    world.json(&["tenant", "update", "Acme", "--number-entry", "optional", "--claim-first", "on"]);
    let left = world.json(&["tenant", "action", "Acme", "pay", "--claim-first", "inherit", "--distance", "tell"]);
    assert_eq!(left["own"], json!({ "numberEntry": "optional", "distance": "tell" }));
    assert_eq!(left["rules"]["claimFirst"], true);
    let people = world.run(&["tenant", "action", "Acme", "pay"]).stdout;
    let lines: Vec<_> = people.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let expected = [
        "Tenant Acme",
        "Action pay",
        "Number entry optional",
        "Distance tell",
        "Backend challenges only off, as the tenant",
        "Claim first on, as the tenant",
    ];
    assert_eq!(lines, expected);

    let cleared = world.json(&["tenant", "action", "Acme", "pay", "--clear"]);
    assert_eq!(cleared["own"], json!({}));
    assert!(world.cloud.tenant(&id).await.unwrap().unwrap().settings.action_rules.is_empty());
    let again = world.run(&["tenant", "action", "Acme", "pay", "--clear"]);
    assert!(again.code == 0 && again.stderr.contains("Nothing to change."), "{again:?}");
}

#[tokio::test]
async fn settings_that_contradict_each_other_are_refused_before_anything_is_written() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let before = (world.cloud.tenant(&id).await.unwrap(), world.directory().await);
    let (update, action) = (["tenant", "update", "Acme"], ["tenant", "action", "Acme", "pay"]);
    let create = ["tenant", "create", "Other"];
    for (command, flags, why) in [
        (&update[..], &["--result-token-lifetime", "11m"][..], "a result token cannot serve longer than its approval"),
        (&create, &["--approval-lifetime", "1m"], "a result token cannot serve longer than its approval"),
        (&update, &["--distance", "number"], "error: distance `number` requires a number"),
        (&update, &["--preset", "strict", "--number-entry", "off"], "distance `number` requires a number"),
        (&action, &["--distance", "number"], "error: for the action pay, distance `number` requires a number"),
        (&action, &["--preset", "strict", "--number-entry", "inherit"], "for the action pay, distance `number`"),
        (&create, &["--distance", "deny"], "--places says that the stack has one"),
        (&update, &["--distance", "deny"], "distance `deny` needs an edge"),
        (&action, &["--distance", "deny"], "for the action pay, distance `deny` needs an edge"),
        (&update, &["--attestation", "required"], "nothing verifies it yet"),
        (&action, &["--clear", "--distance", "tell"], "cannot be used with"),
        (&["tenant", "action", "Acme", "a b"], &["--clear"], "must match"),
    ] {
        world.run(&[command, flags].concat()).refused(2, why);
    }
    assert_eq!((world.cloud.tenant(&id).await.unwrap(), world.directory().await), before);
    assert_eq!(world.cloud.tenants().await.unwrap().len(), 1);
}

#[tokio::test]
async fn distance_is_denied_only_where_an_edge_gives_places() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let denied = world.json(&["tenant", "update", "Acme", "--distance", "deny", "--places"]);
    assert_eq!(denied["settings"]["distance"], "deny");
    let later = world.json(&["tenant", "update", "Acme", "--max-devices", "3"]);
    assert_eq!((&later["settings"]["distance"], &later["settings"]["maxDevices"]), (&json!("deny"), &json!(3)));
    world.json(&["tenant", "update", "Acme", "--distance", "tell"]);
    world.json(&["--places", "tenant", "action", "Acme", "pay", "--distance", "deny"]);
    let settings = world.cloud.tenant(&id).await.unwrap().unwrap().settings;
    let own = ActionRules { distance: Some(DistanceRule::Deny), ..ActionRules::default() };
    assert_eq!(settings.action_rules.into_values().collect::<Vec<_>>(), [own]);
    assert_eq!((settings.distance, settings.number_entry), (DistanceRule::Tell, NumberEntry::Off));
}
