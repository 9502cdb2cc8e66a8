use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::{ActionName, ActionState};
use scanlatch_protocol::id::{SessionId, TenantId, UserId};
use scanlatch_protocol::session::Session;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{Begins, Ends, Refreshes, Sessions};
use scanlatch_service::{Result, Unavailable};

use super::Memory;
use super::actions::name;

impl Sessions for Memory {
    async fn session(&self, tenant: &TenantId, user: &UserId, id: &SessionId) -> Result<Option<Session>, Unavailable> {
        Ok(self.tables("session").await.sessions.get(&(*tenant, user.clone(), *id)).cloned())
    }
}

impl Begins for Memory {
    async fn begin(&self, session: &Session, action: &ActionName) -> Result<Session> {
        let begun = {
            let mut tables = self.tables("begin").await;
            let stands = tables.actions.get(&name(action)).map(|action| action.state);
            let user = tables.users.get(&(session.tenant, session.user.clone()));
            let may_begin = stands == Some(ActionState::ChallengeSucceeded)
                && user.is_some_and(|user| user.session_epoch == session.epoch);
            let place = (session.tenant, session.user.clone(), session.id);
            match tables.sessions.get(&place) {
                Some(stored) => stored.clone(),
                None if !may_begin => return Err(Refusal::InvalidToken.into()),
                None => {
                    tables.sessions.insert(place, session.clone());
                    session.clone()
                }
            }
        };
        Ok(self.replied(begun)?)
    }
}

impl Refreshes for Memory {
    async fn refresh(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: &SessionId,
        presented: u32,
        now: Timestamp,
    ) -> Result<Session> {
        let refreshed = {
            let mut tables = self.tables("refresh").await;
            let owner = tables.users.get(&(*tenant, user.clone())).cloned();
            let stored = tables.sessions.get_mut(&(*tenant, user.clone(), *id)).ok_or(Refusal::InvalidToken)?;
            *stored = stored.refreshed(presented, owner.as_ref(), now)?;
            stored.clone()
        };
        Ok(self.replied(refreshed)?)
    }
}

impl Ends for Memory {
    async fn end(&self, tenant: &TenantId, user: &UserId, id: &SessionId, now: Timestamp) -> Result<(), Unavailable> {
        if let Some(stored) = self.tables("end").await.sessions.get_mut(&(*tenant, user.clone(), *id)) {
            *stored = stored.revoked(now);
        }
        self.replied(())
    }

    async fn end_all(&self, tenant: &TenantId, user: &UserId) -> Result<(), Unavailable> {
        if let Some(user) = self.tables("end_all").await.users.get_mut(&(*tenant, user.clone())) {
            user.session_epoch += 1;
        }
        self.replied(())
    }
}
