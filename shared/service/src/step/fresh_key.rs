use scanlatch_protocol::signing::SigningKey;
use zeroize::Zeroizing;

use crate::port::Entropy;
use crate::{Result, Unavailable};

/// A new signing key.
///
/// # Errors
/// If the system has no randomness.
pub fn fresh_key(deps: &impl Entropy) -> Result<SigningKey, Unavailable> {
    loop {
        let bytes = Zeroizing::new(deps.random()?);
        if let Some(key) = SigningKey::from_bytes(&bytes) {
            return Ok(key);
        }
    }
}
