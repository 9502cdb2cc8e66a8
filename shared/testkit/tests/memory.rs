//! The store in memory keeps the store contract.

use scanlatch_testkit::memory::Memory;

scanlatch_testkit::store_contract!(async { Memory::default() }, async { Memory::default() });

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
