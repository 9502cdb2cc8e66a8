//! Sockets: what only the handshake knew, and what each shows.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure, Update};
use scanlatch_protocol::action::{Action, ActionName, ActionState};
use scanlatch_protocol::challenge::Challenge;
use scanlatch_protocol::context::Context;
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::{ActionCode, ChallengeId, ConnectionId, CredentialId, IdempotencyKey, TenantId, UserId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Unavailable;
use scanlatch_service::port::{Connection, Connections, Connects, Disconnects, Lifetimes, Shown};
use serde::{Deserialize, Serialize};

use crate::Cloud;
use crate::failure::{database, malformed};
use crate::item::{Item, Reader, Writer, millis, number, text};
use crate::key;

/// API Gateway ends a connection after two hours; `$disconnect` may never tell.
const KEPT_MS: i64 = 130 * 60_000;

/// A tracked action as a connection carries it.
#[derive(Serialize, Deserialize)]
struct Tracked {
    user: String,
    code: String,
    idempotency_key: String,
    state: ActionState,
    state_updated_at: i64,
    created_at: i64,
    expires_at: i64,
    verified_by: Option<String>,
    decided_in: Option<String>,
    newest: Option<String>,
    custom: Option<Custom>,
    context: Context,
}

impl From<&Action> for Tracked {
    fn from(action: &Action) -> Self {
        Self {
            user: action.name.user.to_string(),
            code: action.name.code.to_string(),
            idempotency_key: action.name.idempotency_key.to_string(),
            state: action.state,
            state_updated_at: action.state_updated_at.millis(),
            created_at: action.created_at.millis(),
            expires_at: action.expires_at.millis(),
            verified_by: action.verified_by.map(|id| id.to_string()),
            decided_in: action.decided_in.map(|id| id.to_string()),
            newest: action.newest.map(|id| id.to_string()),
            custom: action.custom.clone(),
            context: action.context.clone(),
        }
    }
}

impl Tracked {
    fn into_action(self, tenant: TenantId) -> Result<Action, scanlatch_protocol::Refusal> {
        Ok(Action {
            name: ActionName {
                tenant,
                user: UserId::parse(self.user)?,
                code: ActionCode::parse(self.code)?,
                idempotency_key: IdempotencyKey::parse(self.idempotency_key)?,
            },
            state: self.state,
            state_updated_at: Timestamp::from_millis(self.state_updated_at),
            created_at: Timestamp::from_millis(self.created_at),
            expires_at: Timestamp::from_millis(self.expires_at),
            custom: self.custom,
            context: self.context,
            verified_by: self.verified_by.map(|id| CredentialId::parse(&id)).transpose()?,
            decided_in: self.decided_in.map(|id| ChallengeId::parse(&id)).transpose()?,
            newest: self.newest.map(|id| ChallengeId::parse(&id)).transpose()?,
        })
    }
}

fn connection_item(connection: &Connection) -> Item {
    let mut item = Writer::new(key::connection(&connection.id))
        .text("tenant", connection.tenant.to_string())
        .json("context", &connection.context)
        .set("challengeMs", number(connection.lifetimes.challenge_ms))
        .set("redeemableMs", number(connection.lifetimes.redeemable_ms))
        .at("connectedAt", connection.connected_at)
        .ttl(connection.connected_at.plus(KEPT_MS));
    if let Some(action) = &connection.tracked {
        item = item.json("tracked", &Tracked::from(action));
    }
    if let Some(shown) = connection.shows {
        item = item
            .text("shown", shown.challenge.to_string())
            .at("shownExpiresAt", shown.expires_at)
            .set("shownResumable", AttributeValue::Bool(shown.resumable));
    }
    item.done()
}

fn read_connection(id: &ConnectionId, item: &Item) -> Result<Connection, Unavailable> {
    let item = Reader(item);
    let tenant = item.parse("tenant", TenantId::parse)?;
    let tracked = match item.maybe("tracked") {
        None => None,
        Some(_) => Some(item.json::<Tracked>("tracked")?.into_action(tenant).map_err(|_| malformed("tracked"))?),
    };
    let shows = match item.maybe("shown") {
        None => None,
        Some(_) => Some(Shown {
            challenge: item.parse("shown", ChallengeId::parse)?,
            expires_at: item.at("shownExpiresAt")?,
            resumable: item.flag("shownResumable")?,
        }),
    };
    Ok(Connection {
        id: id.clone(),
        tenant,
        context: item.context()?,
        tracked,
        lifetimes: Lifetimes { challenge_ms: item.number("challengeMs")?, redeemable_ms: item.number("redeemableMs")? },
        connected_at: item.at("connectedAt")?,
        shows,
    })
}

impl Connects for Cloud {
    async fn connect(&self, connection: &Connection) -> Result<(), Unavailable> {
        let put = self.db.put_item().table_name(&self.settings.live_table);
        put.set_item(Some(connection_item(connection))).send().await.map_err(|error| database(&error))?;
        Ok(())
    }
}

impl Connections for Cloud {
    async fn connection(&self, id: &ConnectionId) -> Result<Option<Connection>, Unavailable> {
        let item = self.get(&self.settings.live_table, key::connection(id)).await?;
        item.map(|item| read_connection(id, &item)).transpose()
    }
}

impl Disconnects for Cloud {
    async fn disconnect(&self, id: &ConnectionId) -> Result<Option<Connection>, Unavailable> {
        let output = self
            .db
            .delete_item()
            .table_name(&self.settings.live_table)
            .set_key(Some(key::connection(id).into_attributes()))
            .return_values(ReturnValue::AllOld)
            .send()
            .await
            .map_err(|error| database(&error))?;
        output.attributes.filter(|item| !item.is_empty()).map(|item| read_connection(id, &item)).transpose()
    }
}

/// Points the connection at the challenge, if it still shows what it showed when it was read.
pub(crate) fn show(table: &str, connection: &Connection, challenge: &Challenge) -> UpdateBuilder {
    let shown = Shown::from(challenge);
    let update = Update::builder()
        .table_name(table)
        .set_key(Some(key::connection(&connection.id).into_attributes()))
        .update_expression("SET shown = :new, shownExpiresAt = :expiry, shownResumable = :resumable")
        .expression_attribute_values(":new", text(shown.challenge.to_string()))
        .expression_attribute_values(":expiry", millis(shown.expires_at))
        .expression_attribute_values(":resumable", AttributeValue::Bool(shown.resumable))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::None);
    match connection.shows {
        None => update.condition_expression("attribute_exists(pk) AND attribute_not_exists(shown)"),
        Some(shown) => update
            .condition_expression("attribute_exists(pk) AND shown = :old")
            .expression_attribute_values(":old", text(shown.challenge.to_string())),
    }
}
