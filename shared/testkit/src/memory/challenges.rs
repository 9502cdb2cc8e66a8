use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::Action;
use scanlatch_protocol::challenge::{Challenge, Claim, Event, Screen, State, Withdrawal};
use scanlatch_protocol::id::{ActionCode, CallId, ChallengeId, CredentialId, TenantId, UserId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{
    Before, Binds, Challenges, Claims, Creates, Decided, Decides, Deciding, Pending, Redeems, Settles, Withdraws,
};
use scanlatch_service::{Error, Result, Unavailable};

use super::Memory;
use super::actions::name;
use super::tables::Tables;

impl Tables {
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

    /// Stores a new challenge. A tracked action names it as its newest and supersedes the one before, unless that is
    /// claimed.
    pub(super) fn open(&mut self, challenge: &Challenge, action: Option<&Action>) -> Result<()> {
        if let Some(action) = action {
            let record = self.actions.get_mut(&name(&action.name));
            let record =
                record.filter(|record| challenge.created_at < record.expires_at).ok_or(Refusal::InvalidToken)?;
            record.state.check_challenge_allowed()?;
            if let Some(before) = record.newest.replace(challenge.id) {
                self.supersede(challenge, &before, |before| before.state == State::Unclaimed);
            }
        }
        if let Some(code) = &challenge.short_code {
            self.short_codes.insert((challenge.tenant, code.to_text()), (challenge.id, challenge.expires_at));
        }
        self.challenges.insert((challenge.tenant, challenge.id), challenge.clone());
        Ok(())
    }

    pub(super) fn supersede(&mut self, by: &Challenge, id: &ChallengeId, if_so: impl Fn(&Challenge) -> bool) {
        let place = (by.tenant, *id);
        if self.challenges.get(&place).is_some_and(if_so) {
            let event = Event::Withdraw(Withdrawal::Superseded);
            let _gone = self.transition(&by.tenant, id, &event, by.created_at);
        }
    }

    /// Voids all approvals of a revoked credential.
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

impl Tables {
    /// Applies the event of a call that told nobody. If that takes the approval back, the action is as it was before.
    fn taken_back(&mut self, approved: &Challenge, event: &Event, now: Timestamp) -> Result<State> {
        let Some((by, _)) = approved.state.approval() else { return Err(Refusal::NotApproved.into()) };
        let Ok((then, changed)) = self.transition(&approved.tenant, &approved.id, event, now) else {
            let stands = self.challenges.get(&(approved.tenant, approved.id));
            return Ok(stands.ok_or(Refusal::UnknownChallenge)?.state.clone());
        };
        if changed && matches!(then.state, State::Cancelled { .. }) {
            self.unrecord(&approved.action_of(&by.user), approved.id, now);
        }
        Ok(then.state)
    }
}

impl Creates for Memory {
    async fn create(&self, challenge: &Challenge, before: &Before) -> Result<bool> {
        let created = {
            let mut tables = self.tables("create").await;
            let is_repeat = tables.challenges.contains_key(&(challenge.tenant, challenge.id));
            let may_open = !is_repeat && !tables.is_code_taken(challenge);
            if may_open {
                tables.open(challenge, before.action.as_ref())?;
                if let Some((shown, code)) = &before.shown {
                    tables.supersede(challenge, shown, |shown| shown.screen.has_code(code));
                }
            }
            is_repeat || may_open
        };
        Ok(self.replied(created)?)
    }
}

impl Challenges for Memory {
    async fn challenge(&self, tenant: &TenantId, id: &ChallengeId) -> Result<Option<Challenge>, Unavailable> {
        Ok(self.tables("challenge").await.challenges.get(&(*tenant, *id)).cloned())
    }
}

impl Claims for Memory {
    async fn claim(&self, tenant: &TenantId, id: &ChallengeId, claim: &Claim, now: Timestamp) -> Result<Challenge> {
        let challenge = {
            let mut tables = self.tables("claim").await;
            let stood = tables.challenges.get(&(*tenant, *id)).ok_or(Refusal::UnknownChallenge)?;
            let event = match stood.state.holder() {
                Some(from) if *from != claim.by && !tables.is_enrolled(tenant, from) => {
                    Event::TakeOver { claim: claim.clone(), from: from.clone() }
                }
                _ => Event::Claim(claim.clone()),
            };
            let successor = stood.successor.filter(|_| stood.state == State::Unclaimed);
            let newer = successor.and_then(|newer| tables.challenges.get(&(*tenant, newer)));
            if newer.is_some_and(|newer| newer.state != State::Unclaimed) {
                stood.apply(&event, now)?;
                return Err(Refusal::Superseded.into());
            }
            let claimed = tables.transition(tenant, id, &event, now)?.0;
            if let Some(newer) = successor {
                let _gone = tables.transition(tenant, &newer, &Event::Withdraw(Withdrawal::Superseded), now);
            }
            claimed
        };
        Ok(self.replied(challenge)?)
    }
}

impl Decides for Memory {
    async fn decide(&self, deciding: Deciding<'_>, now: Timestamp) -> Result<Decided> {
        let Deciding { challenge, by, decision, r, wrong_code, action } = deciding;
        let decided = {
            let mut tables = self.tables("decide").await;
            let event = Event::Decide(by.holder(), decision, r);
            let made = challenge.apply(&event, now)?;
            let place = (challenge.tenant, challenge.id);
            let stood = tables.challenges.get(&place).ok_or(Refusal::UnknownChallenge)?;
            // If a device opened the challenge for itself, only the caller's copy names the tracked action.
            let stands = match (&stood.state, &challenge.screen) {
                (State::Unclaimed, Screen::TrustedDevice) => {
                    Challenge { withdrawn: stood.withdrawn, ..challenge.clone() }
                }
                _ => stood.clone(),
            };
            let then = stands.apply(&event, now)?;
            if then == stands {
                Decided::Stands(then)
            } else if stands.screen.socket() != challenge.screen.socket() {
                Decided::Moved
            } else {
                let tables = &mut *tables;
                let credential = tables.credentials.get_mut(&(by.tenant, by.thumbprint()));
                let credential = credential.filter(|stored| stored.id == by.id).ok_or(Refusal::InvalidCredential)?;
                match tables.actions.get(&name(&action.name)) {
                    Some(record) => record.state.check_decision_allowed()?,
                    None if then.subject.is_some() => return Err(Refusal::UnknownChallenge.into()),
                    None => {}
                }
                credential.last_verified_at = Some(now);
                let change = by.conduct.decision(challenge, decision, wrong_code, now);
                credential.conduct = credential.conduct.after(&change);
                tables.challenges.insert(place, then);
                tables.record(action);
                Decided::Made(made)
            }
        };
        Ok(self.replied(decided)?)
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

    async fn release(&self, challenge: &Challenge, call: CallId, now: Timestamp) -> Result<State> {
        let then = self.tables("release").await.taken_back(challenge, &Event::Release(call), now)?;
        Ok(self.replied(then)?)
    }

    async fn take_back(&self, challenge: &Challenge, now: Timestamp) -> Result<State> {
        let Some((by, at)) = challenge.state.approval() else { return Err(Refusal::NotApproved.into()) };
        let event = Event::TakeBack { by: by.clone(), at };
        let then = self.tables("take_back").await.taken_back(challenge, &event, now)?;
        Ok(self.replied(then)?)
    }
}

impl Binds for Memory {
    async fn bind(&self, challenge: &Challenge, to: &Action, now: Timestamp) -> Result<()> {
        let event = Event::Bind(Box::new(to.clone()));
        if challenge.apply(&event, now)? == *challenge {
            return Ok(());
        }
        let bound = self.tables("bind").await.transition(&challenge.tenant, &challenge.id, &event, now);
        bound.map_err(|error| match error {
            Error::Refused(Refusal::UnknownChallenge) => Refusal::NotOpen.into(),
            other => other,
        })?;
        Ok(self.replied(())?)
    }
}

impl Pending for Memory {
    async fn pending(
        &self,
        tenant: &TenantId,
        user: &UserId,
        _near: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<Challenge>, Unavailable> {
        let tables = self.tables("pending").await;
        let of_tenant = tables.challenges.iter().filter(|((owner, _), _)| owner == tenant).map(|(_, stored)| stored);
        let for_user = of_tenant.filter(|stored| stored.subject.as_ref() == Some(user) && stored.is_pending(now));
        let mut pending: Vec<Challenge> =
            for_user.filter(|stored| stored.screen != Screen::TrustedDevice).cloned().collect();
        pending.sort_by_key(|challenge| challenge.created_at);
        Ok(pending)
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

impl Withdraws for Memory {
    async fn withdraw(&self, tenant: &TenantId, id: &ChallengeId, why: Withdrawal) -> Result<(), Unavailable> {
        let now = Timestamp::from_millis(0);
        let _gone = self.tables("withdraw").await.transition(tenant, id, &Event::Withdraw(why), now);
        self.replied(())
    }
}
