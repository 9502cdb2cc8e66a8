//! The built-in database behind its front, as an SDK sees it.

use scanlatch_local::dynamodb::built_in;
use scanlatch_local::dynamodb::front::{self, Behind};
use scanlatch_local::iam::guard::Guard;
use serde_json::{Value, json};
use std::sync::Arc;

const SIGNED: &str =
    "AWS4-HMAC-SHA256 Credential=local/20261124/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";

async fn front() -> String {
    let behind = Behind::BuiltIn(built_in::open(None).unwrap());
    front::start_front(behind, Arc::default(), Arc::new(Guard::default())).await.unwrap().0
}

async fn call(url: &str, signature: Option<&str>, operation: &str, body: &Value) -> (u16, Value) {
    let request = reqwest::Client::new().post(url).header("x-amz-target", format!("DynamoDB_20120810.{operation}"));
    let request = signature.into_iter().fold(request, |request, signature| request.header("authorization", signature));
    let response = request.body(body.to_string()).send().await.unwrap();
    (response.status().as_u16(), serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
}

#[tokio::test]
async fn what_is_put_is_got_and_a_failed_condition_shows_the_item() {
    let url = front().await;
    let table = json!({
        "TableName": "Table", "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
    });
    let made = call(&url, Some(SIGNED), "CreateTable", &table).await;
    assert_eq!(made.0, 200, "{}", made.1);
    let item = json!({ "pk": { "S": "1" }, "n": { "N": "7" } });
    let put = json!({
        "TableName": "Table", "Item": item, "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    assert_eq!(call(&url, Some(SIGNED), "PutItem", &put).await.0, 200);
    let got =
        call(&url, Some(SIGNED), "GetItem", &json!({ "TableName": "Table", "Key": { "pk": { "S": "1" } } })).await;
    assert_eq!(got, (200, json!({ "Item": item })));
    let (status, refused) = call(&url, Some(SIGNED), "PutItem", &put).await;
    assert_eq!((status, &refused["Item"]), (400, &item));
    assert!(refused["__type"].as_str().unwrap().ends_with("#ConditionalCheckFailedException"), "{refused}");
}

#[tokio::test]
async fn what_is_no_call_is_refused_as_dynamodb_does() {
    let url = front().await;
    for (signature, operation, body, kind) in [
        (None, "ListTables", json!({}), "MissingAuthenticationTokenException"),
        (Some("Basic x"), "ListTables", json!({}), "MissingAuthenticationTokenException"),
        (Some(SIGNED), "Unheard", json!({}), "UnknownOperationException"),
        (Some(SIGNED), "GetItem", json!({ "TableName": 7 }), "SerializationException"),
        (
            Some(SIGNED),
            "GetItem",
            json!({ "TableName": "Table", "Key": { "pk": { "S": "1" } } }),
            "ResourceNotFoundException",
        ),
    ] {
        let (status, answer) = call(&url, signature, operation, &body).await;
        assert_eq!(status, 400, "{answer}");
        assert!(answer["__type"].as_str().unwrap().ends_with(kind), "{kind}: {answer}");
    }
}
