//! Tenants.

use std::future::Future;

use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::time::Timestamp;

use crate::{Result, Unavailable};

/// Looks tenants up.
pub trait Tenants: Send + Sync {
    /// The tenant of this id with its secret keys' digests, disabled ones included.
    fn tenant(&self, id: &TenantId) -> impl Future<Output = Result<Option<Tenant>, Unavailable>> + Send;
}

/// Sets tenants up: for the command line and the local stack, never for a function.
pub trait Administers: Send + Sync {
    /// Stores a tenant's name, settings and whether it is enabled, whatever was there before. Its secret keys stay
    /// as they are, and so does the time of its making. [`scanlatch_protocol::Refusal::NameTaken`] if another tenant has the name.
    fn put_tenant(&self, tenant: &Tenant) -> impl Future<Output = Result<()>> + Send;

    /// Makes of a tenant's name, settings and whether it is enabled what `to` says, if they are still what `seen` says;
    /// otherwise, or if the tenant is gone, nothing happens and `false` is returned. [`scanlatch_protocol::Refusal::NameTaken`] if
    /// another tenant has the new name.
    fn change_tenant(&self, seen: &Tenant, to: &Tenant) -> impl Future<Output = Result<bool>> + Send;

    /// Makes a secret key of this digest valid for the tenant; one that is valid already stays so.
    /// [`scanlatch_protocol::Refusal::TooManySecretKeys`] beyond [`scanlatch_protocol::tenant::MAX_SECRET_KEYS`],
    /// [`scanlatch_protocol::Refusal::Unauthorized`] if there is no such tenant.
    fn add_secret_key(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        now: Timestamp,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Makes a secret key invalid; one that is gone stays gone.
    fn remove_secret_key(
        &self,
        tenant: &TenantId,
        digest: &Digest,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// Every tenant, in the order of their ids.
    fn tenants(&self) -> impl Future<Output = Result<Vec<Tenant>, Unavailable>> + Send;

    /// Removes a tenant and its secret keys. Its users are to be forgotten before, or they stay out of reach.
    fn forget_tenant(&self, id: &TenantId) -> impl Future<Output = Result<(), Unavailable>> + Send;
}
