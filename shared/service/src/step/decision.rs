//! Stores a decision, for every use case that decides.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::{Action, DecisionTrace};
use scanlatch_protocol::challenge::{Challenge, Decision, Event, Judged, State};
use scanlatch_protocol::credential::Credential;
use scanlatch_protocol::key::SignatureR;
use scanlatch_protocol::tenant::Settings;
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::verification_code::TypedCode;

use crate::measure::{self, Measure};
use crate::port::{Clock, Decided, Decides, Deciding};
use crate::{Error, Result};

/// A decision that a phone asks for.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    /// What the user chose.
    pub(crate) decision: Decision,
    /// The `r` of the signature, if one that a claim used is to be refused.
    pub(crate) r: Option<SignatureR>,
    /// The number that the user typed.
    pub(crate) typed: Option<TypedCode>,
}

/// Decides `challenge` for the holder of `credential` under the tenant's rules, and records the decision in the action.
///
/// # Errors
/// Those of [`Challenge::judged`] and [`Challenge::apply`], [`Refusal::Paused`], [`Refusal::InvalidCredential`],
/// [`Refusal::ActionBlocked`] and [`Refusal::ActionSucceeded`].
pub(crate) async fn make(
    deps: &(impl Decides + Clock),
    challenge: &Challenge,
    credential: &Credential,
    asked: Asked,
    settings: &Settings,
) -> Result<Decided> {
    measure::credential(&credential.id);
    measure::action(&challenge.action);
    let now = deps.now();
    let rules = settings.rules(&challenge.action);
    let judged = challenge.judged(asked.decision, asked.typed, &rules)?;
    let Judged { decision, wrong_code } = judged;
    let r = asked.r;
    check_conduct(challenge, credential, asked.decision, now)?;
    let foreseen = challenge.apply(&Event::Decide(credential.holder(), decision, r), now).map_err(copied)?;
    if foreseen == *challenge {
        measure::outcome("repeated");
        return Ok(Decided::Stands(foreseen));
    }
    let name = challenge.action_of(&credential.user);
    let action = Action {
        custom: challenge.custom.clone(),
        // Only a backend's context is kept in the record. What the service saw is in the trace, shortened.
        verified_by: Some(credential.id),
        decided_in: Some(challenge.id),
        trace: Some(DecisionTrace::of(challenge, credential.id, judged, challenge.asked_code(&rules).is_some(), now)),
        ..Action::new(name, decision.action_state(), now, settings.action_lifetime_ms)
    };
    let deciding = Deciding { challenge, by: credential, decision, r, wrong_code, action: &action };
    let decided = deps.decide(deciding, now).await.map_err(|error| match error {
        Error::Refused(refusal) => copied(refusal).into(),
        unavailable @ Error::Unavailable(_) => unavailable,
    })?;
    match decided {
        Decided::Made(_) => {
            measure_decision(&challenge.state, decision, now);
            if wrong_code {
                measure::count(Measure::NumbersWrong);
                measure::outcome("wrong number");
            }
        }
        Decided::Stands(_) => measure::outcome("repeated"),
        Decided::Moved => {}
    }
    Ok(decided)
}

/// What stands already is answered again, whatever counts against the credential by now.
fn check_conduct(
    challenge: &Challenge,
    credential: &Credential,
    decision: Decision,
    now: Timestamp,
) -> Result<(), Refusal> {
    let checked = credential.conduct.check_decision(challenge, decision, now);
    measure::count_if(checked.is_err(), Measure::CredentialsPaused);
    checked
}

fn copied(refusal: Refusal) -> Refusal {
    measure::count_if(refusal == Refusal::SpentSignature, Measure::SignaturesCopied);
    refusal
}

fn measure_decision(read: &State, decision: Decision, now: Timestamp) {
    let (counted, outcome) = match decision {
        Decision::Approve => (Measure::Approvals, "approved"),
        Decision::Reject => (Measure::Rejections, "rejected"),
    };
    measure::count(counted);
    measure::outcome(outcome);
    if let State::Claimed { at, .. } = read {
        measure::took(Measure::ClaimToDecision, *at, now);
    }
}
