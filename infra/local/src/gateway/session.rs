//! An open socket: routes its messages, sends pushes, keeps the limits and reports its end.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::faults::Switches;
use crate::gateway::api::{SocketApi, SocketRoute};
use crate::gateway::connections::{Connection, Connections, MAX_PAYLOAD_BYTES, Outgoing};
use crate::iam::guard::Guard;
use crate::lambda::error::InvokeError;
use crate::lambda::invoker::Invoker;
use crate::recorder::{Fact, Recorder, SocketCall};
use crate::system::now_ms;

/// The longest frame.
const MAX_FRAME_BYTES: usize = 32 * 1024;

/// A WebSocket API.
#[derive(Debug)]
pub struct Gateway {
    /// The API as the template describes it.
    pub api: SocketApi,
    /// Where functions run.
    pub invoker: Invoker,
    /// The open sockets.
    pub connections: Connections,
    /// The faults that are switched on.
    pub switches: Arc<Switches>,
    /// Decides which function may call `@connections`.
    pub guard: Arc<Guard>,
    /// Records the calls.
    pub recorder: Arc<Recorder>,
    /// When a socket is closed.
    pub limits: Limits,
}

impl Gateway {
    /// Calls the function of a route.
    ///
    /// # Errors
    /// If the function fails, dies or takes too long.
    pub async fn call(&self, key: &str, route: &SocketRoute, event: Value) -> Result<Value, InvokeError> {
        let call = SocketCall { key: key.to_owned(), function: route.function.clone() };
        self.recorder.note(Fact::SocketRoute(call));
        let answer = tokio::time::timeout(self.api.patience, self.invoker.invoke(&route.function, event)).await;
        answer.unwrap_or_else(|_| {
            Err(InvokeError::Function(format!("{} took longer than API Gateway waits", route.function)))
        })
    }
}

/// When a socket is closed.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// After this long without a message.
    pub idle: Duration,
    /// After this long, even with messages.
    pub lifetime: Duration,
    /// Whether a client's ping counts as a message. AWS does not document what it does.
    pub ping_resets_idle: bool,
}

/// Why a session ended, as `$disconnect` learns it.
struct Goodbye {
    code: u16,
    reason: String,
    say: bool,
}

impl Goodbye {
    fn ours(code: CloseCode, reason: &str) -> Self {
        Self { code: code.into(), reason: reason.to_owned(), say: true }
    }
}

/// Serves a socket until it ends.
pub async fn run<S: AsyncRead + AsyncWrite + Unpin>(
    gateway: Arc<Gateway>,
    connection: Arc<Connection>,
    socket: S,
    outgoing: mpsc::Receiver<Outgoing>,
) {
    let config =
        WebSocketConfig::default().max_message_size(Some(MAX_PAYLOAD_BYTES)).max_frame_size(Some(MAX_FRAME_BYTES));
    let mut socket = WebSocketStream::from_raw_socket(socket, Role::Server, Some(config)).await;
    gateway.connections.open(connection.clone());
    let goodbye = serve(&gateway, &connection, &mut socket, outgoing).await;
    gateway.connections.close(&connection.id);
    if goodbye.say {
        let frame = CloseFrame { code: goodbye.code.into(), reason: goodbye.reason.clone().into() };
        let _closed = socket.close(Some(frame)).await;
    }
    if gateway.switches.now().lose_disconnects {
        return;
    }
    if let Some(route) = gateway.api.routes.get("$disconnect") {
        let mut about = connection.context(&gateway.api.stage, "$disconnect", "DISCONNECT");
        about["disconnectStatusCode"] = goodbye.code.into();
        about["disconnectReason"] = goodbye.reason.into();
        let headers = json!({ "Host": "localhost", "X-Forwarded-For": "", "x-api-key": "", "x-restapi": "" });
        let event = json!({ "headers": headers, "requestContext": about, "isBase64Encoded": false });
        if let Err(failed) = gateway.call("$disconnect", route, event).await {
            eprintln!("{failed}");
        }
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    gateway: &Arc<Gateway>,
    connection: &Arc<Connection>,
    socket: &mut WebSocketStream<S>,
    mut outgoing: mpsc::Receiver<Outgoing>,
) -> Goodbye {
    let end_of_life = Instant::now() + gateway.limits.lifetime;
    let mut idle_until = Instant::now() + gateway.limits.idle;
    loop {
        // Messages that were accepted are sent before a close is handled.
        tokio::select! {
            biased;
            out = outgoing.recv() => match out {
                Some(Outgoing::Text(text)) => {
                    idle_until = Instant::now() + gateway.limits.idle;
                    if socket.send(Message::text(text)).await.is_err() {
                        return Goodbye { code: 1006, reason: "Connection closed abnormally".to_owned(), say: false };
                    }
                }
                Some(Outgoing::Close) | None => return Goodbye::ours(CloseCode::Normal, "Connection Closed Normally"),
            },
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    idle_until = Instant::now() + gateway.limits.idle;
                    hear(gateway, connection, text.as_str().to_owned());
                }
                Some(Ok(Message::Binary(bytes))) => {
                    idle_until = Instant::now() + gateway.limits.idle;
                    hear(gateway, connection, String::from_utf8_lossy(&bytes).into_owned());
                }
                Some(Ok(Message::Close(frame))) => {
                    gateway.connections.close(&connection.id);
                    // The library answers the close frame; then the stream ends.
                    while socket.next().await.is_some_and(|message| message.is_ok()) {}
                    let (code, reason) = frame.map_or((1005, String::new()), |frame| {
                        (frame.code.into(), frame.reason.to_string())
                    });
                    return Goodbye { code, reason, say: false };
                }
                Some(Ok(_)) if gateway.limits.ping_resets_idle => idle_until = Instant::now() + gateway.limits.idle,
                Some(Ok(_)) => {}
                Some(Err(Error::Capacity(_))) => return Goodbye::ours(CloseCode::Size, "Message too long"),
                Some(Err(Error::Protocol(_) | Error::Utf8(_))) => {
                    return Goodbye::ours(CloseCode::Protocol, "Protocol error");
                }
                Some(Err(_)) | None => return Goodbye { code: 1006, reason: "Connection closed abnormally".to_owned(), say: false },
            },
            () = sleep_until(idle_until) => return Goodbye::ours(CloseCode::Away, "Idle timeout"),
            () = sleep_until(end_of_life) => return Goodbye::ours(CloseCode::Away, "Going away"),
        }
    }
}

/// Routes a message without waiting for earlier ones.
fn hear(gateway: &Arc<Gateway>, connection: &Arc<Connection>, text: String) {
    connection.last_active_at.store(now_ms(), Ordering::SeqCst);
    let (gateway, connection) = (gateway.clone(), connection.clone());
    tokio::spawn(async move {
        if let Some(answer) = route(&gateway, &connection, text).await {
            let _gone = connection.queue.send(Outgoing::Text(answer)).await;
        }
    });
}

async fn route(gateway: &Gateway, connection: &Connection, text: String) -> Option<String> {
    let key = select(&gateway.api.selection, &text);
    let routes = &gateway.api.routes;
    let found = key.as_deref().and_then(|key| routes.get_key_value(key)).or_else(|| routes.get_key_value("$default"));
    let trouble = |message: &str, about: &Value| {
        let body = json!({
            "message": message,
            "connectionId": connection.id,
            "requestId": about["requestId"],
        });
        Some(body.to_string())
    };
    let Some((key, route)) = found else {
        return trouble("Forbidden", &connection.context(&gateway.api.stage, "$default", "MESSAGE"));
    };
    if !gateway.api.throttles.admit(key) {
        return trouble("Too Many Requests", &connection.context(&gateway.api.stage, key, "MESSAGE"));
    }
    let mut about = connection.context(&gateway.api.stage, key, "MESSAGE");
    about["messageId"] = about["requestId"].clone();
    let event = json!({ "requestContext": about, "body": text, "isBase64Encoded": false });
    match gateway.call(key, route, event).await {
        Ok(reply) if route.responds => reply["body"].as_str().filter(|body| !body.is_empty()).map(str::to_owned),
        Ok(_) => None,
        Err(failed) => {
            eprintln!("{failed}");
            trouble("Internal server error", &about)
        }
    }
}

/// The route key that `$request.body.a.b` selects in a message.
fn select(expression: &str, text: &str) -> Option<String> {
    let path = expression.trim_matches(['$', '{', '}']).strip_prefix("request.body.")?;
    let message: Value = serde_json::from_str(text).ok()?;
    let mut value = &message;
    for member in path.split('.') {
        value = value.get(member)?;
    }
    match value {
        Value::String(key) => Some(key.clone()),
        Value::Number(key) => Some(key.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_expression_reads_nested_members_and_nothing_else() {
        let nested = r#"{"a":{"b":"deep"},"type":"x"}"#;
        assert_eq!(select("$request.body.type", nested).as_deref(), Some("x"));
        assert_eq!(select("$request.body.a.b", nested).as_deref(), Some("deep"));
        assert_eq!(select("${request.body.type}", nested).as_deref(), Some("x"));
        assert_eq!(select("$request.body.a", nested), None);
        assert_eq!(select("$request.body.type", "not json"), None);
    }
}
