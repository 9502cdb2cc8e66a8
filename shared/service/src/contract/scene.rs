//! Things to play with: fresh ids, keys, challenges.

use p256::ecdsa::SigningKey;
use p256::pkcs8::EncodePublicKey as _;
use protocol::action::{Action, ActionName, ActionState};
use protocol::challenge::{Challenge, Decision, Screen, State};
use protocol::context::{Context, Location};
use protocol::credential::{Credential, Device, Enrolled, EnrolmentRules, Holder};
use protocol::custom::Custom;
use protocol::id::{ActionCode, ChallengeId, ConnectionId, CredentialId, IdempotencyKey, TenantId, UserId};
use protocol::key::PublicKey;
use protocol::secret::DeviceCode;
use protocol::time::Timestamp;

use super::Store;
use crate::port::{Connection, Entropy as _, Lifetimes};
use crate::system::System;

/// How long a scene's challenge lives.
pub const LIFE_MS: i64 = 600_000;
/// How long its approval can be redeemed.
pub const REDEEMABLE_MS: i64 = 300_000;

/// What an enrolment may do, at its most generous and its least.
pub const MAY_ADD: EnrolmentRules = EnrolmentRules { may_add: true, may_reassign: false };
/// A first credential only.
pub const FIRST_ONLY: EnrolmentRules = EnrolmentRules { may_add: false, may_reassign: false };
/// Other users' keys too.
pub const MAY_MOVE: EnrolmentRules = EnrolmentRules { may_add: true, may_reassign: true };

/// An instant `millis` after a scene's beginning.
pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_767_225_600_000 + millis)
}

/// Fresh bytes.
///
/// # Panics
/// If the system has none.
#[expect(clippy::expect_used, reason = "a test cannot go on without")]
pub fn fresh<const N: usize>() -> [u8; N] {
    System.random().expect("randomness")
}

/// A fresh tenant's id.
pub fn tenant() -> TenantId {
    TenantId::from_random(fresh())
}

/// A user of this name.
///
/// # Panics
/// If the name is none.
#[expect(clippy::expect_used, reason = "tests name users well")]
pub fn user(name: &str) -> UserId {
    UserId::parse(name).expect("a user id")
}

/// Some phone of a user.
pub fn holder(name: &str) -> Holder {
    Holder { user: user(name), credential: CredentialId::from_random(fresh()) }
}

/// A challenge with every optional part, that anybody may claim.
///
/// # Panics
/// Never, for a test's own texts are well formed.
#[expect(clippy::expect_used, reason = "the texts below are well formed")]
pub fn challenge(tenant: TenantId) -> Challenge {
    Challenge {
        id: ChallengeId::from_random(fresh()),
        tenant,
        action: ActionCode::parse("login").expect("an action"),
        idempotency_key: IdempotencyKey::from_random(fresh()),
        custom: Custom::from_text(r#"{"place":"Terminal A","amount":12.5,"lines":[1,{"b":null}]}"#),
        context: Context {
            ip_address: Some("203.0.113.7".to_owned()),
            user_agent: Some("Kiosk/1.0".to_owned()),
            device_id: Some("kiosk-7".to_owned()),
            location: Location::observed(Some("Auckland"), None, Some("NZ")),
        },
        subject: None,
        screen: Screen::Poll(DeviceCode::from_random(fresh()).digest()),
        created_at: at(0),
        expires_at: at(LIFE_MS),
        redeemable_ms: REDEEMABLE_MS,
        withdrawn: None,
        state: State::Unclaimed,
    }
}

/// A connection that shows nothing yet.
///
/// # Panics
/// Never, for a fresh id is well formed.
#[expect(clippy::expect_used, reason = "the text below is well formed")]
pub fn connection(tenant: TenantId) -> Connection {
    let id = protocol::base64::encode(&fresh::<11>());
    Connection {
        id: ConnectionId::parse(id).expect("a connection id"),
        tenant,
        context: challenge(tenant).context,
        tracked: None,
        lifetimes: Lifetimes { challenge_ms: LIFE_MS, redeemable_ms: REDEEMABLE_MS },
        connected_at: at(0),
        shows: None,
    }
}

/// A fresh key's credential for a user, not stored.
///
/// # Panics
/// If the system has no randomness.
#[expect(clippy::expect_used, reason = "a test cannot go on without")]
pub fn credential(tenant: TenantId, name: &str) -> Credential {
    let key = SigningKey::from_slice(&fresh::<32>()).expect("a lucky number");
    let spki = key.verifying_key().to_public_key_der().expect("a key");
    Credential {
        tenant,
        id: CredentialId::from_random(fresh()),
        user: user(name),
        key: PublicKey::from_spki(spki.as_bytes()).expect("a key"),
        device: Device { name: Some("Pixel 9".to_owned()), platform: Some("android".to_owned()) },
        verified_at: at(0),
        last_verified_at: None,
    }
}

/// The tracked action whose token lets a credential be enrolled.
///
/// # Panics
/// Never, for its texts are well formed.
#[expect(clippy::expect_used, reason = "the texts below are well formed")]
pub fn allowing(credential: &Credential) -> Action {
    Action {
        name: ActionName {
            tenant: credential.tenant,
            user: credential.user.clone(),
            code: ActionCode::parse("enrol").expect("an action"),
            idempotency_key: IdempotencyKey::parse("1").expect("a key"),
        },
        state: ActionState::ChallengeRequired,
        state_updated_at: at(0),
        created_at: at(0),
        expires_at: at(1_000_000),
        custom: None,
        context: Context::default(),
        verified_by: None,
    }
}

/// Enrols with the token of an action that is tracked for it.
///
/// # Errors
/// Those of the store.
pub async fn enrol(
    store: &impl Store,
    new: &Credential,
    current: Option<&Credential>,
    rules: EnrolmentRules,
) -> crate::Result<Enrolled> {
    let allowed_by = store.track(&allowing(new)).await?;
    store.enrol(new, current, rules, &allowed_by.name).await
}

/// The same key enrolled anew for a user.
pub fn anew(credential: &Credential, name: &str) -> Credential {
    Credential { id: CredentialId::from_random(fresh()), user: user(name), ..credential.clone() }
}

/// The record that a decision writes.
pub fn action(challenge: &Challenge, by: &Credential, decision: Decision, now: Timestamp) -> Action {
    Action {
        name: challenge.action_of(&by.user),
        state: decision.action_state(),
        state_updated_at: now,
        created_at: now,
        expires_at: now.plus(1_000_000),
        custom: challenge.custom.clone(),
        context: challenge.context.clone(),
        verified_by: Some(by.id),
    }
}

/// A stored challenge that an enrolled phone claimed.
///
/// # Panics
/// If the store refuses.
#[expect(clippy::expect_used, reason = "the test is about what follows")]
pub async fn claimed(store: &impl Store) -> (Challenge, Credential) {
    let tenant = tenant();
    let phone = credential(tenant, "ann");
    enrol(store, &phone, None, MAY_ADD).await.expect("enrolled");
    let challenge = challenge(tenant);
    store.create(&challenge).await.expect("stored");
    let challenge = store.claim(&tenant, &challenge.id, &phone.holder(), at(1)).await.expect("claimed");
    (challenge, phone)
}

/// A stored challenge that an enrolled phone decided at one second.
///
/// # Panics
/// If the store refuses.
#[expect(clippy::expect_used, reason = "the test is about what follows")]
pub async fn decided(store: &impl Store, decision: Decision) -> (Challenge, Credential) {
    let (challenge, phone) = claimed(store).await;
    let record = action(&challenge, &phone, decision, at(1_000));
    let challenge = store.decide(&challenge, &phone, decision, &record, at(1_000)).await.expect("decided");
    (challenge, phone)
}

/// The refusal in a result.
///
/// # Panics
/// If it is a success, or the store is unavailable.
pub fn refusal<T>(result: crate::Result<T>) -> protocol::Refusal {
    match result {
        Err(crate::Error::Refused(refusal)) => refusal,
        Err(crate::Error::Unavailable(unavailable)) => panic!("not refused: {unavailable}"),
        Ok(_) => panic!("not refused"),
    }
}

/// The challenge as it is stored.
///
/// # Panics
/// If it is not there.
#[expect(clippy::expect_used, reason = "the test is about what it holds")]
pub async fn stored(store: &impl Store, challenge: &Challenge) -> Challenge {
    store.challenge(&challenge.tenant, &challenge.id).await.expect("a store").expect("a challenge")
}
