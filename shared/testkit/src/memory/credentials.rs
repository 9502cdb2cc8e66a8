use scanlatch_protocol::Refusal;
use scanlatch_protocol::credential::conduct::{MAX_CLAIM_MARKS, Mark};
use scanlatch_protocol::credential::{
    Credential, Enrolled, EnrolmentRules, Holder, Permit, RemovedBy, RemovedCredential, enrol,
};
use scanlatch_protocol::id::{CredentialId, TenantId, UserId};
use scanlatch_protocol::key::{Removal, Thumbprint};
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::user::User;
use scanlatch_service::port::{
    Clock as _, CountsClaims, Credentials, Enrolments, Enrols, ListsCredentials, ListsRemoved, Removes, Revokes,
};
use scanlatch_service::{Result, Unavailable};

use super::Memory;
use super::actions::name;
use super::tables::Tables;

impl Tables {
    pub(super) fn is_enrolled(&self, tenant: &TenantId, holder: &Holder) -> bool {
        let is_holder = |stored: &Credential| (&stored.tenant, stored.holder()) == (tenant, holder.clone());
        self.credentials.values().any(is_holder)
    }

    /// The credential's user, created if absent.
    pub(super) fn user_of(&mut self, credential: &Credential) -> &mut User {
        let place = (credential.tenant, credential.user.clone());
        self.users.entry(place).or_insert_with(|| User::unknown(credential.user.clone(), credential.verified_at))
    }

    /// Spends the removal; false if it was spent before.
    pub(super) fn spend(&mut self, tenant: &TenantId, key: &Thumbprint, removal: &Removal) -> bool {
        self.spent_removals.insert((*tenant, key.clone(), removal.signature.to_text()))
    }

    pub(super) fn has(&self, credential: &Credential) -> bool {
        let place = (credential.tenant, credential.thumbprint());
        self.credentials.get(&place).is_some_and(|stored| stored.id == credential.id)
    }

    pub(super) fn remove(&mut self, credential: &Credential, by: RemovedBy, now: Timestamp) {
        if self.has(credential)
            && let Some(stored) = self.credentials.remove(&(credential.tenant, credential.thumbprint()))
        {
            let place = (credential.tenant, credential.user.clone(), credential.id);
            self.removed.insert(place, RemovedCredential::of(&stored, by, now));
            let user = self.user_of(credential);
            *user = user.without_device(by);
        }
    }
}

impl Enrolments for Memory {
    async fn is_enrolled(&self, tenant: &TenantId, user: &UserId, id: &CredentialId) -> Result<bool, Unavailable> {
        let holder = Holder { user: user.clone(), credential: *id };
        Ok(self.tables("is_enrolled").await.is_enrolled(tenant, &holder))
    }
}

impl Credentials for Memory {
    async fn credential(&self, tenant: &TenantId, key: &Thumbprint) -> Result<Option<Credential>, Unavailable> {
        Ok(self.tables("credential").await.credentials.get(&(*tenant, key.clone())).cloned())
    }
}

impl CountsClaims for Memory {
    async fn count_claim(
        &self,
        tenant: &TenantId,
        key: &Thumbprint,
        mark: Mark,
    ) -> Result<Option<Credential>, Unavailable> {
        let mut tables = self.tables("count_claim").await;
        let credential = tables.credentials.get_mut(&(*tenant, key.clone()));
        let counted = credential.map(|credential| {
            if credential.conduct.claims.len() < MAX_CLAIM_MARKS {
                credential.conduct.claims.insert(mark);
            }
            credential.clone()
        });
        Ok(counted)
    }

    async fn forget_claim(&self, tenant: &TenantId, key: &Thumbprint, mark: Mark) -> Result<(), Unavailable> {
        let mut tables = self.tables("forget_claim").await;
        if let Some(credential) = tables.credentials.get_mut(&(*tenant, key.clone())) {
            credential.conduct.claims.remove(&mark);
        }
        Ok(())
    }
}

impl Enrols for Memory {
    async fn enrol(
        &self,
        new: &Credential,
        _current: Option<&Credential>,
        rules: EnrolmentRules,
        permit: &Permit,
    ) -> Result<Enrolled> {
        let enrolled = {
            let mut tables = self.tables("enrol").await;
            let place = (new.tenant, new.thumbprint());
            let user = tables.users.get(&(new.tenant, new.user.clone())).cloned();
            let user = user.unwrap_or_else(|| User::unknown(new.user.clone(), new.verified_at));
            let enrolled = enrol(new, tables.credentials.get(&place), &user, rules)?;
            let is_new = !matches!(enrolled, Enrolled::Kept(_));
            if is_new {
                let spent = (name(&permit.action), permit.token, permit.kind);
                permit.check_grant(tables.actions.get(&spent.0), tables.spent_permits.contains(&spent))?;
                tables.spent_permits.insert(spent);
            }
            if let Some(old) = tables.credentials.get(&place).cloned().filter(|_| is_new) {
                tables.remove(&old, RemovedBy::OtherUser, self.now());
            }
            if is_new {
                tables.user_of(new).devices += 1;
            }
            tables.credentials.insert(place, enrolled.credential().clone());
            enrolled
        };
        Ok(self.replied(enrolled)?)
    }
}

impl Removes for Memory {
    async fn remove(&self, credential: &Credential, removal: &Removal) -> Result<()> {
        {
            let mut tables = self.tables("remove").await;
            let is_spent = !tables.spend(&credential.tenant, &credential.thumbprint(), removal);
            if is_spent && tables.has(credential) {
                return Err(Refusal::InvalidCredential.into());
            }
            tables.remove(credential, RemovedBy::Device, self.now());
        }
        Ok(self.replied(())?)
    }

    async fn spend(&self, tenant: &TenantId, key: &Thumbprint, removal: &Removal) -> Result<(), Unavailable> {
        self.tables("spend").await.spend(tenant, key, removal);
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

impl ListsRemoved for Memory {
    async fn removed_of(
        &self,
        tenant: &TenantId,
        user: &UserId,
        now: Timestamp,
    ) -> Result<Vec<RemovedCredential>, Unavailable> {
        let tables = self.tables("removed_of").await;
        let own = tables.removed.iter().filter(|((owner, of, _), _)| (owner, of) == (tenant, user));
        Ok(own.map(|(_, left)| left).filter(|left| now < left.kept_until()).cloned().collect())
    }
}

impl Revokes for Memory {
    async fn revoke(&self, tenant: &TenantId, user: &UserId, id: &CredentialId) -> Result<bool, Unavailable> {
        let known = {
            let mut tables = self.tables("revoke").await;
            let is_it = |stored: &&Credential| (stored.tenant, &stored.user, stored.id) == (*tenant, user, *id);
            if let Some(credential) = tables.credentials.values().find(is_it).cloned() {
                tables.remove(&credential, RemovedBy::Backend, self.now());
            }
            let known = tables.removed.contains_key(&(*tenant, user.clone(), *id));
            // Also for a phone that has signed out meanwhile.
            if known {
                tables.void(tenant, id);
            }
            known
        };
        self.replied(known)
    }
}
