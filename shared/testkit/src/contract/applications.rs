//! Registered applications.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::{ClientId, TenantId};
use scanlatch_protocol::openid::client::{Client, ClientSecret, Registration};
use scanlatch_protocol::secret::Digest;

use crate::scene::{at, fresh, refusal, tenant};
use crate::store::Store;

/// An application of a fresh tenant, not stored.
pub(crate) fn application(tenant: TenantId, id: &str) -> Client {
    Client {
        tenant,
        id: ClientId::parse(id).unwrap(),
        created_at: at(0),
        secrets: Vec::new(),
        registration: Registration { name: "Grafana".to_owned(), ..Registration::default() },
    }
}

fn secret() -> Digest {
    ClientSecret::from_random(fresh()).digest()
}

async fn stored(store: &impl Store, client: &Client) -> Option<Client> {
    store.client(&client.tenant, &client.id).await.unwrap()
}

/// Its registration comes back too.
pub async fn an_application_comes_back_as_it_was_registered(store: &impl Store) {
    let client = application(tenant(), "grafana");
    assert_eq!(stored(store, &client).await, None);
    assert!(store.add_client(&client).await.unwrap());
    assert_eq!(stored(store, &client).await, Some(client));
}

/// The first stays as it is.
pub async fn an_id_is_given_to_one_application_only(store: &impl Store) {
    let client = application(tenant(), "grafana");
    assert!(store.add_client(&client).await.unwrap());
    let other = Client { registration: Registration::default(), ..client.clone() };
    assert!(!store.add_client(&other).await.unwrap());
    assert_eq!(stored(store, &client).await, Some(client));
}

/// Another tenant has its own.
pub async fn an_application_is_its_tenants_own(store: &impl Store) {
    let client = application(tenant(), "grafana");
    store.add_client(&client).await.unwrap();
    assert_eq!(store.client(&tenant(), &client.id).await.unwrap(), None);
}

/// A change that was made on another look counts.
pub async fn a_stale_look_at_an_application_changes_nothing(store: &impl Store) {
    let client = application(tenant(), "grafana");
    store.add_client(&client).await.unwrap();
    let to = Registration { name: "Graphs".to_owned(), ..client.registration.clone() };
    assert!(store.change_client(&client, &to).await.unwrap());
    assert!(!store.change_client(&client, &Registration::default()).await.unwrap());
    assert_eq!(stored(store, &client).await.unwrap().registration, to);
    assert!(!store.change_client(&application(tenant(), "nobody"), &to).await.unwrap());
}

/// Making one of them active again changes nothing.
pub async fn two_secrets_of_an_application_are_active_at_most(store: &impl Store) {
    let client = application(tenant(), "grafana");
    store.add_client(&client).await.unwrap();
    let (first, second, third) = (secret(), secret(), secret());
    let add = |digest: Digest, millis| {
        let client = client.clone();
        async move { store.add_client_secret(&client.tenant, &client.id, &digest, at(millis)).await }
    };
    for (digest, millis) in [(first, 1), (second, 2), (first, 3)] {
        add(digest, millis).await.unwrap();
    }
    assert_eq!(refusal(add(third, 4).await), Refusal::TooManySecretKeys);
    let secrets = stored(store, &client).await.unwrap().secrets;
    assert_eq!(secrets.iter().map(|secret| secret.digest).collect::<Vec<_>>(), [first, second]);
}

/// Without a secret it would be a public application, which anybody can pass for.
pub async fn the_last_secret_of_an_application_stays(store: &impl Store) {
    let client = application(tenant(), "grafana");
    store.add_client(&client).await.unwrap();
    let (first, second) = (secret(), secret());
    for digest in [first, second] {
        store.add_client_secret(&client.tenant, &client.id, &digest, at(1)).await.unwrap();
    }
    let remove = |digest: Digest| {
        let client = client.clone();
        async move { store.remove_client_secret(&client.tenant, &client.id, &digest).await.unwrap() }
    };
    assert!(remove(first).await && remove(first).await);
    assert!(!remove(second).await);
    assert_eq!(stored(store, &client).await.unwrap().secrets.len(), 1);
}

/// A secret of nobody is refused.
pub async fn an_application_that_is_not_there_gets_no_secret(store: &impl Store) {
    let client = application(tenant(), "grafana");
    let added = store.add_client_secret(&client.tenant, &client.id, &secret(), at(1)).await;
    assert_eq!(refusal(added), Refusal::UnknownClient);
    assert_eq!(stored(store, &client).await, None);
}

/// Forgetting twice changes nothing.
pub async fn an_application_is_listed_until_it_is_forgotten(store: &impl Store) {
    let tenant = tenant();
    for id in ["b", "a"] {
        store.add_client(&application(tenant, id)).await.unwrap();
    }
    let ids = |clients: Vec<Client>| clients.iter().map(|client| client.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(store.clients(&tenant).await.unwrap()), ["a", "b"]);
    for _ in 0..2 {
        store.forget_client(&tenant, &ClientId::parse("a").unwrap()).await.unwrap();
    }
    assert_eq!(ids(store.clients(&tenant).await.unwrap()), ["b"]);
}
