//! What a call to AWS needs: actions on resources, with leading keys or an encryption context.
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>

use std::collections::BTreeMap;

use serde_json::Value;

use crate::iam::arn;

/// The attribute that is every table's partition key.
const PARTITION_KEY: &str = "pk";

/// One access that a policy allows or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Such as `dynamodb:GetItem`.
    pub action: String,
    /// The resource's ARN.
    pub resource: String,
    /// The partition keys that it reaches (`dynamodb:LeadingKeys`); empty if there are none. A key that cannot be read
    /// is an empty text, which no partition has.
    pub leading_keys: Vec<String>,
    /// The partition keys that the same call reaches in other tables. AWS does not say whether it judges them together with
    /// these, so a policy must allow them too.
    pub besides: Vec<String>,
    /// The encryption context of a call to KMS (`kms:EncryptionContext:…`); empty for other services.
    pub encryption_context: BTreeMap<String, String>,
}

impl Access {
    /// An access to something that has no partition keys.
    pub fn plain(action: &str, resource: String) -> Self {
        Self {
            action: action.to_owned(),
            resource,
            leading_keys: Vec::new(),
            besides: Vec::new(),
            encryption_context: BTreeMap::new(),
        }
    }

    /// What a call to KMS needs.
    pub fn kms(operation: &str, key: String, body: &Value) -> Self {
        let context = body["EncryptionContext"].as_object().into_iter().flatten();
        let context = context.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        Self { encryption_context: context.collect(), ..Self::plain(&format!("kms:{operation}"), key) }
    }

    fn dynamodb(operation: &str, table: &Value, leading_keys: Vec<String>) -> Self {
        let resource = arn::table(table.as_str().unwrap_or_default());
        Self { leading_keys, ..Self::plain(&format!("dynamodb:{operation}"), resource) }
    }
}

/// The accesses of one call. AWS does not say whether it checks `dynamodb:LeadingKeys` key by key. This is the stricter
/// reading: one access holds all keys of the call that share its action and table.
pub fn of_call(operation: &str, body: &Value) -> Vec<Access> {
    let table = &body["TableName"];
    match operation {
        "GetItem" | "UpdateItem" | "DeleteItem" => {
            vec![Access::dynamodb(operation, table, vec![leading_key(&body["Key"])])]
        }
        "PutItem" => vec![Access::dynamodb(operation, table, vec![leading_key(&body["Item"])])],
        "Query" => vec![of_query(body)],
        "TransactWriteItems" | "TransactGetItems" => together(elements(&body["TransactItems"]).filter_map(of_part)),
        "BatchGetItem" => of_batch(&body["RequestItems"]),
        "BatchWriteItem" => tables(&body["RequestItems"])
            .map(|(table, requests)| {
                let keys = elements(requests).map(|request| match &request["PutRequest"]["Item"] {
                    Value::Null => leading_key(&request["DeleteRequest"]["Key"]),
                    item => leading_key(item),
                });
                Access::dynamodb(operation, &table.into(), keys.collect())
            })
            .collect(),
        _ => vec![Access::dynamodb(operation, table, Vec::new())],
    }
}

fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn tables(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(table, request)| (table.as_str(), request))
}

fn leading_key(item: &Value) -> String {
    item[PARTITION_KEY]["S"].as_str().unwrap_or_default().to_owned()
}

fn of_part(part: &Value) -> Option<Access> {
    let (kind, part) = part.as_object()?.iter().next()?;
    let (operation, item) = match kind.as_str() {
        "Put" => ("PutItem", &part["Item"]),
        "Update" => ("UpdateItem", &part["Key"]),
        "Delete" => ("DeleteItem", &part["Key"]),
        "ConditionCheck" => ("ConditionCheckItem", &part["Key"]),
        _ => ("GetItem", &part["Key"]),
    };
    Some(Access::dynamodb(operation, &part["TableName"], vec![leading_key(item)]))
}

/// Joins accesses with the same action and table.
fn together(parts: impl Iterator<Item = Access>) -> Vec<Access> {
    let mut joined: Vec<Access> = Vec::new();
    for part in parts {
        match joined.iter_mut().find(|access| (&access.action, &access.resource) == (&part.action, &part.resource)) {
            Some(access) => access.leading_keys.extend(part.leading_keys),
            None => joined.push(part),
        }
    }
    joined
}

fn of_batch(items: &Value) -> Vec<Access> {
    let keys = |request: &Value| elements(&request["Keys"]).map(leading_key).collect::<Vec<_>>();
    let of = |(table, request): (&str, &Value)| {
        let others = tables(items).filter(|(other, _)| *other != table);
        let besides = others.flat_map(|(_, request)| keys(request)).collect();
        Access { besides, ..Access::dynamodb("BatchGetItem", &table.into(), keys(request)) }
    };
    tables(items).map(of).collect()
}

fn of_query(body: &Value) -> Access {
    let key = queried(body).unwrap_or_default().to_owned();
    let mut access = Access::dynamodb("Query", &body["TableName"], vec![key]);
    if let Some(index) = body["IndexName"].as_str() {
        access.resource = format!("{}/index/{index}", access.resource);
    }
    access
}

/// The partition key's value in `KeyConditionExpression`.
fn queried(body: &Value) -> Option<&str> {
    let expression = body["KeyConditionExpression"].as_str()?;
    let spaced = expression.replace('=', " = ").replace(['(', ')'], " ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let names_key = |word: &str| word == PARTITION_KEY || body["ExpressionAttributeNames"][word] == PARTITION_KEY;
    let value = words.windows(3).find_map(|words| match words {
        [name, "=", value] if names_key(name) => Some(*value),
        _ => None,
    })?;
    body["ExpressionAttributeValues"][value]["S"].as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(operation: &str, body: &Value) -> Vec<String> {
        let text = |access: &Access| {
            let besides = if access.besides.is_empty() { "" } else { " besides " };
            let keys = [&access.leading_keys.join(","), besides, &access.besides.join(",")].concat();
            format!("{} {} {keys}", access.action, arn::short(&access.resource))
        };
        of_call(operation, body).iter().map(text).collect()
    }

    #[test]
    fn an_item_is_reached_by_its_partition_key() {
        let key = json!({ "pk": { "S": "A#1" }, "sk": { "S": "x" } });
        assert_eq!(said("GetItem", &json!({ "TableName": "T", "Key": key })), ["dynamodb:GetItem T A#1"]);
        assert_eq!(said("PutItem", &json!({ "TableName": "T", "Item": key })), ["dynamodb:PutItem T A#1"]);
        assert_eq!(said("GetItem", &json!({ "TableName": "T" })), ["dynamodb:GetItem T "]);
    }

    #[test]
    fn a_query_is_for_the_partition_that_its_condition_names() {
        let mut query = json!({
            "TableName": "T",
            "KeyConditionExpression": "begins_with(#sk, :sk) AND (#pk=:pk)",
            "ExpressionAttributeNames": { "#pk": "pk", "#sk": "sk" },
            "ExpressionAttributeValues": { ":pk": { "S": "A#1" }, ":sk": { "S": "x" } },
        });
        assert_eq!(said("Query", &query), ["dynamodb:Query T A#1"]);
        query["KeyConditionExpression"] = "pk = :pk".into();
        query["IndexName"] = "I".into();
        assert_eq!(said("Query", &query), ["dynamodb:Query T/index/I A#1"]);
        query["KeyConditionExpression"] = "#sk = :sk".into();
        assert_eq!(said("Query", &query), ["dynamodb:Query T/index/I "]);
    }

    #[test]
    fn each_part_of_a_transaction_needs_its_own_action() {
        let part = |kind: &str, item: &str| json!({ kind: { "TableName": "T", item: { "pk": { "S": kind } } } });
        let parts = [part("Put", "Item"), part("Update", "Key"), part("Delete", "Key"), part("ConditionCheck", "Key")];
        assert_eq!(
            said("TransactWriteItems", &json!({ "TransactItems": parts })),
            [
                "dynamodb:PutItem T Put",
                "dynamodb:UpdateItem T Update",
                "dynamodb:DeleteItem T Delete",
                "dynamodb:ConditionCheckItem T ConditionCheck",
            ]
        );
        let read = json!({ "TransactItems": [part("Get", "Key")] });
        assert_eq!(said("TransactGetItems", &read), ["dynamodb:GetItem T Get"]);
    }

    #[test]
    fn parts_of_a_transaction_with_one_action_on_one_table_are_judged_together() {
        let put = |table: &str, pk: &str| json!({ "Put": { "TableName": table, "Item": { "pk": { "S": pk } } } });
        let update = json!({ "Update": { "TableName": "T", "Key": { "pk": { "S": "A" } } } });
        let parts = json!({ "TransactItems": [put("T", "A"), update, put("U", "A"), put("T", "B")] });
        assert_eq!(
            said("TransactWriteItems", &parts),
            ["dynamodb:PutItem T A,B", "dynamodb:UpdateItem T A", "dynamodb:PutItem U A"]
        );
    }

    #[test]
    fn a_batch_of_two_tables_is_judged_by_all_its_keys() {
        let key = |pk: &str| json!({ "pk": { "S": pk } });
        let read = json!({ "RequestItems": { "T": { "Keys": [key("A"), key("B")] }, "U": { "Keys": [key("C")] } } });
        assert_eq!(
            said("BatchGetItem", &read),
            ["dynamodb:BatchGetItem T A,B besides C", "dynamodb:BatchGetItem U C besides A,B"]
        );
    }

    #[test]
    fn a_batch_reaches_all_its_keys_of_a_table_at_once() {
        let key = |pk: &str| json!({ "pk": { "S": pk } });
        let read = json!({ "RequestItems": { "T": { "Keys": [key("A"), key("B")] } } });
        assert_eq!(said("BatchGetItem", &read), ["dynamodb:BatchGetItem T A,B"]);
        let write = [json!({ "PutRequest": { "Item": key("A") } }), json!({ "DeleteRequest": { "Key": key("B") } })];
        let write = json!({ "RequestItems": { "T": write } });
        assert_eq!(said("BatchWriteItem", &write), ["dynamodb:BatchWriteItem T A,B"]);
    }
}
