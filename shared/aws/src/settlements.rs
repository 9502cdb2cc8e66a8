//! Settlements of an approval: held for a phone that repeats it, taken back, or redeemed by a backend.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Event, Hold, MAX_REPEATS, Screen, State, TRUSTED_DEVICE_ACTION};
use scanlatch_protocol::id::{ActionCode, CallId, ChallengeId, TenantId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Result;
use scanlatch_service::port::{Redeems, Settles};

use crate::Cloud;
use crate::actions::action_restored;
use crate::challenges::{
    APPROVED, CANCELLED, CONSUMED, HELD, SETTLED, UNHEARD, Updated, held, part, read_challenge, stands_after,
};
use crate::failure::{Transacted, condition_mismatch, failed};
use crate::item::{millis, number, text};

/// How often a transition is tried if it is in conflict with calls that hold the approval.
const ATTEMPTS: usize = 2 * MAX_REPEATS;
/// For transitions that do not depend on the time.
const ANY_TIME: Timestamp = Timestamp::from_millis(0);

impl Settles for Cloud {
    async fn hold(&self, tenant: &TenantId, id: &ChallengeId, call: CallId) -> Result<Challenge> {
        let update = self
            .update_challenge(tenant, id)
            .update_expression("ADD #held :calls")
            .condition_expression(
                "#state = :approved AND attribute_not_exists(#settled) \
                 AND (attribute_not_exists(#held) OR size(#held) < :most)",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#held", HELD)
            .expression_attribute_names("#settled", SETTLED)
            .expression_attribute_values(":approved", text(APPROVED))
            .expression_attribute_values(":calls", held([&call]))
            .expression_attribute_values(":most", number(i64::try_from(MAX_REPEATS).unwrap_or(i64::MAX)));
        self.changed(tenant, update, &Event::Hold(call), ANY_TIME).await
    }

    async fn settle(&self, tenant: &TenantId, id: &ChallengeId) -> Result<()> {
        let update = self
            .update_challenge(tenant, id)
            .update_expression("SET #settled = :yes REMOVE #held, #unheard")
            .condition_expression("#state = :approved")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#held", HELD)
            .expression_attribute_names("#unheard", UNHEARD)
            .expression_attribute_names("#settled", SETTLED)
            .expression_attribute_values(":yes", text("yes"))
            .expression_attribute_values(":approved", text(APPROVED));
        self.changed(tenant, update, &Event::Settle, ANY_TIME).await.map(|_| ())
    }

    async fn release(&self, challenge: &Challenge, call: CallId, now: Timestamp) -> Result<State> {
        challenge.state.approval().ok_or(Refusal::NotApproved)?;
        for _ in 0..ATTEMPTS {
            let update = self
                .update_challenge(&challenge.tenant, &challenge.id)
                .update_expression("DELETE #held :calls")
                .condition_expression(
                    "#state = :approved AND contains(#held, :call) AND NOT (#held = :calls AND attribute_exists(#unheard))",
                )
                .expression_attribute_names("#state", "state")
                .expression_attribute_names("#held", HELD)
                .expression_attribute_names("#unheard", UNHEARD)
                .expression_attribute_values(":approved", text(APPROVED))
                .expression_attribute_values(":call", text(call.to_string()))
                .expression_attribute_values(":calls", held([&call]));
            let item = match self.send(update).await? {
                Updated::New(item) => return Ok(read_challenge(&challenge.tenant, &item)?.state),
                Updated::Refused(item) => item,
            };
            let found = read_challenge(&challenge.tenant, item.as_ref().ok_or(Refusal::UnknownChallenge)?)?;
            let then = found.apply(&Event::Release(call), now)?;
            if then == found {
                return Ok(found.state);
            }
            let is_last = "#held = :calls AND attribute_exists(#unheard)";
            let update = self
                .taking_back(challenge, is_last)?
                .expression_attribute_names("#unheard", UNHEARD)
                .expression_attribute_values(":calls", held([&call]));
            if let Some(then) = self.taken_back(challenge, update, now).await? {
                return Ok(then);
            }
        }
        Err(condition_mismatch().into())
    }

    async fn take_back(&self, challenge: &Challenge, now: Timestamp) -> Result<State> {
        if !matches!(challenge.screen, Screen::Socket(_)) {
            return Ok(challenge.state.clone());
        }
        for _ in 0..ATTEMPTS {
            let is_free = "attribute_not_exists(#held) AND attribute_not_exists(#settled)";
            let update = self.taking_back(challenge, is_free)?.expression_attribute_names("#settled", SETTLED);
            if let Some(then) = self.taken_back(challenge, update, now).await? {
                return Ok(then);
            }
            let (by, at) = challenge.state.approval().ok_or(Refusal::NotApproved)?;
            let update = self
                .update_challenge(&challenge.tenant, &challenge.id)
                .update_expression("SET #unheard = :yes")
                .condition_expression(
                    "#state = :approved AND decidedAt = :at AND holderCredential = :credential \
                     AND attribute_exists(#held) AND attribute_not_exists(#settled)",
                )
                .expression_attribute_names("#state", "state")
                .expression_attribute_names("#held", HELD)
                .expression_attribute_names("#unheard", UNHEARD)
                .expression_attribute_names("#settled", SETTLED)
                .expression_attribute_values(":yes", text("yes"))
                .expression_attribute_values(":approved", text(APPROVED))
                .expression_attribute_values(":at", millis(at))
                .expression_attribute_values(":credential", text(by.credential.to_string()));
            let item = match self.send(update).await? {
                Updated::New(item) => return Ok(read_challenge(&challenge.tenant, &item)?.state),
                Updated::Refused(item) => item,
            };
            let found = read_challenge(&challenge.tenant, item.as_ref().ok_or(Refusal::UnknownChallenge)?)?;
            if !matches!(found.state, State::Approved { hold: Hold::Free, .. }) {
                return Ok(found.state);
            }
        }
        Err(condition_mismatch().into())
    }
}

impl Cloud {
    /// The challenge's part of taking an approval back, if `condition` holds too.
    fn taking_back(&self, challenge: &Challenge, condition: &str) -> Result<UpdateBuilder> {
        let (by, at) = challenge.state.approval().ok_or(Refusal::NotApproved)?;
        let Screen::Socket(socket) = &challenge.screen else { return Err(Refusal::AlreadyDecided.into()) };
        Ok(self
            .challenge_part(&challenge.tenant, &challenge.id)
            .update_expression("SET #state = :cancelled REMOVE #held, unheard")
            .condition_expression(format!(
                "#state = :approved AND decidedAt = :at AND holderCredential = :credential AND #socket = :socket \
                 AND {condition}"
            ))
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#socket", "socket")
            .expression_attribute_names("#held", HELD)
            .expression_attribute_values(":cancelled", text(CANCELLED))
            .expression_attribute_values(":approved", text(APPROVED))
            .expression_attribute_values(":at", millis(at))
            .expression_attribute_values(":credential", text(by.credential.to_string()))
            .expression_attribute_values(":socket", text(socket.as_str())))
    }

    /// Takes an approval back with its action; `None` if it still stands, because the condition of `update` failed.
    async fn taken_back(&self, challenge: &Challenge, update: UpdateBuilder, now: Timestamp) -> Result<Option<State>> {
        let (by, at) = challenge.state.approval().ok_or(Refusal::NotApproved)?;
        let action = action_restored(&self.settings.directory_table, &challenge.action_of(&by.user), challenge.id, now);
        let mut items = vec![part(update)?, part(action)?];
        loop {
            match self.transact(items.clone()).await? {
                Transacted::Done => return Ok(Some(State::Cancelled { by: by.clone(), at })),
                Transacted::Refused(reasons) if failed(&reasons, 0) => {
                    let found = reasons.first().and_then(|reason| reason.item.as_ref());
                    let found = read_challenge(&challenge.tenant, found.ok_or(Refusal::UnknownChallenge)?)?;
                    return Ok((!matches!(found.state, State::Approved { .. })).then_some(found.state));
                }
                // A backend has judged the action since.
                Transacted::Refused(reasons) if failed(&reasons, 1) && items.len() > 1 => items.truncate(1),
                Transacted::Refused(_) => return Err(condition_mismatch().into()),
            }
        }
    }
}

impl Redeems for Cloud {
    async fn redeem(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        action: Option<&ActionCode>,
        now: Timestamp,
    ) -> Result<(Challenge, bool)> {
        let mut update = self
            .update_challenge(tenant, id)
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":consumed", text(CONSUMED))
            .expression_attribute_values(":approved", text(APPROVED))
            .expression_attribute_values(":now", millis(now));
        let set = "SET #state = :consumed, redeemedAt = :now";
        let open = "#state = :approved AND redeemableUntil > :now";
        update = match action {
            None => update.update_expression(set).condition_expression(open),
            Some(action) => update
                .update_expression(set)
                .condition_expression(format!("{open} AND #action = :action AND attribute_not_exists(takenFor)"))
                .expression_attribute_names("#action", "action")
                .expression_attribute_values(":action", text(action.as_str())),
        };
        let event = Event::Redeem(action.cloned());
        match self.send(update).await? {
            Updated::New(item) => Ok((read_challenge(tenant, &item)?, true)),
            Updated::Refused(item) => {
                let stood = read_challenge(tenant, item.as_ref().ok_or(Refusal::UnknownChallenge)?)?;
                match action.filter(|_| stood.takes_action() && matches!(stood.state, State::Approved { .. })) {
                    Some(action) => self.redeem_own(tenant, id, action, now).await,
                    None => Ok((stands_after(tenant, item.as_ref(), &event, now)?, false)),
                }
            }
        }
    }
}

impl Cloud {
    /// Redeems a challenge that a device opened for itself without naming an action.
    async fn redeem_own(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        action: &ActionCode,
        now: Timestamp,
    ) -> Result<(Challenge, bool)> {
        let update = self
            .update_challenge(tenant, id)
            .update_expression("SET #state = :consumed, redeemedAt = :now, takenFor = :action")
            .condition_expression(
                "#state = :approved AND redeemableUntil > :now AND attribute_exists(trustedDevice) \
                 AND attribute_not_exists(subject) AND #action = :own AND attribute_not_exists(takenFor)",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#action", "action")
            .expression_attribute_values(":own", text(TRUSTED_DEVICE_ACTION))
            .expression_attribute_values(":action", text(action.as_str()))
            .expression_attribute_values(":consumed", text(CONSUMED))
            .expression_attribute_values(":approved", text(APPROVED))
            .expression_attribute_values(":now", millis(now));
        match self.send(update).await? {
            Updated::New(item) => Ok((read_challenge(tenant, &item)?, true)),
            Updated::Refused(item) => {
                Ok((stands_after(tenant, item.as_ref(), &Event::Redeem(Some(action.clone())), now)?, false))
            }
        }
    }
}
