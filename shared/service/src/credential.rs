//! A phone asks whether its key is still enrolled.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::credential::Credential;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::key::PublicKey;

use crate::Result;
use crate::port::{Credentials, Tenants};
use crate::step::authenticate;

deps!(Tenants, Credentials);

/// The key's active credential.
///
/// # Errors
/// [`Refusal::Unauthorized`]; [`Refusal::InvalidCredential`] if there is none, by which apps notice a removal.
pub async fn run(deps: &impl Deps, tenant: &TenantId, key: &PublicKey) -> Result<Credential> {
    let thumbprint = key.thumbprint();
    let (found, credential) = tokio::try_join!(deps.tenant(tenant), deps.credential(tenant, &thumbprint))?;
    authenticate::enabled(found)?;
    credential.ok_or_else(|| Refusal::InvalidCredential.into())
}
