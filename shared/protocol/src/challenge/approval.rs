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
