//! Reads of items by their keys, all strongly consistent.
//!
//! The single reads that one poll of a task asks for, such as those of a `join!`, go out as one `BatchGetItem`. It takes the
//! same units as they do one by one, and costs one signature, one request and at a cold start one connection.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use scanlatch_service::Unavailable;
use tokio::task::yield_now;

use crate::Cloud;
use crate::batch::{Found, MAX_BATCH, Place};
use crate::failure::{ATTEMPTS, DATABASE, database, malformed};
use crate::item::Item;
use crate::key::{Key, PK};

impl Cloud {
    /// One item, together with what others of the same poll ask for.
    pub(crate) async fn get(&self, table: &str, key: Key) -> Result<Option<Item>, Unavailable> {
        let place = Place { table: table.to_owned(), key };
        let batch = self.reads.join(place.clone());
        // The others of a `join!` are polled before this one is again.
        yield_now().await;
        let places = self.reads.close(&batch);
        // Boxed, because every future that reads would hold both otherwise.
        if places.len() == 1 {
            return Box::pin(self.read_one(place)).await;
        }
        let answer = batch.answer.get_or_init(|| Box::pin(self.read_several(places.into_iter().collect()))).await;
        answer.as_ref().map(|found| found.get(&place).cloned()).map_err(Clone::clone)
    }

    /// Several items, in the order of their keys; `None` for a missing item.
    pub(crate) async fn get_all(&self, table: &str, keys: Vec<Key>) -> Result<Vec<Option<Item>>, Unavailable> {
        let places: Vec<Place> = keys.into_iter().map(|key| Place { table: table.to_owned(), key }).collect();
        let distinct: Vec<&Place> = places.iter().collect::<HashSet<_>>().into_iter().collect();
        let mut found = Found::new();
        for some in distinct.chunks(MAX_BATCH) {
            found.extend(self.read_several(some.iter().map(|place| (*place).clone()).collect()).await?);
        }
        Ok(places.iter().map(|place| found.get(place).cloned()).collect())
    }

    async fn read_one(&self, Place { table, key }: Place) -> Result<Option<Item>, Unavailable> {
        let call = self.db.get_item().table_name(table).set_key(Some(key.into_attributes())).consistent_read(true);
        let output = call.send().await.map_err(|error| database(&error))?;
        Ok(output.item.filter(|item| !item.is_empty()))
    }

    /// What these places hold, [`MAX_BATCH`] of them at most.
    async fn read_several(&self, places: HashSet<Place>) -> Result<Found, Unavailable> {
        let mut found = Found::new();
        let mut left: Vec<Place> = places.into_iter().collect();
        for attempt in 0.. {
            left = self.read_batch(left, &mut found).await?;
            if left.is_empty() {
                break;
            }
            if attempt == ATTEMPTS {
                return Err(Unavailable::new(DATABASE, "it left keys of a batch unread again and again"));
            }
            self.wait(attempt).await?;
        }
        Ok(found)
    }

    /// One call. Returns what `DynamoDB` left unread.
    async fn read_batch(&self, places: Vec<Place>, found: &mut Found) -> Result<Vec<Place>, Unavailable> {
        let mut tables: HashMap<String, Vec<_>> = HashMap::new();
        for Place { table, key } in places {
            tables.entry(table).or_default().push(key.into_attributes());
        }
        let mut call = self.db.batch_get_item();
        for (table, keys) in tables {
            let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
            call = call.request_items(table, keys.map_err(|_| malformed("batch"))?);
        }
        let output = call.send().await.map_err(|error| database(&error))?;
        for (table, items) in output.responses.unwrap_or_default() {
            for item in items {
                let key = Key::of(&item).ok_or_else(|| malformed(PK))?;
                found.insert(Place { table: table.clone(), key }, item);
            }
        }
        let mut left = Vec::new();
        for (table, keys) in output.unprocessed_keys.unwrap_or_default() {
            for key in keys.keys {
                let key = Key::of(&key).ok_or_else(|| malformed(PK))?;
                left.push(Place { table: table.clone(), key });
            }
        }
        Ok(left)
    }
}
