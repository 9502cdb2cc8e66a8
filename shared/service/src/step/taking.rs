//! A trusted device's approval is taken for the action that a backend names.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::ActionCode;
use scanlatch_protocol::tenant::Tenant;

/// Checks that an approval of `own` may be taken for the action `named`, before it is: whatever is taken for another
/// action was begun by a device, not by a backend.
///
/// # Errors
/// [`Refusal::InvalidToken`].
pub(crate) fn check_takes(tenant: &Tenant, own: &ActionCode, named: Option<&ActionCode>) -> Result<(), Refusal> {
    let is_barred = named.is_some_and(|named| named != own && tenant.settings.rules(named).backend_challenges_only);
    if is_barred { Err(Refusal::InvalidToken) } else { Ok(()) }
}
