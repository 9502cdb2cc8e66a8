use crate::id::ConnectionId;
use crate::secret::Digest;
use crate::time::Timestamp;

/// The grace: how long a screen that lost its socket may come back before its code can no longer be claimed, in
/// milliseconds.
pub const GRACE_MS: i64 = 60_000;

/// The screen that asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screen {
    /// It listens on a socket and cannot come back. It never hears what it misses there.
    Socket(ConnectionId),
    /// It holds a device code, so it can always ask how its challenge stands.
    Resumable(Resumable),
    /// There is no screen: a trusted device opened the challenge for itself.
    TrustedDevice,
}

/// A screen that holds a device code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resumable {
    /// The digest of its device code.
    pub code: Digest,
    /// The socket on which it listens; absent if it polls.
    pub socket: Option<ConnectionId>,
    /// When that socket was lost.
    pub lost_at: Option<Timestamp>,
}

impl Screen {
    /// A screen that polls with the device code of this digest.
    pub fn polling(code: Digest) -> Self {
        Self::Resumable(Resumable { code, socket: None, lost_at: None })
    }

    /// A screen that listens on a socket and holds the device code of this digest.
    pub fn resumable(code: Digest, socket: ConnectionId) -> Self {
        Self::Resumable(Resumable { code, socket: Some(socket), lost_at: None })
    }

    /// The socket on which it listens, unless that was lost.
    pub fn socket(&self) -> Option<&ConnectionId> {
        match self {
            Self::Socket(socket) => Some(socket),
            Self::Resumable(Resumable { socket, lost_at: None, .. }) => socket.as_ref(),
            Self::Resumable(_) | Self::TrustedDevice => None,
        }
    }

    /// Whether it holds the device code of this digest.
    pub fn has_code(&self, digest: &Digest) -> bool {
        matches!(self, Self::Resumable(screen) if screen.code == *digest)
    }

    /// Whether it lost its socket and [`GRACE_MS`] have passed since.
    pub fn is_lost(&self, now: Timestamp) -> bool {
        matches!(self, Self::Resumable(Resumable { lost_at: Some(at), .. }) if now >= at.plus(GRACE_MS))
    }

    /// Whether it lost its socket and has not come back.
    pub fn is_away(&self) -> bool {
        matches!(self, Self::Resumable(Resumable { lost_at: Some(_), .. }))
    }
}
