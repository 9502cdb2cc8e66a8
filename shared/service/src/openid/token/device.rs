//! A device polls until its person has decided (RFC 8628 section 3.4).

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Door};
use scanlatch_protocol::id::{SessionId, TenantId};
use scanlatch_protocol::openid::client::{Client, ClientProof, Grant};
use scanlatch_protocol::openid::device::{DeviceGrant, unknown_device_code};
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::parameters::Parameters;
use scanlatch_protocol::openid::scope::Scopes;
use scanlatch_protocol::openid::token::Issue;
use scanlatch_protocol::session::Session;
use scanlatch_protocol::time::Timestamp;

use crate::measure::{self, Measure};
use crate::port::{Begins, Challenges, Clients, Clock, MakesRsaKeys, Paces, Redeems, Signs, Tenants, Users};
use crate::step::openid::{Tokens, has_just_begun, proven, tokens};
use crate::{Error, Result};

deps!(Tenants, Clients, Challenges, Paces, Redeems, Begins, Users, Signs, MakesRsaKeys, Clock);

const EXPIRED: Refusal = OAuthError::ExpiredToken.because("The device_code has expired. Ask for a new one.");

pub(super) async fn run(
    deps: &impl Deps,
    issuer: &OpenIdIssuer,
    tenant: &TenantId,
    proof: &ClientProof,
    parameters: &Parameters,
) -> Result<Tokens> {
    let code = parameters.get("device_code");
    let grant = DeviceGrant::parse(code.ok_or(OAuthError::InvalidRequest.because("The device_code is missing."))?)?;
    measure::challenge(&grant.challenge);
    let now = deps.now();
    let client = proven(deps, tenant, proof, Some(Grant::DeviceCode));
    let challenge = async { Ok(deps.challenge(tenant, &grant.challenge).await?) };
    let ((_, client), challenge) = tokio::try_join!(client, challenge)?;
    let challenge = challenge.filter(|challenge| challenge.check_screen(&grant.code).is_ok());
    let challenge = challenge.ok_or(unknown_device_code())?;
    let scopes = granted(&challenge, &client).ok_or(unknown_device_code())?.clone();
    if challenge.state.is_open() {
        return Err(waiting(deps, &challenge, now).await?.into());
    }
    let approval = challenge.approval_at(now).map_err(|refusal| match refusal {
        Refusal::Expired => EXPIRED,
        _ => OAuthError::AccessDenied.because("The person declined."),
    })?;
    let user = async { Ok(deps.user(tenant, &approval.by().user).await?) };
    let ((redeemed, first_use), user) = tokio::try_join!(deps.redeem(tenant, &challenge.id, None, now), user)?;
    let user = user.ok_or(unknown_device_code())?;
    measure::redeemed(&redeemed, first_use);
    let session = Session {
        id: SessionId::of(&challenge.id),
        tenant: *tenant,
        user: user.id.clone(),
        client: client.id.clone(),
        credential: approval.by().credential,
        epoch: user.session_epoch,
        generation: 0,
        created_at: now,
        refreshed_at: now,
        expires_at: now.plus(client.registration.refresh_lifetime_ms),
        revoked_at: None,
    };
    // Polls that come at once begin one session, and get the same tokens.
    let begun = deps.begin(&session, &challenge.action_of(&user.id)).await.map_err(|error| match error {
        Error::Refused(Refusal::InvalidToken) => unknown_device_code().into(),
        other => other,
    })?;
    if !has_just_begun(&begun, &client) || begun.check_live(Some(&user), now).is_err() {
        return Err(unknown_device_code().into());
    }
    measure::count_if(begun.created_at == now, Measure::SessionsBegun);
    let issue = Issue { issuer, client: &client, session: &begun, scopes: &scopes, auth_time: approval.at() };
    Ok(tokens(deps, &issue, &user, None).await?)
}

/// What the application may know, if the challenge was made for its device.
fn granted<'a>(challenge: &'a Challenge, client: &Client) -> Option<&'a Scopes> {
    let application = challenge.application.as_ref().filter(|application| application.client == client.id)?;
    if let Door::Device { scopes } = &application.door { Some(scopes) } else { None }
}

/// The answer to a device whose person has not decided. Only such a poll is paced.
async fn waiting(deps: &impl Deps, challenge: &Challenge, now: Timestamp) -> Result<Refusal> {
    if challenge.is_expired(now) {
        return Ok(EXPIRED);
    }
    let in_time = deps.pace(&challenge.tenant, &challenge.id, now).await?;
    Ok(if in_time {
        OAuthError::AuthorizationPending.because("The person has not decided yet.")
    } else {
        OAuthError::SlowDown.because("The person has not decided yet. Wait five seconds longer between polls.")
    })
}
