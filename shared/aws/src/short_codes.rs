//! Short codes and the tries of users who type them. A code's row is stored with its challenge. It names the challenge,
//! whose own state decides, so nobody needs to delete the row.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use scanlatch_protocol::challenge::Challenge;
use scanlatch_protocol::id::{CallId, ChallengeId, TenantId, UserId};
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::short_code::{MAX_TRIES, TRIES_MS, Tries};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{CountsTries, ShortCodes};
use scanlatch_service::{Result, Unavailable};

use crate::Cloud;
use crate::challenges::{Updated, held};
use crate::failure::{condition_mismatch, malformed};
use crate::item::{Item, Reader, Writer, millis, number};
use crate::key;

/// The row of the challenge's short code, if it has one. The write fails if another challenge has the code.
pub(crate) fn short_code(table: &str, challenge: &Challenge) -> Result<Option<TransactWriteItem>, Unavailable> {
    let Some(code) = &challenge.short_code else { return Ok(None) };
    let row = Writer::new(key::short_code(&challenge.tenant, code))
        .text("id", challenge.id.to_string())
        .at("expiresAt", challenge.expires_at)
        .ttl(challenge.expires_at);
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(row.done()))
        .condition_expression("attribute_not_exists(pk) OR expiresAt <= :now")
        .expression_attribute_values(":now", millis(challenge.created_at))
        .build();
    Ok(Some(TransactWriteItem::builder().put(put.map_err(|_| malformed("short code"))?).build()))
}

impl ShortCodes for Cloud {
    async fn challenge_of_code(
        &self,
        tenant: &TenantId,
        code: &Digest,
        now: Timestamp,
    ) -> Result<Option<ChallengeId>, Unavailable> {
        let Some(row) = self.get(&self.settings.live_table, key::short_code(tenant, code)).await? else {
            return Ok(None);
        };
        let row = Reader(&row);
        if now < row.at("expiresAt")? { row.parse("id", ChallengeId::parse).map(Some) } else { Ok(None) }
    }
}

const CALLS: &str = "calls";

/// How often a try is counted again because the hour ended, or began, in between.
const ATTEMPTS: usize = 3;

impl CountsTries for Cloud {
    async fn count_try(&self, tenant: &TenantId, user: &UserId, call: CallId, now: Timestamp) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let until = now.plus(TRIES_MS);
            let first = self
                .update_tries(tenant, user, call)
                .update_expression("SET #calls = :call, expiresAt = :until, #ttl = :ttl")
                .condition_expression("attribute_not_exists(pk) OR expiresAt <= :now")
                .expression_attribute_names("#ttl", "ttl")
                .expression_attribute_values(":until", millis(until))
                .expression_attribute_values(":ttl", number(until.seconds()))
                .expression_attribute_values(":now", millis(now));
            let stood = match self.send(first).await? {
                Updated::New(_) => return Ok(()),
                Updated::Refused(stood) => stood.map(|item| read_tries(&item)).transpose()?,
            };
            if Tries::with(stood.as_ref(), call, now).map(Some)? == stood {
                return Ok(());
            }
            let further = self
                .update_tries(tenant, user, call)
                .update_expression("ADD #calls :call")
                .condition_expression("expiresAt > :now AND (attribute_not_exists(#calls) OR size(#calls) < :most)")
                .expression_attribute_values(":most", number(i64::try_from(MAX_TRIES).unwrap_or(i64::MAX)))
                .expression_attribute_values(":now", millis(now));
            if let Updated::New(_) = self.send(further).await? {
                return Ok(());
            }
        }
        Err(condition_mismatch().into())
    }

    async fn give_try_back(&self, tenant: &TenantId, user: &UserId, call: CallId) -> Result<(), Unavailable> {
        let update = self
            .update_tries(tenant, user, call)
            .update_expression("DELETE #calls :call")
            .condition_expression("attribute_exists(pk)");
        self.send(update).await.map(|_| ())
    }
}

impl Cloud {
    fn update_tries(&self, tenant: &TenantId, user: &UserId, call: CallId) -> UpdateItemFluentBuilder {
        self.db
            .update_item()
            .table_name(&self.settings.live_table)
            .set_key(Some(key::tries(tenant, user).into_attributes()))
            .expression_attribute_names("#calls", CALLS)
            .expression_attribute_values(":call", held([&call]))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

fn read_tries(item: &Item) -> Result<Tries, Unavailable> {
    let item = Reader(item);
    let calls = item.texts(CALLS).into_iter().map(CallId::parse).collect::<Result<_, _>>();
    Ok(Tries { calls: calls.map_err(|_| malformed(CALLS))?, until: item.at("expiresAt")? })
}
