//! Screens are told what became of their challenge.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Screen, Standing, State, Withdrawal};
use scanlatch_protocol::id::ConnectionId;
use scanlatch_protocol::notice::Notice;
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::token::{Issuer, ResultToken};

use crate::measure::{self, Measure};
use crate::port::{Clock, Pushed, Pushes, Settles, Signs, Withdraws};
use crate::{Error, Result, Unavailable};

/// How a challenge stands for its screen, with the result token once it is approved: the same token each time.
///
/// # Errors
/// [`Refusal::Expired`] if an approval can no longer be redeemed.
pub(crate) async fn standing(
    deps: &impl Signs,
    issuer: &Issuer,
    challenge: &Challenge,
    now: Timestamp,
) -> Result<Standing> {
    let approval = match challenge.approval_at(now) {
        Err(Refusal::NotApproved) => return Ok(Standing::without_approval(&challenge.state)),
        approval => approval?,
    };
    let key = deps.signing_key(now).await?;
    Ok(Standing::Approved(ResultToken::sign(approval, &key, issuer)))
}

/// Tells the screen that its code was claimed. A claim that came again is told again: the first push may have died with
/// the process that was to send it. What is decided by now is told by the decision.
///
/// # Errors
/// [`Refusal::Cancelled`] if the screen has left for good: nobody is asked in vain.
pub(crate) async fn claimed(deps: &(impl Pushes + Withdraws), challenge: &Challenge) -> Result<()> {
    let (Some(socket), State::Claimed { .. }) = (challenge.screen.socket(), &challenge.state) else { return Ok(()) };
    let told = push(deps, challenge, socket, Standing::Claimed).await;
    if told == Pushed::Gone && matches!(challenge.screen, Screen::Socket(_)) {
        deps.withdraw(&challenge.tenant, &challenge.id, Withdrawal::Cancelled).await?;
        return Err(Refusal::Cancelled.into());
    }
    Ok(())
}

/// Tells the screen that its user declined. Nothing is lost if it does not hear it.
pub(crate) async fn rejected(deps: &impl Pushes, challenge: &Challenge) {
    if let Some(socket) = challenge.screen.socket() {
        push(deps, challenge, socket, Standing::Rejected).await;
    }
}

/// Tells the screen that its user approved, so that the phone may be told so too. Only the call that `made` the approval
/// takes it back where nobody can hear it; one that repeats it first makes sure that nobody does.
///
/// # Errors
/// [`Refusal::Cancelled`] if a screen that cannot come back has left, and [`Error::Unavailable`] if nobody knows whether
/// it heard: the phone asks again.
pub(crate) async fn approved(
    deps: &(impl Signs + Pushes + Settles + Clock),
    issuer: &Issuer,
    challenge: &Challenge,
    made: bool,
) -> Result<()> {
    let Some(socket) = challenge.screen.socket() else { return Ok(()) };
    let can_come_back = !matches!(challenge.screen, Screen::Socket(_));
    if !can_come_back && !made && is_settled(deps, challenge).await? {
        return Ok(());
    }
    let standing = match standing(deps, issuer, challenge, deps.now()).await {
        Err(Error::Refused(Refusal::Expired)) if !made => return Ok(()),
        standing => standing?,
    };
    match push(deps, challenge, socket, standing).await {
        Pushed::Sent => Ok(()),
        Pushed::Gone | Pushed::Lost if can_come_back => Ok(()),
        Pushed::Lost => Err(Unavailable::new("@connections", "nobody knows whether the screen heard").into()),
        Pushed::Gone if made => taken_back(deps, challenge).await,
        Pushed::Gone => Err(Refusal::Cancelled.into()),
    }
}

/// Whether an approval that the phone asks about again was redeemed. If not, nobody takes it back from now on.
async fn is_settled(deps: &impl Settles, challenge: &Challenge) -> Result<bool> {
    let held = match challenge.state {
        State::Approved { held: false, .. } => deps.hold(&challenge.tenant, &challenge.id).await?.state,
        _ => challenge.state.clone(),
    };
    Ok(matches!(held, State::Consumed { .. }))
}

async fn taken_back(deps: &(impl Settles + Clock), challenge: &Challenge) -> Result<()> {
    let then = deps.take_back(challenge, deps.now()).await?;
    match then.state {
        // Somebody has the token already.
        State::Consumed { .. } => Ok(()),
        State::Cancelled { .. } => {
            measure::count(Measure::ApprovalsTakenBack);
            Err(Refusal::Cancelled.into())
        }
        _ => Err(Refusal::Cancelled.into()),
    }
}

/// A connection that is just being opened is not there yet either, so one that is gone is asked for twice.
async fn push(deps: &impl Pushes, challenge: &Challenge, socket: &ConnectionId, standing: Standing) -> Pushed {
    let notice = Notice { challenge: challenge.id, standing };
    let mut pushed = deps.push(socket, &notice).await;
    if pushed == Pushed::Gone {
        pushed = deps.push(socket, &notice).await;
    }
    measure::count(match pushed {
        Pushed::Sent => Measure::PushesSent,
        Pushed::Gone => Measure::PushesGone,
        Pushed::Lost => Measure::PushesFailed,
    });
    tracing::info!(?pushed, "told the screen");
    pushed
}
