//! The signing keys are looked at: each day by the schedule, and by an operator when one leaked.

use protocol::ring::Period;
use protocol::wire::rotation::{Cause, RotationReport};
use runtime::Problem;
use serde_json::Value;
use service::port::{Clock, Entropy, Rotates};
use service::rotate;

/// Answers one event.
///
/// # Errors
/// [`protocol::Refusal::Malformed`], and those of [`rotate::run`].
pub async fn handle(
    deps: &(impl Rotates + Entropy + Clock),
    period: Period,
    event: Value,
) -> Result<RotationReport, Problem> {
    let cause = Cause::read(&event)?;
    Ok(rotate::run(deps, cause, period, deps.now()).await?)
}
