use std::collections::BTreeSet;

use crate::credential::Holder;
use crate::id::CallId;
use crate::time::Timestamp;

/// How many calls may repeat an approval at once; a further one is refused.
pub const MAX_REPEATS: usize = 8;

/// How far a challenge got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has claimed it yet.
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
        /// What keeps it from being taken back.
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
        /// When a backend redeemed it.
        redeemed_at: Timestamp,
    },
    /// The holder said yes but the screen could not hear it, so it was taken back before the phone was told yes.
    Cancelled {
        /// The holder.
        by: Holder,
        /// When the holder approved.
        at: Timestamp,
    },
    /// The holder said yes, and the credential was revoked later.
    Revoked {
        /// The holder.
        by: Holder,
        /// When the holder approved.
        at: Timestamp,
    },
}

/// What keeps an approval from being taken back, if its screen cannot come back. The call that made the approval takes
/// it back if the screen is gone. A call that repeats the approval prevents this while it tells the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Hold {
    /// Nothing.
    #[default]
    Free,
    /// At least one call that repeats it is telling the screen.
    Repeated {
        /// The calls.
        calls: BTreeSet<CallId>,
        /// Whether the call that made it found the screen gone. The last of these calls then takes it back.
        unheard: bool,
    },
    /// The screen may have heard it from a call that repeated it.
    Settled,
}

impl State {
    /// Who claimed or decided it.
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

    /// Whether it is still undecided.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Unclaimed | Self::Claimed { .. })
    }
}
