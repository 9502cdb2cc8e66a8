//! Claims: one conditional write each. Taking over from a revoked claimer is a transaction.

use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Claim, Event, GRACE_MS, MAX_CLAIMS, State};
use scanlatch_protocol::credential::Holder;
use scanlatch_protocol::id::{ChallengeId, TenantId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Result;
use scanlatch_service::port::Claims;

use crate::Cloud;
use crate::challenges::{CLAIMED, SPENT, UNCLAIMED, Updated, part, read_challenge, spent, stands_after, superseding};
use crate::failure::{Transacted, condition_mismatch, failed, malformed};
use crate::item::{Item, json_text, millis, number, text};
use crate::key;

impl Claims for Cloud {
    async fn claim(&self, tenant: &TenantId, id: &ChallengeId, claim: &Claim, now: Timestamp) -> Result<Challenge> {
        let (set, values) = fixed(claim, now);
        let update = self
            .update_challenge(tenant, id)
            .update_expression(format!("{set}, #state = :claimed"))
            .set_expression_attribute_values(Some(values))
            .condition_expression(format!("{CLAIMABLE} AND attribute_not_exists(successor)"))
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#spent", SPENT)
            .expression_attribute_values(":claimed", text(CLAIMED))
            .expression_attribute_values(":unclaimed", text(UNCLAIMED))
            .expression_attribute_values(":grace", millis(now.plus(-GRACE_MS)));
        let found = match self.send(update).await? {
            Updated::New(item) => return Ok(read_challenge(tenant, &item)?),
            Updated::Refused(found) => found,
        };
        let stood = read_challenge(tenant, found.as_ref().ok_or(Refusal::UnknownChallenge)?)?;
        match (stood.apply(&Event::Claim(claim.clone()), now), &stood.state) {
            (Ok(_), State::Unclaimed) if stood.successor.is_some() => self.claim_older(&stood, claim, now).await,
            (Ok(then), _) if then == stood => Ok(stood),
            (Ok(_), State::Claimed { .. }) => self.claim_again(&stood, claim, now).await,
            (Ok(_), _) => Err(condition_mismatch().into()),
            (Err(Refusal::AlreadyClaimed), State::Claimed { by: from, .. }) => {
                self.take_over(&stood, from, claim, now).await
            }
            (Err(refusal), _) => Err(refusal.into()),
        }
    }
}

impl Cloud {
    /// Claims a challenge that its screen has renewed, in one step with the withdrawal of its successor. Its successor is
    /// claimed by a plain update, so only this claim has to look at both.
    async fn claim_older(&self, stood: &Challenge, claim: &Claim, now: Timestamp) -> Result<Challenge> {
        let successor = stood.successor.ok_or_else(condition_mismatch)?;
        let event = Event::Claim(claim.clone());
        let claimed = stood.apply(&event, now)?;
        let (set, values) = fixed(claim, now);
        let update = self
            .challenge_part(&stood.tenant, &stood.id)
            .update_expression(format!("{set}, #state = :claimed"))
            .set_expression_attribute_values(Some(values))
            .condition_expression(CLAIMABLE)
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#spent", SPENT)
            .expression_attribute_values(":claimed", text(CLAIMED))
            .expression_attribute_values(":unclaimed", text(UNCLAIMED))
            .expression_attribute_values(":grace", millis(now.plus(-GRACE_MS)));
        let newer = superseding(self.challenge_part(&stood.tenant, &successor))
            .condition_expression("#state = :unclaimed")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":unclaimed", text(UNCLAIMED));
        match self.transact(vec![part(update)?, part(newer)?]).await? {
            Transacted::Done => Ok(claimed),
            Transacted::Refused(reasons) if failed(&reasons, 0) => {
                let found = reasons.first().and_then(|reason| reason.item.as_ref());
                stands_after(&stood.tenant, found, &event, now)
            }
            Transacted::Refused(_) => Err(Refusal::Superseded.into()),
        }
    }

    /// Keeps the signature of a repeated claim.
    async fn claim_again(&self, stood: &Challenge, claim: &Claim, now: Timestamp) -> Result<Challenge> {
        let update = self
            .update_challenge(&stood.tenant, &stood.id)
            .update_expression("ADD #spent :spent")
            .condition_expression(
                "#state = :claimed AND expiresAt > :now AND attribute_not_exists(withdrawn) \
                 AND (attribute_not_exists(decideBy) OR decideBy > :now) \
                 AND holderCredential = :credential AND size(#spent) < :most",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#spent", SPENT)
            .expression_attribute_values(":claimed", text(CLAIMED))
            .expression_attribute_values(":credential", text(claim.by.credential.to_string()))
            .expression_attribute_values(":spent", spent(&[claim.r]))
            .expression_attribute_values(":most", number(i64::try_from(MAX_CLAIMS).unwrap_or(i64::MAX)))
            .expression_attribute_values(":now", millis(now));
        self.changed(&stood.tenant, update, &Event::Claim(claim.clone()), now).await
    }

    /// Takes the challenge over from a holder whose enrolment is gone.
    async fn take_over(&self, stood: &Challenge, from: &Holder, claim: &Claim, now: Timestamp) -> Result<Challenge> {
        let row = key::users_credential(&stood.tenant, &from.user, &from.credential);
        if self.get(&self.settings.directory_table, row.clone()).await?.is_some_and(|row| is_enrolled(&row)) {
            return Err(Refusal::AlreadyClaimed.into());
        }
        let event = Event::TakeOver { claim: claim.clone(), from: from.clone() };
        let taken = stood.apply(&event, now)?;
        let (mut set, values) = fixed(claim, now);
        if claim.seen.is_none() {
            set += " REMOVE seen";
        }
        let update = self
            .challenge_part(&stood.tenant, &stood.id)
            .update_expression(set)
            .set_expression_attribute_values(Some(values))
            .condition_expression(
                "#state = :claimed AND holderCredential = :from AND expiresAt > :now AND attribute_not_exists(withdrawn) \
                 AND (attribute_not_exists(decideBy) OR decideBy > :now) \
                 AND (attribute_not_exists(lostAt) OR lostAt > :grace)",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#spent", SPENT)
            .expression_attribute_values(":claimed", text(CLAIMED))
            .expression_attribute_values(":from", text(from.credential.to_string()))
            .expression_attribute_values(":grace", millis(now.plus(-GRACE_MS)));
        let gone = ConditionCheck::builder()
            .table_name(&self.settings.directory_table)
            .set_key(Some(row.into_attributes()))
            .condition_expression("attribute_not_exists(thumbprint)")
            .build()
            .map_err(|_| malformed("credential row"))?;
        let items = vec![part(update)?, TransactWriteItem::builder().condition_check(gone).build()];
        match self.transact(items).await? {
            Transacted::Done => Ok(taken),
            Transacted::Refused(reasons) if failed(&reasons, 0) => {
                let found = reasons.first().and_then(|reason| reason.item.as_ref());
                stands_after(&stood.tenant, found, &Event::Claim(claim.clone()), now)
            }
            Transacted::Refused(_) => Err(Refusal::AlreadyClaimed.into()),
        }
    }
}

/// The condition of a first claim.
const CLAIMABLE: &str = "#state = :unclaimed AND expiresAt > :now AND attribute_not_exists(withdrawn) \
                         AND (attribute_not_exists(lostAt) OR lostAt > :grace) \
                         AND attribute_not_exists(trustedDevice) \
                         AND (attribute_not_exists(subject) OR subject = :user)";

/// What a claim writes, except for the state: an update expression and its values.
fn fixed(claim: &Claim, now: Timestamp) -> (String, Item) {
    let facts = claim.facts(now);
    let mut set = String::from(
        "SET claimedAt = :now, holderUser = :user, holderCredential = :credential, #spent = :spent, \
         verificationCode = :code, decideBy = :decideBy",
    );
    let mut values = Item::from([
        (":now".to_owned(), millis(now)),
        (":user".to_owned(), text(claim.by.user.as_str())),
        (":credential".to_owned(), text(claim.by.credential.to_string())),
        (":spent".to_owned(), spent(&[claim.r])),
        (":code".to_owned(), text(facts.code.to_text())),
        (":decideBy".to_owned(), millis(facts.decide_by)),
    ]);
    if let Some(seen) = &facts.seen {
        set += ", seen = :seen";
        values.insert(":seen".to_owned(), json_text(seen));
    }
    (set, values)
}

/// Whether a user's row lists an enrolment. A tombstone has no thumbprint.
fn is_enrolled(row: &Item) -> bool {
    row.contains_key("thumbprint")
}
