//! The built-in database. It answers in this process and listens on no port: its own server lets pages of every origin
//! read and write.

use std::path::Path;

use anyhow::Result;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Opens the database, in memory or in `folder`.
///
/// # Errors
/// If it cannot be opened.
pub fn open(folder: Option<&Path>) -> Result<Database> {
    let opened = match folder {
        None => Database::memory(),
        Some(folder) => {
            let path = folder.join("tables.db");
            crate::private::touch(&path)?;
            Database::new(&path.to_string_lossy())
        }
    };
    opened.map_err(|error| anyhow::anyhow!("the built-in database cannot be opened: {error}"))
}

/// Answers one call as DynamoDB does.
pub fn answer(database: &Database, operation: &str, body: &[u8]) -> Response {
    match perform(database, operation, body) {
        Ok(body) => respond(StatusCode::OK, body),
        Err(error) => {
            let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            respond(status, error.to_json())
        }
    }
}

fn perform(database: &Database, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
    match operation {
        "BatchGetItem" => database.batch_get_item(read(body)?).and_then(write),
        "BatchWriteItem" => database.batch_write_item(read(body)?).and_then(write),
        "CreateTable" => database.create_table(read(body)?).and_then(write),
        "DeleteItem" => database.delete_item(read(body)?).and_then(write),
        "DeleteTable" => database.delete_table(read(body)?).and_then(write),
        "DescribeTable" => database.describe_table(read(body)?).and_then(write),
        "DescribeTimeToLive" => database.describe_time_to_live(read(body)?).and_then(write),
        "ExecuteStatement" => database.execute_statement(read(body)?).and_then(write),
        "GetItem" => database.get_item(read(body)?).and_then(write),
        "ListTables" => database.list_tables(read(body)?).and_then(write),
        "PutItem" => database.put_item(read(body)?).and_then(write),
        "Query" => database.query(read(body)?).and_then(write),
        "Scan" => database.scan(read(body)?).and_then(write),
        "TransactGetItems" => database.transact_get_items(read(body)?).and_then(write),
        "TransactWriteItems" => database.transact_write_items(read(body)?).and_then(write),
        "UpdateItem" => database.update_item(read(body)?).and_then(write),
        "UpdateTable" => database.update_table(read(body)?).and_then(write),
        "UpdateTimeToLive" => database.update_time_to_live(read(body)?).and_then(write),
        _ => Err(DynoxideError::ValidationException(format!(
            "the built-in database has no {operation}; --dynamodb-endpoint names another database"
        ))),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, DynoxideError> {
    serde_json::from_slice(body).map_err(|error| {
        // The library marks some of its messages with the kind of error that its own server makes of them.
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

fn respond(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
    response
}
