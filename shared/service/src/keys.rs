//! Anybody asks for the public halves of the signing keys.

use protocol::signing::Jwks;

use crate::Result;
use crate::port::{Clock, Verifies};

/// The RFC 7517 key set.
///
/// # Errors
/// Only if the store is unavailable.
pub async fn run(deps: &(impl Verifies + Clock)) -> Result<Jwks> {
    Ok(deps.verifying_keys(None, deps.now()).await?.to_jwks())
}
