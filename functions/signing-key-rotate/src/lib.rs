//! Checks the signing keys each day by schedule, and replaces them after a leak for an operator.

use scanlatch_protocol::key_set::Period;
use scanlatch_protocol::wire::rotation::{RotationResponse, cause};
use scanlatch_runtime::Problem;
use scanlatch_service::port::Clock;
use scanlatch_service::rotate;
use serde_json::Value;

/// Answers one event.
///
/// # Errors
/// [`scanlatch_protocol::Refusal::Malformed`], and those of [`rotate::run`].
pub async fn handle(
    deps: &(impl Clock + rotate::Deps),
    period: Period,
    event: Value,
) -> Result<RotationResponse, Problem> {
    let report = rotate::run(deps, cause(&event)?, period, deps.now()).await?;
    Ok(RotationResponse::from(report))
}
