//! Claims a challenge, for every use case that does.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Claim, State};
use scanlatch_protocol::credential::conduct::Mark;
use scanlatch_protocol::credential::{Credential, Holder};
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::{ChallengeId, TenantId};
use scanlatch_protocol::key::{SignatureR, Thumbprint};
use scanlatch_protocol::proximity::{Proximity, Sight};
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::tenant::settings::DistanceRule;
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::verification_code::VerificationCode;

use crate::measure::{self, Measure};
use crate::port::{Challenges, Claims, CountsClaims, Entropy, Pushes, Tenants, Users, Withdraws};
use crate::step::{authenticate, notify};
use crate::{Error, Result, Unavailable};

/// What a phone that claimed is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// The challenge.
    pub challenge: Challenge,
    /// The claimer's own custom data.
    pub user_custom: Option<Custom>,
    /// Whether the user is asked for the number that the screen shows.
    pub asks_number: bool,
}

/// A phone that claims.
pub(crate) struct Claimer {
    pub(crate) key: Thumbprint,
    pub(crate) holder: Holder,
    pub(crate) r: SignatureR,
    pub(crate) seen: Option<Sight>,
}

impl Claimer {
    fn claim(self, deps: &impl Entropy, decide_ms: i64) -> Result<Claim, Unavailable> {
        let code = VerificationCode::from_random(deps.random()?);
        Ok(Claim { by: self.holder, r: self.r, seen: self.seen, code, decide_ms })
    }
}

/// The tenant, and the credential of the key, if it may claim this challenge. The claim is counted before it is made, so that
/// claims at once cannot all be the last. That takes no round more, because the count returns the credential.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`], [`Refusal::InvalidCredential`] and [`Refusal::Paused`]. Then
/// nothing is counted.
pub(crate) async fn counted(
    deps: &(impl Tenants + CountsClaims),
    tenant: &TenantId,
    key: &Thumbprint,
    mark: Mark,
) -> Result<(Tenant, Credential)> {
    let (found, credential) = tokio::try_join!(deps.tenant(tenant), deps.count_claim(tenant, key, mark))?;
    let credential = credential.ok_or(Refusal::InvalidCredential);
    let checked = authenticate::with_devices(found).and_then(|tenant| {
        let credential = credential.as_ref().map_err(|refusal| Error::from(*refusal))?;
        measure::credential(&credential.id);
        credential.conduct.check_claim(&mark.challenge, mark.at)?;
        Ok(tenant)
    });
    match (checked, credential) {
        (Ok(tenant), Ok(credential)) => Ok((tenant, credential)),
        (Err(error), counted) => {
            if counted.is_ok() {
                measure::count_if(matches!(error, Error::Refused(Refusal::Paused)), Measure::CredentialsPaused);
                deps.forget_claim(tenant, key, mark).await?;
            }
            Err(error)
        }
        (Ok(_), Err(refusal)) => Err(refusal.into()),
    }
}

/// Claims for a holder whose claim is counted as `mark`. Its screen is still to be told.
///
/// # Errors
/// Those of [`scanlatch_protocol::challenge::Challenge::apply`], and [`Refusal::TooFar`]. A refused claim does not count.
pub(crate) async fn claim(
    deps: &(impl Challenges + Claims + CountsClaims + Users + Entropy),
    tenant: &Tenant,
    mark: Mark,
    claimer: Claimer,
) -> Result<Claimed> {
    let key = claimer.key.clone();
    let claimed = made(deps, tenant, &mark.challenge, claimer, mark.at).await;
    let counts = claimed.as_ref().is_ok_and(|claimed| matches!(claimed.challenge.state, State::Claimed { .. }));
    // Nobody knows whether a claim was made that failed otherwise, so its mark stays.
    if !counts && !matches!(claimed, Err(Error::Unavailable(_))) {
        deps.forget_claim(&tenant.id, &key, mark).await?;
    }
    claimed
}

async fn made(
    deps: &(impl Challenges + Claims + Users + Entropy),
    tenant: &Tenant,
    id: &ChallengeId,
    claimer: Claimer,
    now: Timestamp,
) -> Result<Claimed> {
    let claim = claimer.claim(deps, tenant.settings.decision_lifetime_ms)?;
    if tenant.settings.may_deny() {
        check_distance(deps, tenant, id, claim.seen.as_ref()).await?;
    }
    let claiming = deps.claim(&tenant.id, id, &claim, now);
    let user = async { deps.user(&tenant.id, &claim.by.user).await.map_err(Error::from) };
    let (challenge, user) = tokio::try_join!(claiming, user)?;
    measure::action(&challenge.action);
    measure::outcome(if challenge.state.is_open() { "claimed" } else { "repeated" });
    let asks_number = challenge.asked_code(&tenant.settings.rules(&challenge.action)).is_some();
    Ok(Claimed { challenge, user_custom: user.and_then(|user| user.profile.custom), asks_number })
}

/// Refuses a phone that is too far from the screen, before it claims. Only the rules of a few tenants need this read. What
/// the claim itself refuses is left to it.
async fn check_distance(deps: &impl Challenges, tenant: &Tenant, id: &ChallengeId, seen: Option<&Sight>) -> Result<()> {
    let Some(challenge) = deps.challenge(&tenant.id, id).await? else { return Ok(()) };
    let denies = tenant.settings.rules(&challenge.action).distance == DistanceRule::Deny;
    if denies && challenge.state.is_open() && challenge.proximity_of(seen) == Proximity::Far {
        measure::count(Measure::ClaimsTooFar);
        return Err(Refusal::TooFar.into());
    }
    Ok(())
}

/// Tells the screen of a claim at `now`.
///
/// # Errors
/// [`Refusal::Cancelled`] if the screen has left for good.
pub(crate) async fn tell(
    deps: &(impl Pushes + Withdraws),
    tenant: &Tenant,
    challenge: &Challenge,
    now: Timestamp,
) -> Result<()> {
    notify::claimed(deps, challenge, &tenant.settings, now).await?;
    let is_new = matches!(challenge.state, State::Claimed { at, .. } if at == now);
    measure::count_if(is_new, Measure::Claims);
    Ok(())
}
