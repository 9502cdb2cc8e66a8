use std::sync::Arc;
use std::time::Duration;

use scanlatch_local::lambda::error::InvokeError;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::world::{LIMITS, Setting, TEMPLATE, World};

#[tokio::test]
async fn a_client_does_not_say_over_which_scheme_and_port_it_came() {
    let world = World::usual().await;
    let request = "POST /v1/users/ann/pay HTTP/1.1\nHost: localhost\nConnection: close\nContent-Length: 0\nX-Forwarded-Proto: ht tp\nX-Forwarded-Port: x\n\n";
    world.raw(request).await;
    let event = world.events("User", 1).await.remove(0);
    assert!(event["headers"]["x-forwarded-proto"].is_null() && event["headers"]["x-forwarded-port"].is_null());
}

#[tokio::test]
async fn an_event_is_as_api_gateway_writes_it() {
    let world = World::usual().await;
    let request = "POST /v1/users/auth0%7Cann%20b/pay?q=a%20b&q=c&n= HTTP/1.1\nHost: localhost\nConnection: close\nX-One: 1\nX-One: 2\nCookie: a=1; b=2\nUser-Agent: test\nContent-Length: 2\n\n{}";
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
        let answer = world
            .raw(&format!("POST {path} HTTP/1.1\nHost: localhost\nConnection: close\nContent-Length: 0\n\n"))
            .await;
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
        let answer = world
            .raw(&format!("POST {path} HTTP/1.1\nHost: localhost\nConnection: close\nContent-Length: 0\n\n"))
            .await;
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
    world.raw("GET /v1/users/me/exact HTTP/1.1\nHost: localhost\nConnection: close\n\n").await;
    assert_eq!(world.events("User", 1).await[0]["routeKey"], "GET /users/me/exact");
}

#[tokio::test]
async fn the_api_answers_a_preflight_by_itself() {
    let world = World::usual().await;
    let answer = world
        .raw("OPTIONS /v1/users/a/b HTTP/1.1\nHost: localhost\nConnection: close\nOrigin: https://shop.example\nAccess-Control-Request-Method: POST\n\n")
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

/// A browser's preflight before it posts from a page of another origin.
const PREFLIGHT: &str = "Host: localhost\nConnection: close\nOrigin: https://shop.example\nAccess-Control-Request-Method: POST\nAccess-Control-Request-Headers: authorization\n\n";

/// An API whose function `User` has these routes, each a method and a path; an empty path is `$default`.
async fn routed(routes: &[(&str, &str)]) -> World {
    let mut document: serde_yaml_ng::Value = serde_yaml_ng::from_str(TEMPLATE).unwrap();
    let event = |(method, path): &(&str, &str)| {
        if path.is_empty() { json!({}) } else { json!({ "Method": method, "Path": path }) }
    };
    let events = routes
        .iter()
        .enumerate()
        .map(|(n, route)| (format!("Route{n}"), json!({ "Type": "HttpApi", "Properties": event(route) })));
    let events: serde_json::Map<String, Value> = events.collect();
    document["Resources"]["User"]["Properties"]["Events"] = serde_yaml_ng::to_value(events).unwrap();
    World::of(Setting { template: serde_yaml_ng::to_string(&document).unwrap(), ..Setting::default() }).await
}

#[tokio::test]
async fn an_options_route_takes_preflights_and_the_api_adds_its_headers() {
    let world = routed(&[("POST", "/pay"), ("OPTIONS", "/{proxy+}"), ("ANY", "")]).await;
    let answer = world.raw(&format!("OPTIONS /v1/pay HTTP/1.1\n{PREFLIGHT}")).await.to_lowercase();
    assert_eq!(world.events("User", 1).await[0]["routeKey"], "OPTIONS /{proxy+}");
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    for header in ["allow-origin: *", "allow-methods: get,post", "allow-headers: authorization", "max-age: 60"] {
        assert!(answer.contains(&format!("access-control-{header}")), "{header} in {answer}");
    }
}

#[tokio::test]
async fn a_default_route_takes_the_preflights_that_no_options_route_takes() {
    let world = routed(&[("POST", "/pay"), ("ANY", "")]).await;
    world.raw(&format!("OPTIONS /v1/pay HTTP/1.1\n{PREFLIGHT}")).await;
    assert_eq!(world.events("User", 1).await[0]["routeKey"], "$default");
}

#[tokio::test]
async fn a_greedy_route_of_a_longer_path_wins() {
    let world = routed(&[("ANY", "/{proxy+}"), ("POST", "/{proxy+}"), ("ANY", "/users/{proxy+}")]).await;
    let calls = [("/v1/users/a/b", "ANY /users/{proxy+}"), ("/v1/shops/a", "POST /{proxy+}")];
    for (n, (path, key)) in calls.into_iter().enumerate() {
        world.raw(&format!("POST {path} HTTP/1.1\nHost: localhost\nConnection: close\n\n")).await;
        assert_eq!(world.events("User", n + 1).await[n]["routeKey"], key);
    }
}

#[tokio::test]
async fn preflights_of_the_deployed_api_reach_the_function_that_answers_them() {
    let template = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml")).unwrap();
    let world = World::of(Setting { template, ..Setting::default() }).await;
    let paths =
        ["client/challenge/qr-code", "client/verify/qr-code", "users/ann/actions/pay", "users/a/b/c", "nowhere"];
    for (n, path) in paths.into_iter().enumerate() {
        world.raw(&format!("OPTIONS /v1/{path} HTTP/1.1\n{PREFLIGHT}")).await;
        assert_eq!(world.events("UnknownRoute", n + 1).await[n]["routeKey"], "OPTIONS /{proxy+}", "{path}");
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
    let get = "GET /v1/users/me/exact HTTP/1.1\nHost: localhost\nConnection: close\n";
    let crossing = world.raw(&format!("{get}Origin: https://shop.example\n\n")).await.to_lowercase();
    assert!(crossing.contains("access-control-allow-origin: *"), "{crossing}");
    assert!(!crossing.contains("own.example"));
    assert!(!world.raw(&format!("{get}\n")).await.to_lowercase().contains("access-control"));
}

#[tokio::test]
async fn a_function_that_fails_or_answers_nonsense_is_a_plain_500() {
    for answer in [Err(InvokeError::Function("on purpose".to_owned())), Ok(json!({ "statusCode": "x" }))] {
        let world = World::with(LIMITS, Arc::new(move |_: &str, _: &Value| answer.clone())).await;
        let answer = world.raw("GET /v1/users/me/exact HTTP/1.1\nHost: localhost\nConnection: close\n\n").await;
        assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
        assert!(answer.ends_with(r#"{"message":"Internal Server Error"}"#), "{answer}");
    }
}

#[tokio::test]
async fn a_content_type_is_handed_on_without_a_charset() {
    let world = World::usual().await;
    let answer = world.raw("GET /v1/users/me/exact HTTP/1.1\nHost: localhost\nConnection: close\n\n").await;
    assert!(answer.contains("content-type: application/json\r\n"), "{answer}");
}

#[tokio::test]
async fn the_stack_says_where_it_is() {
    let world = World::usual().await;
    let answer = world.raw("GET /_local/ready HTTP/1.1\nHost: localhost:3000\nConnection: close\n\n").await;
    assert!(answer.ends_with(r#"{"apiUrl":"http://localhost/v1"}"#), "{answer}");
}

const EXACT: &str = "GET /v1/users/me/exact HTTP/1.1\nHost: localhost\nConnection: close\n\n";

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn each_route_takes_what_its_settings_say_and_then_answers_429() {
    let world = World::usual().await;
    for _ in 0..12 {
        assert_eq!(status(&world.raw(EXACT).await), 200);
    }
    let answer = world.raw(EXACT).await;
    assert!(answer.starts_with("HTTP/1.1 429") && answer.ends_with(r#"{"message":"Too Many Requests"}"#), "{answer}");
    assert_eq!(world.events("User", 12).await.len(), 12);
    let other = "POST /v1/users/a/b HTTP/1.1\nHost: localhost\nConnection: close\nContent-Length: 0\n\n";
    for _ in 0..20 {
        assert_eq!(status(&world.raw(other).await), 200);
    }
    assert_eq!(status(&world.raw(other).await), 429);
}

#[tokio::test]
async fn request_line_and_headers_of_more_than_10_240_bytes_are_refused() {
    let world = World::usual().await;
    let line = "GET /v1/users/me/exact HTTP/1.1";
    let known = line.len() + "localhost".len() + "close".len();
    for (length, expected) in [(10_240, 200), (10_241, 431)] {
        let filler = "x".repeat(length - known);
        let answer = world.raw(&format!("{line}\nHost: localhost\nConnection: close\nX-Long: {filler}\n\n")).await;
        assert_eq!(status(&answer), expected, "{length}");
    }
    let handshake = format!("GET /ws?{} HTTP/1.1\nHost: localhost\nConnection: close\n\n", "x".repeat(10_240));
    assert_eq!(status(&world.raw(&handshake).await), 431);
}

#[tokio::test]
async fn an_event_of_more_than_6_mb_never_reaches_the_function() {
    let world = World::usual().await;
    let body = "x".repeat(6 * 1024 * 1024);
    let head = "POST /v1/users/a/b HTTP/1.1\nHost: localhost\nConnection: close\nContent-Length:";
    let answer = world.raw(&format!("{head} {}\n\n{body}", body.len())).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{}", &answer[..100.min(answer.len())]);
    assert!(answer.ends_with(r#"{"message":"Request Entity Too Large"}"#), "{answer}");
    assert!(world.events("User", 0).await.is_empty());
}

#[tokio::test]
async fn an_answer_of_more_than_6_mb_is_a_500() {
    let long = |_: &str, _: &Value| Ok(json!({ "statusCode": 200, "body": "x".repeat(6 * 1024 * 1024) }));
    let answer = World::with(LIMITS, Arc::new(long)).await.raw(EXACT).await;
    assert_eq!(status(&answer), 500);
}

#[tokio::test]
async fn cloudfront_refuses_a_get_with_a_body() {
    let get = "GET /v1/users/me/exact HTTP/1.1\nHost: localhost\nConnection: close\nContent-Length: 2\n\n{}";
    assert_eq!(status(&World::usual().await.raw(get).await), 200);
    let world = World::behind_cloudfront().await;
    assert_eq!(status(&world.raw(get).await), 403);
    assert_eq!(status(&world.raw(EXACT).await), 200);
}

const WAITING: &str = "GET /v1/users/me/exact HTTP/1.1\nHost: localhost\nConnection: close\nX-Wait: 1\n\n";

#[tokio::test]
async fn more_functions_at_once_than_the_account_may_run_is_a_503() {
    let world = Arc::new(World::of(Setting { concurrency: 1, ..Setting::default() }).await);
    let waiting = world.clone();
    let first = tokio::spawn(async move { waiting.raw(WAITING).await });
    world.events("User", 1).await;
    let answer = world.raw(EXACT).await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.ends_with(r#"{"message":"Service Unavailable"}"#), "{answer}");
    world.go_on();
    assert_eq!(status(&first.await.unwrap()), 200);
    assert_eq!(status(&world.raw(EXACT).await), 200);
}

#[tokio::test]
async fn a_function_that_api_gateway_does_not_wait_for_is_a_503() {
    let world = World::of(Setting { patience: Duration::from_millis(50), ..Setting::default() }).await;
    let answer = world.raw(WAITING).await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.ends_with(r#"{"message":"Service Unavailable"}"#), "{answer}");
    world.go_on();
    world.finished("User", 1).await;
}

#[tokio::test]
async fn a_function_goes_on_when_its_caller_hangs_up() {
    let world = World::usual().await;
    let mut stream = TcpStream::connect(("127.0.0.1", world.port)).await.unwrap();
    stream.write_all(WAITING.replace('\n', "\r\n").as_bytes()).await.unwrap();
    world.events("User", 1).await;
    drop(stream);
    world.raw(EXACT).await;
    world.go_on();
    world.finished("User", 2).await;
}

/// A request to every part of the port.
const DOORS: [(&str, &str, &str); 6] = [
    ("GET", "/", ""),
    ("GET", "/demo/config", ""),
    ("GET", "/_local/ready", ""),
    ("GET", "/v1/users/me/exact", ""),
    ("POST", "/2015-03-31/functions/Job/invocations", "Authorization: AWS4-HMAC-SHA256 x\n"),
    ("GET", "/ws/@connections/AAAAAAAAAAAAAAA=", "Authorization: AWS4-HMAC-SHA256 x\n"),
];

async fn knock(world: &World, (method, path, headers): (&str, &str, &str), host: &str, more: &str) -> u16 {
    let head = format!("{method} {path} HTTP/1.1\nHost: {host}\nConnection: close\nContent-Length: 0\n");
    status(&world.raw(&format!("{head}{headers}{more}\n")).await)
}

#[tokio::test]
async fn no_door_answers_a_name_that_somebody_lets_lead_here() {
    let world = World::usual().await;
    for door in DOORS {
        for host in ["evil.example", "localhost.evil.example", "evil.example:3000", "[::2]", "10.0.0.1", ""] {
            assert_eq!(knock(&world, door, host, "").await, 403, "{door:?} {host}");
        }
        for host in ["127.0.0.1:3000", "[::1]", "[::1]:3000", "localhost", "LOCALHOST:3000"] {
            assert_ne!(knock(&world, door, host, "").await, 403, "{door:?} {host}");
        }
    }
    let handshake = "Upgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n";
    assert_eq!(knock(&world, ("GET", "/ws", handshake), "evil.example", "").await, 403);
    assert!(world.events("Connect", 0).await.is_empty());
}

#[tokio::test]
async fn a_page_of_another_origin_is_heard_by_the_apis_alone() {
    let world = World::usual().await;
    for (method, path, headers) in DOORS {
        let api = path.starts_with("/v1");
        for origin in ["https://evil.example", "null", "http://localhost:8080", "http://localhost.evil.example"] {
            let refused =
                knock(&world, (method, path, headers), "localhost", &format!("Origin: {origin}\n")).await == 403;
            assert_eq!(refused, !api, "{path} {origin}");
        }
        assert_ne!(
            knock(&world, (method, path, headers), "localhost", "Origin: http://localhost\n").await,
            403,
            "{path}"
        );
    }
    let faults = "POST /_local/faults HTTP/1.1\nHost: localhost\nConnection: close\nOrigin: https://evil.example\nContent-Type: application/json\nContent-Length: 19\n\n{\"losePushes\":true}";
    assert_eq!(status(&world.raw(faults).await), 403);
    assert!(!world.switches.now().lose_pushes);
}
