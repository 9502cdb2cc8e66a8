//! What a failing smoke test prints; end-to-end tests cover the one that succeeds.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use super::world::{Ran, scanlatch};

const SECRET_KEY: &str = "sk_98634c7b667344ea9a6b503cccdf0430_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn smoke(url: &str, secret_key: &str) -> Ran {
    let mut command = scanlatch();
    command.arg("smoke").env("AUTHSIGNAL_API_URL", url).env("AUTHSIGNAL_SECRET_KEY", secret_key);
    Ran::from(command.output().unwrap())
}

/// A server that gives this answer to every call.
fn answering(status: &'static str, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let _asked = socket.read(&mut [0; 4096]).unwrap();
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            socket.write_all(format!("{head}{body}").as_bytes()).unwrap();
        }
    });
    url
}

#[test]
fn who_does_not_say_where_and_who_is_told_how() {
    smoke("", "").refused(2, "as `scanlatch tenant create` prints them");
    smoke("https://login.example.com/v1", "").refused(2, "say where and who");
    smoke("https://login.example.com/v1", "sk_nonsense").refused(2, "is no secret key");
}

#[test]
fn where_nobody_answers_the_host_name_is_looked_at() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran = smoke(&format!("http://{free}/v1"), SECRET_KEY);
    ran.refused(1, "the backend names a user: no answer came");
    ran.refused(1, "look at the host name, its DNS record and its certificate");
}

#[test]
fn a_refusal_of_the_service_names_the_step_and_the_function() {
    let url = answering(
        "401 Unauthorized",
        r#"{"error":"unauthorized","errorCode":"unauthorized","errorDescription":"Who are you?"}"#,
    );
    let ran = smoke(&url, SECRET_KEY);
    ran.refused(1, "the backend names a user: 401 Unauthorized, unauthorized: Who are you?");
    ran.refused(1, "look at what the function action-track logged");
}

#[test]
fn an_answer_that_is_not_the_services_points_at_what_stands_before_it() {
    let ran = smoke(&answering("403 Forbidden", "<html>Request blocked</html>"), SECRET_KEY);
    ran.refused(1, "403 Forbidden, which the service itself did not say");
    ran.refused(1, "CloudFront and its firewall");
}

#[test]
fn the_secret_key_is_never_shown() {
    for url in [answering("500 Internal Server Error", "{}"), "http://127.0.0.1:1/v1".to_owned()] {
        let ran = smoke(&url, SECRET_KEY);
        assert!(!format!("{ran:?}").contains(SECRET_KEY), "{ran:?}");
    }
}
