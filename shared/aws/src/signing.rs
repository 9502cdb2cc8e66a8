//! The key sets: public halves, and wrapped private halves. A process keeps them for five minutes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use scanlatch_protocol::key_set::{Change, KeySet, KeySetEntry, Slot};
use scanlatch_protocol::rsa::{RsaPublicKey, RsaSigningKey};
use scanlatch_protocol::signing::{PublicKey as _, SigningKey, VerifyingKeys};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Unavailable;
use scanlatch_service::fresh_key;
use scanlatch_service::measure::{self, Measure};
use scanlatch_service::port::{MakesKeys, MakesRsaKeys, Rotates, RotatesRsa, Signs, SignsRsa, Verifies, VerifiesRsa};

use crate::Cloud;
use crate::failure::{Transacted, malformed};
use crate::item::{Item, Reader, Writer};
use crate::key::{self, Key};
use crate::key_type::KeyType;
use crate::query::{Part, sort_key};
use crate::remembered::{Known, Remembered, lock};

/// An unknown key id renews a remembered key set, but at most this often, even in a flood of invented ids.
const RENEWED_AT_MOST_EVERY_MS: i64 = 60_000;

/// A type of key that a process makes and remembers.
trait Kept: KeyType {
    fn fresh(cloud: &Cloud) -> Result<Self, Unavailable>;
    fn remembered(cloud: &Cloud) -> &Remembered<Self>;
}

impl Kept for SigningKey {
    fn fresh(cloud: &Cloud) -> Result<Self, Unavailable> {
        fresh_key(cloud)
    }

    fn remembered(cloud: &Cloud) -> &Remembered<Self> {
        &cloud.remembered_key_set
    }
}

impl Kept for RsaSigningKey {
    fn fresh(cloud: &Cloud) -> Result<Self, Unavailable> {
        cloud.fresh_rsa_key()
    }

    fn remembered(cloud: &Cloud) -> &Remembered<Self> {
        &cloud.remembered_rsa_keys
    }
}

fn read_key<K: KeyType>(item: &Item) -> Result<(KeySetEntry<K::Public>, Vec<u8>), Unavailable> {
    let number = sort_key(item).parse().map_err(|_| malformed("sk"))?;
    let item = Reader(item);
    let created_at = item.at("createdAt")?;
    let slot = Slot { number, created_at, signs_from: item.at("signsFrom")? };
    let public = K::from_text(item.text("public")?).ok_or_else(|| malformed("public"))?;
    let wrapped = scanlatch_protocol::base64::decode(item.text("wrapped")?).ok_or_else(|| malformed("wrapped"))?;
    Ok((KeySetEntry { slot, public }, wrapped))
}

impl Cloud {
    async fn read_keys<K: Kept>(&self, now: Timestamp) -> Result<Arc<Known<K>>, Unavailable> {
        let items = self.query(&self.settings.directory_table, K::PARTITION, Part::Whole).await?;
        let (mut keys, mut wrapped) = (Vec::new(), BTreeMap::new());
        for item in &items {
            let (key, private) = read_key::<K>(item)?;
            wrapped.insert(key.slot.number, private);
            keys.push(key);
        }
        let key_set = KeySet::new(keys);
        let verifying = Arc::new(key_set.verifying(now));
        let private = Mutex::new(K::remembered(self).known().and_then(|known| known.private()));
        let known = Arc::new(Known { read_at: now, key_set, verifying, wrapped, private });
        K::remembered(self).remember(known.clone());
        Ok(known)
    }

    async fn known_keys<K: Kept>(&self, now: Timestamp) -> Result<Arc<Known<K>>, Unavailable> {
        match K::remembered(self).known() {
            Some(known) if known.is_fresh(now) => Ok(known),
            _ => self.read_keys(now).await,
        }
    }

    async fn verifying<K: Kept>(
        &self,
        kid: Option<&str>,
        now: Timestamp,
    ) -> Result<Arc<VerifyingKeys<K::Public>>, Unavailable> {
        let known = self.known_keys::<K>(now).await?;
        let keys = known.verifying(now);
        let missing = kid.is_some_and(|kid| keys.find(kid).is_none());
        if missing && now >= known.read_at.plus(RENEWED_AT_MOST_EVERY_MS) {
            return Ok(self.read_keys::<K>(now).await?.verifying(now));
        }
        Ok(keys)
    }

    async fn signing<K: Kept>(&self, now: Timestamp) -> Result<Arc<K>, Unavailable> {
        let known = self.known_keys::<K>(now).await?;
        let signing = known.key_set.signing(now).ok_or_else(|| {
            let why = "the key set is empty though something was signed before; run signing-key-rotate to make a key";
            Unavailable::new("signing key", why)
        })?;
        if let Some(private) = known.private().filter(|private| *private.public() == signing.public) {
            return Ok(private);
        }
        let wrapped = known.wrapped.get(&signing.slot.number).cloned().ok_or_else(|| malformed("wrapped"))?;
        let key = K::from_bytes(&self.unwrap_key(wrapped).await?);
        let key = Arc::new(key.filter(|key| *key.public() == signing.public).ok_or_else(|| malformed("wrapped"))?);
        *lock(&known.private) = Some(key.clone());
        Ok(key)
    }

    async fn signing_or_first<K: Kept>(&self, now: Timestamp) -> Result<Arc<K>, Unavailable> {
        if self.known_keys::<K>(now).await?.key_set.is_empty() {
            let key = K::fresh(self)?;
            if self.change_keys(&Change::first(now), Some(&key)).await? {
                measure::count(Measure::SigningKeysMade);
                tracing::info!(kid = key.public().kid(), "made the first signing key");
            }
        }
        self.signing(now).await
    }

    async fn stored_keys<K: Kept>(&self) -> Result<KeySet<K::Public>, Unavailable> {
        let items = self.query(&self.settings.directory_table, K::PARTITION, Part::Whole).await?;
        let keys = items.iter().map(|item| read_key::<K>(item).map(|(key, _)| key));
        Ok(KeySet::new(keys.collect::<Result<_, _>>()?))
    }

    async fn change_keys<K: Kept>(&self, change: &Change, key: Option<&K>) -> Result<bool, Unavailable> {
        let removed = change.remove.iter().map(|number| self.delete_key::<K>(*number));
        let mut items: Vec<_> = removed.collect::<Result<_, _>>()?;
        if let Some((slot, key)) = change.make.zip(key) {
            items.push(self.put_key(slot, key).await?);
        }
        Ok(matches!(self.transact(items).await?, Transacted::Done))
    }

    /// The part of a transaction that makes a key.
    async fn put_key<K: Kept>(&self, slot: Slot, key: &K) -> Result<TransactWriteItem, Unavailable> {
        let secret = key.to_bytes().ok_or_else(|| Unavailable::new("signing key", "it could not be written"))?;
        let item = Writer::new(row::<K>(slot.number))
            .text("public", K::to_text(key.public()))
            .text("wrapped", scanlatch_protocol::base64::encode(&self.wrap_key(&secret).await?))
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
    fn delete_key<K: Kept>(&self, number: u64) -> Result<TransactWriteItem, Unavailable> {
        let delete = Delete::builder()
            .table_name(&self.settings.directory_table)
            .set_key(Some(row::<K>(number).into_attributes()))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(|_| malformed("signing key"))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

fn row<K: Kept>(number: u64) -> Key {
    key::signing(K::PARTITION, number)
}

impl Verifies for Cloud {
    async fn verifying_keys(&self, kid: Option<&str>, now: Timestamp) -> Result<Arc<VerifyingKeys>, Unavailable> {
        self.verifying::<SigningKey>(kid, now).await
    }
}

impl Signs for Cloud {
    async fn signing_key(&self, now: Timestamp) -> Result<Arc<SigningKey>, Unavailable> {
        self.signing(now).await
    }
}

impl MakesKeys for Cloud {
    async fn signing_key_or_first(&self, now: Timestamp) -> Result<Arc<SigningKey>, Unavailable> {
        self.signing_or_first(now).await
    }
}

impl Rotates for Cloud {
    async fn key_set(&self) -> Result<KeySet, Unavailable> {
        self.stored_keys::<SigningKey>().await
    }

    async fn change_key_set(&self, change: &Change, key: Option<&SigningKey>) -> Result<bool, Unavailable> {
        self.change_keys(change, key).await
    }
}

impl VerifiesRsa for Cloud {
    async fn verifying_rsa_keys(
        &self,
        kid: Option<&str>,
        now: Timestamp,
    ) -> Result<Arc<VerifyingKeys<RsaPublicKey>>, Unavailable> {
        self.verifying::<RsaSigningKey>(kid, now).await
    }

    fn has_signed(&self, key: &RsaPublicKey, message: &[u8], signature: &[u8]) -> bool {
        scanlatch_rsa::has_signed(key, message, signature)
    }
}

impl SignsRsa for Cloud {
    async fn signing_rsa_key(&self, now: Timestamp) -> Result<Arc<RsaSigningKey>, Unavailable> {
        self.signing(now).await
    }
}

impl MakesRsaKeys for Cloud {
    async fn signing_rsa_key_or_first(&self, now: Timestamp) -> Result<Arc<RsaSigningKey>, Unavailable> {
        self.signing_or_first(now).await
    }
}

impl RotatesRsa for Cloud {
    async fn rsa_key_set(&self) -> Result<KeySet<RsaPublicKey>, Unavailable> {
        self.stored_keys::<RsaSigningKey>().await
    }

    async fn change_rsa_key_set(&self, change: &Change, key: Option<&RsaSigningKey>) -> Result<bool, Unavailable> {
        self.change_keys(change, key).await
    }

    fn fresh_rsa_key(&self) -> Result<RsaSigningKey, Unavailable> {
        scanlatch_rsa::fresh_key().ok_or_else(|| Unavailable::new("RSA", "no key could be made"))
    }
}
