//! Secrets that callers hold. The service keeps only their digests.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::Refusal;
use crate::base64::encode_url;
use crate::id::TenantId;

/// The random bytes of one secret: 256 bits.
pub type Randomness = [u8; 32];

/// SHA-256 of a secret: what is stored, and what is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `secret`.
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// Base64url, as it is stored.
    pub fn to_text(&self) -> String {
        encode_url(&self.0)
    }

    /// Reads the stored form.
    pub fn from_text(text: &str) -> Option<Self> {
        crate::base64::decode(text)?.try_into().ok().map(Self)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[digest]")
    }
}

/// Implements a `Debug` that prints nothing of a value with a secret or somebody's address.
macro_rules! redacted {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("[redacted]")
            }
        }
    };
}
pub(crate) use redacted;

/// The secret with which a screen polls or resumes: 256 random bits, handed out once at creation.
#[derive(Clone)]
pub struct DeviceCode(String);
redacted!(DeviceCode);

impl DeviceCode {
    /// A fresh code.
    pub fn from_random(bytes: Randomness) -> Self {
        Self(encode_url(&bytes))
    }

    /// A code as a caller presents it.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if the text cannot be a device code.
    pub fn parse(text: impl Into<String>) -> Result<Self, Refusal> {
        let text = text.into().trim().to_owned();
        if text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            Ok(Self(text))
        } else {
            Err(Refusal::malformed("deviceCode", "is not a device code"))
        }
    }

    /// The digest, which is stored and compared. Comparing digests reveals nothing about a near miss.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    /// The code itself, for the one answer that hands it out.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A tenant's secret key: `sk_<tenant without dashes>_<256 random bits>`. It names its tenant, so that any
/// other text is refused without a look at the table.
#[derive(Clone)]
pub struct SecretKey {
    tenant: TenantId,
    text: String,
}
redacted!(SecretKey);

impl SecretKey {
    /// A fresh key for `tenant`.
    pub fn from_random(tenant: TenantId, bytes: Randomness) -> Self {
        Self { tenant, text: format!("sk_{}_{}", tenant.simple(), encode_url(&bytes)) }
    }

    /// A key as a caller presents it; `None` if the text cannot be a secret key.
    pub fn parse(text: &str) -> Option<Self> {
        let (tenant, random) = text.strip_prefix("sk_")?.split_once('_')?;
        let tenant = TenantId::parse_simple(tenant)?;
        (random.len() == 43).then(|| Self { tenant, text: text.to_owned() })
    }

    /// The tenant that the key names. Only the stored digest proves it.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The digest, which is stored and compared.
    pub fn digest(&self) -> Digest {
        Digest::of(self.text.as_bytes())
    }

    /// The key itself.
    pub fn expose(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_key_names_its_tenant_and_hides_itself() {
        let tenant = TenantId::from_random([3; 16]);
        let key = SecretKey::from_random(tenant, [9; 32]);
        let parsed = SecretKey::parse(key.expose());
        assert_eq!(parsed.as_ref().map(SecretKey::tenant), Some(tenant));
        assert_eq!(parsed.map(|k| k.digest()), Some(key.digest()));
        assert_eq!(format!("{key:?}"), "[redacted]");
    }

    #[test]
    fn a_tenant_id_is_not_a_secret_key() {
        assert!(SecretKey::parse(&TenantId::from_random([3; 16]).to_string()).is_none());
    }

    #[test]
    fn digests_survive_storage() {
        let digest = DeviceCode::from_random([1; 32]).digest();
        assert_eq!(Digest::from_text(&digest.to_text()), Some(digest));
    }

    /// Two secrets are compared by their digests only, because `==` on the secrets would tell a near miss by its time.
    /// This does not compile once one of the types has `==`.
    #[test]
    fn no_secret_has_an_equality_of_its_own() {
        trait Compared<Which> {
            fn check() {}
        }
        impl<T> Compared<()> for T {}
        struct ByEquality;
        impl<T: PartialEq> Compared<ByEquality> for T {}
        <DeviceCode as Compared<_>>::check();
        <SecretKey as Compared<_>>::check();
        <crate::signing::SigningKey as Compared<_>>::check();
    }
}
