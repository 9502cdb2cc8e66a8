//! Reads of partitions, all strongly consistent.

use aws_sdk_dynamodb::types::AttributeValue;
use scanlatch_service::Unavailable;

use crate::Cloud;
use crate::failure::database;
use crate::item::{Item, text};
use crate::key::{PK, SK};

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

impl Cloud {
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
