//! A phone claims the challenge whose short code its user typed.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, State};
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::{CallId, TenantId};
use scanlatch_protocol::short_code::SignedShortCode;

use crate::measure::{self, Measure};
use crate::port::{Claims, Clock, CountsTries, Credentials, Entropy, Pushes, ShortCodes, Tenants, Users, Withdraws};
use crate::step::{authenticate, claiming};
use crate::{Error, Result};

deps!(Tenants, Credentials, CountsTries, ShortCodes, Claims, Users, Pushes, Withdraws, Clock, Entropy);

/// Claims for the owner of the key that signed, and tells the screen. Returns the challenge and the claimer's own
/// custom data. The claimer may repeat it until the decision, in case the reply is lost.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`] and [`Refusal::InvalidCredential`].
/// [`Refusal::TooManyTries`]. [`Refusal::UnknownChallenge`] for a code that is unknown, expired, used, or not for this
/// user: whoever guesses is not told which. [`Refusal::Cancelled`] if the code was right, but the screen has left for
/// good. [`Refusal::TooManyRequests`] if the claimer repeats it too often.
pub async fn run(deps: &impl Deps, tenant: &TenantId, signed: &SignedShortCode) -> Result<(Challenge, Option<Custom>)> {
    let thumbprint = signed.key.thumbprint();
    let (found, credential) = tokio::try_join!(deps.tenant(tenant), deps.credential(tenant, &thumbprint))?;
    authenticate::with_devices(found)?;
    let holder = credential.ok_or(Refusal::InvalidCredential)?.holder();
    let (call, now) = (CallId::from_random(deps.random()?), deps.now());
    deps.count_try(tenant, &holder.user, call, now).await?;
    let id = deps.challenge_of_code(tenant, &signed.code.digest(), now).await?.ok_or_else(unknown)?;
    measure::challenge(&id);
    let claimed = claiming::claim(deps, tenant, &id, &holder, signed.r, now).await.map_err(without_reason)?;
    if !matches!(claimed.0.state, State::Claimed { .. }) {
        return Err(unknown().into());
    }
    deps.give_try_back(tenant, &holder.user, call).await?;
    claiming::tell(deps, &claimed.0, now).await?;
    Ok(claimed)
}

fn unknown() -> Refusal {
    measure::count(Measure::ShortCodesWrong);
    Refusal::UnknownChallenge
}

/// The refusal of a claim, without what it tells about somebody else's challenge.
fn without_reason(error: Error) -> Error {
    match error {
        Error::Refused(
            Refusal::UnknownChallenge
            | Refusal::Expired
            | Refusal::Superseded
            | Refusal::Cancelled
            | Refusal::AlreadyClaimed,
        ) => unknown().into(),
        other => other,
    }
}
