//! A page that shows codes, as the official browser SDK, our own, or one with device codes does.

use std::collections::{BTreeMap, BTreeSet};

use scanlatch_protocol::challenge::Standing;
use scanlatch_protocol::id::{ChallengeId, ConnectionId};
use scanlatch_protocol::secret::DeviceCode;

/// The kind of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// On a socket, as the official SDK is.
    Socket,
    /// On a socket, with device codes to resume.
    Resumable,
    /// On a socket, with device codes and numbers; it follows the code before, as our own SDK does.
    Following,
    /// Polling, as the official SDK does.
    Polling,
    /// Polling, and naming the code that it replaces.
    Replacing,
}

impl Kind {
    /// Every page of a history, with the action of its user token.
    pub const ALL: [(Self, Option<usize>); 10] = [
        (Self::Socket, None),
        (Self::Socket, Some(0)),
        (Self::Socket, Some(0)),
        (Self::Resumable, None),
        (Self::Resumable, Some(0)),
        (Self::Polling, None),
        (Self::Polling, Some(0)),
        (Self::Replacing, None),
        (Self::Replacing, Some(1)),
        (Self::Following, None),
    ];
}

/// A code that a page was given.
#[derive(Clone, Debug)]
pub struct Code {
    /// Its challenge.
    pub id: ChallengeId,
    /// Its device code.
    pub secret: Option<DeviceCode>,
    /// The tick at which it came.
    pub since: u64,
    /// The SDK's timer has asked for a newer one, so the page ignores this one.
    pub forgotten: bool,
}

/// The furthest state that a page has heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heard {
    /// Nobody scanned it.
    Unclaimed,
    /// A phone holds it.
    Claimed,
    /// The user said no.
    Rejected,
    /// The user said yes; the page has the token.
    Approved,
}

impl From<&Standing> for Heard {
    fn from(standing: &Standing) -> Self {
        match standing {
            Standing::Unclaimed => Self::Unclaimed,
            Standing::Claimed(_) => Self::Claimed,
            Standing::Approved(_) => Self::Approved,
            Standing::Rejected => Self::Rejected,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Page {
    /// Its kind.
    pub kind: Kind,
    /// The action of its user token.
    pub action: Option<usize>,
    /// The socket that its browser has.
    pub socket: Option<ConnectionId>,
    /// Every code that it was given, the newest last.
    pub codes: Vec<Code>,
    /// How far it heard of each challenge, tokens included.
    pub heard: BTreeMap<ChallengeId, Heard>,
    /// Challenges whose pushes API Gateway accepted after the browser had lost the socket.
    pub unread: BTreeSet<ChallengeId>,
    /// The tick and the answer of its last poll of each challenge.
    pub polled: BTreeMap<ChallengeId, (u64, Heard)>,
}

impl Page {
    /// A page that shows nothing yet.
    pub fn new((kind, action): (Kind, Option<usize>)) -> Self {
        Self {
            kind,
            action,
            socket: None,
            codes: Vec::new(),
            heard: BTreeMap::new(),
            unread: BTreeSet::new(),
            polled: BTreeMap::new(),
        }
    }

    /// The code of this challenge, if the page was given it.
    pub fn code(&self, id: &ChallengeId) -> Option<&Code> {
        self.codes.iter().find(|code| code.id == *id)
    }

    /// One of its codes, counted from the newest.
    pub fn newest(&self, n: u8) -> Option<&Code> {
        let count = self.codes.len();
        (count > 0).then(|| &self.codes[count - 1 - usize::from(n) % count])
    }

    /// Asks for a newer code by the timer. The official SDK forgets the code before at once.
    pub fn refreshes(&mut self) {
        if self.kind == Kind::Socket
            && let Some(code) = self.codes.last_mut()
        {
            code.forgotten = true;
        }
    }

    /// Whether a change of this challenge reaches the page: its SDK knows the code and has heard no end of it.
    pub fn heeds(&self, id: &ChallengeId) -> bool {
        let is_over = self.heard.get(id).is_some_and(|heard| *heard >= Heard::Rejected);
        self.code(id).is_some_and(|code| !code.forgotten) && !is_over
    }
}
