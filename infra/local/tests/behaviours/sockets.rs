use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::SinkExt as _;
use scanlatch_local::faults::Faults;
use scanlatch_local::gateway::session::Limits;
use scanlatch_local::lambda::error::InvokeError;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::world::{LIMITS, World, calm, usual};

#[tokio::test]
async fn only_the_returned_sub_protocol_is_echoed() {
    let world = World::usual().await;
    assert_eq!(
        world.handshake(Some("other, chat")).await.unwrap_or_else(|s| panic!("{s}")).echoed.as_deref(),
        Some("chat")
    );
}

#[tokio::test]
async fn none_is_added_where_the_function_returns_none() {
    let silent = |_: &str, _: &Value| Ok(json!({ "statusCode": 200 }));
    let world = World::with(LIMITS, Arc::new(silent)).await;
    let request = "GET /ws HTTP/1.1\nHost: localhost\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Protocol: chat\n\n";
    let answer = world.raw_head(request).await;
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    assert!(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{answer}");
    assert!(!answer.to_lowercase().contains("sec-websocket-protocol"), "{answer}");
}

#[tokio::test]
async fn a_refused_handshake_shows_the_functions_status_and_opens_nothing() {
    let refusing = |function: &str, _: &Value| {
        assert_eq!(function, "Connect");
        Ok(json!({ "statusCode": 401, "body": "never seen" }))
    };
    let world = World::with(LIMITS, Arc::new(refusing)).await;
    assert_eq!(world.handshake(Some("chat")).await.err(), Some(401));
}

#[tokio::test]
async fn a_function_that_fails_at_the_handshake_is_a_502() {
    let world =
        World::with(LIMITS, Arc::new(|_: &str, _: &Value| Err(InvokeError::Function("on purpose".to_owned())))).await;
    assert_eq!(world.handshake(Some("chat")).await.err(), Some(502));
}

#[tokio::test]
async fn a_connect_event_has_what_only_the_handshake_knows() {
    let world = World::usual().await;
    let (_socket, id) = world.connect().await;
    let event = world.events("Connect", 1).await.remove(0);
    assert_eq!(event["headers"]["Sec-WebSocket-Protocol"], "chat, other");
    assert_eq!(event["multiValueHeaders"]["Sec-WebSocket-Version"], json!(["13"]));
    assert_eq!(event["queryStringParameters"], json!({ "a": "1", "b": "é" }));
    assert_eq!(event["multiValueQueryStringParameters"]["a"], json!(["1"]));
    let about = &event["requestContext"];
    assert_eq!((&about["routeKey"], &about["eventType"]), (&json!("$connect"), &json!("CONNECT")));
    assert_eq!((&about["stage"], &about["messageDirection"]), (&json!("ws"), &json!("IN")));
    assert_eq!(about["identity"]["sourceIp"], "127.0.0.1");
    assert!(id.ends_with('='), "{id}");
    assert!(about["connectedAt"].as_i64().unwrap() > 1_700_000_000_000);
    assert!(about["requestTimeEpoch"].as_i64().unwrap() > 1_700_000_000_000);
}

#[tokio::test]
async fn a_message_goes_to_the_route_that_it_selects_and_the_answer_comes_back() {
    let world = World::usual().await;
    let (mut socket, id) = world.connect().await;
    let message = r#"{"a":{"b":"say"}}"#;
    socket.socket.send(Message::text(message)).await.unwrap();
    assert_eq!(socket.next().await, format!("heard {message}"));
    let event = world.events("Say", 1).await.remove(0);
    assert_eq!(event["body"], message);
    assert_eq!(event["requestContext"]["connectionId"], id.as_str());
    assert_eq!(event["requestContext"]["routeKey"], "say");
    assert_eq!(event["requestContext"]["eventType"], "MESSAGE");
    assert!(event["requestContext"]["messageId"].is_string());
    assert_eq!(event.get("headers"), None);
}

#[tokio::test]
async fn a_route_without_a_response_answers_nothing() {
    let world = World::usual().await;
    let (mut socket, _) = world.connect().await;
    for route in ["mute", "say"] {
        socket.socket.send(Message::text(format!(r#"{{"a":{{"b":"{route}"}}}}"#))).await.unwrap();
        world.events("Say", 1).await;
    }
    assert!(socket.next().await.contains("\"say\""));
}

#[tokio::test]
async fn what_selects_no_route_is_forbidden_where_there_is_no_default() {
    let world = World::usual().await;
    let (mut socket, id) = world.connect().await;
    for message in ["not json", "{}", r#"{"a":{"b":"unknown"}}"#, r#"{"a":1}"#] {
        socket.socket.send(Message::text(message)).await.unwrap();
        let answer: Value = serde_json::from_str(&socket.next().await).unwrap();
        assert_eq!((&answer["message"], &answer["connectionId"]), (&json!("Forbidden"), &json!(id)));
        assert!(answer["requestId"].is_string());
    }
}

#[tokio::test]
async fn a_function_that_fails_on_a_message_is_an_error_frame() {
    let failing = |function: &str, event: &Value| match function {
        "Say" => Err(InvokeError::Function("on purpose".to_owned())),
        _ => Ok(usual(function, event)),
    };
    let world = World::with(LIMITS, Arc::new(failing)).await;
    let (mut socket, id) = world.connect().await;
    socket.socket.send(Message::text(r#"{"a":{"b":"say"}}"#)).await.unwrap();
    let answer: Value = serde_json::from_str(&socket.next().await).unwrap();
    assert_eq!((&answer["message"], &answer["connectionId"]), (&json!("Internal server error"), &json!(id)));
}

#[tokio::test]
async fn a_connection_can_be_posted_to_looked_at_and_deleted() {
    let world = World::usual().await;
    let (mut socket, id) = world.connect().await;
    assert_eq!(world.post_to("POST", &id, "hello").await.0, 200);
    assert_eq!(socket.next().await, "hello");
    let (status, body) = world.post_to("GET", &id, "").await;
    let seen: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(status, 200);
    assert_eq!(seen["identity"]["sourceIp"], "127.0.0.1");
    assert!(seen["connectedAt"].as_str().unwrap().ends_with('Z') && seen["lastActiveAt"].is_string());
    assert_eq!(world.post_to("DELETE", &id, "").await.0, 204);
    assert_eq!(socket.next().await, "close 1000");
    world.events("Disconnect", 1).await;
    assert_eq!(world.post_to("POST", &id, "hello").await.0, 410);
}

/// <https://github.com/boto/boto3/issues/3789> shows the event of AWS.
#[tokio::test]
async fn a_deleted_connection_ends_with_the_code_of_a_normal_close_and_is_gone() {
    let world = World::usual().await;
    let (mut socket, id) = world.connect().await;
    assert_eq!(world.post_to("DELETE", &id, "").await.0, 204);
    assert_eq!(socket.next().await, "close 1000");
    let goodbye = world.events("Disconnect", 1).await.remove(0);
    assert_eq!(goodbye["requestContext"]["disconnectStatusCode"], 1000);
    assert_eq!(goodbye["requestContext"]["disconnectReason"], "Connection Closed Normally");
    assert_eq!(world.post_to("DELETE", &id, "").await.0, 410);
}

#[tokio::test]
async fn other_calls_to_a_connection_are_refused_by_name() {
    let world = World::usual().await;
    let (_socket, id) = world.connect().await;
    assert_eq!(world.post_to("POST", "not-an-id", "x").await.0, 400);
    assert_eq!(world.post_to("POST", "AAAAAAAAAAAAAAA=", "x").await.0, 410);
    assert_eq!(world.post_to("POST", &id, &"x".repeat(128 * 1024 + 1)).await.0, 413);
    let unsigned = "POST /ws/@connections/AAAA HTTP/1.1\nHost: localhost\nConnection: close\nContent-Length: 0\n\n";
    assert!(world.raw(unsigned).await.starts_with("HTTP/1.1 403"));
}

#[tokio::test]
async fn a_client_that_does_not_listen_fills_its_buffer() {
    let world = World::usual().await;
    let (_deaf, id) = world.connect().await;
    let body = "x".repeat(100 * 1024);
    for _ in 0..2_000 {
        if world.post_to("POST", &id, &body).await.0 == 429 {
            return;
        }
    }
    panic!("no push was ever refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_post_during_connect_is_gone() {
    let (tell, told) = std::sync::mpsc::channel::<String>();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let pausing = move |function: &str, event: &Value| {
        if function == "Connect" {
            tell.send(event["requestContext"]["connectionId"].as_str().unwrap().to_owned()).unwrap();
            tokio::task::block_in_place(|| wait.lock().unwrap().recv_timeout(Duration::from_secs(10)).unwrap());
        }
        Ok(usual(function, event))
    };
    let world = Arc::new(World::with(LIMITS, Arc::new(pausing)).await);
    let connecting = world.clone();
    let handshake = tokio::spawn(async move { connecting.handshake(Some("chat")).await.is_ok() });
    let id = tokio::task::spawn_blocking(move || told.recv().unwrap()).await.unwrap();
    let during = world.post_to("POST", &id, "too early").await.0;
    go.send(()).unwrap();
    assert!(handshake.await.unwrap());
    assert_eq!(during, 410);
}

#[tokio::test]
async fn an_idle_socket_is_closed_with_1001_and_its_goodbye_is_told() {
    let world = World::with(Limits { idle: Duration::from_millis(200), ..LIMITS }, calm()).await;
    let (mut socket, _) = world.connect().await;
    assert_eq!(socket.next().await, "close 1001");
    let goodbye = world.events("Disconnect", 1).await.remove(0);
    assert_eq!(goodbye["requestContext"]["disconnectStatusCode"], 1001);
    assert_eq!(goodbye["requestContext"]["disconnectReason"], "Idle timeout");
    assert_eq!(goodbye["headers"]["x-restapi"], "");
}

#[tokio::test]
async fn a_socket_ends_with_its_lifetime_however_busy() {
    let limits = Limits { idle: Duration::from_millis(400), lifetime: Duration::from_millis(700), ..LIMITS };
    let world = World::with(limits, calm()).await;
    let (mut socket, _) = world.connect().await;
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        socket.socket.send(Message::text(r#"{"a":{"b":"mute"}}"#)).await.unwrap();
    }
    assert_eq!(socket.next().await, "close 1001");
    assert_eq!(world.events("Disconnect", 1).await[0]["requestContext"]["disconnectReason"], "Going away");
}

#[tokio::test]
async fn whether_a_ping_counts_is_a_setting() {
    for counts in [true, false] {
        let limits =
            Limits { idle: Duration::from_millis(300), lifetime: Duration::from_millis(900), ping_resets_idle: counts };
        let world = World::with(limits, calm()).await;
        let (mut socket, _) = world.connect().await;
        for _ in 0..6 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if socket.socket.send(Message::Ping(Vec::new().into())).await.is_err() {
                break;
            }
        }
        let reason = if counts { "Going away" } else { "Idle timeout" };
        assert_eq!(world.events("Disconnect", 1).await[0]["requestContext"]["disconnectReason"], reason);
    }
}

#[tokio::test]
async fn a_frame_over_32_kib_closes_with_1009() {
    let world = World::usual().await;
    let (mut socket, _) = world.connect().await;
    socket.socket.send(Message::text("x".repeat(32 * 1024 + 1))).await.unwrap();
    assert_eq!(socket.next().await, "close 1009");
    assert_eq!(world.events("Disconnect", 1).await[0]["requestContext"]["disconnectStatusCode"], 1009);
}

#[tokio::test]
async fn a_clients_close_is_told_with_its_code_and_reason() {
    let world = World::usual().await;
    let (mut socket, _) = world.connect().await;
    let frame = CloseFrame { code: 4001.into(), reason: "done".into() };
    socket.socket.close(Some(frame)).await.unwrap();
    let goodbye = world.events("Disconnect", 1).await.remove(0);
    assert_eq!(goodbye["requestContext"]["disconnectStatusCode"], 4001);
    assert_eq!(goodbye["requestContext"]["disconnectReason"], "done");
}

#[tokio::test]
async fn pushes_and_goodbyes_can_be_lost_on_purpose() {
    let world = World::usual().await;
    let (mut socket, id) = world.connect().await;
    world.set(Faults { lose_pushes: true, lose_disconnects: true, ..Faults::default() });
    assert_eq!(world.post_to("POST", &id, "lost").await.0, 200);
    world.set(Faults { lose_disconnects: true, ..Faults::default() });
    assert_eq!(world.post_to("POST", &id, "kept").await.0, 200);
    assert_eq!(socket.next().await, "kept");
    assert_eq!(world.post_to("DELETE", &id, "").await.0, 204);
    assert_eq!(socket.next().await, "close 1000");
    world.set(Faults::default());
    let (mut second, _) = world.connect().await;
    second.socket.close(None).await.unwrap();
    assert_eq!(world.events("Disconnect", 1).await.len(), 1);
}

#[tokio::test]
async fn a_throttled_handshake_is_a_429() {
    let world = World::usual().await;
    for _ in 0..20 {
        assert!(world.handshake(Some("chat")).await.is_ok());
    }
    assert_eq!(world.handshake(Some("chat")).await.err(), Some(429));
    assert_eq!(world.events("Connect", 20).await.len(), 20);
}

#[tokio::test]
async fn a_throttled_message_is_an_error_frame() {
    let world = World::usual().await;
    let (mut socket, id) = world.connect().await;
    let message = r#"{"a":{"b":"say"}}"#;
    for _ in 0..20 {
        socket.socket.send(Message::text(message)).await.unwrap();
        assert!(socket.next().await.starts_with("heard"));
    }
    socket.socket.send(Message::text(message)).await.unwrap();
    let answer: Value = serde_json::from_str(&socket.next().await).unwrap();
    assert_eq!((&answer["message"], &answer["connectionId"]), (&json!("Too Many Requests"), &json!(id)));
}
