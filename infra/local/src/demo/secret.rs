//! What nobody can guess.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scanlatch_service::port::Entropy as _;
use scanlatch_service::system::System;

use super::refusal::Refusal;

/// `N` random bytes as base64url.
///
/// # Errors
/// [`Refusal::Unavailable`] if the system has no randomness.
pub fn secret<const N: usize>() -> Result<String, Refusal> {
    System.random::<N>().map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).map_err(|_| Refusal::Unavailable)
}
