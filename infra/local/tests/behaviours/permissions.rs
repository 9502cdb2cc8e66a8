//! Which calls functions may make, with AWS's answers, and what is recorded.

use std::collections::BTreeMap;
use std::sync::Arc;

use scanlatch_local::dynamodb::built_in;
use scanlatch_local::dynamodb::front;
use scanlatch_local::dynamodb::front::Behind;
use scanlatch_local::iam::arn;
use scanlatch_local::iam::guard::Guard;
use scanlatch_local::iam::partitions::Partitions;
use scanlatch_local::iam::policy::Policy;
use scanlatch_local::kms::{self, Key};
use scanlatch_local::recorder::Recorder;
use serde_json::{Value, json};

use crate::world::{LIMITS, World, calm};

/// Lets `Reader` read the partitions `A#…` of one table and post to sockets, and nothing else.
fn guard(recorder: Arc<Recorder>) -> Guard {
    let policies = json!([{ "Statement": [
        {
            "Effect": "Allow",
            "Action": "dynamodb:GetItem",
            "Resource": arn::table("Table"),
            "Condition": { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["A#*"] } },
        },
        {
            "Effect": "Allow",
            "Action": "execute-api:ManageConnections",
            "Resource": arn::connections("Socket", "ws", "POST", "*"),
        },
    ] }]);
    let policy = Policy::read(&serde_yaml_ng::to_value(policies).unwrap(), None).unwrap();
    let mut partitions = Partitions::default();
    partitions.add("A#*");
    Guard::new(BTreeMap::from([("Reader".to_owned(), policy)]), partitions, recorder)
}

async fn call(url: &str, target: &str, who: &str, body: &Value) -> (u16, Value) {
    let request = reqwest::Client::new().post(url).body(body.to_string()).header("x-amz-target", target);
    let signature =
        format!("AWS4-HMAC-SHA256 Credential={who}/20261124/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0");
    let request = request.header("authorization", signature).header("x-amz-date", "20261124T120000Z");
    let request = request.header("content-type", "application/x-amz-json-1.0");
    let response = request.send().await.unwrap();
    (response.status().as_u16(), serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
}

#[tokio::test]
async fn the_database_refuses_what_a_function_may_not_as_dynamodb_does() {
    let built_in = Behind::BuiltIn(built_in::open(None).unwrap());
    let (url, _) = front::start_front(built_in, Arc::default(), Arc::new(guard(Arc::default()))).await.unwrap();
    let get = |pk: &str| json!({ "TableName": "Table", "Key": { "pk": { "S": pk }, "sk": { "S": "x" } } });
    let (status, answer) = call(&url, "DynamoDB_20120810.GetItem", "Reader", &get("B#1")).await;
    assert_eq!((status, &answer["__type"]), (400, &json!("com.amazon.coral.service#AccessDeniedException")));
    assert!(answer["Message"].as_str().unwrap().contains("is not authorized to perform: dynamodb:GetItem on resource"));
    for (who, pk) in [("Reader", "A#1"), ("local", "B#1")] {
        let (_, answer) = call(&url, "DynamoDB_20120810.GetItem", who, &get(pk)).await;
        assert!(answer["__type"].as_str().unwrap().ends_with("#ResourceNotFoundException"), "{answer}");
    }
}

#[tokio::test]
async fn the_key_service_refuses_what_a_function_may_not_as_kms_does() {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::in_folder(folder.path(), arn::key("K")).unwrap();
    let url = kms::start(key, Arc::new(guard(Arc::default()))).await.unwrap();
    let request = json!({ "KeyId": arn::key("K"), "Plaintext": "c2VjcmV0" });
    let (status, answer) = call(&url, "TrentService.Encrypt", "Reader", &request).await;
    assert_eq!((status, &answer["__type"]), (400, &json!("AccessDeniedException")));
    let (status, answer) = call(&url, "TrentService.Encrypt", "local", &request).await;
    assert_eq!((status, &answer["KeyId"]), (200, &json!(arn::key("K"))));
}

#[tokio::test]
async fn connections_refuse_what_a_function_may_not_and_tell_nobody_whether_they_are_there() {
    let world = World::watched(LIMITS, calm(), guard(Arc::default()), Recorder::default()).await;
    let (mut socket, id) = world.connect().await;
    let (status, body) = world.post_as("Reader", "DELETE", &id, "").await;
    assert_eq!(status, 403);
    assert!(body.contains("is not authorized to perform: execute-api:ManageConnections"), "{body}");
    assert_eq!(world.post_as("Reader", "DELETE", "AAAAAAAAAAA=", "").await.0, 403);
    assert_eq!(world.post_as("Reader", "POST", &id, "hello").await.0, 200);
    assert_eq!(socket.next().await, "hello");
}

#[tokio::test]
async fn what_is_called_is_noted_by_its_route_and_what_is_asked_for_by_its_pattern() {
    let folder = tempfile::tempdir().unwrap();
    let (own, guards) = (Recorder::into_folder(folder.path()).unwrap(), Recorder::into_folder(folder.path()).unwrap());
    let world = World::watched(LIMITS, calm(), guard(Arc::new(guards)), own).await;
    for _ in 0..2 {
        world.raw("POST /v1/users/ann/pay HTTP/1.1\nHost: localhost\nConnection: close\n\n").await;
    }
    world.raw("POST /v1/nowhere HTTP/1.1\nHost: localhost\nConnection: close\n\n").await;
    let (_socket, id) = world.connect().await;
    world.post_as("Reader", "POST", &id, "hello").await;
    let files = std::fs::read_dir(folder.path()).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()));
    let mut lines: Vec<String> =
        files.flat_map(|text| text.unwrap().lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    lines.sort();
    assert_eq!(
        lines,
        [
            r#"{"permission":{"function":"Reader","action":"execute-api:ManageConnections","resource":"Socket/ws/POST/@connections/*","leadingKey":null}}"#,
            r#"{"route":{"method":"POST","path":"/users/{id}/{what}","function":"User","status":200}}"#,
            r#"{"socketRoute":{"key":"$connect","function":"Connect"}}"#,
        ]
    );
}
