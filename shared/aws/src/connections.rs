//! Connections: what the handshake said, and what each shows.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure, Update};
use scanlatch_protocol::bucket::Bucket;
use scanlatch_protocol::context::Viewer;
use scanlatch_protocol::id::{ChallengeId, ConnectionId, TenantId};
use scanlatch_service::Unavailable;
use scanlatch_service::port::{Charges, Connection, Connections, Connects, Disconnects, Shown, Terms};

use crate::Cloud;
use crate::challenges::Updated;
use crate::failure::{database, malformed};
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
        .set("isChoosy", AttributeValue::Bool(connection.terms.is_choosy))
        .at("connectedAt", connection.connected_at)
        .maybe_at("fullAt", connection.bucket.stored())
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
        if let Some((older, until)) = shown.older {
            item = item.text("older", older.to_string()).at("olderUntil", until);
        }
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
            older: match item.maybe("older") {
                None => None,
                Some(_) => Some((item.parse("older", ChallengeId::parse)?, item.at("olderUntil")?)),
            },
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
            is_choosy: item.flag("isChoosy")?,
        },
        connected_at: item.at("connectedAt")?,
        shows,
        bucket: Bucket::full_at(item.maybe_at("fullAt")),
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

impl Charges for Cloud {
    async fn charge(&self, connection: &Connection, left: Bucket) -> Result<bool, Unavailable> {
        let update = Update::builder()
            .table_name(&self.settings.live_table)
            .set_key(Some(key::connection(&connection.id).into_attributes()))
            .update_expression("SET fullAt = :full")
            .condition_expression(as_read(connection))
            .set_expression_attribute_values(Some(buckets(connection, left)));
        Ok(matches!(self.update_by_itself(update).await?, Updated::New(_)))
    }
}

impl Cloud {
    /// The same update without a transaction. If its condition does not hold, the item as it stands is returned.
    pub(crate) async fn update_by_itself(&self, update: UpdateBuilder) -> Result<Updated, Unavailable> {
        let update = update.build().map_err(|_| malformed("update"))?;
        let call = self
            .db
            .update_item()
            .table_name(update.table_name)
            .set_key(Some(update.key))
            .update_expression(update.update_expression)
            .set_condition_expression(update.condition_expression)
            .set_expression_attribute_values(update.expression_attribute_values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        self.send(call).await
    }
}

/// Whether a connection's item says that it shows this challenge.
pub(crate) fn shows(item: &Item, challenge: &ChallengeId) -> bool {
    Reader(item).maybe("shown") == Some(challenge.to_string().as_str())
}

/// The condition that the connection is there and no message has taken a token since it was read.
fn as_read(connection: &Connection) -> &'static str {
    match connection.bucket.stored() {
        None => "attribute_exists(pk) AND attribute_not_exists(fullAt)",
        Some(_) => "attribute_exists(pk) AND fullAt = :full_before",
    }
}

/// The values of [`as_read`] and of what is left.
fn buckets(connection: &Connection, left: Bucket) -> Item {
    let named = [(":full", left), (":full_before", connection.bucket)];
    named.into_iter().filter_map(|(name, bucket)| Some((name.to_owned(), millis(bucket.stored()?)))).collect()
}

/// Makes the connection show this challenge and takes a token, if it still shows the same as when it was read and no
/// message has taken a token since.
pub(crate) fn show(table: &str, connection: &Connection, left: Bucket, shown: Shown) -> UpdateBuilder {
    let mut values = buckets(connection, left);
    values.insert(":new".to_owned(), text(shown.challenge.to_string()));
    values.insert(":expiry".to_owned(), millis(shown.expires_at));
    values.insert(":resumable".to_owned(), AttributeValue::Bool(shown.resumable));
    let shows = match connection.shows {
        None => "attribute_not_exists(shown)",
        Some(before) => {
            values.insert(":old".to_owned(), text(before.challenge.to_string()));
            "shown = :old"
        }
    };
    let set = "SET shown = :new, shownExpiresAt = :expiry, shownResumable = :resumable, fullAt = :full";
    let set = match shown.older {
        None => format!("{set} REMOVE older, olderUntil"),
        Some((older, until)) => {
            values.insert(":older".to_owned(), text(older.to_string()));
            values.insert(":until".to_owned(), millis(until));
            format!("{set}, older = :older, olderUntil = :until")
        }
    };
    Update::builder()
        .table_name(table)
        .set_key(Some(key::connection(&connection.id).into_attributes()))
        .update_expression(set)
        .condition_expression(format!("{} AND {shows}", as_read(connection)))
        .set_expression_attribute_values(Some(values))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::None)
}
