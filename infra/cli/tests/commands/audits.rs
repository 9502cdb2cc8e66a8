use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use scanlatch_protocol::action::{Action, ActionName, ActionState};
use scanlatch_protocol::challenge::{Challenge, Decision};
use scanlatch_protocol::context::Context;
use scanlatch_protocol::credential::{Credential, Device};
use scanlatch_protocol::id::{ActionCode, TenantId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{
    Claims as _, Clock as _, Decides as _, Deciding, Redeems as _, SetsActionState as _, Tracks as _,
};
use scanlatch_testkit::scene;
use serde_json::{Value, json};

use super::world::{Ran, World, endpoint, scanlatch, tables};

/// A challenge that a phone decided now.
async fn decided(cloud: &scanlatch_aws::Cloud, phone: &Credential, decision: Decision) -> Challenge {
    let now = cloud.now();
    let new = Challenge { created_at: now, expires_at: now.plus(scene::LIFE_MS), ..scene::challenge(phone.tenant) };
    scene::create(cloud, &new).await.unwrap();
    let claim = scene::claiming(&phone.holder(), scene::signed());
    let claimed = cloud.claim(&phone.tenant, &new.id, &claim, now.plus(1)).await.unwrap();
    let record = scene::action(&claimed, phone, decision, now.plus(2));
    let record = Action { context: Context::default(), ..record };
    let deciding = Deciding { challenge: &claimed, by: phone, decision, r: None, wrong_code: false, action: &record };
    cloud.decide(deciding, now.plus(2)).await.unwrap();
    claimed
}

fn events(told: &Value) -> Vec<&str> {
    told["events"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect()
}

fn event<'a>(told: &'a Value, name: &str) -> &'a Value {
    let all = told["events"].as_array().unwrap();
    all.iter().find(|event| event["event"] == name).unwrap_or_else(|| panic!("no {name} in {told}"))
}

/// A line as functions log it.
fn line(tenant: &TenantId, at: Timestamp, members: &Value) -> String {
    let mut line = json!({ "timestamp": at.iso(), "level": "INFO", "tenant": tenant.to_string(), "status": 200 });
    line.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    line.to_string()
}

type Requests = Arc<Mutex<Vec<String>>>;

/// A server that answers each request, and the requests so far.
fn answering(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> (String, Requests) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Requests::default();
    let kept = requests.clone();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let request = whole(&mut socket);
            let (status, body) = answer(&request);
            kept.lock().unwrap().push(request);
            let length = body.len();
            let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            socket.write_all(format!("{head}{body}").as_bytes()).unwrap();
        }
    });
    (url, requests)
}

fn whole(socket: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut part = [0; 4096];
    loop {
        let length = socket.read(&mut part).unwrap();
        text.push_str(&String::from_utf8_lossy(&part[..length]));
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let size = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if length == 0 || body.len() >= size.unwrap_or(0) {
                return text;
            }
        }
    }
}

/// Runs a command with the log of a CloudWatch at this URL.
fn on_aws(world: &World, cloudwatch: &str, words: &[&str]) -> Ran {
    let mut command = scanlatch();
    for name in ["AWS_PROFILE", "AWS_SESSION_TOKEN"] {
        command.env_remove(name);
    }
    let own = [("AWS_ACCESS_KEY_ID", "local"), ("AWS_SECRET_ACCESS_KEY", "local"), ("AWS_REGION", "us-east-1")];
    command.envs(own).env("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", cloudwatch).env("AWS_CONFIG_FILE", "/dev/null");
    command.args(["--dynamodb-endpoint", &world.endpoint, "--live-table", &world.live]);
    Ran::from(command.args(["--directory-table", &world.directory]).args(words).output().unwrap())
}

#[tokio::test]
async fn a_users_time_line_tells_enrolments_decisions_and_removals() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let (phone, lost) = (world.phone(&id, "ann").await, world.phone(&id, "ann").await);
    let challenge = decided(&world.cloud, &phone, Decision::Approve).await;
    let soon = world.cloud.now().plus(10);
    let name = ActionName { code: ActionCode::parse("pay").unwrap(), ..challenge.action_of(&phone.user) };
    world.cloud.track(&Action::new(name.clone(), ActionState::Allow, soon, scene::LIFE_MS)).await.unwrap();
    world.cloud.set_state(&name, ActionState::Block, soon.plus(1)).await.unwrap();
    world.json(&["device", "revoke", "Acme", "ann", &lost.id.to_string(), "--yes"]);
    let words = ["audit", "--tenant", "Acme", "--user", "ann", "--since", "3650d"];
    let told = world.json(&words);
    assert_eq!(events(&told), ["enrolled", "enrolled", "claimed", "approved", "tracked", "state set", "removed"]);
    let enrolled = event(&told, "enrolled");
    assert_eq!((&enrolled["allowedBy"], &enrolled["action"]), (&json!("scope"), &json!("enrol")));
    assert_eq!((&enrolled["attestation"], &enrolled["name"]), (&json!("unattested"), &json!("Pixel 9")));
    let removed = event(&told, "removed");
    assert_eq!((&removed["by"], &removed["deviceId"]), (&json!("backend"), &json!(lost.id.to_string())));
    let approved = event(&told, "approved");
    assert_eq!(
        (&approved["challengeId"], &approved["deviceId"]),
        (&json!(challenge.id.to_string()), &json!(phone.id.to_string()))
    );
    assert_eq!((&approved["network"], &approved["country"]), (&json!("203.0.113.0/24"), &json!("NZ")));
    assert!(told["logUnread"].as_str().unwrap().contains("--log-group"), "{told}");

    let people = world.run(&words);
    assert_eq!(people.code, 0, "{people:?}");
    assert!(people.stderr.contains("The log could not be read") && people.stderr.lines().count() == 1, "{people:?}");
    assert!(people.stdout.contains("by=backend") && people.stdout.contains("network=203.0.113.0/24"), "{people:?}");
    assert!(!people.stdout.contains("203.0.113.7") && !told.to_string().contains("203.0.113.7"), "{people:?}");
    let recent = world.json(&["audit", "--tenant", "Acme", "--user", "ann"]);
    assert!(!events(&recent).contains(&"enrolled"), "the scene's enrolments are long ago: {recent}");
    let nothing = world.run(&["audit", "--tenant", "Acme", "--user", "zoe"]);
    assert!(nothing.code == 0 && nothing.stdout.starts_with("Nothing is known since "), "{nothing:?}");
}

#[tokio::test]
async fn what_a_decision_writes_into_the_directory_is_shortened() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let phone = world.phone(&id, "ann").await;
    decided(&world.cloud, &phone, Decision::Reject).await;
    let stored = Value::from(world.directory().await).to_string();
    assert!(stored.contains("203.0.113.0/24") && !stored.contains("203.0.113.7"), "{stored}");
}

#[tokio::test]
async fn the_log_is_read_from_cloudwatch_page_by_page() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let phone = world.phone(&id, "ann").await;
    let challenge = decided(&world.cloud, &phone, Decision::Approve).await;
    let (now, text) = (world.cloud.now(), challenge.id.to_string());
    let said = |millis, members: Value| json!({ "message": line(&id, now.plus(millis), &members), "timestamp": 1 });
    let of = |function: &str, more: Value| {
        let mut members = json!({ "function": function, "challenge": text, "message": "answered" });
        members.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        members
    };
    let first = json!({ "events": [
        said(9_000, of("validate", json!({ "outcome": "first", "action": "login" }))),
        said(8_000, of("challenge-poll", json!({}))),
        { "message": "START RequestId: 1", "timestamp": 1 },
    ], "nextToken": "more" });
    let refused =
        json!({ "outcome": "repeated", "message": "refused", "status": 409, "code": "challenge_already_decided" });
    let other = json!({ "message": "answered", "outcome": "first", "challenge": id.to_string() });
    let second = json!({ "events": [said(5_000, of("challenge-decide", refused)), said(6_000, other)] });
    let (cloudwatch, requests) = answering(move |request| {
        (200, if request.contains("\"nextToken\":\"more\"") { second.to_string() } else { first.to_string() })
    });
    let words = ["audit", "--tenant", "Acme", "--user", "ann", "--log-group", "/scanlatch/prod", "--json"];
    let ran = on_aws(&world, &cloudwatch, &words);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let told = ran.json();
    assert_eq!(events(&told), ["claimed", "approved", "refused", "first"]);
    assert_eq!(event(&told, "refused")["code"], "challenge_already_decided");
    assert_eq!(
        (&event(&told, "first")["from"], &event(&told, "approved")["from"]),
        (&json!("log"), &json!("directory"))
    );
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 2);
    for part in ["logs_20140328.filterlogevents", "aws4-hmac-sha256 credential=local/", "/us-east-1/logs/aws4_request"]
    {
        assert!(requests[0].to_lowercase().contains(part), "{}", requests[0]);
    }
    assert!(requests[0].contains(&text) && requests[0].contains("/scanlatch/prod"), "{}", requests[0]);
    assert!(!requests.concat().contains("ann"), "the log is not searched by a user");
}

#[tokio::test]
async fn a_log_that_cannot_be_read_is_one_sentence_and_the_rest_is_printed() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let phone = world.phone(&id, "ann").await;
    decided(&world.cloud, &phone, Decision::Approve).await;
    let words = ["audit", "--tenant", "Acme", "--user", "ann", "--log-group", "x"];
    for (kind, why) in [
        ("AccessDeniedException", "logs:FilterLogEvents"),
        ("com.amazonaws#ResourceNotFoundException", "there is no such log group"),
        ("ThrottlingException", "answered 400: ThrottlingException"),
    ] {
        let (cloudwatch, _) = answering(move |_| (400, json!({ "__type": kind, "message": "m" }).to_string()));
        let ran = on_aws(&world, &cloudwatch, &words);
        assert_eq!((ran.code, ran.stderr.lines().count()), (0, 1), "{ran:?}");
        assert!(ran.stderr.contains(why) && ran.stdout.contains("approved"), "{ran:?}");
    }
}

#[tokio::test]
async fn a_challenge_is_told_by_its_item_its_record_and_the_log_of_a_local_stack() {
    let cloud = tables("LiveTable", "DirectoryTable").await;
    let name = format!("Audited {}", scene::tenant());
    let ready = json!({ "apiUrl": "http://localhost:4000/v1", "dynamodbEndpoint": endpoint().await }).to_string();
    let lines: Arc<Mutex<String>> = Arc::default();
    let logged = lines.clone();
    let (url, _) = answering(move |request| match request.split(' ').nth(1) {
        Some("/_local/ready") => (200, ready.clone()),
        Some("/_local/logs") => (200, logged.lock().unwrap().clone()),
        _ => (404, String::new()),
    });
    let run = |words: &[&str]| Ran::from(scanlatch().args(words).args(["--local", &url]).output().unwrap());
    let made = run(&["tenant", "create", &name, "--no-key", "--json"]).json();
    let id = TenantId::parse(made["tenantId"].as_str().unwrap()).unwrap();
    let phone = scene::enrolled(&cloud, id, "ann").await;
    let challenge = decided(&cloud, &phone, Decision::Approve).await;
    cloud.redeem(&id, &challenge.id, None, cloud.now().plus(10)).await.unwrap();
    let text = challenge.id.to_string();
    let told = json!({ "message": "answered", "outcome": "first", "challenge": text, "function": "validate" });
    *lines.lock().unwrap() = format!("no line\n{}\n", line(&id, cloud.now().plus(20), &told));
    let ran = run(&["audit", "--tenant", &name, "--challenge", &text, "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    assert_eq!(events(&ran.json()), ["opened", "claimed", "approved", "redeemed", "first"]);
    assert!(!ran.stdout.contains("203.0.113.7"), "{ran:?}");
    let both = ["audit", "--tenant", &name, "--challenge", &text, "--user"];
    assert_eq!(events(&run(&[&both[..], &["ann", "--json"]].concat()).json()).len(), 5);
    run(&[&both[..], &["ben"]].concat()).refused(1, "another user's");
}

#[tokio::test]
async fn nobody_writes_on_the_terminal_of_an_audit() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let mut phone = scene::credential(id, "ann");
    phone.device = Device { name: Some("Pixel\u{1b}[2J by=device".to_owned()), platform: None };
    scene::enrol(&world.cloud, &phone, None, scene::MAY_ADD).await.unwrap();
    let challenge = decided(&world.cloud, &phone, Decision::Approve).await;
    let evil = json!({ "message": "\u{1b}[2Jevil\r\n", "challenge": challenge.id.to_string(), "why": "\u{202e}x" });
    let evil = json!({ "events": [{ "message": line(&id, world.cloud.now(), &evil) }] }).to_string();
    let (cloudwatch, _) = answering(move |_| (200, evil.clone()));
    let words = ["audit", "--tenant", "Acme", "--user", "ann", "--since", "3650d", "--log-group", "x"];
    for ran in [on_aws(&world, &cloudwatch, &words), on_aws(&world, &cloudwatch, &[&words[..], &["--json"]].concat())] {
        assert!(ran.stdout.contains("evil") && ran.stdout.contains("Pixel"), "{ran:?}");
        assert!(!ran.stdout.contains(['\u{1b}', '\r', '\u{202e}']), "{ran:?}");
    }
}

#[test]
fn an_audit_needs_somebody_or_something() {
    let run = |words: &[&str]| Ran::from(scanlatch().args(["audit", "--tenant", "Acme"]).args(words).output().unwrap());
    run(&[]).refused(2, "--user");
    run(&["--user", "ann", "--since", "soon"]).refused(2, "write a duration");
    run(&["--challenge", "1"]).refused(2, "the UUID that its QR code shows");
    run(&["--user", "ann"]).refused(2, "say where: --local");
}
