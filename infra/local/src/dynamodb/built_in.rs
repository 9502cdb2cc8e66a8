//! The built-in database. It answers in this process and listens on no port: the library's own server lets pages of
//! every origin read and write.

use std::path::Path;

use anyhow::Result;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::dynamodb::units::{self, Units};

/// Opens the database, in memory or in `folder`.
///
/// # Errors
/// If it cannot be opened.
pub fn open(folder: Option<&Path>) -> Result<Database> {
    let opened = match folder {
        None => Database::memory(),
        Some(folder) => {
            let path = folder.join("tables.db");
            crate::private::open(&path)?;
            Database::new(&path.to_string_lossy())
        }
    };
    opened.map_err(|error| anyhow::anyhow!("the built-in database cannot be opened: {error}"))
}

/// Answers one call as DynamoDB does, and returns what it consumed. The call must carry a signature, which nobody
/// checks. `asked` is `body` as JSON.
pub fn answer(
    database: &Database,
    operation: &str,
    headers: &HeaderMap,
    asked: &Value,
    body: &Bytes,
) -> (Response, Units) {
    let signature = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if !signature.is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 ")) {
        return (refuse("MissingAuthenticationTokenException"), Units::default());
    }
    match perform(database, operation, &units::ask(operation, asked, body)) {
        None => (refuse("UnknownOperationException"), Units::default()),
        Some(Ok(body)) => {
            let (units, body) = units::told(operation, asked, body);
            (respond(StatusCode::OK, body), units)
        }
        Some(Err(error)) => {
            let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (respond(status, error.to_json()), Units::default())
        }
    }
}

/// `None` for an operation that is not supported.
fn perform(database: &Database, operation: &str, body: &[u8]) -> Option<Result<String, DynoxideError>> {
    Some(match operation {
        "BatchGetItem" => read(body).and_then(|request| database.batch_get_item(request)).and_then(write),
        "BatchWriteItem" => read(body).and_then(|request| database.batch_write_item(request)).and_then(write),
        "CreateTable" => read(body).and_then(|request| database.create_table(request)).and_then(write),
        "DeleteItem" => read(body).and_then(|request| database.delete_item(request)).and_then(write),
        "DeleteTable" => read(body).and_then(|request| database.delete_table(request)).and_then(write),
        "DescribeTable" => read(body).and_then(|request| database.describe_table(request)).and_then(write),
        "DescribeTimeToLive" => read(body).and_then(|request| database.describe_time_to_live(request)).and_then(write),
        "ExecuteStatement" => read(body).and_then(|request| database.execute_statement(request)).and_then(write),
        "GetItem" => read(body).and_then(|request| database.get_item(request)).and_then(write),
        "ListTables" => read(body).and_then(|request| database.list_tables(request)).and_then(write),
        "PutItem" => read(body).and_then(|request| database.put_item(request)).and_then(write),
        "Query" => read(body).and_then(|request| database.query(request)).and_then(write),
        "Scan" => read(body).and_then(|request| database.scan(request)).and_then(write),
        "TransactGetItems" => read(body).and_then(|request| database.transact_get_items(request)).and_then(write),
        "TransactWriteItems" => read(body).and_then(|request| database.transact_write_items(request)).and_then(write),
        "UpdateItem" => read(body).and_then(|request| database.update_item(request)).and_then(write),
        "UpdateTable" => read(body).and_then(|request| database.update_table(request)).and_then(write),
        "UpdateTimeToLive" => read(body).and_then(|request| database.update_time_to_live(request)).and_then(write),
        _ => return None,
    })
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, DynoxideError> {
    serde_json::from_slice(body).map_err(|error| {
        // The library prefixes some of its messages with the kind of error that its own server returns.
        let message = error.to_string();
        let unmarked =
            message.split_once(':').filter(|(mark, _)| mark.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
        match unmarked {
            Some((_, words)) => DynoxideError::ValidationException(words.trim_start().to_owned()),
            None => DynoxideError::SerializationException(message),
        }
    })
}

fn write(answer: impl Serialize) -> Result<String, DynoxideError> {
    serde_json::to_string(&answer).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

fn refuse(kind: &str) -> Response {
    respond(StatusCode::BAD_REQUEST, json!({ "__type": format!("com.amazon.coral.service#{kind}") }).to_string())
}

fn respond(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
    response
}
