//! A phone claims the challenge whose short code its user typed.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::State;
use scanlatch_protocol::credential::conduct::Mark;
use scanlatch_protocol::id::{CallId, TenantId};
use scanlatch_protocol::proximity::Sight;
use scanlatch_protocol::short_code::SignedShortCode;

use crate::measure::{self, Measure};
use crate::port::{
    Challenges, Claims, Clock, CountsClaims, CountsTries, Credentials, Entropy, Pushes, ShortCodes, Tenants, Users,
    Withdraws,
};
use crate::step::claiming::{Claimed, Claimer};
use crate::step::{authenticate, claiming};
use crate::{Error, Result};

deps!(
    Tenants,
    Credentials,
    CountsClaims,
    CountsTries,
    ShortCodes,
    Challenges,
    Claims,
    Users,
    Pushes,
    Withdraws,
    Clock,
    Entropy,
);

/// Claims for the owner of the key that signed, and tells the screen. `seen` is what the trusted edge saw of the phone.
/// The claimer may repeat it until the decision, in case the reply is lost.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`] and [`Refusal::InvalidCredential`].
/// [`Refusal::TooManyTries`]. [`Refusal::UnknownChallenge`] for a code that is unknown, expired, used, or not for this
/// user: whoever guesses is not told which. [`Refusal::Cancelled`] if the code was right, but the screen has left for
/// good. [`Refusal::TooManyRequests`] if the claimer repeats it too often.
pub async fn run(
    deps: &impl Deps,
    tenant: &TenantId,
    signed: &SignedShortCode,
    seen: Option<Sight>,
) -> Result<Claimed> {
    let thumbprint = signed.key.thumbprint();
    let (found, credential) = tokio::try_join!(deps.tenant(tenant), deps.credential(tenant, &thumbprint))?;
    let tenant = authenticate::with_devices(found)?;
    let holder = credential.ok_or(Refusal::InvalidCredential)?.holder();
    let (call, now) = (CallId::from_random(deps.random()?), deps.now());
    deps.count_try(&tenant.id, &holder.user, call, now).await?;
    let id = deps.challenge_of_code(&tenant.id, &signed.code.digest(), now).await?.ok_or_else(unknown)?;
    measure::challenge(&id);
    let user = holder.user.clone();
    let mark = Mark { at: now, challenge: id, call: Some(call) };
    let (tenant, _) = claiming::counted(deps, &tenant.id, &thumbprint, mark).await?;
    let claimer = Claimer { key: thumbprint, holder, r: signed.r, seen };
    let claimed = claiming::claim(deps, &tenant, mark, claimer).await.map_err(without_reason)?;
    if !matches!(claimed.challenge.state, State::Claimed { .. }) {
        return Err(unknown().into());
    }
    deps.give_try_back(&tenant.id, &user, call).await?;
    claiming::tell(deps, &tenant, &claimed.challenge, now).await?;
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
            | Refusal::AlreadyClaimed
            | Refusal::Lapsed
            | Refusal::TooFar,
        ) => unknown().into(),
        other => other,
    }
}
