//! Tells screens how their challenges stand.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Hold, Screen, Standing, State, Withdrawal};
use scanlatch_protocol::id::{CallId, ConnectionId};
use scanlatch_protocol::notice::Notice;
use scanlatch_protocol::tenant::Settings;
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::token::{Issuer, ResultToken};

use crate::measure::{self, Measure};
use crate::port::{Clock, Entropy, Pushed, Pushes, Settles, Signs, Withdraws};
use crate::{Error, Result, Unavailable};

/// How a challenge stands for its screen. An approved one comes with the result token, the same each time.
///
/// # Errors
/// [`Refusal::Expired`] if an approval can no longer be redeemed.
pub(crate) async fn standing(
    deps: &impl Signs,
    issuer: &Issuer,
    challenge: &Challenge,
    settings: &Settings,
    now: Timestamp,
) -> Result<Standing> {
    let approval = match challenge.approval_at(now) {
        Err(Refusal::NotApproved) => {
            return Ok(Standing::without_approval(challenge, &settings.rules(&challenge.action), now));
        }
        approval => approval?,
    };
    let key = deps.signing_key(now).await?;
    Ok(Standing::Approved(ResultToken::sign(approval, now, &key, issuer)))
}

/// Tells the screen that its code was claimed. A repeated claim is told again, because the first push may have died
/// with its process. If the challenge is decided by now, the decision tells the screen.
///
/// # Errors
/// [`Refusal::Cancelled`] if the screen has left for good, so that the user is not asked in vain.
pub(crate) async fn claimed(
    deps: &(impl Pushes + Withdraws),
    challenge: &Challenge,
    settings: &Settings,
    now: Timestamp,
) -> Result<()> {
    let (Some(socket), State::Claimed { .. }) = (challenge.screen.socket(), &challenge.state) else { return Ok(()) };
    let standing = Standing::without_approval(challenge, &settings.rules(&challenge.action), now);
    let told = push(deps, challenge, socket, standing).await;
    if told == Pushed::Gone && matches!(challenge.screen, Screen::Socket(_)) {
        deps.withdraw(&challenge.tenant, &challenge.id, Withdrawal::Cancelled).await?;
        return Err(Refusal::Cancelled.into());
    }
    Ok(())
}

/// Tells the screen that its user declined, or can no longer decide. Nothing is lost if the screen does not hear it.
pub(crate) async fn rejected(deps: &impl Pushes, challenge: &Challenge) {
    if let Some(socket) = challenge.screen.socket() {
        push(deps, challenge, socket, Standing::Rejected).await;
    }
}

/// Tells the screen that its user approved, so that the phone may be told yes. The call that `made` the approval takes
/// it back if the screen cannot hear it. A call that repeats the approval first holds it, so that nobody takes it back.
///
/// # Errors
/// [`Refusal::Cancelled`] if a screen that cannot come back has left. [`Error::Unavailable`] if nobody knows whether
/// the screen heard it; the phone then asks again.
pub(crate) async fn approved(
    deps: &(impl Signs + Pushes + Settles + Clock + Entropy),
    issuer: &Issuer,
    challenge: &Challenge,
    settings: &Settings,
    made: bool,
) -> Result<()> {
    let Some(socket) = challenge.screen.socket() else { return Ok(()) };
    let can_come_back = !matches!(challenge.screen, Screen::Socket(_));
    let teller = if made || can_come_back { Teller::First } else { Teller::again(deps, challenge).await? };
    if matches!(teller, Teller::Nobody) {
        return Ok(());
    }
    let standing = match standing(deps, issuer, challenge, settings, deps.now()).await {
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

/// Why a call may tell a screen of an approval.
enum Teller {
    /// It made the approval, or the screen can come back.
    First,
    /// It repeats the approval, which nobody can take back until this call releases it.
    Holding(CallId),
    /// It repeats the approval, which nobody can take back any more.
    Again,
    /// A backend has redeemed the token, so the screen need not be told.
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

/// The phone's answer for an approval whose screen is gone, after this call took it back or released it.
fn taken_back(then: &State) -> Result<()> {
    match then {
        // A backend has the token already.
        State::Consumed { .. } => Ok(()),
        State::Cancelled { .. } => {
            measure::count(Measure::ApprovalsTakenBack);
            measure::outcome("taken back");
            Err(Refusal::Cancelled.into())
        }
        _ => Err(Refusal::Cancelled.into()),
    }
}

/// Pushes a second time if the connection is gone, because one that is still opening is reported as gone too.
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
