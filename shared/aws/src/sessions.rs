//! Sessions, in their user's partition.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    ConditionCheck, Put, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use protocol::Refusal;
use protocol::action::{ActionName, ActionState};
use protocol::id::{ClientId, SessionId, TenantId, UserId};
use protocol::session::Session;
use protocol::time::Timestamp;
use service::port::{Begins, Ends, Found, Refreshes, Sessions};
use service::{Result, Unavailable};

use crate::Cloud;
use crate::failure::{Transacted, database, disagreement, failed, malformed};
use crate::item::{Item, Reader, Writer, millis, number, text};
use crate::key;
use crate::query::{Part, sort_key};

fn session_item(session: &Session) -> Item {
    let item = Writer::new(key::session(&session.tenant, &session.user, &session.id))
        .text("client", session.client.as_str())
        .text("credential", session.credential.to_string())
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
        generation: u32::try_from(item.number("generation")?).map_err(|_| malformed("generation"))?,
        created_at: item.at("createdAt")?,
        refreshed_at: item.at("refreshedAt")?,
        expires_at: item.at("expiresAt")?,
        revoked_at: item.maybe_at("revokedAt"),
    })
}

impl Sessions for Cloud {
    async fn session(&self, tenant: &TenantId, user: &UserId, id: &SessionId) -> Found<Session> {
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
        ];
        match self.transact(items).await? {
            Transacted::Done => Ok(session.clone()),
            Transacted::Refused(reasons) if failed(&reasons, 0) => {
                let item = reasons.first().and_then(|reason| reason.item.as_ref()).ok_or_else(disagreement)?;
                Ok(read_session(&session.tenant, &session.user, item)?)
            }
            Transacted::Refused(_) => Err(Refusal::InvalidToken.into()),
        }
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
        let update = self
            .db
            .update_item()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::session(tenant, user, id).into_attributes()))
            .update_expression("SET generation = :next, refreshedAt = :now")
            .condition_expression("generation = :presented AND attribute_not_exists(revokedAt) AND expiresAt > :now")
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
        let then = stood.refreshed(presented, now)?;
        if then.revoked_at.is_some() {
            self.end(tenant, user, id, now).await?;
        } else if then != stood {
            return Err(disagreement().into());
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
        match update.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(database(&error)),
            },
        }
    }

    async fn end_all(&self, tenant: &TenantId, user: &UserId, now: Timestamp) -> std::result::Result<(), Unavailable> {
        let partition = key::user_partition(tenant, user);
        let items = self.query(&self.settings.directory_table, &partition, Part::Beginning(key::SESSION)).await?;
        for item in &items {
            let session = read_session(tenant, user, item)?;
            if session.revoked_at.is_none() {
                self.end(tenant, user, &session.id, now).await?;
            }
        }
        Ok(())
    }
}
