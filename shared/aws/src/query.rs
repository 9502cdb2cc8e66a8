//! Reads of one item and of partitions, all strongly consistent.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use scanlatch_service::Unavailable;

use crate::Cloud;
use crate::failure::{ATTEMPTS, DATABASE, database, malformed};
use crate::item::{Item, text};
use crate::key::{Key, PK, SK};

/// Which part of a partition, in which order.
pub(crate) enum Part<'a> {
    /// All of it.
    Whole,
    /// Sort keys with this prefix.
    Beginning(&'a str),
    /// At most this many sort keys after this one.
    After(&'a str, i32),
    /// At most this many of the last sort keys, down to this one, in ascending order.
    Newest(&'a str, i32),
}

/// The most keys that one `BatchGetItem` takes.
const MAX_BATCH: usize = 100;

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

    /// Several items, in the order of their keys; `None` for a missing item. DynamoDB returns up to 100 in one call.
    pub(crate) async fn get_all(&self, table: &str, keys: Vec<Key>) -> Result<Vec<Option<Item>>, Unavailable> {
        let mut found = HashMap::new();
        let distinct: Vec<&Key> = keys.iter().collect::<HashSet<_>>().into_iter().collect();
        for some in distinct.chunks(MAX_BATCH) {
            let mut left: Vec<Key> = some.iter().map(|key| (*key).clone()).collect();
            for attempt in 0.. {
                left = self.get_batch(table, left, &mut found).await?;
                if left.is_empty() {
                    break;
                }
                if attempt == ATTEMPTS {
                    return Err(Unavailable::new(DATABASE, "it left keys of a batch unread again and again"));
                }
                self.wait(attempt).await?;
            }
        }
        Ok(keys.iter().map(|key| found.get(key).cloned()).collect())
    }

    /// One call. Returns the keys that DynamoDB left unread.
    async fn get_batch(
        &self,
        table: &str,
        keys: Vec<Key>,
        found: &mut HashMap<Key, Item>,
    ) -> Result<Vec<Key>, Unavailable> {
        let keys = keys.into_iter().map(Key::into_attributes).collect();
        let request = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
        let request = request.map_err(|_| malformed("batch"))?;
        let output = self.db.batch_get_item().request_items(table, request).send().await;
        let output = output.map_err(|error| database(&error))?;
        for item in output.responses.unwrap_or_default().remove(table).unwrap_or_default() {
            found.insert(Key::of(&item).ok_or_else(|| malformed(PK))?, item);
        }
        let unread = output.unprocessed_keys.unwrap_or_default().remove(table).map(|left| left.keys);
        unread.unwrap_or_default().iter().map(|key| Key::of(key).ok_or_else(|| malformed(PK))).collect()
    }

    /// A part of a partition, from all its pages.
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
            // A sort key is never empty, so every key comes after this one.
            Part::After("", limit) => (query.key_condition_expression("#pk = :pk"), Some(limit)),
            Part::Newest(first, limit) => {
                (by_sort_key("#pk = :pk AND #sk > :sk", first).scan_index_forward(false), Some(limit))
            }
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
                if matches!(part, Part::Newest(..)) {
                    items.reverse();
                }
                return Ok(items);
            }
        }
    }
}

/// An item's sort key.
pub(crate) fn sort_key(item: &Item) -> &str {
    item.get(SK).and_then(|value: &AttributeValue| value.as_s().ok()).map_or("", String::as_str)
}
