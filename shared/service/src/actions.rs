//! A backend reads its users' actions and sets their states.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::{Action, ActionFilter, ActionName, ActionState};
use scanlatch_protocol::id::UserId;
use scanlatch_protocol::tenant::Tenant;

use crate::Result;
use crate::port::{Actions, Clock, ListsActions, SetsActionState};

deps!(Actions, Clock, SetsActionState, ListsActions);

/// One action.
///
/// # Errors
/// [`Refusal::UnknownAction`].
pub async fn show(deps: &impl Deps, name: &ActionName) -> Result<Action> {
    deps.action(name, deps.now()).await?.ok_or_else(|| Refusal::UnknownAction.into())
}

/// Sets an action's state.
///
/// # Errors
/// [`Refusal::UnknownAction`].
pub async fn set_state(deps: &impl Deps, name: &ActionName, state: ActionState) -> Result<Action> {
    deps.set_state(name, state, deps.now()).await
}

/// A user's actions, the newest first.
pub async fn list(deps: &impl Deps, tenant: &Tenant, user: &UserId, filter: &ActionFilter) -> Result<Vec<Action>> {
    Ok(deps.actions_of(&tenant.id, user, filter, deps.now()).await?)
}
