//! What a call counts, said where it happens. `runtime` opens a [`gathered`] scope around each call and makes of it
//! what the platform reads; outside of a scope, as in most tests, saying it does nothing.
//!
//! A scope of the task instead of a port: nothing is decided by it, so no use case should have to ask for it. And
//! instead of log events: a log level must not switch metrics off, and a misspelt one must not compile.

use std::cell::RefCell;

use scanlatch_protocol::id::{ChallengeId, TenantId};
use scanlatch_protocol::time::Timestamp;
use tracing::Span;
use tracing::field::display;

tokio::task_local! {
    static GATHERED: RefCell<Gathered>;
}

/// What a measure's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// So many; they add up.
    Count,
    /// A duration.
    Milliseconds,
    /// A bare number.
    None,
}

macro_rules! measures {
    ($($(#[$doc:meta])+ $name:ident: $unit:ident,)+) => {
        /// What is measured. Dashboards and alarms know these names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Measure {
            $($(#[$doc])+ $name,)+
        }

        impl Measure {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The name that dashboards and alarms know.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }

            /// What its value is.
            pub const fn unit(self) -> Unit {
                match self {
                    $(Self::$name => Unit::$unit,)+
                }
            }
        }
    };
}

measures! {
    /// A socket was given a challenge, its first or a newer one.
    ChallengesOnSockets: Count,
    /// A polling screen was given a challenge.
    ChallengesPolled: Count,
    /// A trusted device opened a challenge for itself.
    ChallengesOwn: Count,
    /// A challenge was claimed; repeats do not count.
    Claims: Count,
    /// A challenge was approved; repeats do not count.
    Approvals: Count,
    /// A challenge was rejected; repeats do not count.
    Rejections: Count,
    /// An approval was taken back, since its screen had left before it could hear it.
    ApprovalsTakenBack: Count,
    /// A decision came with a signature that a claim had used: somebody copied it.
    SignaturesCopied: Count,
    /// A screen came back to its challenge.
    ChallengesResumed: Count,
    /// From the claim to the decision; nothing where no claim was needed.
    ClaimToDecision: Milliseconds,
    /// An approval was redeemed for the first time, by `validate` or a session that begins.
    Logins: Count,
    /// A backend asked what became of a login; see [`Outcome`].
    Validations: Count,
    /// A session began; repeats do not count.
    SessionsBegun: Count,
    /// A session was refreshed.
    SessionsRefreshed: Count,
    /// A refresh token was presented after its successor had been used: somebody copied it.
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
    /// A call was refused, by status; handshakes aside.
    Refused: Count,
    /// A screen was told of a change.
    PushesSent: Count,
    /// A screen was to be told and had left.
    PushesGone: Count,
    /// A screen could not be told for another reason.
    PushesFailed: Count,
    /// A call was not served since a dependency failed.
    Unavailable: Count,
    /// A call was not served since the code is wrong: it panicked or found an invariant broken.
    Failures: Count,
    /// A process served its first call.
    ColdStarts: Count,
    /// A signing key was made.
    SigningKeysMade: Count,
    /// The age of the key that signs, in days.
    SigningKeyAgeDays: None,
}

/// What a backend was told by `validate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Success, for the first time.
    First,
    /// Success, again.
    Repeated,
    /// A login that has not succeeded, or no longer.
    Unfinished,
    /// A token that says nothing here.
    Invalid,
}

impl Outcome {
    /// The name that dashboards and alarms know.
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Repeated => "repeated",
            Self::Unfinished => "unfinished",
            Self::Invalid => "invalid",
        }
    }
}

/// What a call said of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gathered {
    values: Vec<(Measure, f64)>,
    /// What `validate` told.
    pub outcome: Option<Outcome>,
    /// The dependency that failed.
    pub dependency: Option<&'static str>,
    /// The tenant that was called for.
    pub tenant: Option<TenantId>,
}

impl Gathered {
    /// Adds to a count; anything else is replaced.
    pub fn add(&mut self, measure: Measure, value: f64) {
        match self.values.iter_mut().find(|(known, _)| *known == measure) {
            Some((_, sum)) if measure.unit() == Unit::Count => *sum += value,
            Some((_, last)) => *last = value,
            None => self.values.push((measure, value)),
        }
    }

    /// What was measured, in the order in which it came.
    pub fn values(&self) -> &[(Measure, f64)] {
        &self.values
    }

    /// One value.
    pub fn value(&self, measure: Measure) -> Option<f64> {
        self.values.iter().find(|(known, _)| *known == measure).map(|(_, value)| *value)
    }
}

/// Runs a call and returns what it said of itself beside its result.
pub async fn gathered<T>(call: impl Future<Output = T>) -> (T, Gathered) {
    let call = async {
        let result = call.await;
        (result, GATHERED.with(RefCell::take))
    };
    GATHERED.scope(RefCell::default(), call).await
}

fn say(change: impl FnOnce(&mut Gathered)) {
    // Whoever runs without a scope does not count.
    let _counted = GATHERED.try_with(|gathered| change(&mut gathered.borrow_mut()));
}

/// It happened once.
pub fn count(measure: Measure) {
    note(measure, 1.0);
}

/// It happened once, if so.
pub fn count_if(happened: bool, measure: Measure) {
    if happened {
        count(measure);
    }
}

/// A value, in the measure's [`Unit`].
pub fn note(measure: Measure, value: f64) {
    say(|gathered| gathered.add(measure, value));
}

/// It took from then to then.
pub fn took(measure: Measure, from: Timestamp, to: Timestamp) {
    let millis = to.millis().saturating_sub(from.millis()).max(0);
    note(measure, f64::from(u32::try_from(millis).unwrap_or(u32::MAX)));
}

/// A backend was told this by `validate`.
pub fn validated(outcome: Outcome) {
    say(|gathered| gathered.outcome = Some(outcome));
    count(Measure::Validations);
}

/// A dependency failed.
pub fn failed(dependency: &'static str) {
    say(|gathered| gathered.dependency = Some(dependency));
}

/// The call is for this tenant; its log lines say so from now on.
pub fn tenant(id: &TenantId) {
    say(|gathered| gathered.tenant = Some(*id));
    Span::current().record("tenant", display(id));
}

/// The call is about this challenge; its log lines say so from now on.
pub fn challenge(id: &ChallengeId) {
    Span::current().record("challenge", display(id));
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
