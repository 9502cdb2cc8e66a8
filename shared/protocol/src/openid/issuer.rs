//! The addresses of a tenant's provider.

use crate::id::TenantId;

/// A tenant's provider. Its `iss` is its address below the base URL that SDKs are given, and no other token has that `iss`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIdIssuer(String);

impl OpenIdIssuer {
    /// The provider of this tenant.
    pub fn of(base_url: &str, tenant: &TenantId) -> Self {
        Self(format!("{base_url}/t/{tenant}"))
    }

    /// `iss`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An address below it.
    pub fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }
}
