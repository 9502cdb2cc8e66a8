//! The measures of a call, counted where they happen. `runtime` opens a [`gathered`] scope around each call and turns
//! it into what the platform reads. Outside of a scope, as in most tests, nothing is counted.
//!
//! The scope is a task-local, not a port, because no use case decides anything by it. Log events would not do: a log
//! level must not switch metrics off, and a misspelt measure must not compile.

use std::cell::RefCell;

use scanlatch_protocol::challenge::Challenge;
use scanlatch_protocol::id::{ActionCode, ChallengeId, CredentialId, TenantId};
use scanlatch_protocol::time::Timestamp;
use tracing::Span;
use tracing::field::display;

tokio::task_local! {
    static GATHERED: RefCell<Gathered>;
}

/// The unit of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A count. Counts add up.
    Count,
    /// A duration.
    Milliseconds,
    /// A bare number.
    None,
}

macro_rules! measures {
    ($($(#[$doc:meta])+ $name:ident: $unit:ident,)+) => {
        /// What is measured. Dashboards and alarms use these names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Measure {
            $($(#[$doc])+ $name,)+
        }

        impl Measure {
            /// Every measure.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The name in dashboards and alarms.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }

            /// The unit of its value.
            pub const fn unit(self) -> Unit {
                match self {
                    $(Self::$name => Unit::$unit,)+
                }
            }
        }
    };
}

measures! {
    /// A socket got a challenge, its first or a newer one.
    ChallengesOnSockets: Count,
    /// A polling screen got a challenge.
    ChallengesPolled: Count,
    /// A trusted device opened a challenge for itself.
    ChallengesOwn: Count,
    /// A challenge was claimed; repeats do not count.
    Claims: Count,
    /// A challenge was approved; repeats do not count.
    Approvals: Count,
    /// A challenge was rejected; repeats do not count.
    Rejections: Count,
    /// An approval was taken back, because its screen left before it could hear it.
    ApprovalsTakenBack: Count,
    /// An approval came with another number than the screen shows.
    NumbersWrong: Count,
    /// A phone was too far from the screen to claim.
    ClaimsTooFar: Count,
    /// A decision came too late after its claim.
    ClaimsLapsed: Count,
    /// A credential was paused for too many undecided claims, wrong numbers or declines.
    CredentialsPaused: Count,
    /// A decision came with a claim's signature: somebody copied it.
    SignaturesCopied: Count,
    /// A short code was unknown, expired, used, or not for the user who typed it.
    ShortCodesWrong: Count,
    /// A code of an OpenID login came twice; its session ended.
    CodesCopied: Count,
    /// A screen came back to its challenge.
    ChallengesResumed: Count,
    /// From the claim to the decision. Decisions without a claim do not count.
    ClaimToDecision: Milliseconds,
    /// An approval was redeemed, by `validate`, `claim`, a session that begins or a sign-in elsewhere; repeats do not count.
    Logins: Count,
    /// A backend called `validate`; see [`Outcome`].
    Validations: Count,
    /// A session began; repeats do not count.
    SessionsBegun: Count,
    /// A session was refreshed.
    SessionsRefreshed: Count,
    /// A replaced refresh token was presented too late: somebody copied it.
    RefreshTokensCopied: Count,
    /// A key was enrolled.
    CredentialsEnrolled: Count,
    /// A key moved from one user to another.
    CredentialsMoved: Count,
    /// A phone removed its key.
    CredentialsRemoved: Count,
    /// A socket was opened.
    HandshakesAccepted: Count,
    /// A socket was refused, by status.
    HandshakesRefused: Count,
    /// A socket was closed, because its screen asked faster than it may.
    SocketsClosed: Count,
    /// A call other than a handshake was refused, by status.
    Refused: Count,
    /// A push was accepted for a screen.
    PushesSent: Count,
    /// A push found that its screen had left.
    PushesGone: Count,
    /// A push failed for another reason.
    PushesFailed: Count,
    /// A call failed because a dependency failed.
    Unavailable: Count,
    /// A call failed because the code is wrong: it panicked or found a broken invariant.
    Failures: Count,
    /// A process served its first call.
    ColdStarts: Count,
    /// A signing key was made.
    SigningKeysMade: Count,
    /// The age of the key that signs, in days.
    SigningKeyAgeDays: None,
}

/// What `validate` told a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Success, for the first time.
    First,
    /// Success, again.
    Repeated,
    /// The login has not succeeded, or its success was withdrawn.
    Unfinished,
    /// The token proves nothing.
    Invalid,
}

impl Outcome {
    /// The name in dashboards and alarms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Repeated => "repeated",
            Self::Unfinished => "unfinished",
            Self::Invalid => "invalid",
        }
    }
}

/// What a call measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gathered {
    values: Vec<(Measure, f64)>,
    /// The outcome of `validate`.
    pub outcome: Option<Outcome>,
    /// The dependency that failed.
    pub dependency: Option<&'static str>,
    /// The tenant of the call.
    pub tenant: Option<TenantId>,
}

impl Gathered {
    /// Adds to a count; replaces any other value.
    pub fn add(&mut self, measure: Measure, value: f64) {
        match self.values.iter_mut().find(|(known, _)| *known == measure) {
            Some((_, sum)) if measure.unit() == Unit::Count => *sum += value,
            Some((_, last)) => *last = value,
            None => self.values.push((measure, value)),
        }
    }

    /// What was measured, in the order of first measurement.
    pub fn values(&self) -> &[(Measure, f64)] {
        &self.values
    }

    /// The value of one measure.
    pub fn value(&self, measure: Measure) -> Option<f64> {
        self.values.iter().find(|(known, _)| *known == measure).map(|(_, value)| *value)
    }
}

/// Runs a call and returns its result with what it measured.
pub async fn gathered<T>(call: impl Future<Output = T>) -> (T, Gathered) {
    let call = async {
        let result = call.await;
        (result, GATHERED.with(RefCell::take))
    };
    GATHERED.scope(RefCell::default(), call).await
}

fn say(change: impl FnOnce(&mut Gathered)) {
    // Without a scope nothing is counted.
    let _counted = GATHERED.try_with(|gathered| change(&mut gathered.borrow_mut()));
}

/// Counts one.
pub fn count(measure: Measure) {
    note(measure, 1.0);
}

/// Counts one if it happened.
pub fn count_if(happened: bool, measure: Measure) {
    if happened {
        count(measure);
    }
}

/// Records a value, in the measure's [`Unit`].
pub fn note(measure: Measure, value: f64) {
    say(|gathered| gathered.add(measure, value));
}

/// Records the time from `from` to `to`.
pub fn took(measure: Measure, from: Timestamp, to: Timestamp) {
    let millis = to.millis().saturating_sub(from.millis()).max(0);
    note(measure, f64::from(u32::try_from(millis).unwrap_or(u32::MAX)));
}

/// Records what `validate` told a backend.
pub fn validated(outcome: Outcome) {
    say(|gathered| gathered.outcome = Some(outcome));
    self::outcome(outcome.name());
    count(Measure::Validations);
}

/// Records that an approval was redeemed, now or before.
pub fn redeemed(challenge: &Challenge, first_use: bool) {
    count_if(first_use, Measure::Logins);
    action(challenge.counts_for());
    if let Some(holder) = challenge.state.holder() {
        credential(&holder.credential);
    }
    outcome(if first_use { Outcome::First.name() } else { Outcome::Repeated.name() });
}

/// Records the dependency that failed.
pub fn failed(dependency: &'static str) {
    say(|gathered| gathered.dependency = Some(dependency));
}

/// Records the call's tenant, which its log lines name from now on.
pub fn tenant(id: &TenantId) {
    say(|gathered| gathered.tenant = Some(*id));
    Span::current().record("tenant", display(id));
}

/// Adds the call's challenge to its log lines from now on.
pub fn challenge(id: &ChallengeId) {
    Span::current().record("challenge", display(id));
}

/// Records that the call made this challenge.
pub fn opened(id: &ChallengeId) {
    challenge(id);
    outcome("opened");
}

/// Adds the call's action to its log lines from now on.
pub fn action(code: &ActionCode) {
    Span::current().record("action", display(code));
}

/// Adds the call's credential to its log lines from now on.
pub fn credential(id: &CredentialId) {
    Span::current().record("credential", display(id));
}

/// Adds what the call did to its log lines from now on. Only a word of the program can be logged.
pub fn outcome(word: &'static str) {
    Span::current().record("outcome", word);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn counts_add_up_and_other_values_do_not() {
        let call = async {
            count(Measure::Claims);
            count(Measure::Claims);
            note(Measure::ClaimToDecision, 1_500.0);
            note(Measure::ClaimToDecision, 2_500.0);
        };
        let ((), gathered) = gathered(call).await;
        assert_eq!(gathered.values(), [(Measure::Claims, 2.0), (Measure::ClaimToDecision, 2_500.0)]);
    }

    #[tokio::test]
    async fn calls_beside_each_other_count_for_themselves() {
        let call = |measure| async move {
            tokio::task::yield_now().await;
            count(measure);
        };
        let (one, other) = tokio::join!(gathered(call(Measure::Claims)), gathered(call(Measure::Logins)));
        assert_eq!((one.1.values().len(), one.1.value(Measure::Claims)), (1, Some(1.0)));
        assert_eq!((other.1.values().len(), other.1.value(Measure::Logins)), (1, Some(1.0)));
    }

    #[test]
    fn counting_where_nobody_gathers_does_nothing() {
        count(Measure::Claims);
    }
}
