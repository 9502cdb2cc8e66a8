//! Screens are told what became of their challenge.

use protocol::Refusal;
use protocol::challenge::{Challenge, Hold, Screen, Standing, State, Withdrawal};
use protocol::id::{CallId, ConnectionId};
use protocol::time::Timestamp;
use protocol::token::{Issuer, ResultToken};
use protocol::wire::socket::Notice;

use crate::measure::{self, Measure};
use crate::port::{Clock, Entropy, Pushed, Pushes, Settles, Signs, Withdraws};
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
    if challenge.state.approval().is_none() {
        return Ok(Standing::without_approval(&challenge.state));
    }
    challenge.approval_at(now)?;
    let key = deps.signing_key(now).await?;
    let token = ResultToken::sign(challenge, &key, issuer);
    Ok(Standing::Approved(token.ok_or_else(|| Unavailable::new("signing key", "it cannot sign"))?))
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

/// Tells the screen that its user approved, so that the phone may be told so too. The call that `made` the approval takes
/// it back where nobody can hear it. One that repeats it makes sure first that nobody takes it back meanwhile.
///
/// # Errors
/// [`Refusal::Cancelled`] if a screen that cannot come back has left, and [`Error::Unavailable`] if nobody knows whether
/// it heard: the phone asks again.
pub(crate) async fn approved(
    deps: &(impl Signs + Pushes + Settles + Clock + Entropy),
    issuer: &Issuer,
    challenge: &Challenge,
    made: bool,
) -> Result<()> {
    let Some(socket) = challenge.screen.socket() else { return Ok(()) };
    let can_come_back = !matches!(challenge.screen, Screen::Socket(_));
    let teller = if made || can_come_back { Teller::First } else { Teller::again(deps, challenge).await? };
    if matches!(teller, Teller::Nobody) {
        return Ok(());
    }
    let standing = match standing(deps, issuer, challenge, deps.now()).await {
        Err(Error::Refused(Refusal::Expired)) if !made => return Ok(()),
        standing => standing?,
    };
    let pushed = push(deps, challenge, socket, standing).await;
    if can_come_back {
        return Ok(());
    }
    match (pushed, teller) {
        (Pushed::Gone, Teller::First) => taken_back(&deps.take_back(challenge, deps.now()).await?),
        (Pushed::Gone, Teller::Holding(call)) => taken_back(&deps.release(challenge, call, deps.now()).await?),
        (Pushed::Gone, _) => Err(Refusal::Cancelled.into()),
        (pushed, teller) => {
            if matches!(teller, Teller::Holding(_)) {
                deps.settle(&challenge.tenant, &challenge.id).await?;
            }
            match pushed {
                Pushed::Lost => Err(Unavailable::new("@connections", "nobody knows whether the screen heard").into()),
                _ => Ok(()),
            }
        }
    }
}

/// By which right a call tells a screen of an approval.
enum Teller {
    /// It made the approval, or the screen can come back.
    First,
    /// It repeats the approval, and nobody takes that back before it has released it.
    Holding(CallId),
    /// It repeats the approval, which nobody takes back any more.
    Again,
    /// A backend has the token: there is nobody left to tell.
    Nobody,
}

impl Teller {
    async fn again(deps: &(impl Settles + Entropy), challenge: &Challenge) -> Result<Self> {
        let held = match &challenge.state {
            State::Approved { hold: Hold::Free | Hold::Repeated { .. }, .. } => {
                let call = CallId::from_random(deps.random()?);
                let held = deps.hold(&challenge.tenant, &challenge.id, call).await?;
                if matches!(held.state, State::Approved { hold: Hold::Repeated { .. }, .. }) {
                    return Ok(Self::Holding(call));
                }
                held.state
            }
            state => state.clone(),
        };
        Ok(if matches!(held, State::Consumed { .. }) { Self::Nobody } else { Self::Again })
    }
}

/// What the phone is told of an approval whose screen is gone, as it is after this call's last word.
fn taken_back(then: &Challenge) -> Result<()> {
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
    let text = Notice::changed(&challenge.id, standing).to_text();
    let mut pushed = deps.push(socket, &text).await;
    if pushed == Pushed::Gone {
        pushed = deps.push(socket, &text).await;
    }
    measure::count(match pushed {
        Pushed::Sent => Measure::PushesSent,
        Pushed::Gone => Measure::PushesGone,
        Pushed::Lost => Measure::PushesFailed,
    });
    tracing::info!(?pushed, "told the screen");
    pushed
}
