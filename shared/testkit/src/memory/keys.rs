use std::sync::Arc;

use scanlatch_protocol::key_set::{Change, KeySet};
use scanlatch_protocol::signing::{SigningKey, VerifyingKeys};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Unavailable;
use scanlatch_service::fresh_key;
use scanlatch_service::port::{MakesKeys, Rotates, Signs, Verifies};

use super::Memory;
use super::tables::Tables;

impl Tables {
    fn signing(&self, now: Timestamp) -> Option<Arc<SigningKey>> {
        let signing = self.key_set.signing(now)?.slot.number;
        self.private_keys.get(&signing).cloned()
    }

    fn change_key_set(&mut self, change: &Change, key: Option<&SigningKey>) -> bool {
        let is_there = |number: &u64| self.private_keys.contains_key(number);
        if change.make.is_some_and(|place| is_there(&place.number)) || !change.remove.iter().all(is_there) {
            return false;
        }
        self.key_set = self.key_set.changed(change, key.map(SigningKey::public));
        self.private_keys.retain(|number, _| !change.remove.contains(number));
        if let Some((place, key)) = change.make.zip(key) {
            self.private_keys.insert(place.number, Arc::new(key.clone()));
        }
        true
    }
}

impl Verifies for Memory {
    async fn verifying_keys(&self, _kid: Option<&str>, now: Timestamp) -> Result<Arc<VerifyingKeys>, Unavailable> {
        Ok(Arc::new(self.tables("verifying_keys").await.key_set.verifying(now)))
    }
}

impl Signs for Memory {
    async fn signing_key(&self, now: Timestamp) -> Result<Arc<SigningKey>, Unavailable> {
        let key = self.tables("signing_key").await.signing(now);
        key.ok_or_else(|| Unavailable::new("signing key", "there is none"))
    }
}

impl MakesKeys for Memory {
    async fn signing_key_or_first(&self, now: Timestamp) -> Result<Arc<SigningKey>, Unavailable> {
        let mut tables = self.tables("signing_key_or_first").await;
        if tables.key_set.is_empty() {
            let fresh = fresh_key(self)?;
            tables.change_key_set(&Change::first(now), Some(&fresh));
        }
        tables.signing(now).ok_or_else(|| Unavailable::new("signing key", "there is none"))
    }
}

impl Rotates for Memory {
    async fn key_set(&self) -> Result<KeySet, Unavailable> {
        Ok(self.tables("key set").await.key_set.clone())
    }

    async fn change_key_set(&self, change: &Change, key: Option<&SigningKey>) -> Result<bool, Unavailable> {
        let changed = self.tables("change_ring").await.change_key_set(change, key);
        self.replied(changed)
    }
}
