//! A page that shows codes, as the official browser SDK and one that holds codes behave.

use std::collections::{BTreeMap, BTreeSet};

use scanlatch_protocol::challenge::Standing;
use scanlatch_protocol::id::{ChallengeId, ConnectionId};
use scanlatch_protocol::secret::DeviceCode;

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// On a socket, as the official SDK is.
    Socket,
    /// On a socket, with codes to come back with.
    Resumable,
    /// Polling, as the official SDK does.
    Polling,
    /// Polling, and saying which code it replaces.
    Replacing,
}

impl Kind {
    /// Every page of a history, with the action that its user token is of.
    pub const ALL: [(Self, Option<usize>); 9] = [
        (Self::Socket, None),
        (Self::Socket, Some(0)),
        (Self::Socket, Some(0)),
        (Self::Resumable, None),
        (Self::Resumable, Some(0)),
        (Self::Polling, None),
        (Self::Polling, Some(0)),
        (Self::Replacing, None),
        (Self::Replacing, Some(1)),
    ];
}

/// A code that a page was given.
#[derive(Clone, Debug)]
pub struct Code {
    /// What it shows.
    pub id: ChallengeId,
    /// What it asks with.
    pub secret: Option<DeviceCode>,
    /// When it came.
    pub since: u64,
    /// The SDK's timer has asked for a newer one, so nothing is heard of this one any more.
    pub forgotten: bool,
}

/// How far a page has heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heard {
    /// Nobody scanned it.
    Unclaimed,
    /// A phone holds it.
    Claimed,
    /// The user said no.
    Rejected,
    /// The user said yes; with the token, or this is not said at all.
    Approved,
}

impl From<&Standing> for Heard {
    fn from(standing: &Standing) -> Self {
        match standing {
            Standing::Unclaimed => Self::Unclaimed,
            Standing::Claimed => Self::Claimed,
            Standing::Approved(_) => Self::Approved,
            Standing::Rejected => Self::Rejected,
        }
    }
}

/// A page.
#[derive(Clone, Debug)]
pub struct Page {
    /// What it is.
    pub kind: Kind,
    /// The action of its user token.
    pub action: Option<usize>,
    /// The socket that its browser has.
    pub socket: Option<ConnectionId>,
    /// Every code that it was given, the newest last.
    pub codes: Vec<Code>,
    /// How far it heard of each challenge, tokens included.
    pub heard: BTreeMap<ChallengeId, Heard>,
    /// What API Gateway took for it when its browser had no such socket any more.
    pub unread: BTreeSet<ChallengeId>,
    /// The end of its last poll of each challenge, and what it said.
    pub polled: BTreeMap<ChallengeId, (u64, Heard)>,
}

impl Page {
    /// One that shows nothing yet.
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

    /// The code of this challenge, if it was given it.
    pub fn code(&self, id: &ChallengeId) -> Option<&Code> {
        self.codes.iter().find(|code| code.id == *id)
    }

    /// One of its codes, counted from the newest.
    pub fn newest(&self, n: u8) -> Option<&Code> {
        let count = self.codes.len();
        (count > 0).then(|| &self.codes[count - 1 - usize::from(n) % count])
    }

    /// The code before one that it asks for by its timer. The official SDK forgets it at once.
    pub fn refreshes(&mut self) {
        if self.kind == Kind::Socket
            && let Some(code) = self.codes.last_mut()
        {
            code.forgotten = true;
        }
    }

    /// Whether a change of this challenge reaches the page: its SDK knows the code and heard no end of it.
    pub fn heeds(&self, id: &ChallengeId) -> bool {
        let is_over = self.heard.get(id).is_some_and(|heard| *heard >= Heard::Rejected);
        self.code(id).is_some_and(|code| !code.forgotten) && !is_over
    }
}
