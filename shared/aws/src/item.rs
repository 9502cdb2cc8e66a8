//! Typed reading and writing of items. An item with unexpected content is a failure of the store, never a panic.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use scanlatch_protocol::context::Context;
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::CredentialId;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Unavailable;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::malformed;
use crate::key::Key;

/// An item's attributes.
pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn millis(at: Timestamp) -> AttributeValue {
    number(at.millis())
}

/// A value for a condition on an item as it was read: the stored text, or `value` as written today if there is none.
/// Another version may have written the item with other members.
pub(crate) fn as_stored(item: &Item, name: &str, value: &impl Serialize) -> AttributeValue {
    item.get(name).cloned().unwrap_or_else(|| json_text(value))
}

/// Texts, numbers and lists of them always serialise.
pub(crate) fn json_text(value: &impl Serialize) -> AttributeValue {
    text(serde_json::to_string(value).unwrap_or_default())
}

/// Builds an item.
pub(crate) struct Writer(Item);

impl Writer {
    pub(crate) fn new(key: Key) -> Self {
        Self(key.into_attributes())
    }

    pub(crate) fn set(mut self, name: &str, value: AttributeValue) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn text(self, name: &str, value: impl Into<String>) -> Self {
        self.set(name, text(value))
    }

    pub(crate) fn maybe(self, name: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    pub(crate) fn json(self, name: &str, value: &impl Serialize) -> Self {
        self.set(name, json_text(value))
    }

    pub(crate) fn maybe_json(self, name: &str, value: Option<&impl Serialize>) -> Self {
        match value {
            Some(value) => self.json(name, value),
            None => self,
        }
    }

    pub(crate) fn at(self, name: &str, at: Timestamp) -> Self {
        self.set(name, millis(at))
    }

    pub(crate) fn maybe_at(self, name: &str, at: Option<Timestamp>) -> Self {
        match at {
            Some(at) => self.at(name, at),
            None => self,
        }
    }

    /// When DynamoDB may delete the item, in seconds. Nothing else reads it.
    pub(crate) fn ttl(self, at: Timestamp) -> Self {
        self.set("ttl", number(at.seconds()))
    }

    pub(crate) fn done(self) -> Item {
        self.0
    }
}

/// Reads an item.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(pub(crate) &'a Item);

impl<'a> Reader<'a> {
    pub(crate) fn maybe(self, name: &str) -> Option<&'a str> {
        self.0.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
    }

    pub(crate) fn text(self, name: &str) -> Result<&'a str, Unavailable> {
        self.maybe(name).ok_or_else(|| malformed(name))
    }

    /// A set of texts, empty if there is none.
    pub(crate) fn texts(self, name: &str) -> Vec<&'a str> {
        let set = self.0.get(name).and_then(|value| value.as_ss().ok());
        set.map(|texts| texts.iter().map(String::as_str).collect()).unwrap_or_default()
    }

    pub(crate) fn flag(self, name: &str) -> Result<bool, Unavailable> {
        self.0.get(name).and_then(|value| value.as_bool().ok().copied()).ok_or_else(|| malformed(name))
    }

    pub(crate) fn has(self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn maybe_number(self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(|value| value.as_n().ok()).and_then(|number| number.parse().ok())
    }

    pub(crate) fn number(self, name: &str) -> Result<i64, Unavailable> {
        self.maybe_number(name).ok_or_else(|| malformed(name))
    }

    pub(crate) fn count(self, name: &str) -> Result<u32, Unavailable> {
        u32::try_from(self.number(name)?).map_err(|_| malformed(name))
    }

    /// A count that is 0 if absent.
    pub(crate) fn maybe_count(self, name: &str) -> u32 {
        self.maybe_number(name).and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
    }

    pub(crate) fn at(self, name: &str) -> Result<Timestamp, Unavailable> {
        self.number(name).map(Timestamp::from_millis)
    }

    pub(crate) fn maybe_at(self, name: &str) -> Option<Timestamp> {
        self.maybe_number(name).map(Timestamp::from_millis)
    }

    /// A text, parsed.
    pub(crate) fn parse<T, E>(self, name: &str, parse: impl FnOnce(&'a str) -> Result<T, E>) -> Result<T, Unavailable> {
        parse(self.text(name)?).map_err(|_| malformed(name))
    }

    pub(crate) fn json<T: DeserializeOwned>(self, name: &str) -> Result<T, Unavailable> {
        serde_json::from_str(self.text(name)?).map_err(|_| malformed(name))
    }

    pub(crate) fn maybe_json<T: DeserializeOwned>(self, name: &str) -> Result<Option<T>, Unavailable> {
        self.maybe(name).map(|text| serde_json::from_str(text).map_err(|_| malformed(name))).transpose()
    }

    pub(crate) fn custom(self) -> Result<Option<Custom>, Unavailable> {
        self.maybe("custom").map(|text| Custom::from_text(text).ok_or_else(|| malformed("custom"))).transpose()
    }

    pub(crate) fn context(self) -> Result<Context, Unavailable> {
        self.json("context")
    }

    pub(crate) fn credential_id(self, name: &str) -> Result<CredentialId, Unavailable> {
        self.parse(name, CredentialId::parse)
    }
}
