//! Challenges for one user: how they are bound, and how the user's phones find them.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::Action;
use scanlatch_protocol::challenge::{Challenge, Event, Screen};
use scanlatch_protocol::id::{ChallengeId, TenantId, UserId};
use scanlatch_protocol::tenant::MAX_CHALLENGE_LIFETIME_MS;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{Binds, Pending};
use scanlatch_service::{Result, Unavailable};

use crate::Cloud;
use crate::challenges::{UNCLAIMED, part, read_challenge, stands_after};
use crate::failure::{Transacted, malformed};
use crate::item::{Item, Reader, Writer, json_text, millis, text};
use crate::key;
use crate::query::{Part, sort_key};

/// The row by which the user's phones find the challenge; `None` if it is anonymous or a trusted device's own.
pub(crate) fn waiting(table: &str, challenge: &Challenge) -> Result<Option<TransactWriteItem>, Unavailable> {
    let Some(user) = challenge.subject.as_ref().filter(|_| challenge.screen != Screen::TrustedDevice) else {
        return Ok(None);
    };
    let key = key::waiting_row(&challenge.tenant, user, challenge.created_at, &challenge.id);
    let row = Writer::new(key)
        .text("id", challenge.id.to_string())
        .maybe("address", challenge.context.ip_address.as_deref())
        .ttl(challenge.expires_at);
    let put =
        Put::builder().table_name(table).set_item(Some(row.done())).build().map_err(|_| malformed("waiting row"))?;
    Ok(Some(TransactWriteItem::builder().put(put).build()))
}

/// How many rows are read at most. A user has more of them only in a flood.
const ROWS_SEEN: i32 = 1_000;
/// How many challenges are read from each end of the rows.
const EACH: usize = 30;

impl Pending for Cloud {
    async fn pending(
        &self,
        tenant: &TenantId,
        user: &UserId,
        near: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<Challenge>, Unavailable> {
        let partition = key::waiting(tenant, user);
        // Rows of challenges that are over may still exist.
        let since = key::waiting_since(now.plus(-MAX_CHALLENGE_LIFETIME_MS));
        let rows = self.query(&self.settings.live_table, &partition, Part::Newest(&since, ROWS_SEEN)).await?;
        let ids: Vec<_> = read_first(&rows, near, now)
            .into_iter()
            .map(|row| Reader(row).parse("id", ChallengeId::parse))
            .collect::<Result<Vec<_>, Unavailable>>()?;
        let keys = ids.iter().map(|id| key::challenge(tenant, id)).collect();
        let found = self.get_all(&self.settings.live_table, keys).await?;
        let found = found.into_iter().flatten().map(|item| read_challenge(tenant, &item));
        let found = found.collect::<Result<Vec<_>, Unavailable>>()?;
        Ok(found.into_iter().filter(|challenge| challenge.is_pending(now)).collect())
    }
}

/// The rows whose challenges are read, in their order. A row may be late in expiring, and its challenge may be decided.
fn read_first<'a>(rows: &'a [Item], near: Option<&str>, now: Timestamp) -> Vec<&'a Item> {
    let live = |row: &&Item| Reader(row).maybe_number("ttl").is_none_or(|ttl| ttl >= now.seconds());
    let is_near = |row: &&Item| near.is_some() && Reader(row).maybe("address") == near;
    let (near, others): (Vec<&Item>, Vec<&Item>) = rows.iter().filter(live).partition(is_near);
    let places = |count: usize, ends: bool| {
        let newest = count.saturating_sub(EACH);
        (0..count).filter(move |place| *place >= newest || (ends && *place < EACH))
    };
    let near = places(near.len(), false).map(|place| near[place]).collect::<Vec<_>>();
    let others = places(others.len(), true).map(|place| others[place]).collect::<Vec<_>>();
    let mut chosen = [near, others].concat();
    chosen.sort_by_key(|row| sort_key(row));
    chosen
}

impl Binds for Cloud {
    async fn bind(&self, challenge: &Challenge, to: &Action, now: Timestamp) -> Result<()> {
        let event = Event::Bind(Box::new(to.clone()));
        let bound = challenge.apply(&event, now)?;
        if bound == *challenge {
            return Ok(());
        }
        let set = "SET subject = :user, #action = :action, idempotencyKey = :key, #context = :context";
        let update = self
            .challenge_part(&challenge.tenant, &challenge.id)
            .condition_expression(
                "#state = :unclaimed AND expiresAt > :now AND attribute_not_exists(withdrawn) \
                 AND attribute_not_exists(trustedDevice) AND attribute_not_exists(subject)",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#action", "action")
            .expression_attribute_names("#context", "context")
            .expression_attribute_values(":unclaimed", text(UNCLAIMED))
            .expression_attribute_values(":now", millis(now))
            .expression_attribute_values(":user", text(to.name.user.as_str()))
            .expression_attribute_values(":action", text(to.name.code.as_str()))
            .expression_attribute_values(":key", text(to.name.idempotency_key.as_str()))
            .expression_attribute_values(":context", json_text(&bound.context));
        let update = match &to.custom {
            None => update.update_expression(format!("{set} REMOVE custom")),
            Some(custom) => update
                .update_expression(format!("{set}, custom = :custom"))
                .expression_attribute_values(":custom", text(custom.to_text())),
        };
        let mut items = vec![part(update)?];
        items.extend(waiting(&self.settings.live_table, &bound)?);
        match self.transact(items).await? {
            Transacted::Done => Ok(()),
            Transacted::Refused(reasons) => {
                let item = reasons.first().and_then(|reason| reason.item.as_ref());
                stands_after(&challenge.tenant, Some(item.ok_or(Refusal::NotOpen)?), &event, now).map(|_| ())
            }
        }
    }
}
