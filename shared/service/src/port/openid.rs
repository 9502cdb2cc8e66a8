//! Registered applications, and their authorization requests.

use std::future::Future;

use scanlatch_protocol::id::{ChallengeId, ClientId, TenantId};
use scanlatch_protocol::openid::client::{Client, Registration};
use scanlatch_protocol::openid::request::{AuthorizationRequest, Login, RequestEvent};
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::session::Session;
use scanlatch_protocol::time::Timestamp;

use crate::{Result, Unavailable};

/// Looks applications up.
pub trait Clients: Send + Sync {
    /// The application of this id, with the digests of its secrets.
    fn client(
        &self,
        tenant: &TenantId,
        id: &ClientId,
    ) -> impl Future<Output = Result<Option<Client>, Unavailable>> + Send;
}

/// Registers applications, for the command line and the local stack, never for a function.
pub trait RegistersClients: Send + Sync {
    /// Stores an application without a secret. `false` if there is one of this id already.
    fn add_client(&self, client: &Client) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// Changes what is registered from `seen` to `to`. If it is not as in `seen` or the application is gone, nothing happens
    /// and the result is `false`.
    fn change_client(&self, seen: &Client, to: &Registration)
    -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// Makes the secret of this digest active; one that is active already stays so.
    /// [`scanlatch_protocol::Refusal::TooManySecretKeys`] beyond
    /// [`scanlatch_protocol::openid::client::MAX_SECRETS`], [`scanlatch_protocol::Refusal::UnknownClient`] if there is no
    /// such application.
    fn add_client_secret(
        &self,
        tenant: &TenantId,
        id: &ClientId,
        digest: &Digest,
        now: Timestamp,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Removes a secret; one that is gone stays gone. An application whose last secret goes becomes a public one, so the
    /// last stays and the result is `false`.
    fn remove_client_secret(
        &self,
        tenant: &TenantId,
        id: &ClientId,
        digest: &Digest,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// Every application of a tenant, in the order of their ids.
    fn clients(&self, tenant: &TenantId) -> impl Future<Output = Result<Vec<Client>, Unavailable>> + Send;

    /// Removes an application with its secrets. Its users' sessions end with their access tokens, since nobody can refresh
    /// them.
    fn forget_client(&self, tenant: &TenantId, id: &ClientId) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Reads authorization requests.
pub trait AuthorizationRequests: Send + Sync {
    /// The request with this digest, however far it got.
    fn authorization_request(
        &self,
        tenant: &TenantId,
        id: &Digest,
    ) -> impl Future<Output = Result<Option<AuthorizationRequest>, Unavailable>> + Send;
}

/// Stores authorization requests.
pub trait Asks: Send + Sync {
    /// Stores a new request.
    fn ask(&self, request: &AuthorizationRequest) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Moves authorization requests on, all but their exchange.
pub trait Answers: Send + Sync {
    /// [`AuthorizationRequest::apply`] of the request as it was read. Of two events at once, one is refused by the rules.
    fn answer(
        &self,
        request: &AuthorizationRequest,
        event: &RequestEvent,
        now: Timestamp,
    ) -> impl Future<Output = Result<AuthorizationRequest>> + Send;
}

/// The outcome of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exchanged {
    /// This call exchanged the code.
    Done,
    /// The code had been exchanged before.
    Before,
}

/// Exchanges codes.
pub trait Exchanges: Send + Sync {
    /// [`RequestEvent::Exchange`] in one step with the beginning of its session. Refused as in [`super::Begins::begin`]
    /// unless the device that approved is still enrolled, its user still exists, and the user's epoch is the session's.
    fn exchange(
        &self,
        request: &AuthorizationRequest,
        login: &Login,
        session: &Session,
        now: Timestamp,
    ) -> impl Future<Output = Result<Exchanged>> + Send;
}

/// Paces devices that poll.
pub trait Paces: Send + Sync {
    /// Notes a poll at `now`. `false` if the one before is less than
    /// [`scanlatch_protocol::openid::device::TOO_SOON_MS`] ago.
    fn pace(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;
}
