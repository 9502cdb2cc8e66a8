//! Something other than a backend signs a user in by a result token: each token in one attempt only.
//!
//! A backend proves itself and decides by `firstUse` what a repeated token is worth. A function that an identity provider
//! invokes can do neither. It is invoked again where its answer came late, and a token may have been used elsewhere
//! before. So the first redemption counts, and whoever redeemed a token first keeps it: the attempt is stored under the
//! session that the approval could begin, and the same attempt gets the same answer. If the process ends between the
//! two writes, the token is lost and the user scans again.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::{ActionCode, ClientId, SessionId, TenantId};
use scanlatch_protocol::jwt::Token;
use scanlatch_protocol::session::Session;
use scanlatch_protocol::token::{Issuer, ResultToken};

use crate::measure::{self, Outcome};
use crate::port::{Begins, Clock, Redeems, Sessions, Tenants, Users, Verifies};
use crate::step::authenticate;
use crate::step::live::live;
use crate::step::taking::check_takes;
use crate::{Error, Result, Unavailable};

deps!(Tenants, Verifies, Redeems, Begins, Sessions, Users, Clock);

/// What signs a user in.
#[derive(Clone, Copy)]
pub struct Redemption<'a> {
    /// The result token, unread.
    pub token: &'a str,
    /// The user who must have approved, as their id is here; `None` if the caller knows no such user.
    pub user: Option<&'a str>,
    /// The action that it must be for; any if absent.
    pub action: Option<&'a ActionCode>,
    /// The attempt to sign in. Nothing else may have this name.
    pub attempt: &'a ClientId,
}

impl std::fmt::Debug for Redemption<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Whether the token signs the user in. It does not if it was redeemed before, by a backend or in another attempt, nor if
/// it was for a registered application. A token for another user or of another tenant is refused unredeemed.
///
/// # Errors
/// If a dependency fails.
pub async fn run(
    deps: &impl Deps,
    issuer: &Issuer,
    tenant: &TenantId,
    redemption: Redemption<'_>,
) -> Result<bool, Unavailable> {
    match redeemed(deps, issuer, tenant, redemption).await {
        Ok(()) => Ok(true),
        Err(Error::Refused(refusal)) => {
            measure::outcome(Outcome::Invalid.name());
            tracing::info!(why = %refusal, "a result token signed nobody in");
            Ok(false)
        }
        Err(Error::Unavailable(unavailable)) => Err(unavailable),
    }
}

async fn redeemed(
    deps: &impl Deps,
    issuer: &Issuer,
    tenant: &TenantId,
    Redemption { token, user, action, attempt }: Redemption<'_>,
) -> Result<()> {
    let now = deps.now();
    let token = Token::read(token)?;
    let (tenant, keys) = tokio::try_join!(deps.tenant(tenant), deps.verifying_keys(Some(token.kid()), now))?;
    let tenant = authenticate::with_devices(tenant)?;
    let token = ResultToken::verify(&token, &keys, issuer, now)?;
    if token.tenant != tenant.id || user != Some(token.user.as_str()) {
        return Err(Refusal::InvalidToken.into());
    }
    check_takes(&tenant, &token.action, action)?;
    measure::challenge(&token.challenge);
    let id = SessionId::of(&token.challenge);
    let (challenge, first_use) = deps.redeem(&tenant.id, &token.challenge, action, now).await?;
    measure::redeemed(&challenge, first_use);
    challenge.check_may_count(&tenant.settings.rules(challenge.counts_for()))?;
    let approval = challenge.approval().filter(|_| challenge.application.is_none()).ok_or(Refusal::NotApproved)?;
    if approval.by().user != token.user {
        return Err(Refusal::InvalidToken.into());
    }
    let stored = if first_use {
        let user = deps.user(&tenant.id, &token.user).await?.ok_or(Refusal::InvalidToken)?;
        let session = Session {
            id,
            tenant: tenant.id,
            user: user.id,
            client: attempt.clone(),
            credential: approval.by().credential,
            epoch: user.session_epoch,
            generation: 0,
            created_at: now,
            refreshed_at: now,
            // The token serves no longer.
            expires_at: challenge.redeemable_until(approval.at()),
            revoked_at: None,
        };
        deps.begin(&session, &challenge.action_of(&token.user)).await?
    } else {
        live(deps, &tenant.id, &token.user, &id).await?.0
    };
    if stored.client == *attempt { Ok(()) } else { Err(Refusal::TokenSpent.into()) }
}
