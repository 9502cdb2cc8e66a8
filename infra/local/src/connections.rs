//! The sockets that are open, and API Gateway's `@connections` on them.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html>

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use protocol::time::Timestamp;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::access::Access;
use crate::arn;
use crate::event::{clf, gateway_id, is_gateway_id, now_ms};
use crate::guard;
use crate::session::Gateway;

/// A larger payload is refused.
pub const MAX_PAYLOAD_BYTES: usize = 128 * 1024;
/// Messages that may wait for a slow client; one more is 429.
pub const BUFFERED_MESSAGES: usize = 64;

/// What a session is to do.
#[derive(Debug)]
pub enum Outgoing {
    /// Send this text.
    Text(String),
    /// Close, since somebody deleted the connection.
    Close,
}

/// An open socket.
#[derive(Debug)]
pub struct Connection {
    /// Its id.
    pub id: String,
    /// When it was opened, in milliseconds.
    pub connected_at: i64,
    /// When it last spoke, in milliseconds.
    pub last_active_at: AtomicI64,
    /// Where it is from.
    pub peer: IpAddr,
    /// What it says it is.
    pub user_agent: Option<String>,
    /// The session's queue.
    pub queue: mpsc::Sender<Outgoing>,
}

impl Connection {
    /// The `requestContext` of an event of this connection.
    pub fn context(&self, stage: &str, route_key: &str, kind: &str) -> Value {
        let now = now_ms();
        let request_id = gateway_id();
        json!({
            "routeKey": route_key,
            "eventType": kind,
            "extendedRequestId": request_id,
            "requestTime": clf(now),
            "messageDirection": "IN",
            "stage": stage,
            "connectedAt": self.connected_at,
            "requestTimeEpoch": now,
            "identity": { "sourceIp": self.peer.to_string(), "userAgent": self.user_agent },
            "requestId": request_id,
            "domainName": "localhost",
            "connectionId": self.id,
            "apiId": "local",
        })
    }
}

/// All open sockets.
#[derive(Debug, Default)]
pub struct Connections(Mutex<HashMap<String, Arc<Connection>>>);

impl Connections {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Connection>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a connection known.
    pub fn open(&self, connection: Arc<Connection>) {
        self.all().insert(connection.id.clone(), connection);
    }

    /// Forgets it.
    pub fn close(&self, id: &str) {
        self.all().remove(id);
    }

    fn find(&self, id: &str) -> Option<Arc<Connection>> {
        self.all().get(id).cloned()
    }

    /// Answers a call to `@connections/{id}`; `id` is decoded.
    pub fn answer(&self, gateway: &Gateway, method: &Method, headers: &HeaderMap, id: &str, body: &Bytes) -> Response {
        let signed = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if !signed.is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 ")) {
            return refuse(StatusCode::FORBIDDEN, "ForbiddenException", "Missing Authentication Token");
        }
        let resource = arn::connections(&gateway.api.id, &gateway.api.stage, method.as_str(), "*");
        let access = Access::plain("execute-api:ManageConnections", resource);
        if let Err(denied) = gateway.guard.admit(headers, &[access]) {
            return refuse(StatusCode::FORBIDDEN, guard::DENIED, &denied.message);
        }
        if !is_gateway_id(id) {
            return refuse(StatusCode::BAD_REQUEST, "BadRequestException", "Invalid connectionId: it is malformed");
        }
        let Some(connection) = self.find(id) else { return gone() };
        match *method {
            Method::GET => {
                let last = connection.last_active_at.load(Ordering::SeqCst);
                axum::Json(json!({
                    "connectedAt": Timestamp::from_millis(connection.connected_at).iso(),
                    "identity": { "sourceIp": connection.peer.to_string(), "userAgent": connection.user_agent },
                    "lastActiveAt": Timestamp::from_millis(last).iso(),
                }))
                .into_response()
            }
            Method::POST if body.len() > MAX_PAYLOAD_BYTES => {
                refuse(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException", "Message too long")
            }
            Method::POST if gateway.switches.now().fail_pushes => {
                refuse(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", "It failed on purpose")
            }
            Method::POST if gateway.switches.now().lose_pushes => StatusCode::OK.into_response(),
            Method::POST => {
                let text = String::from_utf8_lossy(body).into_owned();
                match connection.queue.try_send(Outgoing::Text(text)) {
                    Ok(()) => {
                        connection.last_active_at.store(now_ms(), Ordering::SeqCst);
                        StatusCode::OK.into_response()
                    }
                    Err(TrySendError::Full(_)) => {
                        refuse(StatusCode::TOO_MANY_REQUESTS, "LimitExceededException", "The client's buffer is full")
                    }
                    Err(TrySendError::Closed(_)) => gone(),
                }
            }
            Method::DELETE => match connection.queue.try_send(Outgoing::Close) {
                Ok(()) => StatusCode::NO_CONTENT.into_response(),
                Err(_) => gone(),
            },
            _ => refuse(StatusCode::FORBIDDEN, "ForbiddenException", "Missing Authentication Token"),
        }
    }
}

fn gone() -> Response {
    refuse(StatusCode::GONE, "GoneException", "The connection is gone")
}

fn refuse(status: StatusCode, kind: &'static str, message: &str) -> Response {
    (status, [("x-amzn-errortype", kind)], axum::Json(json!({ "message": message }))).into_response()
}
