//! Connections: what the handshake said, and what each shows.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure, Update};
use scanlatch_protocol::challenge::Challenge;
use scanlatch_protocol::context::Viewer;
use scanlatch_protocol::id::{ChallengeId, ConnectionId, TenantId};
use scanlatch_service::Unavailable;
use scanlatch_service::port::{Connection, Connections, Connects, Disconnects, Shown, Terms};

use crate::Cloud;
use crate::failure::database;
use crate::item::{Item, Reader, Writer, millis, number, text};
use crate::key;

/// How long a connection is kept. API Gateway closes it after two hours, and `$disconnect` may never come.
const KEPT_MS: i64 = 130 * 60_000;

fn connection_item(connection: &Connection) -> Item {
    let mut item = Writer::new(key::connection(&connection.id))
        .text("tenant", connection.tenant.to_string())
        .json("context", &connection.viewer.context)
        .set("challengeMs", number(connection.terms.challenge_ms))
        .set("redeemableMs", number(connection.terms.redeemable_ms))
        .set("tokenMs", number(connection.terms.token_ms))
        .set("nearKm", number(connection.terms.near_km.into()))
        .at("connectedAt", connection.connected_at)
        .ttl(connection.connected_at.plus(KEPT_MS));
    if let Some(sight) = &connection.viewer.sight {
        item = item.json("sight", sight);
    }
    if let Some(action) = &connection.tracked {
        item = item.json("tracked", action);
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
        Some(_) => Some(item.json("tracked")?),
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
        viewer: Viewer { context: item.context()?, sight: item.maybe_json("sight")? },
        tracked,
        terms: Terms {
            challenge_ms: item.number("challengeMs")?,
            redeemable_ms: item.number("redeemableMs")?,
            token_ms: item.number("tokenMs")?,
            near_km: item.count("nearKm")?,
        },
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

/// Makes the connection show the challenge, if it still shows the same as when it was read.
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
