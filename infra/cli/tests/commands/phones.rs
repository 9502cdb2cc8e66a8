//! What phones in the terminal refuse; end-to-end tests cover those that answer.

use super::world::{Ran, scanlatch};

const ID: &str = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";
const TENANT: &str = "98634c7b-6673-44ea-9a6b-503cccdf0430";

fn phone(words: &[&str]) -> Ran {
    let mut command = scanlatch();
    command.env("AUTHSIGNAL_API_URL", "http://127.0.0.1:1/v1").env("AUTHSIGNAL_TENANT_ID", TENANT);
    Ran::from(command.arg("phone").args(words).output().unwrap())
}

#[test]
fn what_holds_no_challenge_is_misuse() {
    phone(&["approve", "hello"]).refused(2, "is no challenge's id, holds none as a link, and is no file");
}

#[test]
fn a_file_that_is_no_picture_is_told() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("notes.png");
    std::fs::write(&path, "hello").unwrap();
    phone(&["approve", path.to_str().unwrap()]).refused(1, "cannot be read as a PNG picture");
}

#[test]
fn without_a_phone_the_way_to_one_is_told() {
    phone(&["approve", ID]).refused(1, "`scanlatch phone enrol USER` makes one");
    phone(&["decline", ID, "--of", "ann"]).refused(1, "`scanlatch phone enrol ann` makes one");
}

#[test]
fn an_enrolment_needs_the_secret_key_or_a_token() {
    phone(&["enrol", "ann"]).refused(2, "needs the tenant's secret key");
}
