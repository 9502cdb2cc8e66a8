use crate::id::ConnectionId;
use crate::secret::Digest;
use crate::time::Timestamp;

/// How long a code can still be claimed whose screen lost its socket and has not come back, in milliseconds.
pub const GRACE_MS: i64 = 60_000;

/// The screen that asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screen {
    /// It listens on a socket and cannot come back: what it does not hear there, it never hears.
    Socket(ConnectionId),
    /// It holds a code, so it can always ask what became of its challenge.
    Resumable(Resumable),
    /// There is none: a trusted device opened the challenge for itself.
    TrustedDevice,
}

/// A screen that holds a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resumable {
    /// Of its device code.
    pub code: Digest,
    /// Where it listens; nowhere if it polls.
    pub socket: Option<ConnectionId>,
    /// When that socket was lost.
    pub lost_at: Option<Timestamp>,
}

impl Screen {
    /// A screen that polls with the code of this digest.
    pub fn polling(code: Digest) -> Self {
        Self::Resumable(Resumable { code, socket: None, lost_at: None })
    }

    /// A screen that listens on a socket and holds the code of this digest.
    pub fn resumable(code: Digest, socket: ConnectionId) -> Self {
        Self::Resumable(Resumable { code, socket: Some(socket), lost_at: None })
    }

    /// The socket that it listens on, as far as is known.
    pub fn socket(&self) -> Option<&ConnectionId> {
        match self {
            Self::Socket(socket) => Some(socket),
            Self::Resumable(Resumable { socket, lost_at: None, .. }) => socket.as_ref(),
            Self::Resumable(_) | Self::TrustedDevice => None,
        }
    }

    /// Whether it holds the code of this digest.
    pub fn has_code(&self, digest: &Digest) -> bool {
        matches!(self, Self::Resumable(screen) if screen.code == *digest)
    }

    /// Whether it lost its socket and the time to come back is over.
    pub fn is_lost(&self, now: Timestamp) -> bool {
        matches!(self, Self::Resumable(Resumable { lost_at: Some(at), .. }) if now >= at.plus(GRACE_MS))
    }

    /// Whether it lost its socket and has not come back.
    pub fn is_away(&self) -> bool {
        matches!(self, Self::Resumable(Resumable { lost_at: Some(_), .. }))
    }
}
