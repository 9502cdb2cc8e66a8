use std::sync::Arc;

use local::pool::Failed;
use serde_json::{Value, json};

use super::world::{LIMITS, TEMPLATE, World};

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
    for path in ["/v1/unknown", "/users/a/b", "/v1/users/a/b/c", "/v1/users//b", "/v1x/users/a/b"] {
        let answer =
            world.raw(&format!("POST {path} HTTP/1.1\nHost: x\nConnection: close\nContent-Length: 0\n\n")).await;
        assert!(
            answer.starts_with("HTTP/1.1 404") && answer.ends_with(r#"{"message":"Not Found"}"#),
            "{path}: {answer}"
        );
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

/// What a browser asks before it posts from a page elsewhere.
const PREFLIGHT: &str = "Host: x\nConnection: close\nOrigin: https://shop.example\nAccess-Control-Request-Method: POST\nAccess-Control-Request-Headers: authorization\n\n";

/// An API with these routes of the function `User`, each a method and a path; an empty path is `$default`.
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
    World::of(&serde_yaml_ng::to_string(&document).unwrap()).await
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
        world.raw(&format!("POST {path} HTTP/1.1\nHost: x\nConnection: close\n\n")).await;
        assert_eq!(world.events("User", n + 1).await[n]["routeKey"], key);
    }
}

#[tokio::test]
async fn preflights_of_the_deployed_api_reach_the_function_that_answers_them() {
    let template = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml")).unwrap();
    let world = World::of(&template).await;
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
