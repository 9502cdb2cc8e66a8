//! A trusted device verifies its user by signing the challenge that it opened for itself.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::{Action, ActionState};
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::{Approval, Challenge, Decision, REPEATED_MS, Screen, SignedChallenge};
use scanlatch_protocol::credential::{Credential, Holder};
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::token::{Issuer, ResultToken, UserToken};

use crate::port::{Actions, Challenges, Clock, Credentials, Decided, Decides, Signs, Tenants, Users, Verifies};
use crate::step::decision::Asked;
use crate::step::{authenticate, decision};
use crate::{Error, Result, measure};

deps!(Tenants, Verifies, Credentials, Challenges, Actions, Decides, Users, Signs, Clock);

/// What a device gets for its signature.
pub struct Verified {
    /// The result token; the same one each time.
    pub token: String,
    /// The user and the credential.
    pub holder: Holder,
    /// The name with which the user logs in.
    pub username: Option<String>,
}

/// Approves for the owner of the key that signed. With a user token it approves the token's action, and the token's
/// user must own the key. A call repeated within [`REPEATED_MS`] returns the same token, also with a new challenge for
/// the same action.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`], [`Refusal::InvalidCredential`], [`Refusal::ActionBlocked`],
/// [`Refusal::ActionSucceeded`], those of [`authenticate::user`] and
/// [`scanlatch_protocol::challenge::Challenge::apply`], and [`Refusal::UnknownChallenge`] for a screen's challenge.
pub async fn run(deps: &impl Deps, issuer: &Issuer, device: &Identity, signed: &SignedChallenge) -> Result<Verified> {
    measure::challenge(&signed.challenge);
    let (tenant, token) = caller_of(deps, issuer, device).await?;
    let thumbprint = signed.key.thumbprint();
    let action = async {
        match &token {
            Some(token) => deps.action(&token.action_name(), deps.now()).await,
            None => Ok(None),
        }
    };
    let (found, credential, challenge, action) = tokio::try_join!(
        deps.tenant(&tenant),
        deps.credential(&tenant, &thumbprint),
        deps.challenge(&tenant, &signed.challenge),
        action
    )?;
    let settings = authenticate::with_devices(found)?.settings;
    let owns_key = |credential: &Credential| token.as_ref().is_none_or(|token| token.user == credential.user);
    let credential = credential.filter(owns_key).ok_or(Refusal::InvalidCredential)?;
    let challenge =
        challenge.filter(|challenge| challenge.screen == Screen::TrustedDevice).ok_or(Refusal::UnknownChallenge)?;
    let challenge = match (&token, action) {
        (None, _) => challenge,
        (Some(_), None) => return Err(Refusal::InvalidToken.into()),
        (Some(_), Some(action)) => of_action(deps, challenge, &action, &credential).await?,
    };
    let asked = Asked { decision: Decision::Approve, r: None, typed: None };
    let deciding = decision::make(deps, &challenge, &credential, asked, &settings);
    let signing = deps.signing_key(deps.now());
    let known = async { Ok::<_, Error>(tokio::try_join!(deps.user(&tenant, &credential.user), signing)?) };
    let (decided, (user, key)) = tokio::try_join!(deciding, known)?;
    let approval = match &decided {
        Decided::Made(challenge) => challenge.approval().ok_or(Refusal::NotApproved)?,
        Decided::Stands(challenge) => repeated(challenge, deps.now())?,
        Decided::Moved => return Err(Refusal::UnknownChallenge.into()),
    };
    let token = ResultToken::sign(approval, deps.now(), &key, issuer);
    Ok(Verified { token, holder: credential.holder(), username: user.and_then(|user| user.profile.username) })
}

async fn caller_of(
    deps: &(impl Verifies + Clock),
    issuer: &Issuer,
    device: &Identity,
) -> Result<(TenantId, Option<UserToken>)> {
    match device {
        Identity::Tenant(tenant) => Ok((*tenant, None)),
        Identity::Token(token) => {
            let token = authenticate::user(deps, issuer, token).await?;
            Ok((token.tenant, Some(token)))
        }
    }
}

/// The challenge, made to serve the action. If the device has just approved the action and lost the reply, its new
/// challenge is replaced by the approved one.
async fn of_action(
    deps: &(impl Challenges + Clock),
    challenge: Challenge,
    action: &Action,
    by: &Credential,
) -> Result<Challenge> {
    let challenge = challenge.taken_for_action(action)?;
    if challenge.state.approval().is_some() {
        return Ok(challenge);
    }
    let is_repeated = action.state == ActionState::ChallengeSucceeded
        && action.verified_by == Some(by.id)
        && deps.now() < action.state_updated_at.plus(REPEATED_MS);
    match action.decided_in.filter(|_| is_repeated) {
        None => {
            action.state.check_decision_allowed()?;
            Ok(challenge)
        }
        Some(before) => {
            let approved = deps.challenge(&challenge.tenant, &before).await?;
            let approved = approved.filter(|approved| approved.screen == Screen::TrustedDevice);
            Ok(approved.ok_or(Refusal::ActionSucceeded)?)
        }
    }
}

/// The approval, unless the call comes too late: a recorded request that is sent later gets nothing.
fn repeated(challenge: &Challenge, now: Timestamp) -> Result<Approval<'_>> {
    let approval = challenge.approval_at(now)?;
    if now < approval.at().plus(REPEATED_MS) { Ok(approval) } else { Err(Refusal::Expired.into()) }
}
