//! A user's devices for people and scripts.

use scanlatch_protocol::credential::{Credential, UNATTESTED};
use scanlatch_protocol::time::Timestamp;
use serde::Serialize;

use crate::console::ago::ago;
use crate::console::table::Table;

/// Devices for people.
pub fn table(devices: &[Credential], now: Timestamp) -> String {
    let mut table = Table::new(&["DEVICE", "NAME", "PLATFORM", "ATTESTATION", "ENROLLED", "LAST USED"]);
    for device in devices {
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let last = device.last_verified_at.map_or_else(|| "never".to_owned(), |at| ago(at, now));
        table.row([
            &device.id.to_string(),
            &text(&device.device.name),
            &text(&device.device.platform),
            UNATTESTED,
            &ago(device.verified_at, now),
            &last,
        ]);
    }
    table.text("The user has no devices.\n")
}

/// A device as JSON.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceView {
    device_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<String>,
    public_key: String,
    attestation: &'static str,
    enrolled_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
}

impl From<&Credential> for DeviceView {
    fn from(credential: &Credential) -> Self {
        Self {
            device_id: credential.id.to_string(),
            name: credential.device.name.clone(),
            platform: credential.device.platform.clone(),
            public_key: credential.key.to_text(),
            attestation: UNATTESTED,
            enrolled_at: credential.verified_at.iso(),
            last_used_at: credential.last_verified_at.map(Timestamp::iso),
        }
    }
}
