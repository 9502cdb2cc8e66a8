use scanlatch_protocol::credential::{Credential, RemovedBy, RemovedCredential};
use scanlatch_protocol::id::{CredentialId, TenantId, UserId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::user::UserFilter;
use scanlatch_protocol::user::{Revision, User};
use scanlatch_service::port::{Forgets, ListsUsers, Revises, Users};
use scanlatch_service::{Result, Unavailable};

use super::Memory;

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
                let left = RemovedCredential::of_method(*method, RemovedBy::Backend, now);
                tables.removed.insert((*tenant, id.clone(), *method), left);
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
            tables.removed.retain(|(owner, user, _), _| (owner, user) != (tenant, id));
            tables.actions.retain(|_, stored| (stored.name.tenant, &stored.name.user) != (*tenant, id));
            tables.sessions.retain(|(owner, user, _), _| (owner, user) != (tenant, id));
            tables.users.remove(&(*tenant, id.clone()));
        }
        self.replied(())
    }
}
