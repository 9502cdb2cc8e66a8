//! The WebSocket handshake: `$connect` decides before the upgrade, and only the sub-protocol that it returns is echoed.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html>

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::gateway::connections::{BUFFERED_MESSAGES, Connection};
use crate::gateway::event::gateway_id;
use crate::gateway::http::query;
use crate::gateway::session::{self, Gateway};
use crate::system::now_ms;

/// Answers a request for a socket.
pub async fn answer(gateway: Arc<Gateway>, mut request: Request<Body>, peer: IpAddr) -> Response {
    let Some(accept) = accept_key(request.headers()) else {
        return (StatusCode::BAD_REQUEST, axum::Json(json!({ "message": "Bad Request" }))).into_response();
    };
    let (id, now) = (gateway_id(), now_ms());
    let user_agent = request.headers().get(header::USER_AGENT);
    let user_agent = user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let (queue, outgoing) = mpsc::channel(BUFFERED_MESSAGES);
    let connection =
        Arc::new(Connection { id, connected_at: now, last_active_at: AtomicI64::new(now), peer, user_agent, queue });
    let mut sub_protocol = None;
    if let Some(route) = gateway.api.routes.get("$connect") {
        if !gateway.api.throttles.admit("$connect") {
            return StatusCode::TOO_MANY_REQUESTS.into_response();
        }
        let event = connect_event(&gateway, &connection, &request);
        let reply = match gateway.call("$connect", route, event).await {
            Ok(reply) => reply,
            Err(failed) => {
                eprintln!("{failed}");
                return StatusCode::BAD_GATEWAY.into_response();
            }
        };
        let status = reply["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
        let status = status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::BAD_GATEWAY);
        if !status.is_success() {
            return status.into_response();
        }
        sub_protocol = returned_sub_protocol(&reply);
    }
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        match upgrade.await {
            Ok(socket) => session::run(gateway, connection, TokioIo::new(socket), outgoing).await,
            Err(error) => eprintln!("a socket was not upgraded: {error}"),
        }
    });
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    if let Ok(accept) = HeaderValue::from_str(&accept) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    if let Some(sub_protocol) = sub_protocol {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, sub_protocol);
    }
    response
}

/// The value of `Sec-WebSocket-Accept`; `None` if this is not a handshake (RFC 6455 section 4.2.1).
fn accept_key(headers: &HeaderMap) -> Option<String> {
    let has = |name: header::HeaderName, token: &str| {
        let mut lines = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        lines.any(|line| line.split(',').any(|part| part.trim().eq_ignore_ascii_case(token)))
    };
    let asks = has(header::UPGRADE, "websocket") && has(header::CONNECTION, "upgrade");
    let version = headers.get(header::SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
    headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| asks && version).map(|key| derive_accept_key(key.as_bytes()))
}

/// API Gateway reads the sub-protocol from `headers` only.
fn returned_sub_protocol(reply: &Value) -> Option<HeaderValue> {
    let headers = reply["headers"].as_object()?;
    let (_, value) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-protocol"))?;
    HeaderValue::from_str(value.as_str()?).ok()
}

fn connect_event(gateway: &Gateway, connection: &Connection, request: &Request<Body>) -> Value {
    let (mut headers, mut multi) = (Map::new(), Map::new());
    for name in request.headers().keys().filter(|name| !matches!(**name, header::UPGRADE | header::CONNECTION)) {
        let all: Vec<Value> = request
            .headers()
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned().into())
            .collect();
        let name = as_browsers_write(name.as_str());
        headers.insert(name.clone(), all.last().cloned().unwrap_or_default());
        multi.insert(name, all.into());
    }
    let mut event = json!({
        "headers": headers,
        "multiValueHeaders": multi,
        "requestContext": connection.context(&gateway.api.stage, "$connect", "CONNECT"),
        "isBase64Encoded": false,
    });
    let parameters = query(request.uri().query().unwrap_or_default());
    if !parameters.is_empty() {
        let multi = parameters.iter().map(|(name, value)| (name.clone(), json!([value]))).collect::<Map<_, _>>();
        event["multiValueQueryStringParameters"] = multi.into();
        event["queryStringParameters"] = parameters.into();
    }
    event
}

/// The server sees header names in lower case. API Gateway passes them on as the client wrote them, and browsers write
/// them like this.
fn as_browsers_write(name: &str) -> String {
    let capital = |part: &str| match part {
        "websocket" => "WebSocket".to_owned(),
        part => part.split_at_checked(1).map_or_else(String::new, |(first, rest)| first.to_uppercase() + rest),
    };
    name.split('-').map(capital).collect::<Vec<_>>().join("-")
}
