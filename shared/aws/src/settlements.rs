//! What an approval comes to: held for a phone that asks again, taken back, or redeemed by a backend.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Event, Screen, State, TRUSTED_DEVICE_ACTION};
use scanlatch_protocol::id::{ActionCode, ChallengeId, TenantId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Result;
use scanlatch_service::port::{Redeems, Settles};

use crate::Cloud;
use crate::actions::action_restored;
use crate::challenges::{APPROVED, CANCELLED, CONSUMED, HELD, Updated, part, read_challenge, stands_after};
use crate::failure::{Transacted, condition_mismatch, failed};
use crate::item::{millis, text};

impl Settles for Cloud {
    async fn hold(&self, tenant: &TenantId, id: &ChallengeId) -> Result<Challenge> {
        let update = self
            .update_challenge(tenant, id)
            .update_expression("SET #held = :yes")
            .condition_expression("#state = :approved")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#held", HELD)
            .expression_attribute_values(":yes", text("yes"))
            .expression_attribute_values(":approved", text(APPROVED));
        // Time plays no part in it.
        self.changed(tenant, update, &Event::Hold, Timestamp::from_millis(0)).await
    }

    async fn take_back(&self, challenge: &Challenge, now: Timestamp) -> Result<Challenge> {
        let Some((by, at)) = challenge.state.approval() else { return Err(Refusal::NotApproved.into()) };
        let Screen::Socket(socket) = &challenge.screen else { return Ok(challenge.clone()) };
        let update = self
            .challenge_part(&challenge.tenant, &challenge.id)
            .update_expression("SET #state = :cancelled")
            .condition_expression(
                "#state = :approved AND decidedAt = :at AND holderCredential = :credential AND #socket = :socket \
                 AND attribute_not_exists(#held)",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#socket", "socket")
            .expression_attribute_names("#held", HELD)
            .expression_attribute_values(":cancelled", text(CANCELLED))
            .expression_attribute_values(":approved", text(APPROVED))
            .expression_attribute_values(":at", millis(at))
            .expression_attribute_values(":credential", text(by.credential.to_string()))
            .expression_attribute_values(":socket", text(socket.as_str()));
        let action = action_restored(&self.settings.directory_table, &challenge.action_of(&by.user), challenge.id, now);
        let mut items = vec![part(update)?, part(action)?];
        loop {
            match self.transact(items.clone()).await? {
                Transacted::Done => {
                    let state = State::Cancelled { by: by.clone(), at };
                    return Ok(Challenge { state, ..challenge.clone() });
                }
                Transacted::Refused(reasons) if failed(&reasons, 0) => {
                    let found = reasons.first().and_then(|reason| reason.item.as_ref());
                    return Ok(read_challenge(&challenge.tenant, found.ok_or(Refusal::UnknownChallenge)?)?);
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
    /// Of a challenge that a device opened without naming an action.
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
                "#state = :approved AND redeemableUntil > :now AND attribute_exists(openedBy) \
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
