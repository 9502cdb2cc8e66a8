//! A phone enrols its key for the user of its token.

use scanlatch_protocol::credential::{Credential, CredentialKind, Device, Enrolled, EnrolmentRules};
use scanlatch_protocol::id::CredentialId;
use scanlatch_protocol::key::PublicKey;
use scanlatch_protocol::token::Issuer;

use crate::Result;
use crate::measure::{self, Measure};
use crate::port::{Clock, Credentials, Enrols, Entropy, Tenants, Verifies};
use crate::step::authenticate;

deps!(Tenants, Verifies, Credentials, Enrols, Clock, Entropy);

/// Enrols, or returns what was enrolled before.
///
/// # Errors
/// Those of [`authenticate::user`], [`scanlatch_protocol::credential::enrol`] and
/// [`scanlatch_protocol::credential::Permit::check_grant`], [`scanlatch_protocol::Refusal::Unauthorized`] and
/// [`scanlatch_protocol::Refusal::MethodDisabled`].
pub async fn run(
    deps: &impl Deps,
    issuer: &Issuer,
    token: &str,
    kind: CredentialKind,
    key: PublicKey,
    device: Device,
) -> Result<Credential> {
    let token = authenticate::user(deps, issuer, token).await?;
    let thumbprint = key.thumbprint();
    let (tenant, current) = tokio::try_join!(deps.tenant(&token.tenant), deps.credential(&token.tenant, &thumbprint))?;
    let tenant = authenticate::with_devices(tenant)?;
    let rules = EnrolmentRules::of(&tenant.settings, &token.scope);
    let permit = token.permit(kind);
    measure::action(&token.action);
    let new = Credential {
        tenant: tenant.id,
        id: CredentialId::from_random(deps.random()?),
        user: token.user.clone(),
        key,
        device,
        verified_at: deps.now(),
        last_verified_at: None,
        conduct: scanlatch_protocol::credential::Conduct::default(),
        enrolled_by: Some(rules.enrolled_by(&permit)),
    };
    let enrolled = deps.enrol(&new, current.as_ref(), rules, &permit).await?;
    measure::credential(&enrolled.credential().id);
    match &enrolled {
        Enrolled::Added(_) => {
            measure::count(Measure::CredentialsEnrolled);
            measure::outcome("enrolled");
        }
        Enrolled::Kept(_) => measure::outcome("repeated"),
        // Users are not logged, because an id may be somebody's e-mail address.
        Enrolled::Moved { to, .. } => {
            measure::count(Measure::CredentialsMoved);
            measure::outcome("moved");
            tracing::warn!(credential = %to.id, "a key moved to another user");
        }
    }
    Ok(enrolled.credential().clone())
}
