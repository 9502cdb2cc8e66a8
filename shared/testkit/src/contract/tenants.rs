//! Tenants and their secret keys.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionState;
use scanlatch_protocol::id::{ActionCode, ClientId, TenantId};
use scanlatch_protocol::secret::{Digest, SecretKey};
use scanlatch_protocol::tenant::settings::{ActionRules, Attestation, DistanceRule, NumberEntry};
use scanlatch_protocol::tenant::{Settings, Tenant};

use crate::scene::{at, fresh, refusal, tenant};
use crate::store::Store;

fn new() -> Tenant {
    let id = tenant();
    Tenant::new(id, format!("Cafe {id}"), Settings::default(), at(3))
}

fn key(of: TenantId) -> Digest {
    SecretKey::from_random(of, fresh()).digest()
}

/// Its settings come back too.
pub async fn a_tenant_comes_back_as_it_was_stored(store: &impl Store) {
    let own = ActionRules { claim_first: Some(false), ..ActionRules::default() };
    let settings = Settings {
        device_credentials: false,
        enrolment_needs_scope: false,
        key_reassignment: true,
        deterministic_signatures: true,
        max_devices: 7,
        allowed_origins: vec!["https://shop.example".to_owned()],
        default_action_state: ActionState::ReviewRequired,
        session_clients: vec![ClientId::parse("web.shop_1").unwrap()],
        challenge_lifetime_ms: 1,
        user_token_lifetime_ms: 2,
        decision_lifetime_ms: 3,
        approval_lifetime_ms: 4,
        result_token_lifetime_ms: 5,
        access_token_lifetime_ms: 6,
        session_lifetime_ms: 7,
        browser_session_lifetime_ms: 8,
        action_lifetime_ms: 9,
        number_entry: NumberEntry::Required,
        distance: DistanceRule::Number,
        near_km: 10,
        backend_challenges_only: true,
        claim_first: true,
        action_rules: [(ActionCode::parse("pay").unwrap(), own)].into(),
        origin_required: true,
        validate_once: true,
        attestation: Attestation::Required,
    };
    for enabled in [true, false] {
        let tenant = Tenant { enabled, settings: settings.clone(), ..new() };
        assert_eq!(store.tenant(&tenant.id).await.unwrap(), None);
        store.put_tenant(&tenant).await.unwrap();
        assert_eq!(store.tenant(&tenant.id).await.unwrap(), Some(tenant));
    }
}

/// Disabling takes effect; secret keys and creation time stay.
pub async fn a_tenants_latest_settings_count(store: &impl Store) {
    let tenant = new();
    store.put_tenant(&tenant).await.unwrap();
    store.add_secret_key(&tenant.id, &key(tenant.id), at(4)).await.unwrap();
    let before = store.tenant(&tenant.id).await.unwrap().unwrap();
    store.put_tenant(&Tenant { enabled: false, created_at: at(9), secret_keys: Vec::new(), ..tenant }).await.unwrap();
    let after = store.tenant(&before.id).await.unwrap().unwrap();
    assert_eq!(after, Tenant { enabled: false, ..before });
}

/// A change based on an outdated read is not stored.
pub async fn a_stale_look_at_a_tenant_changes_nothing(store: &impl Store) {
    let seen = new();
    let disabled = Tenant { enabled: false, ..seen.clone() };
    assert!(!store.change_tenant(&seen, &disabled).await.unwrap());
    assert_eq!(store.tenant(&seen.id).await.unwrap(), None);
    store.put_tenant(&seen).await.unwrap();
    store.add_secret_key(&seen.id, &key(seen.id), at(4)).await.unwrap();
    assert!(store.change_tenant(&seen, &disabled).await.unwrap());
    let renamed = Tenant { name: format!("Bar {}", seen.id), ..seen.clone() };
    assert!(!store.change_tenant(&seen, &renamed).await.unwrap());
    let stored = store.tenant(&seen.id).await.unwrap().unwrap();
    assert!(stored.reads_like(&disabled));
    assert_eq!(stored.secret_keys.len(), 1);
}

/// It proves no other tenant.
pub async fn a_secret_key_is_its_tenants_own(store: &impl Store) {
    let (one, other) = (new(), new());
    let (known, wrong) = (key(one.id), key(one.id));
    assert_eq!(refusal(store.add_secret_key(&one.id, &known, at(0)).await), Refusal::Unauthorized);
    store.put_tenant(&one).await.unwrap();
    store.put_tenant(&other).await.unwrap();
    store.add_secret_key(&one.id, &known, at(0)).await.unwrap();
    let one = store.tenant(&one.id).await.unwrap().unwrap();
    assert!(one.has_secret_key(&known));
    assert!(!one.has_secret_key(&wrong));
    assert!(!store.tenant(&other.id).await.unwrap().unwrap().has_secret_key(&known));
}

/// One is in use and the other replaces it.
pub async fn two_secret_keys_are_active_at_most(store: &impl Store) {
    let tenant = new();
    let [first, second, third] = [key(tenant.id), key(tenant.id), key(tenant.id)];
    store.put_tenant(&tenant).await.unwrap();
    for (digest, millis) in [(first, 1), (second, 2), (first, 3)] {
        store.add_secret_key(&tenant.id, &digest, at(millis)).await.unwrap();
    }
    assert_eq!(refusal(store.add_secret_key(&tenant.id, &third, at(4)).await), Refusal::TooManySecretKeys);
    let active = |tenant: Tenant| tenant.secret_keys.iter().map(|key| (key.digest, key.created_at)).collect::<Vec<_>>();
    let stored = store.tenant(&tenant.id).await.unwrap().unwrap();
    assert_eq!(active(stored), [(first, at(1)), (second, at(2))]);
    for _ in 0..2 {
        store.remove_secret_key(&tenant.id, &first).await.unwrap();
    }
    store.add_secret_key(&tenant.id, &third, at(5)).await.unwrap();
    let stored = store.tenant(&tenant.id).await.unwrap().unwrap();
    assert_eq!(active(stored), [(second, at(2)), (third, at(5))]);
}

/// This holds for creating and renaming; the second tenant is not stored.
pub async fn a_name_is_given_to_one_tenant_only(store: &impl Store) {
    let (one, other) = (new(), new());
    let namesake = Tenant { name: one.name.clone(), ..other.clone() };
    store.put_tenant(&one).await.unwrap();
    assert_eq!(refusal(store.put_tenant(&namesake).await), Refusal::NameTaken);
    assert_eq!(store.tenant(&other.id).await.unwrap(), None);
    store.put_tenant(&other).await.unwrap();
    assert_eq!(refusal(store.change_tenant(&other, &namesake).await), Refusal::NameTaken);
    assert_eq!(refusal(store.put_tenant(&namesake).await), Refusal::NameTaken);
    assert_eq!(store.tenant(&other.id).await.unwrap(), Some(other));
    store.put_tenant(&one).await.unwrap();
}

/// Its owner was renamed or deleted.
pub async fn a_name_that_is_given_up_can_be_taken(store: &impl Store) {
    let (one, other) = (new(), new());
    let namesake = Tenant { name: one.name.clone(), ..other.clone() };
    let renamed = Tenant { name: format!("Bar {}", one.id), ..one.clone() };
    store.put_tenant(&one).await.unwrap();
    store.put_tenant(&other).await.unwrap();
    assert!(store.change_tenant(&one, &renamed).await.unwrap());
    assert!(store.change_tenant(&other, &namesake).await.unwrap());
    store.forget_tenant(&renamed.id).await.unwrap();
    let heir = Tenant { name: renamed.name.clone(), ..new() };
    store.put_tenant(&heir).await.unwrap();
    store.put_tenant(&Tenant { name: other.name.clone(), ..heir.clone() }).await.unwrap();
    store.put_tenant(&Tenant { id: tenant(), ..heir }).await.unwrap();
}

/// The two are created at the same time.
pub async fn one_of_two_tenants_gets_the_name(store: &impl Store) {
    for _ in 0..10 {
        let one = new();
        let other = Tenant { id: tenant(), ..one.clone() };
        let (first, second) = tokio::join!(store.put_tenant(&one), store.put_tenant(&other));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    }
}

/// It is listed once among all tenants.
pub async fn a_tenant_is_listed_until_it_is_forgotten(store: &impl Store) {
    let tenant = new();
    store.put_tenant(&tenant).await.unwrap();
    assert_eq!(store.tenants().await.unwrap().into_iter().filter(|other| *other == tenant).count(), 1);
    for _ in 0..2 {
        store.forget_tenant(&tenant.id).await.unwrap();
    }
    assert_eq!(store.tenant(&tenant.id).await.unwrap(), None);
    assert!(!store.tenants().await.unwrap().iter().any(|other| other.id == tenant.id));
}
