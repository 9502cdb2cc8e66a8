use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use protocol::Refusal;
use protocol::action::{Action, ActionName};
use protocol::challenge::{Challenge, Decision, Event, Screen, Withdrawal};
use protocol::credential::{Credential, CredentialKind, Enrolled, EnrolmentRules, Holder, Permit, RemovedBy, enrol};
use protocol::custom::Custom;
use protocol::id::{ChallengeId, ConnectionId, CredentialId, SessionId, TenantId, TokenId, UserId};
use protocol::key::{Removal, Thumbprint};
use protocol::ring::Ring;
use protocol::session::Session;
use protocol::signing::SigningKey;
use protocol::tenant::Tenant;
use protocol::time::Timestamp;
use protocol::user::User;

use super::Memory;
use crate::port::{
    Actions, Binds, Challenges, Claims, Connection, Connections, Connects, Creates, Credentials, Decides, Disconnects,
    Enrols, Found, Pending, Redeems, Removes, Replaces, Shown, Tracks, Withdraws,
};
use crate::{Error, Result, Unavailable};

#[derive(Debug, Default)]
pub(super) struct Tables {
    challenges: BTreeMap<(TenantId, ChallengeId), Challenge>,
    connections: BTreeMap<ConnectionId, Connection>,
    pub(super) tenants: BTreeMap<TenantId, Tenant>,
    pub(super) credentials: BTreeMap<(TenantId, Thumbprint), Credential>,
    pub(super) removed: BTreeSet<(TenantId, UserId, CredentialId)>,
    pub(super) users: BTreeMap<(TenantId, UserId), User>,
    pub(super) actions: BTreeMap<String, Action>,
    spent_removals: BTreeSet<(TenantId, Thumbprint, String)>,
    spent_permits: BTreeSet<(String, TokenId, CredentialKind)>,
    pub(super) sessions: BTreeMap<(TenantId, UserId, SessionId), Session>,
    pub(super) ring: Ring,
    pub(super) private_keys: BTreeMap<u64, Arc<SigningKey>>,
}

impl Tables {
    fn transition(
        &mut self,
        tenant: &TenantId,
        id: &ChallengeId,
        event: &Event,
        now: Timestamp,
    ) -> Result<(Challenge, bool)> {
        let stood = self.challenges.get_mut(&(*tenant, *id)).ok_or(Refusal::UnknownChallenge)?;
        let then = stood.apply(event, now)?;
        let changed = then != *stood;
        *stood = then.clone();
        Ok((then, changed))
    }

    /// Writes a decision's record; of one that was tracked only the state changes.
    fn record(&mut self, action: &Action) {
        let record = self.actions.entry(name(&action.name)).or_insert_with(|| action.clone());
        record.state = action.state;
        record.state_updated_at = action.state_updated_at;
        record.expires_at = action.expires_at;
        record.verified_by = action.verified_by;
        if record.custom.is_none() {
            record.custom.clone_from(&action.custom);
        }
    }

    /// The credential's user, who is stored if nothing was yet.
    fn user_of(&mut self, credential: &Credential) -> &mut User {
        let place = (credential.tenant, credential.user.clone());
        self.users.entry(place).or_insert_with(|| User::unknown(credential.user.clone(), credential.verified_at))
    }

    /// Whether it had not been spent.
    fn spend(&mut self, tenant: &TenantId, key: &Thumbprint, removal: &Removal) -> bool {
        self.spent_removals.insert((*tenant, key.clone(), removal.signature.to_text()))
    }

    fn has(&self, credential: &Credential) -> bool {
        let place = (credential.tenant, credential.thumbprint());
        self.credentials.get(&place).is_some_and(|stored| stored.id == credential.id)
    }

    pub(super) fn remove(&mut self, credential: &Credential, by: RemovedBy) {
        if self.has(credential) {
            self.credentials.remove(&(credential.tenant, credential.thumbprint()));
            self.removed.insert((credential.tenant, credential.user.clone(), credential.id));
            let user = self.user_of(credential);
            *user = user.without_device(by);
        }
    }
}

pub(super) fn name(action: &ActionName) -> String {
    format!("{action:?}")
}

impl Creates for Memory {
    async fn create(&self, challenge: &Challenge) -> std::result::Result<(), Unavailable> {
        self.tables("create").challenges.entry((challenge.tenant, challenge.id)).or_insert_with(|| challenge.clone());
        self.replied(())
    }
}

impl Challenges for Memory {
    async fn challenge(&self, tenant: &TenantId, id: &ChallengeId) -> Found<Challenge> {
        Ok(self.tables("challenge").challenges.get(&(*tenant, *id)).cloned())
    }
}

impl Claims for Memory {
    async fn claim(&self, tenant: &TenantId, id: &ChallengeId, by: &Holder, now: Timestamp) -> Result<Challenge> {
        let (challenge, _) = self.tables("claim").transition(tenant, id, &Event::Claim(by.clone()), now)?;
        Ok(self.replied(challenge)?)
    }
}

impl Decides for Memory {
    async fn decide(
        &self,
        challenge: &Challenge,
        by: &Credential,
        decision: Decision,
        action: &Action,
        now: Timestamp,
    ) -> Result<Challenge> {
        let decided = {
            let mut tables = self.tables("decide");
            let event = Event::Decide(by.holder(), decision);
            let stands = tables.challenges.get(&(challenge.tenant, challenge.id)).ok_or(Refusal::UnknownChallenge)?;
            let then = stands.apply(&event, now)?;
            if then != *stands {
                let tables = &mut *tables;
                let credential = tables.credentials.get_mut(&(by.tenant, by.thumbprint()));
                let credential = credential.filter(|stored| stored.id == by.id).ok_or(Refusal::InvalidCredential)?;
                match tables.actions.get(&name(&action.name)) {
                    Some(record) => record.state.admits_challenge()?,
                    None if then.subject.is_some() => return Err(Refusal::UnknownChallenge.into()),
                    None => {}
                }
                credential.last_verified_at = Some(now);
                tables.challenges.insert((challenge.tenant, challenge.id), then.clone());
                tables.record(action);
            }
            then
        };
        Ok(self.replied(decided)?)
    }
}

impl Binds for Memory {
    async fn bind(
        &self,
        challenge: &Challenge,
        to: &ActionName,
        custom: Option<&Custom>,
        now: Timestamp,
    ) -> Result<Challenge> {
        let event = Event::Bind(to.clone(), custom.cloned());
        let bound = self.tables("bind").transition(&challenge.tenant, &challenge.id, &event, now);
        let (challenge, _) = bound.map_err(|error| match error {
            Error::Refused(Refusal::UnknownChallenge) => Refusal::NotOpen.into(),
            other => other,
        })?;
        Ok(self.replied(challenge)?)
    }
}

impl Pending for Memory {
    async fn pending(
        &self,
        tenant: &TenantId,
        user: &UserId,
        now: Timestamp,
    ) -> std::result::Result<Vec<Challenge>, Unavailable> {
        let tables = self.tables("pending");
        let of_tenant = tables.challenges.iter().filter(|((owner, _), _)| owner == tenant).map(|(_, stored)| stored);
        let for_user = of_tenant.filter(|stored| stored.subject.as_ref() == Some(user) && stored.is_pending(now));
        let mut pending: Vec<Challenge> = for_user.filter(|stored| stored.screen != Screen::Own).cloned().collect();
        pending.sort_by_key(|challenge| std::cmp::Reverse(challenge.created_at));
        Ok(pending)
    }
}

impl Redeems for Memory {
    async fn redeem(&self, tenant: &TenantId, id: &ChallengeId, now: Timestamp) -> Result<(Challenge, bool)> {
        let redeemed = self.tables("redeem").transition(tenant, id, &Event::Redeem, now)?;
        Ok(self.replied(redeemed)?)
    }
}

impl Withdraws for Memory {
    async fn withdraw(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        why: Withdrawal,
    ) -> std::result::Result<(), Unavailable> {
        let now = Timestamp::from_millis(0);
        let _gone = self.tables("withdraw").transition(tenant, id, &Event::Withdraw(why), now);
        self.replied(())
    }
}

impl Replaces for Memory {
    async fn replace(&self, connection: &Connection, challenge: &Challenge) -> std::result::Result<bool, Unavailable> {
        let replaced = {
            let mut tables = self.tables("replace");
            match tables.connections.get_mut(&connection.id) {
                Some(stored) if stored.shows == connection.shows => {
                    stored.shows = Some(Shown { challenge: challenge.id, expires_at: challenge.expires_at });
                    let now = challenge.created_at;
                    if let Some(shown) = connection.shows.filter(|shown| now < shown.expires_at) {
                        let event = Event::Withdraw(Withdrawal::Superseded);
                        let _gone = tables.transition(&connection.tenant, &shown.challenge, &event, now);
                    }
                    tables.challenges.insert((challenge.tenant, challenge.id), challenge.clone());
                    true
                }
                _ => false,
            }
        };
        self.replied(replaced)
    }
}

impl Connects for Memory {
    async fn connect(&self, connection: &Connection) -> std::result::Result<(), Unavailable> {
        self.tables("connect").connections.insert(connection.id.clone(), connection.clone());
        self.replied(())
    }
}

impl Connections for Memory {
    async fn connection(&self, id: &ConnectionId) -> Found<Connection> {
        Ok(self.tables("connection").connections.get(id).cloned())
    }
}

impl Disconnects for Memory {
    async fn disconnect(&self, id: &ConnectionId) -> Found<Connection> {
        let connection = self.tables("disconnect").connections.remove(id);
        self.replied(connection)
    }
}

impl Credentials for Memory {
    async fn credential(&self, tenant: &TenantId, key: &Thumbprint) -> Found<Credential> {
        Ok(self.tables("credential").credentials.get(&(*tenant, key.clone())).cloned())
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
            let mut tables = self.tables("enrol");
            let place = (new.tenant, new.thumbprint());
            let user = tables.users.get(&(new.tenant, new.user.clone())).cloned();
            let user = user.unwrap_or_else(|| User::unknown(new.user.clone(), new.verified_at));
            let enrolled = enrol(new, tables.credentials.get(&place), &user, rules)?;
            let is_new = !matches!(enrolled, Enrolled::Kept(_));
            if is_new {
                let spent = (name(&permit.action), permit.token, permit.kind);
                permit.must_hold(tables.actions.get(&spent.0), tables.spent_permits.contains(&spent))?;
                tables.spent_permits.insert(spent);
            }
            if let Some(old) = tables.credentials.get(&place).cloned().filter(|_| is_new) {
                tables.remove(&old, RemovedBy::Backend);
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
            let mut tables = self.tables("remove");
            let is_spent = !tables.spend(&credential.tenant, &credential.thumbprint(), removal);
            if is_spent && tables.has(credential) {
                return Err(Refusal::InvalidCredential.into());
            }
            tables.remove(credential, RemovedBy::Device);
        }
        Ok(self.replied(())?)
    }

    async fn spend(
        &self,
        tenant: &TenantId,
        key: &Thumbprint,
        removal: &Removal,
    ) -> std::result::Result<(), Unavailable> {
        self.tables("spend").spend(tenant, key, removal);
        self.replied(())
    }
}

impl Tracks for Memory {
    async fn track(&self, action: &Action) -> std::result::Result<Action, Unavailable> {
        let stored = {
            let mut tables = self.tables("track");
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
    async fn action(&self, wanted: &ActionName, now: Timestamp) -> Found<Action> {
        Ok(self.tables("action").actions.get(&name(wanted)).filter(|action| now < action.expires_at).cloned())
    }
}
