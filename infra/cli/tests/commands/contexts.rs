use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::world::{Ran, World, scanlatch};

/// A configuration folder of one's own.
fn at(folder: &Path) -> Command {
    let mut command = scanlatch();
    command.env("XDG_CONFIG_HOME", folder);
    command
}

fn run(folder: &TempDir, words: &[&str]) -> Ran {
    Ran::from(at(folder.path()).args(words).output().unwrap())
}

fn contexts(folder: &TempDir) -> Value {
    run(folder, &["use", "--json"]).json()
}

#[tokio::test]
async fn a_context_says_where_so_that_no_flag_has_to() {
    let (world, folder) = (World::new().await, tempfile::tempdir().unwrap());
    world.tenant("Acme");
    let place = ["--dynamodb-endpoint", &world.endpoint, "--live-table", &world.live];
    let made = run(&folder, &[&["use", "test"], &place[..], &["--directory-table", &world.directory]].concat());
    assert_eq!(made.code, 0, "{made:?}");
    let listed = run(&folder, &["tenant", "list", "--json"]);
    assert_eq!(listed.json()["tenants"][0]["name"], "Acme");
    assert_eq!(listed.stderr, "Context test.\n");
}

#[test]
fn a_flag_or_a_variable_goes_before_the_context() {
    let folder = tempfile::tempdir().unwrap();
    run(&folder, &["use", "here", "--local", "http://127.0.0.1:1"]);
    run(&folder, &["tenant", "list"]).refused(1, "no local stack answers at http://127.0.0.1:1");
    run(&folder, &["tenant", "list", "--live-table", "a"]).refused(2, "SCANLATCH_DIRECTORY_TABLE is missing");
    let mut by_variable = at(folder.path());
    by_variable.env("SCANLATCH_LIVE_TABLE", "a").args(["tenant", "list"]);
    Ran::from(by_variable.output().unwrap()).refused(2, "SCANLATCH_DIRECTORY_TABLE is missing");
}

#[test]
fn contexts_are_switched_listed_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    run(&folder, &["use", "here", "--local"]);
    run(&folder, &["use", "prod", "--api-url", "https://login.example/v1"]);
    assert_eq!(contexts(&folder), json!({ "current": "prod", "contexts": ["here", "prod"] }));
    run(&folder, &["use", "here"]);
    assert_eq!(contexts(&folder)["current"], "here");
    run(&folder, &["use", "--none"]);
    assert_eq!(contexts(&folder)["current"], Value::Null);
    run(&folder, &["use", "here"]);
    run(&folder, &["use", "here", "--forget"]);
    assert_eq!(contexts(&folder), json!({ "current": null, "contexts": ["prod"] }));
}

#[test]
fn an_unknown_context_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    run(&folder, &["use", "here", "--local"]);
    run(&folder, &["use", "elsewhere"]).refused(1, "there is no context elsewhere");
    run(&folder, &["use", "../here", "--local"]).refused(2, "a context's name is");
    assert_eq!(contexts(&folder)["current"], "here");
}

#[test]
fn only_the_user_reads_what_is_kept_and_a_secret_key_is_kept_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let keep = |words: &[&str]| {
        let mut command = at(folder.path());
        command.env("AUTHSIGNAL_SECRET_KEY", "sk_secret").args([
            "use",
            "prod",
            "--api-url",
            "https://login.example/v1",
        ]);
        Ran::from(command.args(words).output().unwrap())
    };
    let file = folder.path().join("scanlatch/contexts.json");
    assert_eq!(keep(&[]).code, 0);
    assert!(!std::fs::read_to_string(&file).unwrap().contains("sk_secret"));
    let kept = keep(&["--keep-secret-key"]);
    assert!(!format!("{kept:?}").contains("sk_secret"), "{kept:?}");
    assert!(std::fs::read_to_string(&file).unwrap().contains("sk_secret"));
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
}

#[test]
fn damaged_contexts_are_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("scanlatch")).unwrap();
    std::fs::write(folder.path().join("scanlatch/contexts.json"), "{").unwrap();
    run(&folder, &["tenant", "list"]).refused(1, "contexts.json is damaged; mend or delete it");
}
