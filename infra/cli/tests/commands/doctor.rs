use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::Value;

use super::world::{Ran, scanlatch};

const SECRET_KEY: &str = "sk_98634c7b667344ea9a6b503cccdf0430_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn doctor(url: &str, words: &[&str]) -> Ran {
    let mut command = scanlatch();
    command.arg("doctor").args(words).env("AUTHSIGNAL_API_URL", url).env("AUTHSIGNAL_SECRET_KEY", SECRET_KEY);
    Ran::from(command.output().unwrap())
}

/// A server that gives each call the answer of its method and path, or else 404.
fn answering(answers: &'static [(&'static str, &'static str, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut request = [0; 4096];
            let length = socket.read(&mut request).unwrap();
            let asked = String::from_utf8_lossy(&request[..length]).into_owned();
            let answer = answers.iter().find(|(begin, ..)| asked.starts_with(begin));
            let (_, head, body) = answer.unwrap_or(&("", "404 Not Found", "{}"));
            let rest = format!("Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
            socket.write_all(format!("HTTP/1.1 {head}\r\n{rest}").as_bytes()).unwrap();
        }
    });
    url
}

fn finding(ran: &Ran, check: &str) -> (bool, String) {
    let document = ran.json();
    let found = document["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == check);
    let found: &Value = found.unwrap_or_else(|| panic!("no {check} in {document}"));
    (found["good"] == true, found["sentence"].as_str().unwrap().to_owned())
}

#[test]
fn a_service_that_is_not_there_is_one_finding_that_says_where_to_look() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran = doctor(&format!("http://{free}/v1"), &["--json"]);
    let (good, sentence) = finding(&ran, "connection");
    assert!(!good && sentence.contains("look at the host name, its DNS record and its port"), "{ran:?}");
    assert_eq!((ran.code, ran.json()["findings"].as_array().unwrap().len()), (1, 2));
}

#[test]
fn what_is_not_the_service_is_told() {
    let ran = doctor(&answering(&[("GET", "200 OK", "<html>Welcome</html>")]), &["--json"]);
    let (good, sentence) = finding(&ran, "connection");
    assert!(!good && sentence.contains("look at what the host name leads to"), "{ran:?}");
}

const KEYS: (&str, &str, &str) =
    ("GET /v1/.well-known/jwks.json ", "200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT", r#"{"keys":[]}"#);

const REFUSED: &str = r#"{"error":"unauthorized","errorCode":"unauthorized","errorDescription":"Check your API key."}"#;

#[test]
fn each_thing_that_is_wrong_is_a_finding_of_its_own() {
    let url = answering(&[KEYS, ("POST /v1/validate ", "401 Unauthorized", REFUSED)]);
    let ran = doctor(&url, &["--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(finding(&ran, "connection").0);
    for (check, advice) in [
        ("clock", "ahead of the service's; set it"),
        ("preflight", "its preflight was answered 404 Not Found; look at what stands before the API"),
        ("socket", "refuses a socket with 404 Not Found"),
        ("secret key", "`scanlatch key create` makes another"),
    ] {
        let (good, sentence) = finding(&ran, check);
        assert!(!good && sentence.contains(advice), "{check}: {sentence}");
    }
}

#[test]
fn people_read_a_sentence_in_each_line() {
    let ran = doctor(&answering(&[KEYS]), &[]);
    assert!(ran.stdout.lines().all(|line| line.starts_with("good  ") || line.starts_with("MEND  ")), "{ran:?}");
    assert!(ran.stderr.contains("things are to be mended"), "{ran:?}");
    assert!(!format!("{ran:?}").contains(SECRET_KEY), "{ran:?}");
}

#[test]
fn who_does_not_say_where_and_who_is_told_how() {
    Ran::from(scanlatch().arg("doctor").output().unwrap()).refused(2, "say where and who");
}
