//! Gathers the single reads that one poll of a task asks for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::AttributeValue;
use scanlatch_service::Unavailable;
use tokio::sync::OnceCell;

use crate::key::Key;
use crate::remembered::lock;

/// The most keys that one `BatchGetItem` takes.
pub(crate) const MAX_BATCH: usize = 100;

/// Where an item is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) table: String,
    pub(crate) key: Key,
}

/// The items that there are.
pub(crate) type Found = HashMap<Place, HashMap<String, AttributeValue>>;

/// The batch that single reads join, until one of them asks for it.
#[derive(Debug, Default)]
pub(crate) struct Gathering(Mutex<Option<Arc<Batch>>>);

/// Reads that go out as one.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    places: Mutex<Vec<Place>>,
    /// Whichever read is polled first asks for all. If that one is dropped, the next one asks.
    pub(crate) answer: OnceCell<Result<Found, Unavailable>>,
}

impl Gathering {
    /// The batch that reads this place.
    pub(crate) fn join(&self, place: Place) -> Arc<Batch> {
        let mut open = lock(&self.0);
        let batch = open.take().filter(|batch| lock(&batch.places).len() < MAX_BATCH).unwrap_or_default();
        lock(&batch.places).push(place);
        open.insert(batch).clone()
    }

    /// The places of a batch, one for each read. No other read joins it from now on.
    pub(crate) fn close(&self, batch: &Arc<Batch>) -> Vec<Place> {
        lock(&self.0).take_if(|open| Arc::ptr_eq(open, batch));
        lock(&batch.places).clone()
    }
}
