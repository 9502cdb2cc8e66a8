//! `scanlatch device`.

use clap::{Args, Subcommand};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::credential::Credential;
use scanlatch_protocol::id::CredentialId;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::ListsCredentials as _;
use scanlatch_service::{Error, authenticators};
use serde::Serialize;
use serde_json::json;

use crate::failure::CommandError;
use crate::options::device_id;
use crate::output::tell;
use crate::table::Table;
use crate::user::{One, find};
use crate::work::Work;

/// What to do with devices.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// List a user's devices
    #[command(after_help = "Examples:\n  scanlatch device list Acme ann --local")]
    List(One),
    /// Revoke a device: it can neither claim nor decide any more
    #[command(after_help = "\
Revoking a device that was revoked within the last day succeeds. The id of a method that the backend
verified is taken too.

Examples:
  scanlatch device revoke Acme ann 0b0f8a52-6c1c-4c55-9a3f-0c5f4b0c8d11 --local --yes")]
    Revoke(Revoke),
}

/// `device revoke`.
#[derive(Clone, Debug, Args)]
pub struct Revoke {
    #[command(flatten)]
    one: One,
    /// The device's id, as `scanlatch device list` shows it
    #[arg(value_parser = device_id)]
    id: CredentialId,
}

/// Does it.
///
/// # Errors
/// Why not, in one sentence.
pub async fn run(work: &Work, command: Command) -> Result<(), CommandError> {
    match command {
        Command::List(one) => list(work, &one).await,
        Command::Revoke(flags) => revoke(work, &flags).await,
    }
}

async fn list(work: &Work, one: &One) -> Result<(), CommandError> {
    let tenant = work.tenant(&one.named.tenant).await?;
    let user = find(work, &tenant, &one.user).await?;
    let devices = work.cloud.credentials_of(&tenant.id, &user.id).await?;
    let views: Vec<DeviceView> = devices.iter().map(DeviceView::from).collect();
    work.output.answer(&json!({ "userId": user.id.as_str(), "devices": views }), || table(&devices))
}

async fn revoke(work: &Work, flags: &Revoke) -> Result<(), CommandError> {
    let (user, id) = (&flags.one.user, &flags.id);
    let tenant = work.tenant(&flags.one.named.tenant).await?;
    let devices = work.cloud.credentials_of(&tenant.id, user).await?;
    let name = devices.iter().find(|device| device.id == *id).and_then(|device| device.device.name.as_deref());
    let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
    work.confirm(&format!("Revoke device {id}{name} of user {user} of tenant {}", tenant.name), "yes")?;
    authenticators::delete(&work.cloud, &tenant, user, id).await.map_err(|error| match error {
        Error::Refused(Refusal::UnknownAuthenticator) => {
            CommandError::failed(format!("user {user} has no device {id}"))
        }
        other => other.into(),
    })?;
    tell(&format!("Revoked device {id}{name} of user {user}."));
    let document = json!({ "userId": user.as_str(), "deviceId": id.to_string(), "revoked": true });
    work.output.answer(&document, String::new)
}

/// Devices for people.
pub fn table(devices: &[Credential]) -> String {
    let mut table = Table::new(&["DEVICE", "NAME", "PLATFORM", "ENROLLED", "LAST USED"]);
    for device in devices {
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let last = device.last_verified_at.map_or_else(|| "never".to_owned(), Timestamp::iso);
        table.row([
            &device.id.to_string(),
            &text(&device.device.name),
            &text(&device.device.platform),
            &device.verified_at.iso(),
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
            enrolled_at: credential.verified_at.iso(),
            last_used_at: credential.last_verified_at.map(Timestamp::iso),
        }
    }
}
