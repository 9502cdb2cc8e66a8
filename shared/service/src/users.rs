//! A backend manages its users.

use scanlatch_protocol::id::UserId;
use scanlatch_protocol::jwt::Token;
use scanlatch_protocol::page::Pages;
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::token::{Issuer, user_of};
use scanlatch_protocol::user::{ProfileChange, Revision, User, UserList, UserListParams};

use crate::port::{Clock, Forgets, ListsUsers, Revises, Users, Verifies};
use crate::{Result, measure};

deps!(Users, Clock, Revises, Forgets, ListsUsers, Verifies);

/// A user. One of whom nothing is stored has no authenticators.
pub async fn show(deps: &impl Deps, tenant: &Tenant, id: UserId) -> Result<User> {
    let user = deps.user(&tenant.id, &id).await?;
    Ok(user.unwrap_or_else(|| User::unknown(id, deps.now())))
}

/// Stores what the backend says of a user, new or known.
pub async fn update(deps: &impl Deps, tenant: &Tenant, id: &UserId, change: ProfileChange) -> Result<User> {
    let current = deps.user(&tenant.id, id).await?;
    let revision = Revision::Profile(Box::new(change));
    deps.revise(&tenant.id, id, current.as_ref(), &revision, deps.now()).await
}

/// Removes everything that belongs to a user, known or not.
pub async fn delete(deps: &impl Deps, tenant: &Tenant, id: &UserId) -> Result<()> {
    deps.forget(&tenant.id, id).await?;
    measure::outcome("user deleted");
    Ok(())
}

/// The users whom the filter covers, or only the token's user if there is a token.
///
/// # Errors
/// [`scanlatch_protocol::Refusal::Malformed`] for a continuation that this list did not give,
/// [`scanlatch_protocol::Refusal::InvalidToken`] and [`scanlatch_protocol::Refusal::ExpiredToken`] for a token.
pub async fn list(
    deps: &impl Deps,
    issuer: &Issuer,
    key: &SecretKey,
    tenant: &Tenant,
    params: UserListParams,
) -> Result<UserList> {
    let UserListParams { filter, token, limit, after } = params;
    if let Some(token) = token {
        let token = Token::read(&token)?;
        let now = deps.now();
        let keys = deps.verifying_keys(Some(token.kid()), now).await?;
        let (user, payload) = user_of(&token, &tenant.id, &keys, issuer, now)?;
        let found = deps.user(&tenant.id, &user).await?.filter(|user| filter.matches(user));
        return Ok(UserList { users: found.into_iter().collect(), next: None, token_payload: Some(payload) });
    }
    let pages = Pages::of(key, filter.question());
    let after = after.map(|text| pages.read(&text)).transpose()?;
    let (users, more) = deps.users(&tenant.id, &filter, after.as_ref(), limit).await?;
    let next = users.last().filter(|_| more).map(|last| pages.after(&last.id));
    Ok(UserList { users, next, token_payload: None })
}
