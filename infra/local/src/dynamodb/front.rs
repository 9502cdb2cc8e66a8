//! A front that counts calls and can fail. Behind it is the built-in database or another one on this machine.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use dynoxide::Database;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::dynamodb::built_in;
use crate::dynamodb::rounds::Rounds;
use crate::dynamodb::units::Units;
use crate::faults::Switches;
use crate::host;
use crate::iam::access;
use crate::iam::guard::{self, Guard};

/// One call of a function to the database.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// Such as `UpdateItem`.
    pub operation: String,
    /// The tables that the call names.
    pub tables: Vec<String>,
    /// The index that the call names.
    pub index: Option<String>,
}

/// What stands behind the front.
pub enum Behind {
    /// The built-in database.
    BuiltIn(Database),
    /// The database at this URL.
    Url(String),
}

impl fmt::Debug for Behind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BuiltIn(_) => "built-in",
            Self::Url(url) => url,
        })
    }
}

/// The front.
#[derive(Debug)]
pub struct Front {
    behind: Behind,
    client: reqwest::Client,
    switches: Arc<Switches>,
    guard: Arc<Guard>,
    calls: Mutex<Vec<Call>>,
    units: Mutex<Units>,
    seen: AtomicU64,
    /// Rounds, while calls are gathered.
    pub rounds: Rounds,
}

/// Starts a front before a database, and returns the front's URL.
///
/// # Errors
/// If there is no free port.
pub async fn start_front(behind: Behind, switches: Arc<Switches>, guard: Arc<Guard>) -> Result<(String, Arc<Front>)> {
    let front = Arc::new(Front {
        behind,
        client: reqwest::Client::new(),
        switches,
        guard,
        calls: Mutex::default(),
        units: Mutex::default(),
        seen: AtomicU64::new(0),
        rounds: Rounds::default(),
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port before the database")?;
    let url = format!("http://{}", listener.local_addr()?);
    let routes = Router::new().fallback(forward).layer(DefaultBodyLimit::disable());
    let routes = routes.layer(from_fn(host::from_this_machine)).with_state(front.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok((url, front))
}

impl Front {
    /// The calls since [`Front::reset`].
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the built-in database says that those calls consumed; zero for another database.
    pub fn units(&self) -> Units {
        *self.units.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Resets all counters.
    pub fn reset(&self) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clear();
        *self.units.lock().unwrap_or_else(PoisonError::into_inner) = Units::default();
        self.rounds.reset();
    }
}

async fn forward(State(front): State<Arc<Front>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let (operation, asked) = asked(&headers, &body);
    let admitted = front.guard.admit(&headers, &access::of_call(&operation, &asked));
    front.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call(operation.clone(), &asked));
    if let Err(denied) = admitted {
        let kind = format!("com.amazon.coral.service#{}", guard::DENIED);
        return refuse(StatusCode::BAD_REQUEST, &json!({ "__type": kind, "Message": denied.message }));
    }
    let faults = front.switches.now().database;
    if faults.gather_ms > 0 {
        front.rounds.join(Duration::from_millis(faults.gather_ms)).await;
    }
    if faults.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(faults.delay_ms)).await;
    }
    let n = front.seen.fetch_add(1, Ordering::SeqCst) + 1;
    let strikes = |every: u64| every > 0 && n.is_multiple_of(every);
    if strikes(faults.fail_every) {
        return broken();
    }
    let answer = match &front.behind {
        Behind::BuiltIn(database) => {
            let (answer, units) = built_in::answer(database, &operation, &headers, &asked, &body);
            *front.units.lock().unwrap_or_else(PoisonError::into_inner) += units;
            answer
        }
        Behind::Url(url) => hand_on(&front.client, url, &uri, &headers, body).await.unwrap_or_else(|_| broken()),
    };
    if strikes(faults.fail_after_commit) { broken() } else { answer }
}

async fn hand_on(
    client: &reqwest::Client,
    url: &str,
    uri: &Uri,
    headers: &HeaderMap,
    body: Bytes,
) -> reqwest::Result<Response> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = client.post(format!("{url}{path}")).body(body);
    for (name, value) in headers.iter().filter(|(name, _)| **name != header::CONTENT_LENGTH) {
        // The signature covers the host; a database on this machine checks neither.
        if *name != header::HOST {
            request = request.header(name, value);
        }
    }
    let response = request.send().await?;
    let (status, response_headers) = (response.status(), response.headers().clone());
    let mut answer = Response::new(Body::from(response.bytes().await?));
    *answer.status_mut() = status;
    for (name, value) in &response_headers {
        if name == header::CONTENT_TYPE || name.as_str().starts_with("x-amz") {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    Ok(answer)
}

fn broken() -> Response {
    let body = json!({ "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": "on purpose" });
    refuse(StatusCode::INTERNAL_SERVER_ERROR, &body)
}

fn refuse(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], body.to_string()).into_response()
}

/// The operation and its parameters.
fn asked(headers: &HeaderMap, body: &[u8]) -> (String, Value) {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    (operation, serde_json::from_slice(body).unwrap_or(Value::Null))
}

fn call(operation: String, body: &Value) -> Call {
    let mut tables = Vec::new();
    name_tables(body, &mut tables);
    Call { operation, tables, index: body["IndexName"].as_str().map(str::to_owned) }
}

fn name_tables(value: &Value, tables: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(table) if name == "TableName" && !tables.contains(table) => {
                        tables.push(table.clone());
                    }
                    other => name_tables(other, tables),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| name_tables(item, tables)),
        _ => {}
    }
}
