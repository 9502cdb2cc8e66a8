//! Screens that leave, come back and poll.

use aws_sdk_dynamodb::types::TransactWriteItem;
use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Event, Screen, Withdrawal};
use scanlatch_protocol::id::{ChallengeId, TenantId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{Challenges as _, Connection, Leaves, Polls, Resumes, Shown, Withdraws};
use scanlatch_service::{Result, Unavailable};

use crate::Cloud;
use crate::challenges::{CLAIMED, UNCLAIMED, part, read_challenge, superseding, withdrawal_text};
use crate::connections::show;
use crate::failure::{Transacted, condition_mismatch, failed};
use crate::item::{millis, text};

impl Withdraws for Cloud {
    async fn withdraw(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        why: Withdrawal,
    ) -> std::result::Result<(), Unavailable> {
        let update = self
            .update_challenge(tenant, id)
            .update_expression("SET withdrawn = if_not_exists(withdrawn, :why)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":why", text(withdrawal_text(why)));
        self.send(update).await.map(|_| ())
    }
}

impl Leaves for Cloud {
    async fn leave(&self, connection: &Connection, now: Timestamp) -> std::result::Result<(), Unavailable> {
        let Some(shown) = connection.shows else { return Ok(()) };
        let update = self
            .update_challenge(&connection.tenant, &shown.challenge)
            .condition_expression("#socket = :socket")
            .expression_attribute_names("#socket", "socket")
            .expression_attribute_values(":socket", text(connection.id.as_str()));
        let update = if shown.resumable {
            update
                .update_expression("SET lostAt = if_not_exists(lostAt, :now)")
                .expression_attribute_values(":now", millis(now))
        } else {
            update
                .update_expression("SET withdrawn = if_not_exists(withdrawn, :cancelled)")
                .expression_attribute_values(":cancelled", text(withdrawal_text(Withdrawal::Cancelled)))
        };
        self.send(update).await.map(|_| ())
    }
}

impl Polls for Cloud {
    async fn polled(&self, challenge: &Challenge, _now: Timestamp) -> std::result::Result<(), Unavailable> {
        let Screen::Resumable(screen) = &challenge.screen else { return Ok(()) };
        let update = self
            .update_challenge(&challenge.tenant, &challenge.id)
            .update_expression("REMOVE lostAt, #socket")
            .condition_expression("deviceCodeDigest = :code AND attribute_exists(lostAt)")
            .expression_attribute_names("#socket", "socket")
            .expression_attribute_values(":code", text(screen.code.to_text()));
        self.send(update).await.map(|_| ())
    }
}

impl Resumes for Cloud {
    async fn resume(
        &self,
        connection: &Connection,
        challenge: &Challenge,
        now: Timestamp,
    ) -> Result<Option<Challenge>> {
        let Screen::Resumable(screen) = &challenge.screen else { return Err(Refusal::UnknownChallenge.into()) };
        let left = connection.bucket.take(now)?;
        let update = self
            .challenge_part(&challenge.tenant, &challenge.id)
            .update_expression("SET #socket = :socket REMOVE lostAt")
            .condition_expression(
                "deviceCodeDigest = :code AND (attribute_not_exists(withdrawn) OR NOT #state IN (:unclaimed, :claimed))",
            )
            .expression_attribute_names("#socket", "socket")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":unclaimed", text(UNCLAIMED))
            .expression_attribute_values(":claimed", text(CLAIMED))
            .expression_attribute_values(":code", text(screen.code.to_text()))
            .expression_attribute_values(":socket", text(connection.id.as_str()));
        let shows = connection.shows.filter(|shown| shown.challenge == challenge.id).unwrap_or(Shown::from(challenge));
        let mut items = vec![part(update)?, part(show(&self.settings.live_table, connection, left, shows))?];
        items.extend(self.others_shown(connection, challenge, now)?);
        loop {
            match self.transact(items.clone()).await? {
                Transacted::Done => break,
                Transacted::Refused(reasons) if failed(&reasons, 0) => {
                    let found = reasons.first().and_then(|reason| reason.item.as_ref());
                    let found = read_challenge(&challenge.tenant, found.ok_or(Refusal::UnknownChallenge)?)?;
                    found.apply(&Event::Resume(screen.code, Some(connection.id.clone())), now)?;
                    return Err(condition_mismatch().into());
                }
                Transacted::Refused(reasons) if failed(&reasons, 1) => return Ok(None),
                // DynamoDB has deleted another challenge already.
                Transacted::Refused(reasons) => match (2..items.len()).rev().find(|index| failed(&reasons, *index)) {
                    Some(gone) => drop(items.remove(gone)),
                    None => return Err(condition_mismatch().into()),
                },
            }
        }
        // A decision before the move went to the old socket, so the challenge is read after the move.
        let resumed = self.challenge(&challenge.tenant, &challenge.id).await?;
        Ok(Some(resumed.ok_or(Refusal::UnknownChallenge)?))
    }
}

impl Cloud {
    /// The parts that withdraw other challenges that the connection shows: one, and the one that it renewed.
    fn others_shown(
        &self,
        connection: &Connection,
        challenge: &Challenge,
        now: Timestamp,
    ) -> std::result::Result<Vec<TransactWriteItem>, Unavailable> {
        let Some(other) = connection.shows.filter(|shown| shown.challenge != challenge.id) else {
            return Ok(Vec::new());
        };
        let shown = Some(other.challenge).filter(|_| now < other.expires_at);
        let older = other.older_at(now).filter(|older| *older != challenge.id);
        let withdrawn = [shown, older].into_iter().flatten().map(|id| {
            let update = superseding(self.challenge_part(&challenge.tenant, &id));
            part(update.condition_expression("attribute_exists(pk)"))
        });
        withdrawn.collect()
    }
}
