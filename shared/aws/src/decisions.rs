//! Decisions and their outcomes.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Decision, Event, GRACE_MS, Screen};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Result;
use scanlatch_service::port::{Decided, Decides, Deciding};

use crate::Cloud;
use crate::actions::{action_update, read_state};
use crate::approvals::decided_by;
use crate::challenges::{APPROVED, CLAIMED, REJECTED, SPENT, UNCLAIMED, part, read_challenge};
use crate::failure::{Transacted, condition_mismatch, failed};
use crate::item::{json_text, millis, text};

/// The indexes of the items in the transaction of a decision.
const CHALLENGE: usize = 0;
const CREDENTIAL: usize = 1;
const ACTION: usize = 2;

impl Decides for Cloud {
    async fn decide(&self, deciding: Deciding<'_>, now: Timestamp) -> Result<Decided> {
        let Deciding { challenge, by, decision, r, action, .. } = deciding;
        let event = Event::Decide(by.holder(), decision, r);
        let decided = challenge.apply(&event, now)?;
        let update = self.decision(&deciding, now);
        let touch = decided_by(&self.settings.directory_table, &deciding, now)?;
        let record = TransactWriteItem::builder()
            .update(action_update(&self.settings.directory_table, action, challenge.subject.is_some())?)
            .build();
        let reasons = match self.transact(vec![part(update)?, touch, record]).await? {
            Transacted::Done => return Ok(Decided::Made(decided)),
            Transacted::Refused(reasons) => reasons,
        };
        let item = |index: usize| reasons.get(index).and_then(|reason| reason.item.as_ref());
        if failed(&reasons, CHALLENGE) {
            let found = read_challenge(&challenge.tenant, item(CHALLENGE).ok_or(Refusal::UnknownChallenge)?)?;
            let then = found.apply(&event, now)?;
            if then == found {
                return Ok(Decided::Stands(found));
            }
            let moved = found.screen.socket() != challenge.screen.socket();
            return if moved { Ok(Decided::Moved) } else { Err(condition_mismatch().into()) };
        }
        if failed(&reasons, CREDENTIAL) {
            return Err(Refusal::InvalidCredential.into());
        }
        match item(ACTION) {
            None if failed(&reasons, ACTION) => Err(Refusal::UnknownChallenge.into()),
            None => Err(condition_mismatch().into()),
            Some(found) => {
                read_state(found)?.check_decision_allowed()?;
                Err(condition_mismatch().into())
            }
        }
    }
}

impl Cloud {
    /// The challenge's part. If a device opened the challenge for itself, the tracked action's data is written too: the
    /// challenge may serve that action only since this call.
    fn decision(&self, deciding: &Deciding<'_>, now: Timestamp) -> UpdateBuilder {
        let Deciding { challenge, by, decision, r, .. } = deciding;
        let state = match decision {
            Decision::Approve => APPROVED,
            Decision::Reject => REJECTED,
        };
        let mut set = String::from(
            "SET #state = :decided, decidedAt = :now, redeemableUntil = :until, holderUser = :user, \
             holderCredential = :credential",
        );
        let mut condition = String::from(
            "expiresAt > :now AND attribute_not_exists(withdrawn) AND (attribute_not_exists(subject) OR subject = :user)",
        );
        let unclaimed = "(#state = :unclaimed AND attribute_not_exists(successor) \
                         AND (attribute_not_exists(lostAt) OR lostAt > :grace) \
                         AND (attribute_exists(subject) OR attribute_exists(trustedDevice)))";
        let claimed = "#state = :claimed AND (attribute_not_exists(decideBy) OR decideBy > :now) \
                       AND holderCredential = :credential AND holderUser = :user";
        let mut update = self
            .challenge_part(&challenge.tenant, &challenge.id)
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":decided", text(state))
            .expression_attribute_values(":claimed", text(CLAIMED))
            .expression_attribute_values(":unclaimed", text(UNCLAIMED))
            .expression_attribute_values(":credential", text(by.id.to_string()))
            .expression_attribute_values(":user", text(by.user.as_str()))
            .expression_attribute_values(":grace", millis(now.plus(-GRACE_MS)))
            .expression_attribute_values(":now", millis(now))
            // A condition cannot add `decidedAt` and `redeemableMs`, so their sum is stored.
            .expression_attribute_values(":until", millis(challenge.redeemable_until(now)));
        match r {
            None => condition = format!("{condition} AND (({claimed}) OR {unclaimed})"),
            Some(r) => {
                condition = format!("{condition} AND (({claimed} AND NOT contains(#spent, :r)) OR {unclaimed})");
                update = update
                    .expression_attribute_names("#spent", SPENT)
                    .expression_attribute_values(":r", text(r.to_text()));
            }
        }
        // Only a resumable screen can move to another socket.
        if matches!(challenge.screen, Screen::Resumable(_)) {
            update = update.expression_attribute_names("#socket", "socket");
            match challenge.screen.socket() {
                None => condition += " AND (attribute_not_exists(#socket) OR attribute_exists(lostAt))",
                Some(socket) => {
                    condition += " AND #socket = :socket AND attribute_not_exists(lostAt)";
                    update = update.expression_attribute_values(":socket", text(socket.as_str()));
                }
            }
        }
        if challenge.screen == Screen::TrustedDevice && challenge.subject.is_some() {
            set += ", #action = :action, idempotencyKey = :key, subject = :user, #context = :context";
            if challenge.is_backends {
                set += ", backends = :yes";
                update = update.expression_attribute_values(":yes", AttributeValue::Bool(true));
            }
            update = update
                .expression_attribute_names("#action", "action")
                .expression_attribute_names("#context", "context")
                .expression_attribute_values(":action", text(challenge.action.as_str()))
                .expression_attribute_values(":key", text(challenge.idempotency_key.as_str()))
                .expression_attribute_values(":context", json_text(&challenge.context));
            match &challenge.custom {
                None => set += " REMOVE custom",
                Some(custom) => {
                    set += ", custom = :custom";
                    update = update.expression_attribute_values(":custom", text(custom.to_text()));
                }
            }
        }
        update.update_expression(set).condition_expression(condition)
    }
}
