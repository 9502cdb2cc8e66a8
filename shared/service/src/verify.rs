//! A trusted device verifies its user: it signs the challenge that it opened for itself.

use protocol::Refusal;
use protocol::challenge::{Decision, Screen};
use protocol::credential::Holder;
use protocol::id::TenantId;
use protocol::token::{Issuer, ResultToken};
use protocol::wire::device::Signed;
use protocol::wire::socket::Identity;

use crate::decide::decided;
use crate::port::{Challenges, Clock, Credentials, Decides, Signs, Tenants, Users, Verifies};
use crate::{Error, Result, Unavailable, caller, measure};

/// What a device gets for its signature.
pub struct Outcome {
    /// The result token; the same one each time.
    pub token: String,
    /// The user and the credential.
    pub holder: Holder,
    /// What the user logs in as.
    pub username: Option<String>,
}

/// Approves for the owner of the key that signed.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`], [`Refusal::InvalidCredential`], [`Refusal::ActionBlocked`],
/// those of [`caller::user`] and [`protocol::challenge::Challenge::apply`]; a challenge that a screen shows is
/// [`Refusal::UnknownChallenge`].
pub async fn run(
    deps: &(impl Tenants + Verifies + Credentials + Challenges + Decides + Users + Signs + Clock),
    issuer: &Issuer,
    device: &Identity,
    signed: &Signed,
) -> Result<Outcome> {
    measure::challenge(&signed.challenge);
    let tenant = tenant_of(deps, issuer, device).await?;
    let thumbprint = signed.key.thumbprint();
    let (found, credential, challenge) = tokio::try_join!(
        deps.tenant(&tenant),
        deps.credential(&tenant, &thumbprint),
        deps.challenge(&tenant, &signed.challenge)
    )?;
    let settings = caller::with_devices(found)?.settings;
    let credential = credential.ok_or(Refusal::InvalidCredential)?;
    let challenge = challenge.filter(|challenge| challenge.screen == Screen::Own).ok_or(Refusal::UnknownChallenge)?;
    let deciding = decided(deps, challenge, &credential, Decision::Approve, settings.action_lifetime_ms);
    let signing = deps.signing_key(deps.now());
    let known = async { Ok::<_, Error>(tokio::try_join!(deps.user(&tenant, &credential.user), signing)?) };
    let (approved, (user, key)) = tokio::try_join!(deciding, known)?;
    let token =
        ResultToken::sign(&approved, &key, issuer).ok_or_else(|| Unavailable::new("signing key", "it cannot sign"))?;
    Ok(Outcome { token, holder: credential.holder(), username: user.and_then(|user| user.profile.username) })
}

async fn tenant_of(deps: &(impl Verifies + Clock), issuer: &Issuer, device: &Identity) -> Result<TenantId> {
    match device {
        Identity::Tenant(tenant) => Ok(*tenant),
        Identity::Token(token) => Ok(caller::user(deps, issuer, token).await?.tenant),
    }
}
