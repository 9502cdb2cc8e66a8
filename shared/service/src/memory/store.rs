use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use protocol::Refusal;
use protocol::action::{Action, ActionName, ActionState};
use protocol::challenge::{Challenge, Event, Screen, State, Withdrawal};
use protocol::credential::{Credential, CredentialKind, Enrolled, EnrolmentRules, Holder, Permit, RemovedBy, enrol};
use protocol::id::{ChallengeId, ConnectionId, CredentialId, SessionId, TenantId, TokenId, UserId};
use protocol::key::{Removal, SignatureR, Thumbprint};
use protocol::ring::Ring;
use protocol::session::Session;
use protocol::signing::SigningKey;
use protocol::tenant::Tenant;
use protocol::time::Timestamp;
use protocol::user::User;

use super::Memory;
use crate::port::{
    Actions, Before, Binds, Challenges, Claims, Connection, Creates, Credentials, Decided, Decides, Deciding, Enrols,
    Found, Leaves, Pending, Polls, Removes, Replaces, Resumes, Shown, Tracks, Withdraws,
};
use crate::{Error, Result, Unavailable};

#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) challenges: BTreeMap<(TenantId, ChallengeId), Challenge>,
    pub(super) connections: BTreeMap<ConnectionId, Connection>,
    pub(super) tenants: BTreeMap<TenantId, Tenant>,
    pub(super) credentials: BTreeMap<(TenantId, Thumbprint), Credential>,
    pub(super) removed: BTreeSet<(TenantId, UserId, CredentialId)>,
    pub(super) users: BTreeMap<(TenantId, UserId), User>,
    pub(super) actions: BTreeMap<String, Action>,
    /// How an action stood before its last decision.
    before_decision: BTreeMap<String, ActionState>,
    spent_removals: BTreeSet<(TenantId, Thumbprint, String)>,
    spent_permits: BTreeSet<(String, TokenId, CredentialKind)>,
    pub(super) sessions: BTreeMap<(TenantId, UserId, SessionId), Session>,
    pub(super) ring: Ring,
    pub(super) private_keys: BTreeMap<u64, Arc<SigningKey>>,
}

impl Tables {
    pub(super) fn look(&self) -> (Vec<Challenge>, Vec<Action>) {
        (self.challenges.values().cloned().collect(), self.actions.values().cloned().collect())
    }

    pub(super) fn is_connected(&self, socket: &ConnectionId) -> bool {
        self.connections.contains_key(socket)
    }

    pub(super) fn transition(
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

    /// Stores a new challenge; a tracked action names it as its newest, and the one before is superseded if nobody has
    /// claimed it.
    fn open(&mut self, challenge: &Challenge, action: Option<&Action>) -> Result<()> {
        if let Some(action) = action {
            let record = self.actions.get_mut(&name(&action.name));
            let record =
                record.filter(|record| challenge.created_at < record.expires_at).ok_or(Refusal::InvalidToken)?;
            record.state.admits_challenge()?;
            if let Some(before) = record.newest.replace(challenge.id) {
                self.supersede(challenge, &before, |before| before.state == State::Unclaimed);
            }
        }
        self.challenges.insert((challenge.tenant, challenge.id), challenge.clone());
        Ok(())
    }

    fn supersede(&mut self, by: &Challenge, id: &ChallengeId, if_so: impl Fn(&Challenge) -> bool) {
        let place = (by.tenant, *id);
        if self.challenges.get(&place).is_some_and(if_so) {
            let event = Event::Withdraw(Withdrawal::Superseded);
            let _gone = self.transition(&by.tenant, id, &event, by.created_at);
        }
    }

    /// Makes the challenge the one that the connection shows and withdraws the one before.
    fn show(&mut self, connection: &Connection, challenge: &Challenge, now: Timestamp) {
        let shown = Shown::from(challenge);
        if let Some(stored) = self.connections.get_mut(&connection.id) {
            stored.shows = Some(shown);
        }
        let before = connection.shows.filter(|before| now < before.expires_at && before.challenge != shown.challenge);
        if let Some(before) = before {
            let event = Event::Withdraw(Withdrawal::Superseded);
            let _gone = self.transition(&connection.tenant, &before.challenge, &event, now);
        }
    }

    fn is_enrolled(&self, tenant: &TenantId, holder: &Holder) -> bool {
        let is_holder = |stored: &Credential| (&stored.tenant, stored.holder()) == (tenant, holder.clone());
        self.credentials.values().any(is_holder)
    }

    /// Writes a decision's record; of one that was tracked only the state changes.
    fn record(&mut self, action: &Action) {
        let before = self.actions.get(&name(&action.name)).map(|record| record.state);
        self.before_decision.insert(name(&action.name), before.unwrap_or(ActionState::ChallengeFailed));
        let record = self.actions.entry(name(&action.name)).or_insert_with(|| action.clone());
        record.state = action.state;
        record.state_updated_at = action.state_updated_at;
        record.expires_at = action.expires_at;
        record.verified_by = action.verified_by;
        record.decided_in = action.decided_in;
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

    /// What a revoked credential approved counts for nothing.
    pub(super) fn void(&mut self, tenant: &TenantId, by: &CredentialId) {
        for ((owner, _), challenge) in &mut self.challenges {
            if let Ok(then) = challenge.apply(&Event::Revoke(*by), challenge.created_at)
                && owner == tenant
            {
                *challenge = then;
            }
        }
    }
}

pub(super) fn name(action: &ActionName) -> String {
    format!("{action:?}")
}

impl Creates for Memory {
    async fn create(&self, challenge: &Challenge, before: &Before) -> Result<()> {
        {
            let mut tables = self.tables("create").await;
            if !tables.challenges.contains_key(&(challenge.tenant, challenge.id)) {
                tables.open(challenge, before.action.as_ref())?;
                if let Some((shown, code)) = &before.shown {
                    tables.supersede(challenge, shown, |shown| shown.screen.has_code(code));
                }
            }
        }
        Ok(self.replied(())?)
    }
}

impl Challenges for Memory {
    async fn challenge(&self, tenant: &TenantId, id: &ChallengeId) -> Found<Challenge> {
        Ok(self.tables("challenge").await.challenges.get(&(*tenant, *id)).cloned())
    }
}

impl Claims for Memory {
    async fn claim(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        by: &Holder,
        r: SignatureR,
        now: Timestamp,
    ) -> Result<Challenge> {
        let challenge = {
            let mut tables = self.tables("claim").await;
            let stood = tables.challenges.get(&(*tenant, *id)).ok_or(Refusal::UnknownChallenge)?;
            let event = match stood.state.holder() {
                Some(from) if from != by && !tables.is_enrolled(tenant, from) => {
                    Event::TakeOver { by: by.clone(), r, from: from.clone() }
                }
                _ => Event::Claim(by.clone(), r),
            };
            tables.transition(tenant, id, &event, now)?.0
        };
        Ok(self.replied(challenge)?)
    }
}

impl Decides for Memory {
    async fn decide(&self, deciding: Deciding<'_>, now: Timestamp) -> Result<Decided> {
        let Deciding { challenge, by, decision, r, action } = deciding;
        let decided = {
            let mut tables = self.tables("decide").await;
            let place = (challenge.tenant, challenge.id);
            let stood = tables.challenges.get(&place).ok_or(Refusal::UnknownChallenge)?;
            // Of one that a device opened for itself, the tracked action is only in what was handed in.
            let stands = match (&stood.state, &challenge.screen) {
                (State::Unclaimed, Screen::Own) => challenge.clone(),
                _ => stood.clone(),
            };
            let then = stands.apply(&Event::Decide(by.holder(), decision, r), now)?;
            if then == stands {
                Decided::Stands(then)
            } else if stands.screen.socket() != challenge.screen.socket() {
                Decided::Moved
            } else {
                let tables = &mut *tables;
                let credential = tables.credentials.get_mut(&(by.tenant, by.thumbprint()));
                let credential = credential.filter(|stored| stored.id == by.id).ok_or(Refusal::InvalidCredential)?;
                match tables.actions.get(&name(&action.name)) {
                    Some(record) => record.state.admits_decision()?,
                    None if then.subject.is_some() => return Err(Refusal::UnknownChallenge.into()),
                    None => {}
                }
                credential.last_verified_at = Some(now);
                tables.challenges.insert(place, then.clone());
                tables.record(action);
                Decided::Made(then)
            }
        };
        Ok(self.replied(decided)?)
    }
}

impl Binds for Memory {
    async fn bind(&self, challenge: &Challenge, to: &Action, now: Timestamp) -> Result<Challenge> {
        let event = Event::Bind(Box::new(to.clone()));
        let bound = self.tables("bind").await.transition(&challenge.tenant, &challenge.id, &event, now);
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
        let tables = self.tables("pending").await;
        let of_tenant = tables.challenges.iter().filter(|((owner, _), _)| owner == tenant).map(|(_, stored)| stored);
        let for_user = of_tenant.filter(|stored| stored.subject.as_ref() == Some(user) && stored.is_pending(now));
        let mut pending: Vec<Challenge> = for_user.filter(|stored| stored.screen != Screen::Own).cloned().collect();
        pending.sort_by_key(|challenge| challenge.created_at);
        Ok(pending)
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
        let _gone = self.tables("withdraw").await.transition(tenant, id, &Event::Withdraw(why), now);
        self.replied(())
    }
}

impl Leaves for Memory {
    async fn leave(&self, connection: &Connection, now: Timestamp) -> std::result::Result<(), Unavailable> {
        if let Some(shown) = connection.shows {
            let event = Event::Leave(connection.id.clone());
            let _gone = self.tables("leave").await.transition(&connection.tenant, &shown.challenge, &event, now);
        }
        self.replied(())
    }
}

impl Replaces for Memory {
    async fn replace(&self, connection: &Connection, challenge: &Challenge) -> Result<bool> {
        let replaced = {
            let mut tables = self.tables("replace").await;
            let is_as_read =
                tables.connections.get(&connection.id).is_some_and(|stored| stored.shows == connection.shows);
            if is_as_read {
                tables.open(challenge, connection.tracked.as_ref())?;
                tables.show(connection, challenge, challenge.created_at);
            }
            is_as_read
        };
        Ok(self.replied(replaced)?)
    }
}

impl Resumes for Memory {
    async fn resume(
        &self,
        connection: &Connection,
        challenge: &Challenge,
        now: Timestamp,
    ) -> Result<Option<Challenge>> {
        let resumed = {
            let mut tables = self.tables("resume").await;
            let is_as_read =
                tables.connections.get(&connection.id).is_some_and(|stored| stored.shows == connection.shows);
            let Screen::Resumable(screen) = &challenge.screen else { return Err(Refusal::UnknownChallenge.into()) };
            if is_as_read {
                let event = Event::Resume(screen.code, Some(connection.id.clone()));
                let (resumed, _) = tables.transition(&challenge.tenant, &challenge.id, &event, now)?;
                tables.show(connection, &resumed, now);
                Some(resumed)
            } else {
                None
            }
        };
        Ok(self.replied(resumed)?)
    }
}

impl Polls for Memory {
    async fn polled(&self, challenge: &Challenge, now: Timestamp) -> std::result::Result<(), Unavailable> {
        if let Screen::Resumable(screen) = &challenge.screen {
            let event = Event::Resume(screen.code, None);
            let _gone = self.tables("polled").await.transition(&challenge.tenant, &challenge.id, &event, now);
        }
        self.replied(())
    }
}

impl Credentials for Memory {
    async fn credential(&self, tenant: &TenantId, key: &Thumbprint) -> Found<Credential> {
        Ok(self.tables("credential").await.credentials.get(&(*tenant, key.clone())).cloned())
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
            let mut tables = self.tables("remove").await;
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
        self.tables("spend").await.spend(tenant, key, removal);
        self.replied(())
    }
}

impl Tracks for Memory {
    async fn track(&self, action: &Action) -> std::result::Result<Action, Unavailable> {
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
    async fn action(&self, wanted: &ActionName, now: Timestamp) -> Found<Action> {
        Ok(self.tables("action").await.actions.get(&name(wanted)).filter(|action| now < action.expires_at).cloned())
    }
}
