//! The signing keys are looked at: each day by the schedule, and by an operator when one leaked.

use scanlatch_protocol::key_set::Period;
use scanlatch_protocol::wire::rotation::{Cause, RotationReport};
use scanlatch_runtime::Problem;
use scanlatch_service::port::{Clock, Entropy, Rotates};
use scanlatch_service::rotate;
use serde_json::Value;

/// Answers one event.
///
/// # Errors
/// [`scanlatch_protocol::Refusal::Malformed`], and those of [`rotate::run`].
pub async fn handle(
    deps: &(impl Rotates + Entropy + Clock),
    period: Period,
    event: Value,
) -> Result<RotationReport, Problem> {
    let cause = Cause::read(&event)?;
    Ok(rotate::run(deps, cause, period, deps.now()).await?)
}
