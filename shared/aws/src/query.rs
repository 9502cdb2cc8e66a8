//! Reads of one item and of partitions, all strongly consistent.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use scanlatch_service::Unavailable;

use crate::Cloud;
use crate::failure::database;
use crate::item::{Item, text};
use crate::key::{Key, PK, SK};

/// Which part of a partition, in which order.
pub(crate) enum Part<'a> {
    /// All of it.
    Whole,
    /// Sort keys that begin so.
    Beginning(&'a str),
    /// Sort keys after this one, at most so many.
    After(&'a str, i32),
}

impl Cloud {
    /// One item.
    pub(crate) async fn get(&self, table: &str, key: Key) -> Result<Option<Item>, Unavailable> {
        let output = self
            .db
            .get_item()
            .table_name(table)
            .set_key(Some(key.into_attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| database(&error))?;
        Ok(output.item.filter(|item| !item.is_empty()))
    }

    /// A part of a partition, however many pages it takes.
    pub(crate) async fn query(&self, table: &str, partition: &str, part: Part<'_>) -> Result<Vec<Item>, Unavailable> {
        let query = self.db.query().table_name(table).consistent_read(true);
        let query =
            query.expression_attribute_names("#pk", PK).expression_attribute_values(":pk", text(partition.to_owned()));
        let by_sort_key = |condition: &str, value: &str| {
            let query = query.clone().key_condition_expression(condition).expression_attribute_names("#sk", SK);
            query.expression_attribute_values(":sk", text(value.to_owned()))
        };
        let (query, limit) = match part {
            Part::Whole => (query.key_condition_expression("#pk = :pk"), None),
            Part::Beginning(prefix) => (by_sort_key("#pk = :pk AND begins_with(#sk, :sk)", prefix), None),
            // A sort key is never empty, so this one comes before all.
            Part::After("", limit) => (query.key_condition_expression("#pk = :pk"), Some(limit)),
            Part::After(last, limit) => (by_sort_key("#pk = :pk AND #sk > :sk", last), Some(limit)),
        };
        let (mut items, mut start) = (Vec::new(), None);
        loop {
            let page = query.clone().set_limit(limit).set_exclusive_start_key(start).send().await;
            let page = page.map_err(|error| database(&error))?;
            items.extend(page.items.unwrap_or_default());
            let enough = limit.and_then(|limit| usize::try_from(limit).ok()).is_some_and(|limit| items.len() >= limit);
            start = page.last_evaluated_key.filter(|_| !enough);
            if start.is_none() {
                return Ok(items);
            }
        }
    }
}

/// So many reads are under way at once.
const AT_ONCE: usize = 16;

/// What several reads find, in their order.
pub(crate) async fn at_once<T>(
    reads: Vec<impl Future<Output = Result<T, Unavailable>>>,
) -> Result<Vec<T>, Unavailable> {
    stream::iter(reads).buffered(AT_ONCE).try_collect().await
}

/// An item's sort key.
pub(crate) fn sort_key(item: &Item) -> &str {
    item.get(SK).and_then(|value: &AttributeValue| value.as_s().ok()).map_or("", String::as_str)
}
