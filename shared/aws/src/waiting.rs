//! Challenges that are for one user: how they become so, and how the user's phones find them.

use aws_sdk_dynamodb::types::{Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use protocol::Refusal;
use protocol::action::ActionName;
use protocol::challenge::{Challenge, Event, Screen};
use protocol::custom::Custom;
use protocol::id::{ChallengeId, TenantId, UserId};
use protocol::time::Timestamp;
use service::Result;
use service::port::{Binds, Challenges as _, Pending, Stored};

use crate::Cloud;
use crate::challenges::{UNCLAIMED, judge};
use crate::failure::{Transacted, malformed};
use crate::item::{Reader, Writer, millis, text};
use crate::key;
use crate::query::Part;

/// The row by which a known user's phone finds the challenge; `None` if it is for nobody in particular.
pub(crate) fn waiting(table: &str, challenge: &Challenge) -> Stored<Option<TransactWriteItem>> {
    let Some(user) = challenge.subject.as_ref().filter(|_| challenge.screen != Screen::Own) else { return Ok(None) };
    let key = key::waiting_row(&challenge.tenant, user, challenge.created_at, &challenge.id);
    let row = Writer::new(key).text("id", challenge.id.to_string()).ttl(challenge.expires_at);
    let put =
        Put::builder().table_name(table).set_item(Some(row.done())).build().map_err(|_| malformed("waiting row"))?;
    Ok(Some(TransactWriteItem::builder().put(put).build()))
}

/// Of very many challenges that wait, only so many are looked at.
const WAITING_SEEN: i32 = 10;

impl Pending for Cloud {
    async fn pending(&self, tenant: &TenantId, user: &UserId, now: Timestamp) -> Stored<Vec<Challenge>> {
        let partition = key::waiting(tenant, user);
        let rows = self.query(&self.settings.live_table, &partition, Part::Last(WAITING_SEEN)).await?;
        let mut pending = Vec::new();
        for row in &rows {
            let id = Reader(row).parse("id", ChallengeId::parse)?;
            pending.extend(self.challenge(tenant, &id).await?.filter(|challenge| challenge.is_pending(now)));
        }
        Ok(pending)
    }
}

impl Binds for Cloud {
    async fn bind(
        &self,
        challenge: &Challenge,
        to: &ActionName,
        custom: Option<&Custom>,
        now: Timestamp,
    ) -> Result<Challenge> {
        let event = Event::Bind(to.clone(), custom.cloned());
        let bound = challenge.apply(&event, now)?;
        if bound == *challenge {
            return Ok(bound);
        }
        let update = Update::builder()
            .table_name(&self.settings.live_table)
            .set_key(Some(key::challenge(&challenge.tenant, &challenge.id).into_attributes()))
            .condition_expression(
                "#state = :unclaimed AND expiresAt > :now AND attribute_not_exists(withdrawn) \
                 AND attribute_not_exists(openedBy) AND attribute_not_exists(subject)",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#action", "action")
            .expression_attribute_values(":unclaimed", text(UNCLAIMED))
            .expression_attribute_values(":now", millis(now))
            .expression_attribute_values(":user", text(to.user.as_str()))
            .expression_attribute_values(":action", text(to.code.as_str()))
            .expression_attribute_values(":key", text(to.idempotency_key.as_str()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let always = "SET subject = :user, #action = :action, idempotencyKey = :key";
        let update = match custom {
            None => update.update_expression(always),
            Some(custom) => update
                .update_expression(format!("{always}, custom = :custom"))
                .expression_attribute_values(":custom", text(custom.to_text())),
        };
        let update = update.build().map_err(|_| malformed("challenge update"))?;
        let mut items = vec![TransactWriteItem::builder().update(update).build()];
        items.extend(waiting(&self.settings.live_table, &bound)?);
        match self.transact(items).await? {
            Transacted::Done => Ok(bound),
            Transacted::Refused(reasons) => {
                let item = reasons.first().and_then(|reason| reason.item.as_ref());
                judge(&challenge.tenant, Some(item.ok_or(Refusal::NotOpen)?), &event, now)
            }
        }
    }
}
