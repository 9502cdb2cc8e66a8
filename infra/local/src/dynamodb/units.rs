//! Request units: what AWS charges for calls to the database.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html>

use std::ops::AddAssign;

use axum::body::Bytes;
use serde::Serialize;
use serde_json::Value;

/// Operations that read items.
const READS: [&str; 4] = ["BatchGetItem", "GetItem", "Query", "TransactGetItems"];
/// Operations that write items.
const WRITES: [&str; 5] = ["BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"];

/// Request units of one or more calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Units {
    /// Read request units: one per 4 KB, half of that for an eventually consistent read, two per 4 KB in a transaction.
    pub read: f64,
    /// Write request units: one per 1 KB, two per 1 KB in a transaction.
    pub write: f64,
}

impl AddAssign for Units {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.write += other.write;
    }
}

/// The call's body, with a request for the consumed capacity.
pub fn ask(operation: &str, asked: &Value, body: &Bytes) -> Bytes {
    if is_asked(asked) || !READS.contains(&operation) && !WRITES.contains(&operation) {
        return body.clone();
    }
    let mut asked = asked.clone();
    let Some(members) = asked.as_object_mut() else { return body.clone() };
    members.insert("ReturnConsumedCapacity".to_owned(), "TOTAL".into());
    asked.to_string().into()
}

/// Whether the caller itself asks for the consumed capacity.
pub fn is_asked(asked: &Value) -> bool {
    asked["ReturnConsumedCapacity"].as_str().is_some_and(|wish| wish != "NONE")
}

/// What a call consumed, and the answer as its caller `asked` for it. A failed call reports nothing, though AWS charges
/// for a condition that does not hold.
pub fn told(operation: &str, asked: &Value, answer: String) -> (Units, String) {
    let mut read: Value = serde_json::from_str(&answer).unwrap_or_default();
    let consumed = &read["ConsumedCapacity"];
    let tables = consumed.as_array().map_or(std::slice::from_ref(consumed), Vec::as_slice);
    let units = tables.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum();
    let units =
        if READS.contains(&operation) { Units { read: units, write: 0.0 } } else { Units { read: 0.0, write: units } };
    let added = !is_asked(asked) && read.as_object_mut().is_some_and(|all| all.remove("ConsumedCapacity").is_some());
    (units, if added { read.to_string() } else { answer })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_calls_for_items_are_asked_what_they_consume() {
        let (asked, body) = (json!({ "TableName": "T" }), Bytes::from_static(b"{\"TableName\":\"T\"}"));
        assert_eq!(ask("CreateTable", &asked, &body), body);
        let body: Value = serde_json::from_slice(&ask("GetItem", &asked, &body)).unwrap();
        assert_eq!(body, json!({ "TableName": "T", "ReturnConsumedCapacity": "TOTAL" }));
    }

    #[test]
    fn a_body_that_is_no_object_stays() {
        let body = Bytes::from_static(b"[");
        assert_eq!(ask("GetItem", &Value::Null, &body), body);
    }

    #[test]
    fn only_callers_that_ask_are_told_what_their_call_consumed() {
        let answer = json!({ "ConsumedCapacity": { "CapacityUnits": 0.5 }, "Item": {} }).to_string();
        let asks = json!({ "ReturnConsumedCapacity": "TOTAL" });
        assert_eq!(told("GetItem", &asks, answer.clone()).1, answer);
        for silent in [json!({}), json!({ "ReturnConsumedCapacity": "NONE" })] {
            assert_eq!(told("GetItem", &silent, answer.clone()).1, r#"{"Item":{}}"#);
        }
    }

    #[test]
    fn units_are_read_or_written_and_add_up_over_tables() {
        let one = json!({ "ConsumedCapacity": { "TableName": "T", "CapacityUnits": 0.5 } }).to_string();
        let two = json!({ "ConsumedCapacity": [{ "CapacityUnits": 2.0 }, { "CapacityUnits": 4.0 }] }).to_string();
        let mut units = told("GetItem", &Value::Null, one).0;
        units += told("TransactWriteItems", &Value::Null, two).0;
        units += told("UpdateItem", &Value::Null, "{}".to_owned()).0;
        assert_eq!(units, Units { read: 0.5, write: 6.0 });
    }
}
