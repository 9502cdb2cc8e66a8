use scanlatch_protocol::user::ProfileChange;
use scanlatch_service::port::Tenants as _;

use super::world::{Ran, World, scanlatch};

#[tokio::test]
async fn nothing_destructive_happens_unconfirmed() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    world.user(&id, "ann", ProfileChange::default()).await;
    let phone = world.phone(&id, "ann").await.id.to_string();
    let key = world.json(&["key", "create", "Acme"])["name"].as_str().unwrap().to_owned();
    let uri = ["--redirect-uri", "https://a.example/cb"];
    world.json(&[&["client", "create", "web", "--tenant", "Acme", "--name", "Web"][..], &uri].concat());
    let secret = world.json(&["client", "rotate", "web", "--tenant", "Acme"])["name"].as_str().unwrap().to_owned();
    let before = (world.cloud.tenant(&id).await.unwrap(), world.directory().await);
    for words in [
        &["tenant", "delete", "Acme"][..],
        &["tenant", "disable", "Acme"],
        &["user", "delete", "Acme", "ann"],
        &["device", "revoke", "Acme", "ann", &phone],
        &["key", "revoke", "Acme", &key],
        &["client", "rotate", "web", "--tenant", "Acme", "--drop", &secret],
        &["client", "delete", "web", "--tenant", "Acme"],
    ] {
        world.run(words).refused(2, "--yes does it without asking");
    }
    assert_eq!((world.cloud.tenant(&id).await.unwrap(), world.directory().await), before);
}

#[test]
fn every_command_has_help_with_examples() {
    let commands: &[&[&str]] = &[
        &[],
        &["tenant", "create"],
        &["tenant", "list"],
        &["tenant", "show"],
        &["tenant", "update"],
        &["tenant", "action"],
        &["tenant", "disable"],
        &["tenant", "enable"],
        &["tenant", "delete"],
        &["key", "create"],
        &["key", "list"],
        &["key", "revoke"],
        &["user", "list"],
        &["user", "show"],
        &["user", "delete"],
        &["device", "list"],
        &["device", "revoke"],
        &["client", "create"],
        &["client", "list"],
        &["client", "show"],
        &["client", "update"],
        &["client", "rotate"],
        &["client", "delete"],
        &["challenge", "show"],
        &["screen"],
        &["phone", "enrol"],
        &["phone", "approve"],
        &["phone", "decline"],
        &["tail"],
        &["doctor"],
        &["use"],
        &["completions"],
    ];
    for words in commands {
        let ran = Ran::from(scanlatch().args(*words).arg("--help").output().unwrap());
        assert_eq!(ran.code, 0, "{words:?}");
        assert!(ran.stdout.contains("\n  scanlatch "), "{words:?} has no example:\n{}", ran.stdout);
    }
    let ran = Ran::from(scanlatch().arg("--help").output().unwrap());
    assert!(ran.stdout.contains("Exit codes:"), "{}", ran.stdout);
}

#[test]
fn completions_need_no_tables() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = Ran::from(scanlatch().args(["completions", shell]).output().unwrap());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{shell}");
        assert!(ran.stdout.contains("scanlatch") && ran.stdout.contains("tenant"), "{shell}");
    }
}

#[test]
fn nobody_has_to_read_what_is_said_on_standard_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = scanlatch().args(["tenant", "list"]).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn a_word_that_is_no_command_is_misuse() {
    let ran = Ran::from(scanlatch().args(["tenant", "destroy"]).output().unwrap());
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
}
