use std::collections::BTreeSet;

use crate::credential::Holder;
use crate::id::CallId;
use crate::time::Timestamp;

/// As many calls that repeat an approval are remembered at once; a further one is refused.
pub const MAX_REPEATS: usize = 8;

/// How far a challenge got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody scanned it yet.
    Unclaimed,
    /// A phone holds it.
    Claimed {
        /// The phone.
        by: Holder,
        /// When.
        at: Timestamp,
    },
    /// The holder said yes.
    Approved {
        /// The holder.
        by: Holder,
        /// When.
        at: Timestamp,
        /// What bars taking it back.
        hold: Hold,
    },
    /// The holder said no.
    Rejected {
        /// The holder.
        by: Holder,
        /// When.
        at: Timestamp,
    },
    /// A backend redeemed the approval.
    Consumed {
        /// The holder.
        by: Holder,
        /// When the holder approved.
        at: Timestamp,
        /// When the first backend asked.
        redeemed_at: Timestamp,
    },
    /// The holder said yes and nobody could hear it, so it was taken back before the phone was told.
    Cancelled {
        /// The holder.
        by: Holder,
        /// When the holder approved.
        at: Timestamp,
    },
    /// The holder said yes, and its credential was revoked since.
    Revoked {
        /// The holder.
        by: Holder,
        /// When the holder approved.
        at: Timestamp,
    },
}

/// What bars taking an approval back, where its screen cannot come back. The call that made the approval may take it back
/// if the screen is gone. A call that repeats the approval bars this for as long as it tells the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Hold {
    /// Nothing.
    #[default]
    Free,
    /// Calls that repeat it are telling the screen; at least one.
    Repeated {
        /// The calls.
        calls: BTreeSet<CallId>,
        /// Whether the call that made it found its screen gone, so that the last of them takes it back.
        unheard: bool,
    },
    /// The screen may have heard it from a call that repeated it.
    Settled,
}

impl State {
    /// Who claimed.
    pub fn holder(&self) -> Option<&Holder> {
        match self {
            Self::Unclaimed => None,
            Self::Claimed { by, .. }
            | Self::Approved { by, .. }
            | Self::Rejected { by, .. }
            | Self::Consumed { by, .. }
            | Self::Cancelled { by, .. }
            | Self::Revoked { by, .. } => Some(by),
        }
    }

    /// Who approved and when, redeemed or not, while the approval counts.
    pub fn approval(&self) -> Option<(&Holder, Timestamp)> {
        match self {
            Self::Approved { by, at, .. } | Self::Consumed { by, at, .. } => Some((by, *at)),
            _ => None,
        }
    }

    /// Whether its holder has yet to decide, or nobody holds it.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Unclaimed | Self::Claimed { .. })
    }
}
