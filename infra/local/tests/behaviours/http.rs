use std::sync::Arc;

use local::pool::Failed;
use serde_json::{Value, json};

use super::world::{LIMITS, World};

#[tokio::test]
async fn an_event_is_as_api_gateway_writes_it() {
    let world = World::usual().await;
    let request = "POST /v1/users/auth0%7Cann%20b/pay?q=a%20b&q=c&n= HTTP/1.1\nHost: api.example\nConnection: close\nX-One: 1\nX-One: 2\nCookie: a=1; b=2\nUser-Agent: test\nContent-Length: 2\n\n{}";
    let answer = world.raw(request).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let event = world.events("User", 1).await.remove(0);
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["routeKey"], "POST /users/{id}/{what}");
    assert_eq!(event["rawPath"], "/v1/users/auth0|ann b/pay");
    assert_eq!(event["rawQueryString"], "q=a%20b&q=c&n=");
    assert_eq!(event["queryStringParameters"], json!({ "q": "a b,c", "n": "" }));
    assert_eq!(event["pathParameters"], json!({ "id": "auth0|ann b", "what": "pay" }));
    assert_eq!(event["headers"]["x-one"], "1,2");
    assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("{}"), &json!(false)));
    let http = &event["requestContext"]["http"];
    assert_eq!(
        (&http["method"], &http["sourceIp"], &http["userAgent"]),
        (&json!("POST"), &json!("127.0.0.1"), &json!("test"))
    );
    assert_eq!(event["requestContext"]["stage"], "v1");
    assert!(event["requestContext"]["timeEpoch"].as_i64().unwrap() > 1_700_000_000_000);
}

#[tokio::test]
async fn a_route_that_the_template_lacks_is_a_404_here_too() {
    let world = World::usual().await;
    for path in ["/v1/unknown", "/v1/users/a/b/c", "/v1/users//b"] {
        let answer =
            world.raw(&format!("POST {path} HTTP/1.1\nHost: x\nConnection: close\nContent-Length: 0\n\n")).await;
        assert!(
            answer.starts_with("HTTP/1.1 404") && answer.ends_with(r#"{"message":"Not Found"}"#),
            "{path}: {answer}"
        );
    }
}

#[tokio::test]
async fn a_path_outside_of_the_stage_is_answered_as_the_edge_does() {
    let world = World::usual().await;
    for path in ["/users/a/b", "/v1x/users/a/b", "/v1.x", "//v1/users/a/b"] {
        let answer =
            world.raw(&format!("POST {path} HTTP/1.1\nHost: x\nConnection: close\nContent-Length: 0\n\n")).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 404") && head.contains("content-type: application/json\r\n"), "{head}");
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!((&body["error"], &body["errorCode"]), (&json!("not_found"), &json!("not_found")), "{path}");
        assert!(body["errorDescription"].as_str().unwrap().contains("the base URL ends in /v1"), "{path}: {body}");
    }
}

#[tokio::test]
async fn an_exact_route_wins_over_one_with_parameters() {
    let world = World::usual().await;
    world.raw("GET /v1/users/me/exact HTTP/1.1\nHost: x\nConnection: close\n\n").await;
    assert_eq!(world.events("User", 1).await[0]["routeKey"], "GET /users/me/exact");
}

#[tokio::test]
async fn the_api_answers_a_preflight_by_itself() {
    let world = World::usual().await;
    let answer = world
        .raw("OPTIONS /v1/users/a/b HTTP/1.1\nHost: x\nConnection: close\nOrigin: https://shop.example\nAccess-Control-Request-Method: POST\n\n")
        .await
        .to_lowercase();
    assert!(answer.starts_with("http/1.1 204"), "{answer}");
    for header in [
        "access-control-allow-origin: *",
        "access-control-allow-methods: get,post",
        "access-control-allow-headers: authorization",
        "access-control-max-age: 60",
    ] {
        assert!(answer.contains(header), "{header} in {answer}");
    }
}

#[tokio::test]
async fn the_apis_cors_headers_replace_the_functions() {
    let own = |_: &str, _: &Value| {
        Ok(
            json!({ "statusCode": 200, "headers": { "Access-Control-Allow-Origin": "https://own.example" }, "body": "{}" }),
        )
    };
    let world = World::with(LIMITS, Arc::new(own)).await;
    let get = "GET /v1/users/me/exact HTTP/1.1\nHost: x\nConnection: close\n";
    let crossing = world.raw(&format!("{get}Origin: https://shop.example\n\n")).await.to_lowercase();
    assert!(crossing.contains("access-control-allow-origin: *"), "{crossing}");
    assert!(!crossing.contains("own.example"));
    assert!(!world.raw(&format!("{get}\n")).await.to_lowercase().contains("access-control"));
}

#[tokio::test]
async fn a_function_that_fails_or_answers_nonsense_is_a_plain_500() {
    for answer in [Err(Failed("on purpose".to_owned())), Ok(json!({ "statusCode": "x" }))] {
        let world = World::with(LIMITS, Arc::new(move |_: &str, _: &Value| answer.clone())).await;
        let answer = world.raw("GET /v1/users/me/exact HTTP/1.1\nHost: x\nConnection: close\n\n").await;
        assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
        assert!(answer.ends_with(r#"{"message":"Internal Server Error"}"#), "{answer}");
    }
}

#[tokio::test]
async fn a_content_type_is_handed_on_without_a_charset() {
    let world = World::usual().await;
    let answer = world.raw("GET /v1/users/me/exact HTTP/1.1\nHost: x\nConnection: close\n\n").await;
    assert!(answer.contains("content-type: application/json\r\n"), "{answer}");
}

#[tokio::test]
async fn the_stack_says_where_it_is() {
    let world = World::usual().await;
    let answer = world.raw("GET /_local/ready HTTP/1.1\nHost: localhost:3000\nConnection: close\n\n").await;
    assert!(answer.ends_with(r#"{"apiUrl":"http://localhost/v1"}"#), "{answer}");
}

#[tokio::test]
async fn a_name_that_somebody_lets_lead_here_learns_nothing() {
    let world = World::usual().await;
    for host in ["evil.example", "localhost.evil.example", "evil.example:3000", "[::2]"] {
        let answer = world.raw(&format!("GET /_local/ready HTTP/1.1\nHost: {host}\nConnection: close\n\n")).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }
    for host in ["127.0.0.1:3000", "[::1]", "[::1]:3000", "localhost"] {
        let answer = world.raw(&format!("GET /_local/ready HTTP/1.1\nHost: {host}\nConnection: close\n\n")).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{host}: {answer}");
    }
}
