//! `scanlatch device revoke`.

use clap::Args;
use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::CredentialId;
use scanlatch_service::port::ListsCredentials as _;
use scanlatch_service::{Error, authenticators};
use serde_json::json;

use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::flags::id::device_id;
use crate::flags::named::NamedUser;
use crate::work::Work;

/// `device revoke`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    #[command(flatten)]
    one: NamedUser,
    /// The device's id, as `scanlatch device list` shows it
    #[arg(value_parser = device_id)]
    id: CredentialId,
}

/// Revokes the device.
pub async fn run(work: &Work, flags: &Flags) -> Result<(), CommandError> {
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
