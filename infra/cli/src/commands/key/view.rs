//! A secret key for people and scripts.

use scanlatch_protocol::tenant::SecretKeyRecord;
use serde::Serialize;

/// A secret key as JSON, without the key itself.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyView {
    name: String,
    created_at: String,
}

impl From<&SecretKeyRecord> for KeyView {
    fn from(key: &SecretKeyRecord) -> Self {
        Self { name: key.name(), created_at: key.created_at.iso() }
    }
}
