//! A Lambda authorizer for HTTP and REST APIs, which knows of a revocation.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::wire::authorizer::{Asked, Told};
use scanlatch_runtime::authorizer::Admission;
use scanlatch_runtime::{Config, Problem};
use scanlatch_service::Error;
use scanlatch_service::admit::{self, Admitted};
use serde_json::Value;

/// Answers one event: who calls, or that the call may not go on.
///
/// # Errors
/// [`Refusal::InvalidToken`] for a REST API whose caller has no token that serves, which makes it answer `Unauthorized`; and
/// if the event is no authorizer's or a dependency fails.
pub async fn handle(
    deps: &impl admit::Deps,
    config: &Config,
    Admission { tenant, needs }: &Admission,
    event: Value,
) -> Result<Value, Problem> {
    let asked = Asked::read(&event)?;
    let admitted = match &asked.token {
        Some(token) => admit::run(deps, &config.public_url, tenant, needs, token).await,
        None => Err(Refusal::InvalidToken.into()),
    };
    match admitted {
        Ok(admitted) => Ok(asked.allowed(admitted.user.as_str(), &told(&admitted))),
        Err(Error::Refused(Refusal::OAuth { error: OAuthError::InsufficientScope, .. })) => Ok(asked.denied()),
        Err(Error::Refused(_)) => Ok(asked.unauthorized().ok_or(Refusal::InvalidToken)?),
        Err(unavailable) => Err(unavailable.into()),
    }
}

/// What an integration reads from `context.authorizer`.
fn told(Admitted { user, client, session, scopes, .. }: &Admitted) -> Told {
    Told::from([
        ("userId", user.to_string()),
        ("clientId", client.clone()),
        ("sessionId", session.to_string()),
        ("scope", scopes.to_text()),
    ])
}
