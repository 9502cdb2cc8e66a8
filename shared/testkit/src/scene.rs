//! Test data: fresh ids, keys, challenges.

use p256::ecdsa::SigningKey;
use p256::pkcs8::EncodePublicKey as _;
use scanlatch_protocol::action::{Action, ActionName, ActionState, DecisionTrace};
use scanlatch_protocol::bucket::Bucket;
use scanlatch_protocol::challenge::{Challenge, Claim, Decision, Judged, Screen, State};
use scanlatch_protocol::context::{Context, Location, Told, Viewer};
use scanlatch_protocol::credential::{
    Conduct, Credential, CredentialKind, Device, Enrolled, EnrolledBy, EnrolmentRules, Grant, Holder, Permit,
};
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::{
    ActionCode, ChallengeId, ConnectionId, CredentialId, IdempotencyKey, TenantId, TokenId, UserId,
};
use scanlatch_protocol::key::{PublicKey, Removal, SignatureR};
use scanlatch_protocol::proximity::Sight;
use scanlatch_protocol::secret::DeviceCode;
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::verification_code::VerificationCode;
use scanlatch_service::port::{Before, Connection, Decided, Deciding, Entropy as _, Terms};
use scanlatch_service::system::System;

use crate::store::Store;

/// How long a scene's challenge lives.
pub const LIFE_MS: i64 = 600_000;
/// How long its approval can be redeemed.
pub const REDEEMABLE_MS: i64 = 300_000;

/// How long a claimer has to decide.
pub const DECIDE_MS: i64 = 120_000;

/// Rules of an enrolment with the scope.
pub const MAY_ADD: EnrolmentRules =
    EnrolmentRules { has_scope: true, needs_scope: true, may_reassign: false, max_devices: 3 };
/// Rules without the scope, where a first device needs none.
pub const FIRST_ONLY: EnrolmentRules = EnrolmentRules { has_scope: false, needs_scope: false, ..MAY_ADD };
/// Rules without the scope, where every device needs it.
pub const MAY_NOT_ADD: EnrolmentRules = EnrolmentRules { has_scope: false, ..MAY_ADD };
/// Rules with the scope, which also allow moving another user's key.
pub const MAY_MOVE: EnrolmentRules = EnrolmentRules { may_reassign: true, ..MAY_ADD };

/// An instant `millis` after a scene's beginning.
pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_767_225_600_000 + millis)
}

/// Fresh bytes.
///
/// # Panics
/// If the system has no randomness.
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
/// If the name is not a valid id.
#[expect(clippy::expect_used, reason = "tests name users well")]
pub fn user(name: &str) -> UserId {
    UserId::parse(name).expect("a user id")
}

/// An enrolled phone of a user.
///
/// # Panics
/// If the store refuses.
#[expect(clippy::expect_used, reason = "the test is about what follows")]
pub async fn enrolled(store: &impl Store, tenant: TenantId, name: &str) -> Credential {
    let phone = credential(tenant, name);
    enrol(store, &phone, None, MAY_ADD).await.expect("enrolled");
    phone
}

/// The number of a fresh signature.
///
/// # Panics
/// Never, since it needs exactly 32 bytes.
#[expect(clippy::expect_used, reason = "32 bytes are as many as it has")]
pub fn signed() -> SignatureR {
    SignatureR::from_text(&scanlatch_protocol::base64::encode_url(&fresh::<32>())).expect("32 bytes")
}

/// Stores a challenge that supersedes nothing.
///
/// # Errors
/// Those of the store.
///
/// # Panics
/// If another challenge has its short code.
pub async fn create(store: &impl Store, challenge: &Challenge) -> scanlatch_service::Result<()> {
    assert!(store.create(challenge, &Before::default()).await?, "another challenge has the short code");
    Ok(())
}

/// Claims with a fresh signature.
///
/// # Errors
/// Those of the store.
pub async fn claim(
    store: &impl Store,
    challenge: &Challenge,
    by: &Holder,
    millis: i64,
) -> scanlatch_service::Result<Challenge> {
    store.claim(&challenge.tenant, &challenge.id, &claiming(by, signed()), at(millis)).await
}

/// A claim of a phone that nobody saw where it is.
///
/// # Panics
/// Never, since the number is well formed.
#[expect(clippy::expect_used, reason = "the text below is well formed")]
pub fn claiming(by: &Holder, r: SignatureR) -> Claim {
    Claim {
        by: by.clone(),
        r,
        seen: None,
        code: VerificationCode::parse("47").expect("a number"),
        decide_ms: DECIDE_MS,
    }
}

/// Decides with a fresh signature.
///
/// # Errors
/// Those of the store.
///
/// # Panics
/// If the store says that the screen has moved.
pub async fn decide(
    store: &impl Store,
    challenge: &Challenge,
    by: &Credential,
    decision: Decision,
    millis: i64,
) -> scanlatch_service::Result<Challenge> {
    let record = action(challenge, by, decision, at(millis));
    let deciding = Deciding { challenge, by, decision, r: Some(signed()), wrong_code: false, action: &record };
    match store.decide(deciding, at(millis)).await? {
        Decided::Made(challenge) | Decided::Stands(challenge) => Ok(challenge),
        Decided::Moved => panic!("the screen has not moved"),
    }
}

/// A challenge with every optional part, that anybody may claim.
///
/// # Panics
/// Never, since the texts are well formed.
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
            origin: Some("https://kiosk.example".to_owned()),
            told: Told::default(),
        },
        subject: None,
        screen: Screen::polling(DeviceCode::from_random(fresh()).digest()),
        created_at: at(0),
        expires_at: at(LIFE_MS),
        redeemable_ms: REDEEMABLE_MS,
        token_ms: REDEEMABLE_MS,
        sight: Sight::observed(Some("203.0.113.7"), Some("NZ"), Some(("-36.85", "174.76")), None),
        near_km: 50,
        shows_number: true,
        is_backends: false,
        withdrawn: None,
        successor: None,
        claim: None,
        spent: Vec::new(),
        short_code: None,
        application: None,
        taken_for: None,
        state: State::Unclaimed,
    }
}

/// A connection that shows nothing yet.
///
/// # Panics
/// Never, since a fresh id is well formed.
#[expect(clippy::expect_used, reason = "the text below is well formed")]
pub fn connection(tenant: TenantId) -> Connection {
    let id = scanlatch_protocol::base64::encode(&fresh::<11>());
    Connection {
        id: ConnectionId::parse(id).expect("a connection id"),
        tenant,
        viewer: Viewer { context: challenge(tenant).context, sight: challenge(tenant).sight },
        tracked: None,
        terms: Terms {
            challenge_ms: LIFE_MS,
            redeemable_ms: REDEEMABLE_MS,
            token_ms: REDEEMABLE_MS,
            near_km: 50,
            is_choosy: false,
        },
        connected_at: at(0),
        shows: None,
        bucket: Bucket::FULL,
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
        conduct: Conduct::default(),
        enrolled_by: Some(EnrolledBy {
            grant: Grant::Scope,
            kind: CredentialKind::QrCode,
            action: ActionCode::parse("enrol").expect("an action"),
            token: TokenId::from_random(fresh()),
        }),
    }
}

/// The tracked action whose token lets a credential be enrolled.
///
/// # Panics
/// Never, since the texts are well formed.
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
        decided_in: None,
        newest: None,
        trace: None,
    }
}

/// Enrols with the token of an action that this tracks.
///
/// # Errors
/// Those of the store.
pub async fn enrol(
    store: &impl Store,
    new: &Credential,
    current: Option<&Credential>,
    rules: EnrolmentRules,
) -> scanlatch_service::Result<Enrolled> {
    let permit = permit(&store.track(&allowing(new)).await?);
    store.enrol(new, current, rules, &permit).await
}

/// A fresh token of a tracked action, on one kind of path.
pub fn permit(action: &Action) -> Permit {
    let token = TokenId::from_random(fresh());
    Permit { action: action.name.clone(), token, issued_at: at(0), kind: CredentialKind::QrCode }
}

/// A removal that a key signed afresh.
///
/// # Panics
/// Never, since the text is well formed.
#[expect(clippy::expect_used, reason = "the text below is well formed")]
pub fn removal() -> Removal {
    let signature = SignatureR::from_text(&scanlatch_protocol::base64::encode_url(&fresh::<32>())).expect("32 bytes");
    Removal { signature, valid_until: at(1_000_000) }
}

/// Removes an enrolment by a signature of its own.
///
/// # Errors
/// Those of the store.
pub async fn remove(store: &impl Store, credential: &Credential) -> scanlatch_service::Result<()> {
    store.remove(credential, &removal()).await
}

/// The same key, enrolled anew for a user.
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
        decided_in: Some(challenge.id),
        newest: None,
        trace: Some(DecisionTrace::of(challenge, by.id, Judged { decision, wrong_code: false }, false, now)),
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
    create(store, &challenge).await.expect("stored");
    let challenge = claim(store, &challenge, &phone.holder(), 1).await.expect("claimed");
    (challenge, phone)
}

/// The same, claimed when the challenge had two milliseconds to live.
///
/// # Panics
/// If the store refuses.
#[expect(clippy::expect_used, reason = "the test is about what follows")]
pub async fn claimed_late(store: &impl Store) -> (Challenge, Credential) {
    let tenant = tenant();
    let phone = enrolled(store, tenant, "ann").await;
    let challenge = challenge(tenant);
    create(store, &challenge).await.expect("stored");
    let challenge = claim(store, &challenge, &phone.holder(), LIFE_MS - 2).await.expect("claimed");
    (challenge, phone)
}

/// A stored challenge that an enrolled phone decided at one second.
///
/// # Panics
/// If the store refuses.
#[expect(clippy::expect_used, reason = "the test is about what follows")]
pub async fn decided(store: &impl Store, decision: Decision) -> (Challenge, Credential) {
    let (challenge, phone) = claimed(store).await;
    let challenge = decide(store, &challenge, &phone, decision, 1_000).await.expect("decided");
    (challenge, phone)
}

/// The refusal in a result.
///
/// # Panics
/// If it is a success, or the store is unavailable.
pub fn refusal<T>(result: scanlatch_service::Result<T>) -> scanlatch_protocol::Refusal {
    match result {
        Err(scanlatch_service::Error::Refused(refusal)) => refusal,
        Err(scanlatch_service::Error::Unavailable(unavailable)) => panic!("not refused: {unavailable}"),
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
