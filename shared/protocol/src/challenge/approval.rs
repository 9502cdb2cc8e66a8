use crate::Refusal;
use crate::credential::Holder;
use crate::time::Timestamp;

use super::Challenge;

/// An approval that counts. Only a challenge that is approved gives one, so nothing else can be signed for.
#[derive(Clone, Copy, Debug)]
pub struct Approval<'a> {
    pub(super) challenge: &'a Challenge,
    pub(super) by: &'a Holder,
    pub(super) at: Timestamp,
}

impl<'a> Approval<'a> {
    /// What was approved.
    pub fn challenge(self) -> &'a Challenge {
        self.challenge
    }

    /// Who approved.
    pub fn by(self) -> &'a Holder {
        self.by
    }

    /// When.
    pub fn at(self) -> Timestamp {
        self.at
    }
}

impl Challenge {
    /// The approval, redeemed or not, while it counts.
    pub fn approval(&self) -> Option<Approval<'_>> {
        self.state.approval().map(|(by, at)| Approval { challenge: self, by, at })
    }

    /// The approval, while it can be redeemed.
    ///
    /// # Errors
    /// [`Refusal::NotApproved`], and [`Refusal::Expired`] if it is too late.
    pub fn approval_at(&self, now: Timestamp) -> Result<Approval<'_>, Refusal> {
        let approval = self.approval().ok_or(Refusal::NotApproved)?;
        if now < self.redeemable_until(approval.at) { Ok(approval) } else { Err(Refusal::Expired) }
    }
}
