//! What an approval comes to: held, taken back or redeemed.

use protocol::Refusal;
use protocol::challenge::{Challenge, Event, State};
use protocol::id::{ActionCode, CallId, ChallengeId, TenantId};
use protocol::time::Timestamp;

use super::Memory;
use super::store::Tables;
use crate::Result;
use crate::port::{Redeems, Settles};

impl Tables {
    /// What a call that could tell nobody makes of an approval, which may be taken back so; its action is then as it was.
    fn taken_back(&mut self, approved: &Challenge, event: &Event, now: Timestamp) -> Result<Challenge> {
        let Some((by, _)) = approved.state.approval() else { return Err(Refusal::NotApproved.into()) };
        let Ok((then, changed)) = self.transition(&approved.tenant, &approved.id, event, now) else {
            let stands = self.challenges.get(&(approved.tenant, approved.id));
            return Ok(stands.cloned().ok_or(Refusal::UnknownChallenge)?);
        };
        if changed && matches!(then.state, State::Cancelled { .. }) {
            self.unrecord(&approved.action_of(&by.user), approved.id, now);
        }
        Ok(then)
    }
}

impl Settles for Memory {
    async fn hold(&self, tenant: &TenantId, id: &ChallengeId, call: CallId) -> Result<Challenge> {
        let now = Timestamp::from_millis(0);
        let (challenge, _) = self.tables("hold").await.transition(tenant, id, &Event::Hold(call), now)?;
        Ok(self.replied(challenge)?)
    }

    async fn settle(&self, tenant: &TenantId, id: &ChallengeId) -> Result<()> {
        let now = Timestamp::from_millis(0);
        self.tables("settle").await.transition(tenant, id, &Event::Settle, now)?;
        Ok(self.replied(())?)
    }

    async fn release(&self, challenge: &Challenge, call: CallId, now: Timestamp) -> Result<Challenge> {
        let then = self.tables("release").await.taken_back(challenge, &Event::Release(call), now)?;
        Ok(self.replied(then)?)
    }

    async fn take_back(&self, challenge: &Challenge, now: Timestamp) -> Result<Challenge> {
        let Some((by, at)) = challenge.state.approval() else { return Err(Refusal::NotApproved.into()) };
        let event = Event::TakeBack { by: by.clone(), at };
        let then = self.tables("take_back").await.taken_back(challenge, &event, now)?;
        Ok(self.replied(then)?)
    }
}

impl Redeems for Memory {
    async fn redeem(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        action: Option<&ActionCode>,
        now: Timestamp,
    ) -> Result<(Challenge, bool)> {
        let redeemed = {
            let mut tables = self.tables("redeem").await;
            let was_consumed = tables
                .challenges
                .get(&(*tenant, *id))
                .is_some_and(|stood| matches!(stood.state, State::Consumed { .. }));
            let (challenge, _) = tables.transition(tenant, id, &Event::Redeem(action.cloned()), now)?;
            (challenge, !was_consumed)
        };
        Ok(self.replied(redeemed)?)
    }
}
