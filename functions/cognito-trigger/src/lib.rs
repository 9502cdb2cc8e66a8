//! The three triggers of a Cognito user pool's custom sign-in: an app that has a result token signs in with it.

use scanlatch_protocol::wire::cognito::{Parameters, Response, Trigger, attempt};
use scanlatch_runtime::cognito::SignIn;
use scanlatch_runtime::{Config, Problem};
use scanlatch_service::port::Entropy;
use scanlatch_service::redeem::{self, Redemption};
use serde_json::Value;

/// Answers one event with the whole event and its response. A wrong token is an answer, not an error.
///
/// # Errors
/// If the event is another trigger's, or a dependency fails.
pub async fn handle(
    deps: &(impl redeem::Deps + Entropy),
    config: &Config,
    SignIn { tenant, action, user_attribute }: &SignIn,
    event: Value,
) -> Result<Value, Problem> {
    let response = match Trigger::read(&event)? {
        Trigger::Define(next) => Response::Next(next),
        Trigger::Create => {
            let attempt = attempt(deps.random()?)?;
            Response::Challenge(Parameters { tenant: *tenant, action: action.clone(), attempt })
        }
        Trigger::Verify(verification) => {
            let redemption = Redemption {
                token: &verification.token,
                user: verification.user(user_attribute.as_deref()),
                action: action.as_ref(),
                attempt: &verification.attempt,
            };
            Response::Verified(redeem::run(deps, &config.issuer, tenant, redemption).await?)
        }
    };
    Ok(response.into_reply(event))
}
