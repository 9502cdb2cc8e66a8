//! Actions.

use std::future::Future;

use scanlatch_protocol::action::{Action, ActionFilter, ActionName, ActionState};
use scanlatch_protocol::id::{TenantId, UserId};
use scanlatch_protocol::time::Timestamp;

use crate::{Result, Unavailable};

/// Tracks actions.
pub trait Tracks: Send + Sync {
    /// Stores an action, unless it is there: then the stored one is returned and stays.
    fn track(&self, action: &Action) -> impl Future<Output = Result<Action, Unavailable>> + Send;
}

/// Reads actions.
pub trait Actions: Send + Sync {
    /// The action of this name, expired ones excluded.
    fn action(
        &self,
        name: &ActionName,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Action>, Unavailable>> + Send;
}

/// Lists actions.
pub trait ListsActions: Send + Sync {
    /// The user's unexpired actions that `sought` covers, the newest first; of very many the newest
    /// [`MAX_ACTIONS`].
    fn actions_of(
        &self,
        tenant: &TenantId,
        user: &UserId,
        sought: &ActionFilter,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Action>, Unavailable>> + Send;
}

/// As many actions one list holds.
pub const MAX_ACTIONS: usize = 500;

/// Sets the states of actions.
pub trait SetsActionState: Send + Sync {
    /// Sets the state of an action as the backend wants it, which no challenge decided then;
    /// [`scanlatch_protocol::Refusal::UnknownAction`] if it is not there or expired. Returns the action as it is then.
    fn set_state(
        &self,
        name: &ActionName,
        state: ActionState,
        now: Timestamp,
    ) -> impl Future<Output = Result<Action>> + Send;
}
