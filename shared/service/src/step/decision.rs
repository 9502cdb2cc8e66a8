//! Stores a decision, for every use case that decides.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::Action;
use scanlatch_protocol::challenge::{Challenge, Decision, Event, State};
use scanlatch_protocol::credential::Credential;
use scanlatch_protocol::key::SignatureR;
use scanlatch_protocol::time::Timestamp;

use crate::measure::{self, Measure};
use crate::port::{Clock, Decided, Decides, Deciding};
use crate::{Error, Result};

/// Decides `challenge` for the holder of `credential`, and records the decision in the action.
///
/// # Errors
/// Those of [`scanlatch_protocol::challenge::Challenge::apply`], [`Refusal::InvalidCredential`],
/// [`Refusal::ActionBlocked`] and [`Refusal::ActionSucceeded`].
pub(crate) async fn make(
    deps: &(impl Decides + Clock),
    challenge: &Challenge,
    credential: &Credential,
    decision: Decision,
    r: Option<SignatureR>,
    action_lifetime_ms: i64,
) -> Result<Decided> {
    let now = deps.now();
    let foreseen = challenge.apply(&Event::Decide(credential.holder(), decision, r), now).map_err(copied)?;
    if foreseen == *challenge {
        return Ok(Decided::Stands(foreseen));
    }
    let name = challenge.action_of(&credential.user);
    let action = Action {
        custom: challenge.custom.clone(),
        context: challenge.context.clone(),
        verified_by: Some(credential.id),
        decided_in: Some(challenge.id),
        ..Action::new(name, decision.action_state(), now, action_lifetime_ms)
    };
    let deciding = Deciding { challenge, by: credential, decision, r, action: &action };
    let decided = deps.decide(deciding, now).await.map_err(|error| match error {
        Error::Refused(refusal) => copied(refusal).into(),
        unavailable @ Error::Unavailable(_) => unavailable,
    })?;
    if matches!(decided, Decided::Made(_)) {
        measure_decision(&challenge.state, decision, now);
    }
    Ok(decided)
}

fn copied(refusal: Refusal) -> Refusal {
    measure::count_if(refusal == Refusal::SpentSignature, Measure::SignaturesCopied);
    refusal
}

fn measure_decision(read: &State, decision: Decision, now: Timestamp) {
    measure::count(match decision {
        Decision::Approve => Measure::Approvals,
        Decision::Reject => Measure::Rejections,
    });
    if let State::Claimed { at, .. } = read {
        measure::took(Measure::ClaimToDecision, *at, now);
    }
}
