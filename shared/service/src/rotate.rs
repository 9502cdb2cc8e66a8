//! The rotation of the signing keys: on schedule, or because one leaked.

use scanlatch_protocol::key_set::{Cause, Change, KeySet, Period, RotationReport};
use scanlatch_protocol::rsa::{RsaPublicKey, RsaSigningKey};
use scanlatch_protocol::signing::{PublicKey, SigningKey, VerifyingKey};
use scanlatch_protocol::time::Timestamp;

use crate::Unavailable;
use crate::measure::{self, Measure};
use crate::port::{Entropy, Rotates, RotatesRsa};
use crate::step::fresh_key;

deps!(Rotates, RotatesRsa, Entropy);

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
/// The RSA keys rotate by the same rules, once a first one was made.
///
/// # Errors
/// If the store or the wrapping key is unavailable. A repeated call finds out what was done.
pub async fn run(
    deps: &impl Deps,
    cause: Cause,
    period: Period,
    now: Timestamp,
) -> Result<RotationReport, Unavailable> {
    let own = rotate(&Own(deps), cause, period, now).await?.ok_or_else(empty)?;
    measure::note(Measure::SigningKeyAgeDays, f64::from(u32::try_from(own.age_days).unwrap_or(u32::MAX)));
    rotate(&Rsa(deps), cause, period, now).await?;
    Ok(own)
}

/// A set of keys of one type.
trait Keys {
    type Public: PublicKey + Send + Sync;
    type Private: Send + Sync;

    async fn stored(&self) -> Result<KeySet<Self::Public>, Unavailable>;
    async fn change(&self, change: &Change, key: Option<&Self::Private>) -> Result<bool, Unavailable>;
    fn fresh(&self) -> Result<Self::Private, Unavailable>;
    fn public(key: &Self::Private) -> &Self::Public;

    /// Whether an empty set stays empty: nobody needs its keys yet.
    const MAY_BE_EMPTY: bool;
}

struct Own<'a, D>(&'a D);

impl<D: Rotates + Entropy> Keys for Own<'_, D> {
    type Public = VerifyingKey;
    type Private = SigningKey;

    const MAY_BE_EMPTY: bool = false;

    async fn stored(&self) -> Result<KeySet, Unavailable> {
        self.0.key_set().await
    }

    async fn change(&self, change: &Change, key: Option<&SigningKey>) -> Result<bool, Unavailable> {
        self.0.change_key_set(change, key).await
    }

    fn fresh(&self) -> Result<SigningKey, Unavailable> {
        fresh_key(self.0)
    }

    fn public(key: &SigningKey) -> &VerifyingKey {
        key.public()
    }
}

struct Rsa<'a, D>(&'a D);

impl<D: RotatesRsa> Keys for Rsa<'_, D> {
    type Public = RsaPublicKey;
    type Private = RsaSigningKey;

    const MAY_BE_EMPTY: bool = true;

    async fn stored(&self) -> Result<KeySet<RsaPublicKey>, Unavailable> {
        self.0.rsa_key_set().await
    }

    async fn change(&self, change: &Change, key: Option<&RsaSigningKey>) -> Result<bool, Unavailable> {
        self.0.change_rsa_key_set(change, key).await
    }

    fn fresh(&self) -> Result<RsaSigningKey, Unavailable> {
        self.0.fresh_rsa_key()
    }

    fn public(key: &RsaSigningKey) -> &RsaPublicKey {
        key.public()
    }
}

/// What was done with one set; `None` if it is empty and may stay so.
async fn rotate<K: Keys>(
    keys: &K,
    cause: Cause,
    period: Period,
    now: Timestamp,
) -> Result<Option<RotationReport>, Unavailable> {
    let mut key_set = keys.stored().await?;
    if key_set.is_empty() && K::MAY_BE_EMPTY {
        return Ok(None);
    }
    let before = key_set.clone();
    for _ in 0..ATTEMPTS {
        let another_was_first = !key_set.is_empty() && !key_set.shares_with(&before);
        let change = match cause {
            Cause::Schedule => key_set.on_schedule(period, now),
            Cause::Leak if another_was_first => return report(&key_set, now, false, 0).map(Some),
            Cause::Leak => key_set.on_leak(now),
        };
        if change.is_empty() {
            return report(&key_set, now, false, 0).map(Some);
        }
        let key = change.make.map(|_| keys.fresh()).transpose()?;
        if keys.change(&change, key.as_ref()).await? {
            let key_set = key_set.changed(&change, key.as_ref().map(K::public));
            return report(&key_set, now, key.is_some(), change.remove.len()).map(Some);
        }
        key_set = keys.stored().await?;
    }
    Err(Unavailable::new("signing key", "other runs took its place again and again"))
}

fn report<P: PublicKey>(
    key_set: &KeySet<P>,
    now: Timestamp,
    made: bool,
    removed: usize,
) -> Result<RotationReport, Unavailable> {
    let signing = key_set.signing(now).ok_or_else(empty)?;
    let (kid, age_days) = (signing.public.kid().to_owned(), signing.age_days(now));
    measure::count_if(made, Measure::SigningKeysMade);
    tracing::info!(kid, age_days, made, removed, "looked at the signing keys");
    Ok(RotationReport { kid, age_days, made, removed })
}

fn empty() -> Unavailable {
    Unavailable::new("signing key", "the key set is empty after a run")
}
