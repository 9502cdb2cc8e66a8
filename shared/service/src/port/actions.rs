//! Actions.

use std::future::Future;

use scanlatch_protocol::action::{Action, ActionFilter, ActionName, ActionState};
use scanlatch_protocol::id::{TenantId, UserId};
use scanlatch_protocol::time::Timestamp;

use crate::{Result, Unavailable};

/// Tracks actions.
pub trait Tracks: Send + Sync {
    /// Stores an action and returns it. An unexpired one that is stored already stays and is returned instead.
    fn track(&self, action: &Action) -> impl Future<Output = Result<Action, Unavailable>> + Send;
}

/// Reads actions.
pub trait Actions: Send + Sync {
    /// The action of this name, unless it has expired.
    fn action(
        &self,
        name: &ActionName,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Action>, Unavailable>> + Send;
}

/// Lists actions.
pub trait ListsActions: Send + Sync {
    /// The user's unexpired actions that `sought` covers, the newest first and at most [`MAX_ACTIONS`].
    fn actions_of(
        &self,
        tenant: &TenantId,
        user: &UserId,
        sought: &ActionFilter,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Action>, Unavailable>> + Send;
}

/// The most actions of one list.
pub const MAX_ACTIONS: usize = 500;

/// Sets the states of actions.
pub trait SetsActionState: Send + Sync {
    /// Sets the state of an action and clears the challenge that decided it. Returns the changed action;
    /// [`scanlatch_protocol::Refusal::UnknownAction`] if there is none or it has expired.
    fn set_state(
        &self,
        name: &ActionName,
        state: ActionState,
        now: Timestamp,
    ) -> impl Future<Output = Result<Action>> + Send;
}
