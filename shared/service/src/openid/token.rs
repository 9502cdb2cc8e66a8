//! An application gets tokens.

mod device;
mod exchange;
mod refresh;

use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::openid::client::{ClientProof, Grant};
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::parameters::Parameters;

use crate::Result;
pub use crate::step::openid::Tokens;
use device::Deps as ForDevices;
use exchange::Deps as ForCodes;
use refresh::Deps as ForRefreshes;

deps!(ForCodes, ForDevices, ForRefreshes);

/// The tokens of a code, a refresh token or a device code.
///
/// # Errors
/// With the error codes of RFC 6749 section 5.2 and RFC 8628 section 3.5.
pub async fn run(
    deps: &impl Deps,
    issuer: &OpenIdIssuer,
    tenant: &TenantId,
    proof: &ClientProof,
    parameters: &Parameters,
) -> Result<Tokens> {
    let grant = parameters.get("grant_type").ok_or(OAuthError::InvalidRequest.because("The grant_type is missing."))?;
    match Grant::parse(grant)? {
        Grant::AuthorizationCode => exchange::run(deps, issuer, tenant, proof, parameters).await,
        Grant::RefreshToken => refresh::run(deps, issuer, tenant, proof, parameters).await,
        Grant::DeviceCode => device::run(deps, issuer, tenant, proof, parameters).await,
    }
}
