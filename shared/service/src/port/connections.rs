//! Screens' sockets, and pushes to them.

use std::future::Future;

use scanlatch_protocol::action::Action;
use scanlatch_protocol::bucket::Bucket;
use scanlatch_protocol::challenge::{Challenge, OVERLAP_MS, Screen};
use scanlatch_protocol::context::Viewer;
use scanlatch_protocol::id::{ChallengeId, ConnectionId, TenantId};
use scanlatch_protocol::notice::Notice;
use scanlatch_protocol::time::Timestamp;

use crate::Unavailable;

/// A screen's socket: what its handshake said, and what it shows now.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// Its id at API Gateway.
    pub id: ConnectionId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Who is asking.
    pub viewer: Viewer,
    /// The tracked action of a screen that came with a user token.
    pub tracked: Option<Action>,
    /// The terms that the tenant has set.
    pub terms: Terms,
    /// When it was opened. API Gateway closes it after 2 hours at the latest.
    pub connected_at: Timestamp,
    /// The challenge that it shows.
    pub shows: Option<Shown>,
    /// How many messages it may still send. Whatever makes it show a challenge takes a token in the same step.
    pub bucket: Bucket,
}

/// What a tenant set for its challenges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// From creation to expiry, in milliseconds.
    pub challenge_ms: i64,
    /// From the decision to the last redemption, in milliseconds.
    pub redeemable_ms: i64,
    /// How long a result token serves that was handed out, in milliseconds.
    pub token_ms: i64,
    /// Up to how many kilometres a phone is near its screen.
    pub near_km: u32,
    /// Whether some action refuses what a screen may ask for, so that its rules are read before anything is stored.
    pub is_choosy: bool,
}

/// A challenge on a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Which.
    pub challenge: ChallengeId,
    /// When it expires. It need not be withdrawn after that.
    pub expires_at: Timestamp,
    /// Whether the screen can resume it without this socket.
    pub resumable: bool,
    /// The challenge that it renewed, and until when that can still be claimed.
    pub older: Option<(ChallengeId, Timestamp)>,
}

impl From<&Challenge> for Shown {
    fn from(challenge: &Challenge) -> Self {
        Self {
            challenge: challenge.id,
            expires_at: challenge.expires_at,
            resumable: matches!(challenge.screen, Screen::Resumable(_)),
            older: None,
        }
    }
}

impl Shown {
    /// The challenge that it renewed, if that can still be claimed at `now`.
    pub fn older_at(&self, now: Timestamp) -> Option<ChallengeId> {
        self.older.filter(|(_, until)| now < *until).map(|(older, _)| older)
    }

    /// What the connection shows once `newer` renews this one at `now`.
    #[must_use]
    pub fn renewed_by(&self, newer: &Challenge, now: Timestamp) -> Self {
        let until = self.expires_at.min(now.plus(OVERLAP_MS));
        Self { older: Some((self.challenge, until)), ..Self::from(newer) }
    }
}

/// Opens connections.
pub trait Connects: Send + Sync {
    /// Stores a connection that shows nothing yet.
    fn connect(&self, connection: &Connection) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Reads connections.
pub trait Connections: Send + Sync {
    /// The connection of this id.
    fn connection(&self, id: &ConnectionId) -> impl Future<Output = Result<Option<Connection>, Unavailable>> + Send;
}

/// Takes tokens of connections.
pub trait Charges: Send + Sync {
    /// Makes this the connection's bucket, if it still has the one that was read; `false` if it does not, because another
    /// message was charged or the socket is gone.
    fn charge(&self, connection: &Connection, left: Bucket) -> impl Future<Output = Result<bool, Unavailable>> + Send;
}

/// Forgets connections.
pub trait Disconnects: Send + Sync {
    /// Deletes the connection and returns it as it was.
    fn disconnect(&self, id: &ConnectionId) -> impl Future<Output = Result<Option<Connection>, Unavailable>> + Send;
}

/// Pushes to screens.
pub trait Pushes: Send + Sync {
    /// Sends a notice to a connection, once.
    fn push(&self, to: &ConnectionId, notice: &Notice) -> impl Future<Output = Pushed> + Send;
}

/// Closes sockets.
pub trait Closes: Send + Sync {
    /// Closes a connection; `false` if there is no such one. Its end is then told as any other.
    fn close(&self, id: &ConnectionId) -> impl Future<Output = Result<bool, Unavailable>> + Send;
}

/// What became of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It was accepted for the connection.
    Sent,
    /// There is no such connection.
    Gone,
    /// Nobody knows whether it arrived.
    Lost,
}
