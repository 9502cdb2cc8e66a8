//! The key set: public halves, and wrapped private halves. A process keeps it for five minutes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use scanlatch_protocol::key_set::{Change, KeySet, KeySetEntry, Slot};
use scanlatch_protocol::signing::{SigningKey, VerifyingKey, VerifyingKeys};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Unavailable;
use scanlatch_service::fresh_key;
use scanlatch_service::measure::{self, Measure};
use scanlatch_service::port::{MakesKeys, Rotates, Signs, Verifies};

use crate::Cloud;
use crate::failure::{Transacted, malformed};
use crate::item::{Item, Reader, Writer};
use crate::key;
use crate::query::{Part, sort_key};
use crate::remembered::{Known, lock};

/// An unknown key id renews a remembered key set, but at most this often, even in a flood of invented ids.
const RENEWED_AT_MOST_EVERY_MS: i64 = 60_000;

fn read_key(item: &Item) -> Result<(KeySetEntry, Vec<u8>), Unavailable> {
    let number = sort_key(item).parse().map_err(|_| malformed("sk"))?;
    let item = Reader(item);
    let created_at = item.at("createdAt")?;
    let slot = Slot { number, created_at, signs_from: item.at("signsFrom")? };
    let public = VerifyingKey::from_text(item.text("public")?).ok_or_else(|| malformed("public"))?;
    let wrapped = scanlatch_protocol::base64::decode(item.text("wrapped")?).ok_or_else(|| malformed("wrapped"))?;
    Ok((KeySetEntry { slot, public }, wrapped))
}

impl Cloud {
    async fn read_key_set(&self, now: Timestamp) -> Result<Arc<Known>, Unavailable> {
        let items = self.query(&self.settings.directory_table, key::SIGNING, Part::Whole).await?;
        let (mut keys, mut wrapped) = (Vec::new(), BTreeMap::new());
        for item in &items {
            let (key, private) = read_key(item)?;
            wrapped.insert(key.slot.number, private);
            keys.push(key);
        }
        let key_set = KeySet::new(keys);
        let verifying = Arc::new(key_set.verifying(now));
        let private = Mutex::new(self.remembered_key_set.known().and_then(|known| known.private()));
        let known = Arc::new(Known { read_at: now, key_set, verifying, wrapped, private });
        self.remembered_key_set.remember(known.clone());
        Ok(known)
    }

    async fn known_key_set(&self, now: Timestamp) -> Result<Arc<Known>, Unavailable> {
        match self.remembered_key_set.known() {
            Some(known) if known.is_fresh(now) => Ok(known),
            _ => self.read_key_set(now).await,
        }
    }

    /// The part of a transaction that makes a key.
    async fn put_key(&self, slot: Slot, key: &SigningKey) -> Result<TransactWriteItem, Unavailable> {
        let item = Writer::new(key::signing(slot.number))
            .text("public", key.public().to_text())
            .text("wrapped", scanlatch_protocol::base64::encode(&self.wrap_key(key.to_bytes().as_slice()).await?))
            .at("createdAt", slot.created_at)
            .at("signsFrom", slot.signs_from);
        let put = Put::builder()
            .table_name(&self.settings.directory_table)
            .set_item(Some(item.done()))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(|_| malformed("signing key"))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// The part of a transaction that removes a key.
    fn delete_key(&self, number: u64) -> Result<TransactWriteItem, Unavailable> {
        let delete = Delete::builder()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::signing(number).into_attributes()))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(|_| malformed("signing key"))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

impl Verifies for Cloud {
    async fn verifying_keys(&self, kid: Option<&str>, now: Timestamp) -> Result<Arc<VerifyingKeys>, Unavailable> {
        let known = self.known_key_set(now).await?;
        let keys = known.verifying(now);
        let missing = kid.is_some_and(|kid| keys.find(kid).is_none());
        if missing && now >= known.read_at.plus(RENEWED_AT_MOST_EVERY_MS) {
            return Ok(self.read_key_set(now).await?.verifying(now));
        }
        Ok(keys)
    }
}

impl Signs for Cloud {
    async fn signing_key(&self, now: Timestamp) -> Result<Arc<SigningKey>, Unavailable> {
        let known = self.known_key_set(now).await?;
        let signing = known.key_set.signing(now).ok_or_else(|| {
            let why = "the key set is empty though something was signed before; run signing-key-rotate to make a key";
            Unavailable::new("signing key", why)
        })?;
        if let Some(private) = known.private().filter(|private| *private.public() == signing.public) {
            return Ok(private);
        }
        let wrapped = known.wrapped.get(&signing.slot.number).cloned().ok_or_else(|| malformed("wrapped"))?;
        let bytes = self.unwrap_key(wrapped).await?;
        let key = bytes.as_slice().try_into().ok().and_then(SigningKey::from_bytes);
        let key = Arc::new(key.filter(|key| *key.public() == signing.public).ok_or_else(|| malformed("wrapped"))?);
        *lock(&known.private) = Some(key.clone());
        Ok(key)
    }
}

impl MakesKeys for Cloud {
    async fn signing_key_or_first(&self, now: Timestamp) -> Result<Arc<SigningKey>, Unavailable> {
        if self.known_key_set(now).await?.key_set.is_empty() {
            let key = fresh_key(self)?;
            if self.change_key_set(&KeySet::first(now), Some(&key)).await? {
                measure::count(Measure::SigningKeysMade);
                tracing::info!(kid = key.public().kid(), "made the first signing key");
            }
        }
        self.signing_key(now).await
    }
}

impl Rotates for Cloud {
    async fn key_set(&self) -> Result<KeySet, Unavailable> {
        let items = self.query(&self.settings.directory_table, key::SIGNING, Part::Whole).await?;
        let keys = items.iter().map(|item| read_key(item).map(|(key, _)| key));
        Ok(KeySet::new(keys.collect::<Result<_, _>>()?))
    }

    async fn change_key_set(&self, change: &Change, key: Option<&SigningKey>) -> Result<bool, Unavailable> {
        let mut items: Vec<_> =
            change.remove.iter().map(|number| self.delete_key(*number)).collect::<Result<_, _>>()?;
        if let Some((slot, key)) = change.make.zip(key) {
            items.push(self.put_key(slot, key).await?);
        }
        Ok(matches!(self.transact(items).await?, Transacted::Done))
    }
}
