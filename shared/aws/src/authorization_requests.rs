//! Authorization requests, and the pace of devices that poll.

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Put, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::{ChallengeId, ClientId, SessionId, TenantId};
use scanlatch_protocol::openid::device::TOO_SOON_MS;
use scanlatch_protocol::openid::request::{AuthorizationRequest, Login, RequestEvent, RequestState};
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::session::Session;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{Answers, Asks, AuthorizationRequests, Exchanged, Exchanges, Paces};
use scanlatch_service::{Result, Unavailable};

use crate::Cloud;
use crate::challenges::Updated;
use crate::failure::{Transacted, condition_mismatch, database, failed, malformed};
use crate::item::{Item, Reader, Writer, as_stored, json_text, millis};
use crate::key;
use crate::sessions::session_item;

const STATE: &str = "state";

/// How often a transition is tried if another one comes between, or another version wrote the state in other words.
const ATTEMPTS: usize = 3;

fn request_item(request: &AuthorizationRequest) -> Item {
    Writer::new(key::authorization_request(&request.tenant, &request.id))
        .text("client", request.client.as_str())
        .text("name", &request.name)
        .json("asks", &request.asks)
        .text("session", request.session.to_string())
        .at("expiresAt", request.expires_at)
        .json(STATE, &request.state)
        .ttl(request.forgettable_at())
        .done()
}

fn read_request(tenant: &TenantId, id: &Digest, item: &Item) -> std::result::Result<AuthorizationRequest, Unavailable> {
    let item = Reader(item);
    Ok(AuthorizationRequest {
        id: *id,
        tenant: *tenant,
        client: item.parse("client", ClientId::parse)?,
        name: item.text("name")?.to_owned(),
        asks: item.json("asks")?,
        session: item.parse("session", |text: &str| SessionId::parse(text))?,
        expires_at: item.at("expiresAt")?,
        state: item.json(STATE)?,
    })
}

impl AuthorizationRequests for Cloud {
    async fn authorization_request(
        &self,
        tenant: &TenantId,
        id: &Digest,
    ) -> Result<Option<AuthorizationRequest>, Unavailable> {
        let item = self.get(&self.settings.live_table, key::authorization_request(tenant, id)).await?;
        item.map(|item| read_request(tenant, id, &item)).transpose()
    }
}

impl Asks for Cloud {
    async fn ask(&self, request: &AuthorizationRequest) -> Result<(), Unavailable> {
        let put = self.db.put_item().table_name(&self.settings.live_table).set_item(Some(request_item(request)));
        put.send().await.map(|_| ()).map_err(|error| database(&error))
    }
}

impl Answers for Cloud {
    async fn answer(
        &self,
        request: &AuthorizationRequest,
        event: &RequestEvent,
        now: Timestamp,
    ) -> Result<AuthorizationRequest> {
        let (mut read, mut seen) = (request.clone(), json_text(&request.state));
        for _ in 0..ATTEMPTS {
            let then = read.apply(event, now)?;
            if then == read {
                return Ok(then);
            }
            let update = self
                .db
                .update_item()
                .table_name(&self.settings.live_table)
                .set_key(Some(key::authorization_request(&request.tenant, &request.id).into_attributes()))
                .update_expression("SET #state = :then, expiresAt = :until, #ttl = :ttl")
                .condition_expression("#state = :seen")
                .expression_attribute_names("#state", STATE)
                .expression_attribute_names("#ttl", "ttl")
                .expression_attribute_values(":then", json_text(&then.state))
                .expression_attribute_values(":until", millis(then.expires_at))
                .expression_attribute_values(":ttl", crate::item::number(then.forgettable_at().seconds()))
                .expression_attribute_values(":seen", seen)
                .return_values(ReturnValue::AllNew)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
            match self.send(update).await? {
                Updated::New(_) => return Ok(then),
                Updated::Refused(found) => {
                    let found = found.ok_or(Refusal::UnknownChallenge)?;
                    read = read_request(&request.tenant, &request.id, &found)?;
                    seen = as_stored(&found, STATE, &read.state);
                }
            }
        }
        Err(condition_mismatch().into())
    }
}

/// The indexes of the items in the transaction of an exchange.
const REQUEST: usize = 0;

impl Exchanges for Cloud {
    async fn exchange(
        &self,
        request: &AuthorizationRequest,
        login: &Login,
        session: &Session,
        now: Timestamp,
    ) -> Result<Exchanged> {
        let (mut read, mut seen) = (request.clone(), json_text(&request.state));
        for _ in 0..ATTEMPTS {
            if matches!(read.state, RequestState::Exchanged { .. }) {
                return Ok(Exchanged::Before);
            }
            let then = read.apply(&RequestEvent::Exchange, now)?;
            let items = vec![
                self.exchanged(&then, seen)?,
                self.begun(session)?,
                self.is_still_enrolled(login, &request.tenant)?,
                TransactWriteItem::builder().condition_check(self.epoch_check(session)?).build(),
            ];
            let reasons = match self.transact(items).await? {
                Transacted::Done => return Ok(Exchanged::Done),
                Transacted::Refused(reasons) => reasons,
            };
            if !failed(&reasons, REQUEST) {
                return Err(Refusal::InvalidToken.into());
            }
            let found = reasons.get(REQUEST).and_then(|reason| reason.item.clone()).ok_or(Refusal::InvalidToken)?;
            read = read_request(&request.tenant, &request.id, &found)?;
            seen = as_stored(&found, STATE, &read.state);
        }
        Err(condition_mismatch().into())
    }
}

impl Cloud {
    fn exchanged(&self, then: &AuthorizationRequest, seen: AttributeValue) -> Result<TransactWriteItem, Unavailable> {
        let update = Update::builder()
            .table_name(&self.settings.live_table)
            .set_key(Some(key::authorization_request(&then.tenant, &then.id).into_attributes()))
            .update_expression("SET #state = :then")
            .condition_expression("#state = :seen")
            .expression_attribute_names("#state", STATE)
            .expression_attribute_values(":then", json_text(&then.state))
            .expression_attribute_values(":seen", seen)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let update = update.build().map_err(|_| malformed("authorization request"))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn begun(&self, session: &Session) -> Result<TransactWriteItem, Unavailable> {
        let put = Put::builder()
            .table_name(&self.settings.directory_table)
            .set_item(Some(session_item(session)))
            .condition_expression("attribute_not_exists(pk)");
        let put = put.build().map_err(|_| malformed("session"))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// The device that approved is still enrolled; a removed one leaves a row without its key.
    fn is_still_enrolled(&self, login: &Login, tenant: &TenantId) -> Result<TransactWriteItem, Unavailable> {
        let check = ConditionCheck::builder()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::users_credential(tenant, &login.user, &login.credential).into_attributes()))
            .condition_expression("attribute_exists(thumbprint)");
        let check = check.build().map_err(|_| malformed("credential"))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}

impl Paces for Cloud {
    async fn pace(&self, tenant: &TenantId, id: &ChallengeId, now: Timestamp) -> Result<bool, Unavailable> {
        let update = self
            .update_challenge(tenant, id)
            .update_expression("SET polledAt = :now")
            .condition_expression("attribute_exists(pk) AND (attribute_not_exists(polledAt) OR polledAt <= :before)")
            .expression_attribute_values(":now", millis(now))
            .expression_attribute_values(":before", millis(now.plus(-TOO_SOON_MS)));
        Ok(matches!(self.send(update).await?, Updated::New(_)))
    }
}
