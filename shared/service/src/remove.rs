//! A phone removes its own key.

use scanlatch_protocol::id::{CredentialId, TenantId};
use scanlatch_protocol::key::{DeviceSignature, PublicKey};

use crate::Result;
use crate::measure::{self, Measure};
use crate::port::{Clock, Credentials, Removes, Tenants};
use crate::step::authenticate;

deps!(Tenants, Credentials, Removes, Clock);

/// Removes the key's credential. `None` if there is none, so that a phone whose reply was lost may ask again.
///
/// # Errors
/// [`scanlatch_protocol::Refusal::InvalidCredential`] if the key did not sign this removal or the signature was spent,
/// and [`scanlatch_protocol::Refusal::Unauthorized`].
pub async fn run(
    deps: &impl Deps,
    tenant: &TenantId,
    key: &PublicKey,
    signature: &DeviceSignature,
) -> Result<Option<CredentialId>> {
    let removal = key.verify_removal(deps.now(), signature)?;
    let thumbprint = key.thumbprint();
    let (found, credential) = tokio::try_join!(deps.tenant(tenant), deps.credential(tenant, &thumbprint))?;
    authenticate::enabled(found)?;
    let Some(credential) = credential else {
        deps.spend(tenant, &thumbprint, &removal).await?;
        return Ok(None);
    };
    measure::credential(&credential.id);
    deps.remove(&credential, &removal).await?;
    measure::count(Measure::CredentialsRemoved);
    measure::outcome("removed");
    Ok(Some(credential.id))
}
