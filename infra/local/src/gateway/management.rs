//! API Gateway's `@connections`: pushes to open sockets, reads their state and closes them.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html>

use std::sync::atomic::Ordering;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use scanlatch_protocol::time::Timestamp;
use serde_json::json;
use tokio::sync::mpsc::error::TrySendError;

use crate::gateway::connections::{MAX_PAYLOAD_BYTES, Outgoing};
use crate::gateway::event::is_gateway_id;
use crate::gateway::session::Gateway;
use crate::iam::access::Access;
use crate::iam::{arn, guard};
use crate::system::now_ms;

/// Answers a call to `@connections/{id}`; `id` is decoded.
pub fn answer(gateway: &Gateway, method: &Method, headers: &HeaderMap, id: &str, body: &Bytes) -> Response {
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
    let Some(connection) = gateway.connections.find(id) else { return gone() };
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

fn gone() -> Response {
    refuse(StatusCode::GONE, "GoneException", "The connection is gone")
}

fn refuse(status: StatusCode, kind: &'static str, message: &str) -> Response {
    (status, [("x-amzn-errortype", kind)], axum::Json(json!({ "message": message }))).into_response()
}
