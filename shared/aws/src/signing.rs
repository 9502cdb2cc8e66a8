//! The key ring: public halves for everybody, private halves wrapped. Kept in the process for five minutes.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use protocol::signing::{SigningKey, VerifyingKey, VerifyingKeys};
use protocol::time::Timestamp;
use service::Unavailable;
use service::port::{Clock as _, Entropy as _, Signs, Verifies};

use crate::Cloud;
use crate::failure::{database, malformed};
use crate::item::{Reader, Writer};
use crate::key::{self, PK};

const FRESH_MS: i64 = 5 * 60_000;
/// An unknown key id renews a cached ring, but no flood of invented ids renews it more often than this.
const RENEWED_AT_MOST_EVERY_MS: i64 = 60_000;

/// What the process remembers of the ring.
#[derive(Default)]
pub(crate) struct Ring(Mutex<Option<Known>>);

#[derive(Clone)]
struct Known {
    read_at: Timestamp,
    keys: Arc<VerifyingKeys>,
    /// The newest key, and its private half once somebody had to sign.
    newest: Option<Newest>,
}

#[derive(Clone)]
struct Newest {
    wrapped: Vec<u8>,
    public: VerifyingKey,
    private: Option<Arc<SigningKey>>,
}

impl Ring {
    fn known(&self) -> Option<Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, known: Known) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
    }
}

impl Cloud {
    async fn read_ring(&self) -> Result<Known, Unavailable> {
        let output = self
            .db
            .query()
            .table_name(&self.settings.directory_table)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", AttributeValue::S(key::SIGNING.to_owned()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| database(&error))?;
        let mut keys = Vec::new();
        let mut newest = None;
        for item in output.items() {
            let item = Reader(item);
            let public = VerifyingKey::from_text(item.text("public")?).ok_or_else(|| malformed("public"))?;
            let wrapped = protocol::base64::decode(item.text("wrapped")?).ok_or_else(|| malformed("wrapped"))?;
            keys.push(public.clone());
            newest = Some(Newest { wrapped, public, private: None });
        }
        let mut known = Known { read_at: self.now(), keys: Arc::new(VerifyingKeys::new(keys)), newest };
        // The private half that was unwrapped before serves on, as long as its key is the newest.
        if let (Some(newest), Some(old)) = (&mut known.newest, self.ring.known().and_then(|old| old.newest))
            && old.public == newest.public
        {
            newest.private = old.private;
        }
        self.ring.remember(known.clone());
        Ok(known)
    }

    async fn ring(&self) -> Result<Known, Unavailable> {
        match self.ring.known() {
            // That there is no key yet is no longer true in a moment.
            Some(known) if known.newest.is_some() && self.now() < known.read_at.plus(FRESH_MS) => Ok(known),
            _ => self.read_ring().await,
        }
    }

    /// Makes the deployment's first key. Of two that do so at once, one finds the other's.
    async fn make_key(&self) -> Result<(), Unavailable> {
        let key = loop {
            if let Some(key) = SigningKey::from_bytes(&self.random()?) {
                break key;
            }
        };
        let wrapped = self.wrap_key(&key.to_bytes()).await?;
        let item = Writer::new(key::first_signing())
            .text("public", key.public().to_text())
            .text("wrapped", protocol::base64::encode(&wrapped))
            .at("createdAt", self.now());
        let put = self.db.put_item().table_name(&self.settings.directory_table).set_item(Some(item.done()));
        match put.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => tracing::info!(kid = key.public().kid(), "made the first signing key"),
            Err(error)
                if matches!(error.as_service_error(), Some(PutItemError::ConditionalCheckFailedException(_))) => {}
            Err(error) => return Err(database(&error)),
        }
        Ok(())
    }
}

impl Verifies for Cloud {
    async fn verifying_keys(&self, kid: Option<&str>) -> Result<Arc<VerifyingKeys>, Unavailable> {
        let known = self.ring().await?;
        let missing = kid.is_some_and(|kid| known.keys.find(kid).is_none());
        if missing && self.now() >= known.read_at.plus(RENEWED_AT_MOST_EVERY_MS) {
            return Ok(self.read_ring().await?.keys);
        }
        Ok(known.keys)
    }
}

impl Signs for Cloud {
    async fn signing_key(&self) -> Result<Arc<SigningKey>, Unavailable> {
        let mut known = self.ring().await?;
        if known.newest.is_none() {
            self.make_key().await?;
            known = self.read_ring().await?;
        }
        let Some(newest) = &mut known.newest else {
            return Err(Unavailable::new("signing key", "it was made and is not there"));
        };
        if let Some(private) = &newest.private {
            return Ok(private.clone());
        }
        let bytes = self.unwrap_key(newest.wrapped.clone()).await?;
        let key = bytes.try_into().ok().and_then(|bytes| SigningKey::from_bytes(&bytes));
        let key = Arc::new(key.filter(|key| *key.public() == newest.public).ok_or_else(|| malformed("wrapped"))?);
        newest.private = Some(key.clone());
        self.ring.remember(known);
        Ok(key)
    }
}
