//! The rotation of the signing keys: on schedule, or because one leaked.

use scanlatch_protocol::key_set::{Cause, KeySet, Period, RotationReport};
use scanlatch_protocol::signing::SigningKey;
use scanlatch_protocol::time::Timestamp;

use crate::Unavailable;
use crate::measure::{self, Measure};
use crate::port::{Entropy, Rotates};
use crate::step::fresh_key;

deps!(Rotates, Entropy);

/// How often a change is tried if other runs keep changing the key set.
const ATTEMPTS: u32 = 6;

/// Makes and removes the keys that the key set needs at `now`.
///
/// On schedule, a key is made two days before it signs, so that everybody knows it before they see its tokens.
///
/// After a leak, a new key signs and all others are removed. All their tokens are refused, refresh tokens included, so
/// users log in again. Processes follow within [`FOLLOWED_WITHIN_MS`](crate::port::FOLLOWED_WITHIN_MS), and may refuse
/// each other's tokens until then. Others who verify access tokens by themselves follow when they fetch the key set
/// again; callers of `sessions/validate` need not wait for that. Each call makes another key, but simultaneous calls
/// make one together. If a table is restored to a time before the leak, the leaked keys are back: report it again.
///
/// # Errors
/// If the store or the wrapping key is unavailable. A repeated call finds out what was done.
pub async fn run(
    deps: &impl Deps,
    cause: Cause,
    period: Period,
    now: Timestamp,
) -> Result<RotationReport, Unavailable> {
    let mut key_set = deps.key_set().await?;
    let before = key_set.clone();
    for _ in 0..ATTEMPTS {
        let another_was_first = !key_set.is_empty() && !key_set.shares_with(&before);
        let change = match cause {
            Cause::Schedule => key_set.on_schedule(period, now),
            Cause::Leak if another_was_first => return report(&key_set, now, false, 0),
            Cause::Leak => key_set.on_leak(now),
        };
        if change.is_empty() {
            return report(&key_set, now, false, 0);
        }
        let key = change.make.map(|_| fresh_key(deps)).transpose()?;
        if deps.change_key_set(&change, key.as_ref()).await? {
            let key_set = key_set.changed(&change, key.as_ref().map(SigningKey::public));
            return report(&key_set, now, key.is_some(), change.remove.len());
        }
        key_set = deps.key_set().await?;
    }
    Err(Unavailable::new("signing key", "other runs took its place again and again"))
}

fn report(key_set: &KeySet, now: Timestamp, made: bool, removed: usize) -> Result<RotationReport, Unavailable> {
    let signing =
        key_set.signing(now).ok_or_else(|| Unavailable::new("signing key", "the key set is empty after a run"))?;
    let (kid, age_days) = (signing.public.kid().to_owned(), signing.age_days(now));
    measure::note(Measure::SigningKeyAgeDays, f64::from(u32::try_from(age_days).unwrap_or(u32::MAX)));
    if made {
        measure::count(Measure::SigningKeysMade);
    }
    tracing::info!(kid, age_days, made, removed, "looked at the signing keys");
    Ok(RotationReport { kid, age_days, made, removed })
}
