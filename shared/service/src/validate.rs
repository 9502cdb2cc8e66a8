//! A backend asks what became of the login behind a token.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionState;
use scanlatch_protocol::id::ActionCode;
use scanlatch_protocol::jwt::{Kind, Token};
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::token::{Issuer, ResultToken, UserToken};
use scanlatch_protocol::validation::{Expected, Invalid, Validation};

use crate::measure::{self, Measure, Outcome};
use crate::port::{Actions, Clock, Redeems, Tenants, Verifies};
use crate::step::authenticate;
use crate::step::taking::check_takes;
use crate::{Error, Result};

deps!(Tenants, Verifies, Redeems, Actions, Clock);

/// What became of the token, by the stored state. Only a result token can succeed. Its challenge must be approved, its
/// action must have succeeded, and its user and action must be those that the backend expects.
///
/// # Errors
/// [`Refusal::Unauthorized`] if the backend is not known. A bad token is an answer, not an error.
pub async fn run(
    deps: &impl Deps,
    issuer: &Issuer,
    key: &SecretKey,
    token: &str,
    expected: &Expected,
) -> Result<Validation> {
    let validation = answer(deps, issuer, key, token, expected).await?;
    measure::count_if(validation.first_use() == Some(true), Measure::Logins);
    measure::validated(match &validation {
        Validation::Succeeded { first_use: true, .. } => Outcome::First,
        Validation::Succeeded { first_use: false, .. } => Outcome::Repeated,
        Validation::Unfinished(_) => Outcome::Unfinished,
        Validation::Invalid(_) => Outcome::Invalid,
    });
    Ok(validation)
}

async fn answer(
    deps: &impl Deps,
    issuer: &Issuer,
    key: &SecretKey,
    token: &str,
    expected: &Expected,
) -> Result<Validation> {
    let token = Token::read(token).ok();
    let kid = token.as_ref().map(Token::kid);
    let now = deps.now();
    let keys = async { if kid.is_some() { deps.verifying_keys(kid, now).await.map(Some) } else { Ok(None) } };
    let (tenant, keys) = authenticate::backend_and(deps, key, keys).await?;
    let (Some(token), Some(keys)) = (token, keys) else {
        return Ok(Validation::Invalid(Invalid::NotAToken));
    };
    match token.kind() {
        Kind::Result => match ResultToken::verify(&token, &keys, issuer, now) {
            Ok(token) => redeem(deps, &tenant, token, expected).await,
            Err(refusal) => Ok(refused(refusal)),
        },
        Kind::User => match UserToken::verify(&token, &keys, issuer, now) {
            Ok(token) => unfinished(deps, &tenant, token, expected).await,
            Err(refusal) => Ok(refused(refusal)),
        },
        _ => Ok(Validation::Invalid(Invalid::NotAToken)),
    }
}

/// Both the challenge and its action must have succeeded: the action is deleted with its user, and a backend may have
/// set another state.
async fn redeem(
    deps: &(impl Redeems + Actions + Clock),
    tenant: &Tenant,
    token: ResultToken,
    expected: &Expected,
) -> Result<Validation> {
    if token.tenant != tenant.id {
        return Ok(Validation::Invalid(Invalid::NotAToken));
    }
    let named = match expected.action.as_deref().map(ActionCode::parse) {
        Some(Err(_)) => return Ok(Validation::Invalid(Invalid::Mismatch)),
        Some(Ok(action)) => Some(action),
        None => None,
    };
    if !expected.is_of(&token.user) {
        return Ok(Validation::Invalid(Invalid::Mismatch));
    }
    if check_takes(tenant, &token.action, named.as_ref()).is_err() {
        return Ok(Validation::Invalid(Invalid::NotApproved));
    }
    measure::challenge(&token.challenge);
    measure::action(&token.action);
    let now = deps.now();
    let name = token.action_name();
    let action = async { deps.action(&name, now).await.map_err(Error::from) };
    let ((challenge, first_use), action) =
        match tokio::try_join!(deps.redeem(&tenant.id, &token.challenge, named.as_ref(), now), action) {
            Ok(redeemed) => redeemed,
            Err(Error::Refused(refusal)) => return Ok(refused(refusal)),
            Err(unavailable) => return Err(unavailable),
        };
    if let Some(holder) = challenge.state.holder() {
        measure::credential(&holder.credential);
    }
    Ok(match (challenge.approval(), action) {
        // A lost answer costs a login where a token is validated only once; a session may still begin with it.
        _ if tenant.settings.validate_once && !first_use => Validation::Invalid(Invalid::Spent),
        (Some(approval), Some(action))
            // An application's login is no login at a backend.
            if challenge.application.is_none()
                && challenge.check_may_count(&tenant.settings.rules(challenge.counts_for())).is_ok()
                && approval.by().user == token.user
                && challenge.action_of(&token.user) == name =>
        {
            match action.state {
                ActionState::ChallengeSucceeded => Validation::Succeeded {
                    user: token.user,
                    action: challenge.counts_for().clone(),
                    idempotency_key: name.idempotency_key,
                    at: approval.at(),
                    first_use,
                },
                _ => Validation::Unfinished(Box::new(action)),
            }
        }
        _ => Validation::Invalid(Invalid::NotApproved),
    })
}

/// A browser holds the user token from the start, so a user token never proves a finished login.
async fn unfinished(
    deps: &(impl Actions + Clock),
    tenant: &Tenant,
    token: UserToken,
    expected: &Expected,
) -> Result<Validation> {
    if token.tenant != tenant.id {
        return Ok(Validation::Invalid(Invalid::NotAToken));
    }
    if !(expected.is_of(&token.user) && expected.is_for(&token.action)) {
        return Ok(Validation::Invalid(Invalid::Mismatch));
    }
    measure::action(&token.action);
    Ok(match deps.action(&token.action_name(), deps.now()).await? {
        Some(action) if action.state != ActionState::ChallengeSucceeded => Validation::Unfinished(Box::new(action)),
        Some(_) => Validation::Invalid(Invalid::StartsOnly),
        None => Validation::Invalid(Invalid::NotAToken),
    })
}

fn refused(refusal: Refusal) -> Validation {
    Validation::Invalid(match refusal {
        Refusal::ExpiredToken | Refusal::Expired => Invalid::Expired,
        Refusal::NotApproved => Invalid::NotApproved,
        Refusal::OtherAction => Invalid::Mismatch,
        _ => Invalid::NotAToken,
    })
}
