use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionFilter;
use scanlatch_protocol::action::{Action, ActionName, ActionState};
use scanlatch_protocol::id::{ChallengeId, TenantId, UserId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{Actions, ListsActions, MAX_ACTIONS, SetsActionState, Tracks};
use scanlatch_service::{Result, Unavailable};

use super::Memory;
use super::tables::Tables;

pub(super) fn name(action: &ActionName) -> String {
    format!("{action:?}")
}

impl Tables {
    /// Writes a decision's record; of a tracked action only the state changes.
    pub(super) fn record(&mut self, action: &Action) {
        let before = self.actions.get(&name(&action.name)).map(|record| record.state);
        self.before_decision.insert(name(&action.name), before.unwrap_or(ActionState::ChallengeFailed));
        let record = self.actions.entry(name(&action.name)).or_insert_with(|| action.clone());
        record.state = action.state;
        record.state_updated_at = action.state_updated_at;
        record.expires_at = action.expires_at;
        record.verified_by = action.verified_by;
        record.decided_in = action.decided_in;
        record.trace.clone_from(&action.trace);
    }

    /// Undoes what a decision wrote, unless a backend has judged the action since.
    pub(super) fn unrecord(&mut self, action: &ActionName, decided_in: ChallengeId, now: Timestamp) {
        let before = self.before_decision.get(&name(action)).copied();
        let record = self.actions.get_mut(&name(action));
        let record = record
            .filter(|record| record.state == ActionState::ChallengeSucceeded && record.decided_in == Some(decided_in));
        if let (Some(record), Some(before)) = (record, before) {
            record.state = before;
            record.state_updated_at = now;
            record.verified_by = None;
            record.decided_in = None;
            record.trace = None;
        }
    }
}

impl Tracks for Memory {
    async fn track(&self, action: &Action) -> Result<Action, Unavailable> {
        let stored = {
            let mut tables = self.tables("track").await;
            let stored = tables.actions.entry(name(&action.name)).or_insert_with(|| action.clone());
            if stored.expires_at <= action.created_at {
                *stored = action.clone();
            }
            stored.clone()
        };
        self.replied(stored)
    }
}

impl Actions for Memory {
    async fn action(&self, wanted: &ActionName, now: Timestamp) -> Result<Option<Action>, Unavailable> {
        Ok(self.tables("action").await.actions.get(&name(wanted)).filter(|action| now < action.expires_at).cloned())
    }
}

impl ListsActions for Memory {
    async fn actions_of(
        &self,
        tenant: &TenantId,
        user: &UserId,
        sought: &ActionFilter,
        now: Timestamp,
    ) -> Result<Vec<Action>, Unavailable> {
        let tables = self.tables("actions_of").await;
        let own = tables.actions.values().filter(|stored| (stored.name.tenant, &stored.name.user) == (*tenant, user));
        let mut actions: Vec<Action> =
            own.filter(|action| now < action.expires_at && sought.matches(action)).cloned().collect();
        actions.sort_by_key(|action| std::cmp::Reverse(action.created_at));
        actions.truncate(MAX_ACTIONS);
        Ok(actions)
    }
}

impl SetsActionState for Memory {
    async fn set_state(&self, wanted: &ActionName, state: ActionState, now: Timestamp) -> Result<Action> {
        let judged = {
            let mut tables = self.tables("set_state").await;
            let stored = tables.actions.get_mut(&name(wanted)).filter(|action| now < action.expires_at);
            let action = stored.ok_or(Refusal::UnknownAction)?;
            action.state = state;
            action.state_updated_at = now;
            action.decided_in = None;
            action.clone()
        };
        Ok(self.replied(judged)?)
    }
}
