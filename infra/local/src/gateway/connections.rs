//! The open sockets.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::gateway::event::{clf, gateway_id};
use crate::system::now_ms;

/// The largest payload of a push; a larger one is refused.
pub const MAX_PAYLOAD_BYTES: usize = 128 * 1024;
/// Messages that may wait for a slow client; the next push is refused with 429.
pub const BUFFERED_MESSAGES: usize = 64;

/// An instruction to a session.
#[derive(Debug)]
pub enum Outgoing {
    /// Send this text.
    Text(String),
    /// Close, because a call deleted the connection.
    Close,
}

/// An open socket.
#[derive(Debug)]
pub struct Connection {
    /// Its id.
    pub id: String,
    /// When it was opened, in milliseconds.
    pub connected_at: i64,
    /// When its client last sent something, in milliseconds.
    pub last_active_at: AtomicI64,
    /// The client's address.
    pub peer: IpAddr,
    /// The client's user agent.
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

    /// Adds a connection.
    pub fn open(&self, connection: Arc<Connection>) {
        self.all().insert(connection.id.clone(), connection);
    }

    /// Removes a connection.
    pub fn close(&self, id: &str) {
        self.all().remove(id);
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<Connection>> {
        self.all().get(id).cloned()
    }
}
