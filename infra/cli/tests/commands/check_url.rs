use serde_json::json;

use super::world::{Ran, scanlatch};

fn check_url(words: &[&str]) -> Ran {
    Ran::from(scanlatch().arg("check-url").args(words).output().unwrap())
}

#[test]
fn a_base_url_whose_socket_is_found_says_where() {
    let ran = check_url(&["https://login.example.com/v1"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        ran.stdout,
        "SDKs that are given https://login.example.com/v1 open their socket at \
         wss://login.example.com/ws-v1-challenge, where it is served.\n"
    );
    let ran = check_url(&["https://login.example.com/v1", "--json"]);
    let both = json!({
        "baseUrl": "https://login.example.com/v1",
        "socketUrl": "wss://login.example.com/ws-v1-challenge",
    });
    assert_eq!(ran.json(), both);
}

#[test]
fn a_base_url_that_sdks_would_spoil_is_refused_in_one_sentence() {
    check_url(&["https://api.example.com/v1"]).refused(1, "second name api-ws.example.com");
    check_url(&["https://dev1.example.com/v1"]).refused(1, "take a host name without `v1`");
    check_url(&["https://login.example.com"]).refused(1, "has the form https://HOST/v1");
}

#[test]
fn a_second_host_is_the_one_that_sdks_make_of_the_first() {
    let base = "https://api.example.com/v1";
    let ran = check_url(&[base, "--socket-url", "wss://api-ws.example.com/ws-v1-challenge"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    check_url(&[base, "--socket-url", "wss://socket.example.com/ws-v1-challenge"]).refused(1, "make them the same");
}
