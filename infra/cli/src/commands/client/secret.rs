//! Makes secrets.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::ClientId;
use scanlatch_protocol::openid::client::ClientSecret;
use scanlatch_protocol::tenant::{SecretKeyRecord, Tenant};
use scanlatch_service::Error;
use scanlatch_service::port::{Clock as _, Entropy as _, RegistersClients as _};

use crate::console::failure::CommandError;
use crate::work::Work;

/// A new secret, and what is stored of it.
#[derive(Debug)]
pub struct Made {
    pub secret: ClientSecret,
    pub record: SecretKeyRecord,
}

/// Makes a secret for the application.
///
/// # Errors
/// If it has as many as it may have, or is gone.
pub async fn make(work: &Work, tenant: &Tenant, id: &ClientId) -> Result<Made, CommandError> {
    let secret = ClientSecret::from_random(work.cloud.random()?);
    let record = SecretKeyRecord { digest: secret.digest(), created_at: work.cloud.now() };
    let added = work.cloud.add_client_secret(&tenant.id, id, &record.digest, record.created_at).await;
    added.map_err(|error| match error {
        Error::Refused(Refusal::TooManySecretKeys) => CommandError::failed(format!(
            "application {id} has two secrets already; `scanlatch client rotate {id} --tenant {} --drop NAME` drops the \
             one that is no longer used",
            tenant.id
        )),
        Error::Refused(Refusal::UnknownClient) => CommandError::failed(format!("application {id} is gone")),
        other => other.into(),
    })?;
    Ok(Made { secret, record })
}
