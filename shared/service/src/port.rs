//! What use cases need from outside. A method is a transition or a look-up, never a bare write. A store makes each
//! transition whole or not at all, allows it to be repeated, and follows exactly the rules of `protocol`.
//!
//! Reads are strongly consistent. After [`Unavailable`] nobody knows whether a transition happened; a repeated call
//! finds out.

mod actions;
mod challenges;
mod connections;
mod credentials;
mod keys;
mod openid;
mod sessions;
mod short_codes;
mod tenants;
mod users;

use scanlatch_protocol::time::Timestamp;

use crate::Unavailable;

pub use actions::{Actions, ListsActions, MAX_ACTIONS, SetsActionState, Tracks};
pub use challenges::{
    Before, Binds, Challenges, Claims, Creates, Decided, Decides, Deciding, Leaves, Pending, Polls, Redeems, Renews,
    Replaces, Resumes, Settles, Withdraws,
};
pub use connections::{Charges, Closes, Connection, Connections, Connects, Disconnects, Pushed, Pushes, Shown, Terms};
pub use credentials::{
    CountsClaims, Credentials, Enrolments, Enrols, ListsCredentials, ListsRemoved, Removes, Revokes,
};
pub use keys::{
    FOLLOWED_WITHIN_MS, MakesKeys, MakesRsaKeys, Rotates, RotatesRsa, Signs, SignsRsa, Verifies, VerifiesRsa,
};
pub use openid::{Answers, Asks, AuthorizationRequests, Clients, Exchanged, Exchanges, Paces, RegistersClients};
pub use sessions::{Begins, Ends, Refreshes, Sessions};
pub use short_codes::{CountsTries, ShortCodes};
pub use tenants::{Administers, Tenants};
pub use users::{Forgets, ListsUsers, Revises, Users};

/// The time.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// Unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// If the system has no randomness.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Unavailable>;

    /// An array of unpredictable bytes.
    ///
    /// # Errors
    /// If the system has no randomness.
    fn random<const N: usize>(&self) -> Result<[u8; N], Unavailable> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }
}
