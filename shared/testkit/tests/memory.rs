//! The store in memory keeps the store contract.

use scanlatch_protocol::challenge::{Challenge, Screen};
use scanlatch_service::port::{Challenges as _, Connects as _, Replaces as _};
use scanlatch_testkit::memory::Memory;
use scanlatch_testkit::scene;

scanlatch_testkit::store_contract!(async { Memory::default() }, async { Memory::default() });

/// A store may keep a challenge that it refused to show. This one does not, so that histories compare what is shown.
#[tokio::test]
async fn a_refused_challenge_of_a_socket_is_not_stored() {
    let store = Memory::default();
    let screen = scene::connection(scene::tenant());
    store.connect(&screen).await.unwrap();
    let challenge = || Challenge { screen: Screen::Socket(screen.id.clone()), ..scene::challenge(screen.tenant) };
    let (shown, refused) = (challenge(), challenge());
    assert!(store.replace(&screen, &shown).await.unwrap());
    assert!(!store.replace(&screen, &refused).await.unwrap());
    assert!(store.challenge(&screen.tenant, &refused.id).await.unwrap().is_none());
}

#[test]
fn no_promise_is_left_out_of_the_macro() {
    let named = include_str!("../src/contract.rs");
    let modules = [
        include_str!("../src/contract/actions.rs"),
        include_str!("../src/contract/applications.rs"),
        include_str!("../src/contract/authorizations.rs"),
        include_str!("../src/contract/challenges.rs"),
        include_str!("../src/contract/credentials.rs"),
        include_str!("../src/contract/decisions.rs"),
        include_str!("../src/contract/keys.rs"),
        include_str!("../src/contract/races.rs"),
        include_str!("../src/contract/redemptions.rs"),
        include_str!("../src/contract/rsa_keys.rs"),
        include_str!("../src/contract/screens.rs"),
        include_str!("../src/contract/sessions.rs"),
        include_str!("../src/contract/settlements.rs"),
        include_str!("../src/contract/short_codes.rs"),
        include_str!("../src/contract/sockets.rs"),
        include_str!("../src/contract/tenants.rs"),
        include_str!("../src/contract/tracked.rs"),
        include_str!("../src/contract/users.rs"),
    ];
    for promise in modules.iter().flat_map(|source| source.split("pub async fn ").skip(1)) {
        let name = promise.split(['(', '<']).next().unwrap();
        let is_named = named.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
        assert!(is_named, "{name} runs nowhere");
    }
}
