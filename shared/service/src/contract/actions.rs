//! Actions, tenants and keys.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use protocol::action::{Action, ActionName};
use protocol::challenge::Decision;
use protocol::context::Context;
use protocol::id::{ActionCode, IdempotencyKey};
use protocol::secret::SecretKey;
use protocol::tenant::{Settings, Tenant};

use super::Store;
use super::scene::{action, at, challenge, credential, fresh, tenant, user};

fn tracked() -> Action {
    let challenge = challenge(tenant());
    action(&challenge, &credential(challenge.tenant, "ann"), Decision::Reject, at(0))
}

/// The first attributes stay.
pub async fn tracking_again_returns_what_was_stored(store: &impl Store) {
    let first = tracked();
    assert_eq!(store.track(&first).await.unwrap(), first);
    let second = Action { custom: None, created_at: at(9), ..first.clone() };
    assert_eq!(store.track(&second).await.unwrap(), first);
    assert_eq!(store.action(&first.name, at(10)).await.unwrap(), Some(first));
}

/// Whether or not it was cleaned up.
pub async fn an_expired_action_is_gone(store: &impl Store) {
    let action = tracked();
    store.track(&action).await.unwrap();
    let end = action.expires_at;
    assert_eq!(store.action(&action.name, end.plus(-1)).await.unwrap(), Some(action.clone()));
    assert_eq!(store.action(&action.name, end).await.unwrap(), None);
    let anew = Action { created_at: end, expires_at: end.plus(1), ..action.clone() };
    assert_eq!(store.track(&anew).await.unwrap(), anew);
}

/// Two names are never one.
pub async fn a_user_id_may_hold_delimiters(store: &impl Store) {
    let tenant = tenant();
    let name = |id: &str, key: &str| ActionName {
        tenant,
        user: user(id),
        code: ActionCode::parse("login").unwrap(),
        idempotency_key: IdempotencyKey::parse(key).unwrap(),
    };
    let stored = Action { name: name("auth0|a#b/c d+e:f", "k#1"), ..tracked() };
    store.track(&stored).await.unwrap();
    assert_eq!(store.action(&stored.name, at(1)).await.unwrap(), Some(stored.clone()));
    for other in [name("auth0|a", "k#1"), name("auth0|a#b/c d+e:f", "k"), name("auth0|a#b/c d+e", "f#k#1")] {
        assert_eq!(store.action(&other, at(1)).await.unwrap(), None, "{other:?}");
    }
}

/// Its settings too.
pub async fn a_tenant_comes_back_as_it_was_stored(store: &impl Store) {
    let settings = Settings {
        device_credentials: false,
        key_reassignment: true,
        allowed_origins: vec!["https://shop.example".to_owned()],
        challenge_lifetime_ms: 1,
        user_token_lifetime_ms: 2,
        result_token_lifetime_ms: 3,
        action_lifetime_ms: 4,
    };
    for enabled in [true, false] {
        let tenant = Tenant { id: tenant(), enabled, settings: settings.clone() };
        assert_eq!(store.tenant(&tenant.id).await.unwrap(), None);
        store.put_tenant(&tenant).await.unwrap();
        assert_eq!(store.tenant(&tenant.id).await.unwrap(), Some(tenant));
    }
}

/// Nobody else's.
pub async fn a_secret_key_is_its_tenants_own(store: &impl Store) {
    let (one, other) = (tenant(), tenant());
    let (key, wrong) = (SecretKey::from_random(one, fresh()), SecretKey::from_random(one, fresh()));
    store.add_secret_key(&one, &key.digest(), at(0)).await.unwrap();
    assert!(store.has_secret_key(&one, &key.digest()).await.unwrap());
    assert!(!store.has_secret_key(&one, &wrong.digest()).await.unwrap());
    assert!(!store.has_secret_key(&other, &key.digest()).await.unwrap());
}

/// And stays the same key.
pub async fn the_signing_key_is_among_the_verifying_keys(store: &impl Store) {
    let key = store.signing_key().await.unwrap();
    let keys = store.verifying_keys(Some(key.public().kid())).await.unwrap();
    assert_eq!(keys.find(key.public().kid()), Some(key.public()));
    assert_eq!(store.signing_key().await.unwrap().public(), key.public());
}

/// Nothing is stored for what is absent.
pub async fn an_action_without_data_comes_back_without(store: &impl Store) {
    let bare = Action { custom: None, context: Context::default(), ..tracked() };
    store.track(&bare).await.unwrap();
    assert_eq!(store.action(&bare.name, at(1)).await.unwrap(), Some(bare));
}

/// Switching one off takes effect.
pub async fn a_tenants_latest_settings_count(store: &impl Store) {
    let tenant = Tenant { id: tenant(), enabled: true, settings: Settings::default() };
    store.put_tenant(&tenant).await.unwrap();
    let disabled = Tenant { enabled: false, ..tenant };
    store.put_tenant(&disabled).await.unwrap();
    assert_eq!(store.tenant(&disabled.id).await.unwrap(), Some(disabled));
}
