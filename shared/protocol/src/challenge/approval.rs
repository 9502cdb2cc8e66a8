use crate::Refusal;
use crate::credential::Holder;
use crate::time::Timestamp;

use super::Challenge;

/// An approval that counts. Only an approved challenge gives one, so no result token exists without an approval.
#[derive(Clone, Copy, Debug)]
pub struct Approval<'a> {
    pub(super) challenge: &'a Challenge,
    pub(super) by: &'a Holder,
    pub(super) at: Timestamp,
}

impl<'a> Approval<'a> {
    /// The approved challenge.
    pub fn challenge(self) -> &'a Challenge {
        self.challenge
    }

    /// Who approved.
    pub fn by(self) -> &'a Holder {
        self.by
    }

    /// When the user approved.
    pub fn at(self) -> Timestamp {
        self.at
    }

    /// From this instant a token that is handed out at `now` no longer serves. It moves in steps of half the lifetime of
    /// a token, so that polls that overlap get the same text, and each token serves for at least half of it.
    pub fn token_until(self, now: Timestamp) -> Timestamp {
        let step = (self.challenge.token_ms / 2).max(1);
        let steps = (now.millis() - self.at.millis()).max(0) / step;
        let until = self.at.plus(step.saturating_mul(steps.saturating_add(2)));
        until.min(self.challenge.redeemable_until(self.at))
    }
}

impl Challenge {
    /// The approval, redeemed or not, while it counts.
    pub fn approval(&self) -> Option<Approval<'_>> {
        self.state.approval().map(|(by, at)| Approval { challenge: self, by, at })
    }

    /// The approval, if it can be redeemed at `now`.
    ///
    /// # Errors
    /// [`Refusal::NotApproved`], and [`Refusal::Expired`] if it is too late.
    pub fn approval_at(&self, now: Timestamp) -> Result<Approval<'_>, Refusal> {
        let approval = self.approval().ok_or(Refusal::NotApproved)?;
        if now < self.redeemable_until(approval.at) { Ok(approval) } else { Err(Refusal::Expired) }
    }
}
