use crate::credential::Holder;
use crate::time::Timestamp;

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
        /// Whether the holder asked again since, which bars taking it back.
        held: bool,
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
