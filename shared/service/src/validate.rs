//! A backend asks what became of the login behind a token.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionState;
use scanlatch_protocol::id::{ActionCode, TenantId, UserId};
use scanlatch_protocol::jwt::{Kind, peek};
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::token::{Issuer, ResultToken, UserToken};
use scanlatch_protocol::wire::backend::{Presented, ValidateResponse};

use crate::measure::{self, Measure, Outcome};
use crate::port::{Actions, Clock, Redeems, Tenants, Verifies};
use crate::{Error, Result, caller};

const NOT_A_TOKEN: &str = "The token is invalid.";
const EXPIRED: &str = "The token has expired.";
const MISMATCH: &str = "The token is for another user or action.";
const NOT_APPROVED: &str = "The challenge was not approved.";
const STARTS_ONLY: &str = "The token starts a challenge; it is not the result of one.";

/// What the stored state says of the token. Success is only ever told of a result token whose challenge is approved
/// and whose user and action are those that the backend expects.
///
/// # Errors
/// [`Refusal::Unauthorized`] if the backend is not known; a bad token is an answer, not an error.
pub async fn run(
    deps: &(impl Tenants + Verifies + Redeems + Actions + Clock),
    issuer: &Issuer,
    key: &SecretKey,
    presented: &Presented,
) -> Result<ValidateResponse> {
    let response = answer(deps, issuer, key, presented).await?;
    measure::count_if(response.first_use() == Some(true), Measure::Logins);
    measure::validated(match (response.first_use(), response.state()) {
        (Some(true), _) => Outcome::First,
        (Some(false), _) => Outcome::Repeated,
        (None, Some(_)) => Outcome::Unfinished,
        (None, None) => Outcome::Invalid,
    });
    Ok(response)
}

async fn answer(
    deps: &(impl Tenants + Verifies + Redeems + Actions + Clock),
    issuer: &Issuer,
    key: &SecretKey,
    presented: &Presented,
) -> Result<ValidateResponse> {
    let named = peek(&presented.token);
    let kid = named.as_ref().map(|(kid, _)| kid.as_str());
    let now = deps.now();
    let keys = async { if kid.is_some() { deps.verifying_keys(kid, now).await.map(Some) } else { Ok(None) } };
    let (tenant, keys) = caller::backend_and(deps, key, keys).await?;
    let (Some((_, kind)), Some(keys)) = (named, keys) else {
        return Ok(ValidateResponse::invalid(NOT_A_TOKEN));
    };
    match kind {
        Kind::Result => match ResultToken::verify(&presented.token, &keys, issuer, now) {
            Ok(token) => redeem(deps, &tenant, token, presented).await,
            Err(refusal) => Ok(refused(refusal)),
        },
        Kind::User => match UserToken::verify(&presented.token, &keys, issuer, now) {
            Ok(token) => unfinished(deps, &tenant, token, presented).await,
            Err(refusal) => Ok(refused(refusal)),
        },
        Kind::Access | Kind::Refresh => Ok(ValidateResponse::invalid(NOT_A_TOKEN)),
    }
}

/// Both the challenge and its action must stand as succeeded: the action is gone if the user was deleted, and a backend
/// may have judged it otherwise since.
async fn redeem(
    deps: &(impl Redeems + Actions + Clock),
    tenant: &Tenant,
    token: ResultToken,
    presented: &Presented,
) -> Result<ValidateResponse> {
    if token.tenant != tenant.id {
        return Ok(ValidateResponse::invalid(NOT_A_TOKEN));
    }
    let named = match presented.action.as_deref().map(ActionCode::parse) {
        Some(Err(_)) => return Ok(ValidateResponse::invalid(MISMATCH)),
        Some(Ok(action)) => Some(action),
        None => None,
    };
    if presented.user.as_deref().is_some_and(|expected| expected != token.user.as_str()) {
        return Ok(ValidateResponse::invalid(MISMATCH));
    }
    measure::challenge(&token.challenge);
    let now = deps.now();
    let name = token.action_name();
    let action = async { deps.action(&name, now).await.map_err(Error::from) };
    let ((challenge, first_use), action) =
        match tokio::try_join!(deps.redeem(&tenant.id, &token.challenge, named.as_ref(), now), action) {
            Ok(redeemed) => redeemed,
            Err(Error::Refused(refusal)) => return Ok(refused(refusal)),
            Err(unavailable) => return Err(unavailable),
        };
    Ok(match (challenge.state.approval(), action) {
        (Some((by, at)), Some(action)) if by.user == token.user && challenge.action_of(&by.user) == name => {
            match action.state {
                ActionState::ChallengeSucceeded => {
                    ValidateResponse::succeeded(&by.user, challenge.counts_for(), &name.idempotency_key, at, first_use)
                }
                _ => ValidateResponse::unfinished(&action),
            }
        }
        _ => ValidateResponse::invalid(NOT_APPROVED),
    })
}

/// A browser holds the user token from the start, so a finished login is never told of one.
async fn unfinished(
    deps: &(impl Actions + Clock),
    tenant: &Tenant,
    token: UserToken,
    presented: &Presented,
) -> Result<ValidateResponse> {
    if let Some(why) = foreign(tenant, presented, token.tenant, &token.user, &token.action) {
        return Ok(ValidateResponse::invalid(why));
    }
    Ok(match deps.action(&token.action_name(), deps.now()).await? {
        Some(action) if action.state != ActionState::ChallengeSucceeded => ValidateResponse::unfinished(&action),
        Some(_) => ValidateResponse::invalid(STARTS_ONLY),
        None => ValidateResponse::invalid(NOT_A_TOKEN),
    })
}

/// Why a genuine token is not what this backend asks about.
fn foreign(
    tenant: &Tenant,
    presented: &Presented,
    of: TenantId,
    user: &UserId,
    action: &ActionCode,
) -> Option<&'static str> {
    if of != tenant.id {
        return Some(NOT_A_TOKEN);
    }
    (!presented.expects(user.as_str(), action.as_str())).then_some(MISMATCH)
}

fn refused(refusal: Refusal) -> ValidateResponse {
    ValidateResponse::invalid(match refusal {
        Refusal::ExpiredToken | Refusal::Expired => EXPIRED,
        Refusal::NotApproved => NOT_APPROVED,
        Refusal::OtherAction => MISMATCH,
        _ => NOT_A_TOKEN,
    })
}
