use std::sync::Arc;

use scanlatch_local::lambda::error::InvokeError;
use serde_json::{Value, json};

use super::world::{LIMITS, Setting, World};

async fn invoke(world: &World, name: &str, headers: &str, event: &str) -> (String, String) {
    let length = event.len();
    let answer = world
        .raw(&format!(
            "POST /2015-03-31/functions/{name}/invocations HTTP/1.1\nHost: localhost\nConnection: close\nContent-Length: {length}\n{headers}\n{event}"
        ))
        .await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

const SIGNED: &str = "Authorization: AWS4-HMAC-SHA256 x\n";

/// Functions that echo their event.
async fn echo() -> World {
    World::with(LIMITS, Arc::new(|_, event| Ok(json!({ "got": event })))).await
}

#[tokio::test]
async fn a_function_is_invoked_by_its_binary_or_its_logical_id() {
    let world = echo().await;
    for name in ["Job", "the-job"] {
        let (head, body) = invoke(&world, name, SIGNED, r#"{"a":1}"#).await;
        assert!(head.starts_with("http/1.1 200") && !head.contains("x-amz-function-error"), "{head}");
        assert_eq!(body, r#"{"got":{"a":1}}"#);
    }
    assert_eq!(world.events("Job", 2).await, [json!({ "a": 1 }), json!({ "a": 1 })]);
}

#[tokio::test]
async fn no_event_is_an_empty_one() {
    assert_eq!(invoke(&echo().await, "Job", SIGNED, "").await.1, r#"{"got":{}}"#);
}

#[tokio::test]
async fn a_failure_is_an_answer_that_says_so() {
    let said = json!({ "errorType": "invalid_request", "errorMessage": "no" });
    for (why, expected) in [
        (said.to_string(), said),
        ("it died".to_owned(), json!({ "errorType": "Runtime.InvokeError", "errorMessage": "it died" })),
    ] {
        let world = World::with(LIMITS, Arc::new(move |_, _| Err(InvokeError::Function(why.clone())))).await;
        let (head, body) = invoke(&world, "Job", SIGNED, "{}").await;
        assert!(head.starts_with("http/1.1 200") && head.contains("x-amz-function-error: unhandled"), "{head}");
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), expected);
    }
}

#[tokio::test]
async fn an_event_may_be_left_to_itself() {
    let world = echo().await;
    let (head, body) = invoke(&world, "Job", &format!("{SIGNED}X-Amz-Invocation-Type: Event\n"), "{}").await;
    assert!(head.starts_with("http/1.1 202") && body.is_empty(), "{head}");
    world.events("Job", 1).await;
}

#[tokio::test]
async fn more_functions_at_once_than_the_account_may_run_is_a_429() {
    let world = World::of(Setting { concurrency: 0, ..Setting::default() }).await;
    let (head, body) = invoke(&world, "Job", SIGNED, "{}").await;
    assert!(head.starts_with("http/1.1 429") && head.contains("toomanyrequestsexception"), "{head}");
    assert!(body.contains("ConcurrentInvocationLimitExceeded"), "{body}");
}

#[tokio::test]
async fn what_cannot_be_invoked_is_refused_as_lambda_does() {
    let world = echo().await;
    for (name, headers, event, status, kind) in [
        ("Job", "", "{}", "403", "missingauthenticationtokenexception"),
        ("Nobody", SIGNED, "{}", "404", "resourcenotfoundexception"),
        ("Job", SIGNED, "{", "400", "invalidrequestcontentexception"),
    ] {
        let (head, _) = invoke(&world, name, headers, event).await;
        assert!(head.starts_with(&format!("http/1.1 {status}")) && head.contains(kind), "{head}");
    }
}
