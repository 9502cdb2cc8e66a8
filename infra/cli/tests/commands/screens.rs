//! What screens in the terminal refuse; end-to-end tests cover those that show a code.

use super::world::{Ran, scanlatch};

const TENANT: &str = "98634c7b-6673-44ea-9a6b-503cccdf0430";

fn run(words: &[&str]) -> Ran {
    let mut command = scanlatch();
    command.env("AUTHSIGNAL_API_URL", "http://127.0.0.1:1/v1").env("AUTHSIGNAL_TENANT_ID", TENANT);
    Ran::from(command.args(words).output().unwrap())
}

#[test]
fn where_nobody_answers_the_base_url_is_looked_at() {
    run(&["screen", "--polling"]).refused(1, "look at the base URL, its DNS record and its certificate");
}

#[test]
fn one_users_approval_needs_the_secret_key() {
    run(&["screen", "--user", "ann"]).refused(2, "needs the tenant's secret key");
}

#[test]
fn what_the_service_would_not_take_is_misuse() {
    run(&["screen", "--action", "log in"]).refused(2, "must match");
    run(&["screen", "--custom", "{"]).refused(2, "is no JSON");
}

#[test]
fn tail_says_what_it_can_see() {
    run(&["tail"]).refused(2, "tail sees what passes through a local stack; name it with --local");
    run(&["tail", "--local", "http://127.0.0.1:1"]).refused(1, "no local stack answers at http://127.0.0.1:1");
}
