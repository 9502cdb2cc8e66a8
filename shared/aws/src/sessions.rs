//! Sessions, in their user's partition.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::{
    ConditionCheck, Put, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::{ActionName, ActionState};
use scanlatch_protocol::id::{ClientId, SessionId, TenantId, UserId};
use scanlatch_protocol::session::Session;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{Begins, Ends, Refreshes, Sessions, Users as _};
use scanlatch_service::{Result, Unavailable};

use crate::Cloud;
use crate::failure::{Transacted, condition_mismatch, database, failed, malformed};
use crate::item::{Item, Reader, Writer, millis, number, text};
use crate::key;
use crate::query::sort_key;

pub(crate) fn session_item(session: &Session) -> Item {
    let item = Writer::new(key::session(&session.tenant, &session.user, &session.id))
        .text("client", session.client.as_str())
        .text("credential", session.credential.to_string())
        .set("epoch", number(i64::from(session.epoch)))
        .set("generation", number(i64::from(session.generation)))
        .at("createdAt", session.created_at)
        .at("refreshedAt", session.refreshed_at)
        .at("expiresAt", session.expires_at)
        .ttl(session.expires_at);
    match session.revoked_at {
        Some(at) => item.at("revokedAt", at),
        None => item,
    }
    .done()
}

fn read_session(tenant: &TenantId, user: &UserId, item: &Item) -> std::result::Result<Session, Unavailable> {
    let id = sort_key(item).strip_prefix(key::SESSION).and_then(|id| SessionId::parse(id).ok());
    let item = Reader(item);
    Ok(Session {
        id: id.ok_or_else(|| malformed("session"))?,
        tenant: *tenant,
        user: user.clone(),
        client: item.parse("client", ClientId::parse)?,
        credential: item.credential_id("credential")?,
        epoch: item.count("epoch")?,
        generation: item.count("generation")?,
        created_at: item.at("createdAt")?,
        refreshed_at: item.at("refreshedAt")?,
        expires_at: item.at("expiresAt")?,
        revoked_at: item.maybe_at("revokedAt"),
    })
}

impl Sessions for Cloud {
    async fn session(&self, tenant: &TenantId, user: &UserId, id: &SessionId) -> Result<Option<Session>, Unavailable> {
        let item = self.get(&self.settings.directory_table, key::session(tenant, user, id)).await?;
        item.map(|item| read_session(tenant, user, &item)).transpose()
    }
}

impl Begins for Cloud {
    async fn begin(&self, session: &Session, action: &ActionName) -> Result<Session> {
        let table = &self.settings.directory_table;
        let put = Put::builder()
            .table_name(table)
            .set_item(Some(session_item(session)))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|_| malformed("session"))?;
        let check = ConditionCheck::builder()
            .table_name(table)
            .set_key(Some(key::action(action).into_attributes()))
            .condition_expression("#state = :succeeded")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":succeeded", text(ActionState::ChallengeSucceeded.as_str()))
            .build()
            .map_err(|_| malformed("action"))?;
        let items = vec![
            TransactWriteItem::builder().put(put).build(),
            TransactWriteItem::builder().condition_check(check).build(),
            TransactWriteItem::builder().condition_check(self.epoch_check(session)?).build(),
        ];
        match self.transact(items).await? {
            Transacted::Done => Ok(session.clone()),
            Transacted::Refused(reasons) if failed(&reasons, 0) => {
                let item = reasons.first().and_then(|reason| reason.item.as_ref()).ok_or_else(condition_mismatch)?;
                Ok(read_session(&session.tenant, &session.user, item)?)
            }
            Transacted::Refused(_) => Err(Refusal::InvalidToken.into()),
        }
    }
}

impl Cloud {
    /// Checks that the user exists and is in the session's epoch.
    pub(crate) fn epoch_check(&self, session: &Session) -> std::result::Result<ConditionCheck, Unavailable> {
        let check = ConditionCheck::builder()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::user(&session.tenant, &session.user).into_attributes()));
        match session.epoch {
            0 => check.condition_expression("attribute_exists(pk) AND attribute_not_exists(sessionEpoch)"),
            epoch => check
                .condition_expression("sessionEpoch = :epoch")
                .expression_attribute_values(":epoch", number(i64::from(epoch))),
        }
        .build()
        .map_err(|_| malformed("user"))
    }
}

impl Refreshes for Cloud {
    async fn refresh(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: &SessionId,
        presented: u32,
        now: Timestamp,
    ) -> Result<Session> {
        let owner = self.user(tenant, user).await?.ok_or(Refusal::InvalidToken)?;
        let update = self
            .db
            .update_item()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::session(tenant, user, id).into_attributes()))
            .update_expression("SET generation = :next, refreshedAt = :now")
            .condition_expression(
                "generation = :presented AND epoch = :epoch AND attribute_not_exists(revokedAt) AND expiresAt > :now",
            )
            .expression_attribute_values(":epoch", number(i64::from(owner.session_epoch)))
            .expression_attribute_values(":presented", number(i64::from(presented)))
            .expression_attribute_values(":next", number(i64::from(presented) + 1))
            .expression_attribute_values(":now", millis(now))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let error = match update.send().await {
            Ok(output) => return Ok(read_session(tenant, user, &output.attributes.unwrap_or_default())?),
            Err(error) => error,
        };
        let Some(UpdateItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() else {
            return Err(database(&error).into());
        };
        let stood = read_session(tenant, user, failed.item.as_ref().ok_or(Refusal::InvalidToken)?)?;
        let then = stood.refreshed(presented, Some(&owner), now)?;
        if then.revoked_at.is_some() {
            self.end(tenant, user, id, now).await?;
        } else if then != stood {
            return Err(condition_mismatch().into());
        }
        Ok(then)
    }
}

impl Ends for Cloud {
    async fn end(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: &SessionId,
        now: Timestamp,
    ) -> std::result::Result<(), Unavailable> {
        let update = self
            .db
            .update_item()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::session(tenant, user, id).into_attributes()))
            .update_expression("SET revokedAt = if_not_exists(revokedAt, :now)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":now", millis(now));
        done_if_there(update.send().await)
    }

    async fn end_all(&self, tenant: &TenantId, user: &UserId) -> std::result::Result<(), Unavailable> {
        let update = self
            .db
            .update_item()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::user(tenant, user).into_attributes()))
            .update_expression("ADD sessionEpoch :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":one", number(1));
        done_if_there(update.send().await)
    }
}

/// The result of an update whose item may be gone.
fn done_if_there<R>(
    updated: std::result::Result<UpdateItemOutput, SdkError<UpdateItemError, R>>,
) -> std::result::Result<(), Unavailable> {
    match updated {
        Err(error) if !error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) => {
            Err(database(&error))
        }
        _ => Ok(()),
    }
}
