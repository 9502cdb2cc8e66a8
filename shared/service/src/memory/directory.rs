//! What outlives a login: tenants, users, their credentials, actions and sessions.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionFilter;
use scanlatch_protocol::action::{Action, ActionName, ActionState};
use scanlatch_protocol::credential::{Credential, RemovedBy};
use scanlatch_protocol::id::{CredentialId, SessionId, TenantId, UserId};
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::session::Session;
use scanlatch_protocol::tenant::{MAX_SECRET_KEYS, SecretKeyRecord, Tenant};
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::user::UserFilter;
use scanlatch_protocol::user::{Revision, User};

use super::Memory;
use super::store::{Tables, name};
use crate::port::{
    Administers, Begins, Ends, Forgets, ListsActions, ListsCredentials, ListsUsers, MAX_ACTIONS, Refreshes, Revises,
    Revokes, Sessions, SetsActionState, Tenants, Users,
};
use crate::{Result, Unavailable};

impl Users for Memory {
    async fn user(&self, tenant: &TenantId, id: &UserId) -> Result<Option<User>, Unavailable> {
        Ok(self.tables("user").await.users.get(&(*tenant, id.clone())).cloned())
    }
}

impl Revises for Memory {
    async fn revise(
        &self,
        tenant: &TenantId,
        id: &UserId,
        _current: Option<&User>,
        revision: &Revision,
        now: Timestamp,
    ) -> Result<User> {
        let revised = {
            let mut tables = self.tables("revise").await;
            let place = (*tenant, id.clone());
            let revised = match tables.users.get(&place) {
                Some(user) => user.revised(revision)?,
                None => User::unknown(id.clone(), now).revised(revision)?,
            };
            if let Revision::Forgotten(method) = revision {
                tables.removed.insert((*tenant, id.clone(), *method));
            }
            tables.users.insert(place, revised.clone());
            revised
        };
        Ok(self.replied(revised)?)
    }
}

impl ListsUsers for Memory {
    async fn users(
        &self,
        tenant: &TenantId,
        wanted: &UserFilter,
        after: Option<&UserId>,
        limit: u32,
    ) -> Result<(Vec<User>, bool), Unavailable> {
        let tables = self.tables("users").await;
        let of_tenant = tables.users.iter().filter(|((owner, _), _)| owner == tenant).map(|(_, user)| user);
        let mut rest = of_tenant.filter(|user| wanted.matches(user) && after.is_none_or(|after| user.id > *after));
        let users: Vec<User> = rest.by_ref().take(limit as usize).cloned().collect();
        let more = rest.next().is_some();
        Ok((users, more))
    }
}

impl Forgets for Memory {
    async fn forget(&self, tenant: &TenantId, id: &UserId) -> Result<(), Unavailable> {
        {
            let mut tables = self.tables("forget").await;
            let own = |stored: &&Credential| (stored.tenant, &stored.user) == (*tenant, id);
            let revoked: Vec<CredentialId> = tables.credentials.values().filter(own).map(|stored| stored.id).collect();
            for credential in &revoked {
                tables.void(tenant, credential);
            }
            tables.credentials.retain(|_, stored| (stored.tenant, &stored.user) != (*tenant, id));
            tables.removed.retain(|(owner, user, _)| (owner, user) != (tenant, id));
            tables.actions.retain(|_, stored| (stored.name.tenant, &stored.name.user) != (*tenant, id));
            tables.sessions.retain(|(owner, user, _), _| (owner, user) != (tenant, id));
            tables.users.remove(&(*tenant, id.clone()));
        }
        self.replied(())
    }
}

impl ListsCredentials for Memory {
    async fn credentials_of(&self, tenant: &TenantId, user: &UserId) -> Result<Vec<Credential>, Unavailable> {
        let tables = self.tables("credentials_of").await;
        let own = tables.credentials.values().filter(|stored| (stored.tenant, &stored.user) == (*tenant, user));
        Ok(own.cloned().collect())
    }
}

impl Revokes for Memory {
    async fn revoke(&self, tenant: &TenantId, user: &UserId, id: &CredentialId) -> Result<bool, Unavailable> {
        let known = {
            let mut tables = self.tables("revoke").await;
            let is_it = |stored: &&Credential| (stored.tenant, &stored.user, stored.id) == (*tenant, user, *id);
            if let Some(credential) = tables.credentials.values().find(is_it).cloned() {
                tables.remove(&credential, RemovedBy::Backend);
            }
            let known = tables.removed.contains(&(*tenant, user.clone(), *id));
            // Also of a phone that has signed out meanwhile.
            if known {
                tables.void(tenant, id);
            }
            known
        };
        self.replied(known)
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

impl Tables {
    fn has_namesake(&self, tenant: &Tenant) -> bool {
        self.tenants.values().any(|other| other.id != tenant.id && other.name == tenant.name)
    }
}

impl Tenants for Memory {
    async fn tenant(&self, id: &TenantId) -> Result<Option<Tenant>, Unavailable> {
        Ok(self.tables("tenant").await.tenants.get(id).cloned())
    }
}

impl Administers for Memory {
    async fn put_tenant(&self, tenant: &Tenant) -> Result<()> {
        {
            let mut tables = self.tables("put_tenant").await;
            if tables.has_namesake(tenant) {
                return Err(Refusal::NameTaken.into());
            }
            let stored = tables.tenants.entry(tenant.id).or_insert_with(|| tenant.clone());
            stored.name.clone_from(&tenant.name);
            stored.enabled = tenant.enabled;
            stored.settings = tenant.settings.clone();
        }
        Ok(self.replied(())?)
    }

    async fn change_tenant(&self, seen: &Tenant, to: &Tenant) -> Result<bool> {
        let changed = {
            let mut tables = self.tables("change_tenant").await;
            let taken = tables.has_namesake(to);
            match tables.tenants.get_mut(&seen.id) {
                Some(stored) if stored.reads_like(seen) && taken => return Err(Refusal::NameTaken.into()),
                Some(stored) if stored.reads_like(seen) => {
                    stored.name.clone_from(&to.name);
                    stored.enabled = to.enabled;
                    stored.settings = to.settings.clone();
                    true
                }
                _ => false,
            }
        };
        Ok(self.replied(changed)?)
    }

    async fn add_secret_key(&self, tenant: &TenantId, digest: &Digest, now: Timestamp) -> Result<()> {
        {
            let mut tables = self.tables("add_secret_key").await;
            let tenant = tables.tenants.get_mut(tenant).ok_or(Refusal::Unauthorized)?;
            if !tenant.has_secret_key(digest) {
                if tenant.secret_keys.len() >= MAX_SECRET_KEYS {
                    return Err(Refusal::TooManySecretKeys.into());
                }
                tenant.secret_keys.push(SecretKeyRecord { digest: *digest, created_at: now });
            }
        }
        Ok(self.replied(())?)
    }

    async fn remove_secret_key(&self, tenant: &TenantId, digest: &Digest) -> Result<(), Unavailable> {
        if let Some(tenant) = self.tables("remove_secret_key").await.tenants.get_mut(tenant) {
            tenant.secret_keys.retain(|key| key.digest != *digest);
        }
        self.replied(())
    }

    async fn tenants(&self) -> Result<Vec<Tenant>, Unavailable> {
        Ok(self.tables("tenants").await.tenants.values().cloned().collect())
    }

    async fn forget_tenant(&self, id: &TenantId) -> Result<(), Unavailable> {
        self.tables("forget_tenant").await.tenants.remove(id);
        self.replied(())
    }
}
