//! A phone claims the challenge that it scanned.

use protocol::Refusal;
use protocol::challenge::{Challenge, Screen, State};
use protocol::custom::Custom;
use protocol::id::TenantId;
use protocol::wire::device::Signed;
use protocol::wire::socket::Notice;

use crate::measure::{self, Measure};
use crate::port::{Claims, Clock, Credentials, Pushed, Pushes, Tenants, Users};
use crate::{Error, Result, caller};

/// Claims for the owner of the key that signed, tells the screen, and returns the challenge with the claimer's own
/// custom data.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`], [`Refusal::InvalidCredential`] and those of
/// [`protocol::challenge::Challenge::apply`].
pub async fn run(
    deps: &(impl Tenants + Credentials + Claims + Users + Pushes + Clock),
    tenant: &TenantId,
    signed: &Signed,
) -> Result<(Challenge, Option<Custom>)> {
    measure::challenge(&signed.challenge);
    let thumbprint = signed.key.thumbprint();
    let (found, credential) = tokio::try_join!(deps.tenant(tenant), deps.credential(tenant, &thumbprint))?;
    caller::with_devices(found)?;
    let holder = credential.ok_or(Refusal::InvalidCredential)?.holder();
    let now = deps.now();
    let claim = deps.claim(tenant, &signed.challenge, &holder, now);
    let user = async { deps.user(tenant, &holder.user).await.map_err(Error::from) };
    let (challenge, user) = tokio::try_join!(claim, user)?;
    let is_new = matches!(challenge.state, State::Claimed { at, .. } if at == now);
    measure::count_if(is_new, Measure::Claims);
    tell(deps, &challenge, None).await;
    Ok((challenge, user.and_then(|user| user.profile.custom)))
}

/// Tells the challenge's screen, if it listens. A repeated claim or decision tells again: the first push may have
/// died with the process that was to send it.
pub(crate) async fn tell(deps: &impl Pushes, challenge: &Challenge, token: Option<String>) {
    if let (Screen::Socket(connection), Some(notice)) = (&challenge.screen, Notice::changed(challenge, token)) {
        let pushed = deps.push(connection, &notice.to_text()).await;
        measure::count(match pushed {
            Pushed::Sent => Measure::PushesSent,
            Pushed::Gone => Measure::PushesGone,
            Pushed::Lost => Measure::PushesFailed,
        });
        tracing::info!(?pushed, "told the screen");
    }
}
