//! Tenants.

use std::future::Future;

use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::time::Timestamp;

use crate::{Result, Unavailable};

/// Looks tenants up.
pub trait Tenants: Send + Sync {
    /// The tenant of this id with the digests of its secret keys, enabled or not.
    fn tenant(&self, id: &TenantId) -> impl Future<Output = Result<Option<Tenant>, Unavailable>> + Send;
}

/// Administers tenants, for the command line and the local stack, never for a function.
pub trait Administers: Send + Sync {
    /// Stores a tenant's name, settings and `enabled`, and overwrites what was stored before. Its secret keys and the
    /// time of its creation stay. [`scanlatch_protocol::Refusal::NameTaken`] if another tenant has the name.
    fn put_tenant(&self, tenant: &Tenant) -> impl Future<Output = Result<()>> + Send;

    /// Changes a tenant's name, settings and `enabled` from `seen` to `to`. If they are not as in `seen` or the tenant
    /// is gone, nothing happens and the result is `false`. [`scanlatch_protocol::Refusal::NameTaken`] if another tenant
    /// has the new name.
    fn change_tenant(&self, seen: &Tenant, to: &Tenant) -> impl Future<Output = Result<bool>> + Send;

    /// Makes the secret key of this digest active; one that is active already stays so.
    /// [`scanlatch_protocol::Refusal::TooManySecretKeys`] beyond [`scanlatch_protocol::tenant::MAX_SECRET_KEYS`],
    /// [`scanlatch_protocol::Refusal::Unauthorized`] if there is no such tenant.
    fn add_secret_key(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        now: Timestamp,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Removes a secret key; one that is gone stays gone.
    fn remove_secret_key(
        &self,
        tenant: &TenantId,
        digest: &Digest,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// Every tenant, in the order of their ids.
    fn tenants(&self) -> impl Future<Output = Result<Vec<Tenant>, Unavailable>> + Send;

    /// Removes a tenant and its secret keys. Forget its users first, or they stay out of reach.
    fn forget_tenant(&self, id: &TenantId) -> impl Future<Output = Result<(), Unavailable>> + Send;
}
