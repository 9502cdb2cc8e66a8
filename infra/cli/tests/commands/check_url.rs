use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::json;

use super::world::{Ran, scanlatch};

const REFUSAL: (&str, &str) = (
    "401 Unauthorized",
    r#"{"error":"unauthorized","errorCode":"unauthorized","errorDescription":"Check your API key."}"#,
);

fn check_url(words: &[&str]) -> Ran {
    Ran::from(scanlatch().arg("check-url").args(words).output().unwrap())
}

/// A server that answers `api` to every call and `socket` to every handshake.
fn answering(api: (&'static str, &'static str), socket: (&'static str, &'static str)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = [0; 4096];
            let length = connection.read(&mut request).unwrap();
            let is_handshake = request[..length].starts_with(b"GET /ws-v1-challenge HTTP/1.1\r\n");
            let (status, body) = if is_handshake { socket } else { api };
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            connection.write_all(format!("{head}{body}").as_bytes()).unwrap();
        }
    });
    url
}

#[test]
fn a_base_url_where_the_service_and_its_socket_answer_is_good() {
    let url = answering(REFUSAL, ("401 Unauthorized", ""));
    let socket = url.replace("http", "ws").replace("v1", "ws-v1-challenge");
    let ran = check_url(&[&url]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        ran.stdout,
        format!("SDKs that are given {url} open their socket at {socket}. The service answers at both.\n")
    );
    let both = json!({ "baseUrl": url, "socketUrl": socket, "answers": true });
    assert_eq!(check_url(&[&url, "--json"]).json(), both);
}

#[test]
fn a_host_that_does_not_exist_is_no_base_url() {
    check_url(&["https://nobody.invalid/v1"]).refused(1, "no answer came from https://nobody.invalid/v1");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    check_url(&[&format!("http://{free}/v1")]).refused(1, "look at the host name, its DNS record and its certificate");
}

#[test]
fn what_is_not_the_service_is_no_base_url() {
    for api in [("200 OK", "<html>Welcome</html>"), ("404 Not Found", r#"{"message":"Not Found"}"#), ("200 OK", "{}")] {
        let ran = check_url(&[&answering(api, ("401 Unauthorized", ""))]);
        ran.refused(1, &format!("answered {}, which the service does not say", api.0));
    }
    let closed = ("403 Forbidden", r#"{"error":"forbidden","errorCode":"forbidden","errorDescription":"Call that."}"#);
    check_url(&[&answering(closed, ("403 Forbidden", ""))]).refused(1, "refused: Call that.");
}

#[test]
fn a_socket_that_is_not_there_is_told() {
    for status in ["404 Not Found", "403 Forbidden", "200 OK"] {
        let ran = check_url(&[&answering(REFUSAL, (status, ""))]);
        ran.refused(1, "ws-v1-challenge");
        ran.refused(1, "is no socket of the service");
    }
}

#[test]
fn a_base_url_may_be_derived_from_before_its_host_exists() {
    let ran = check_url(&["--no-connect", "https://nobody.invalid/v1"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        ran.stdout,
        "SDKs that are given https://nobody.invalid/v1 open their socket at \
         wss://nobody.invalid/ws-v1-challenge. Whether anything answers there was not tried.\n"
    );
    let derived = json!({
        "baseUrl": "https://nobody.invalid/v1",
        "socketUrl": "wss://nobody.invalid/ws-v1-challenge",
    });
    assert_eq!(check_url(&["https://nobody.invalid/v1", "--no-connect", "--json"]).json(), derived);
}

#[test]
fn a_base_url_that_sdks_would_spoil_is_refused_in_one_sentence() {
    check_url(&["https://api.example.com/v1"]).refused(1, "second name api-ws.example.com");
    check_url(&["https://dev1.example.com/v1"]).refused(1, "take a host name without `v1`");
    check_url(&["https://login.example.com"]).refused(1, "has the form https://HOST/v1");
}

#[test]
fn a_second_host_is_the_one_that_sdks_make_of_the_first() {
    let base = ["https://api.example.com/v1", "--no-connect", "--socket-url"];
    let ran = check_url(&[&base[..], &["wss://api-ws.example.com/ws-v1-challenge"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let other = [&base[..], &["wss://socket.example.com/ws-v1-challenge"]].concat();
    check_url(&other).refused(1, "make them the same");
}
