//! Keys of phones.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use protocol::Refusal;
use protocol::credential::{Credential, Device, Enrolled, EnrolmentRules};
use protocol::id::TenantId;

use super::Store;
use super::scene::{FIRST_ONLY, MAY_ADD, MAY_MOVE, anew, credential, enrol, refusal, tenant, user};

async fn found(store: &impl Store, credential: &Credential) -> Option<Credential> {
    store.credential(&credential.tenant, &credential.thumbprint()).await.unwrap()
}

async fn count(store: &impl Store, tenant: &TenantId, name: &str) -> u32 {
    store.user(tenant, &user(name)).await.unwrap().map_or(0, |user| user.authenticators)
}

/// And its user has one.
pub async fn an_enrolled_key_is_found(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    assert_eq!(found(store, &phone).await, None);
    assert_eq!(enrol(store, &phone, None, FIRST_ONLY).await.unwrap(), Enrolled::Added(phone.clone()));
    assert_eq!(found(store, &phone).await, Some(phone.clone()));
    assert_eq!(count(store, &phone.tenant, "ann").await, 1);
    assert_eq!(store.credential(&tenant(), &phone.thumbprint()).await.unwrap(), None);
}

/// Whatever the token may do.
pub async fn enrolling_again_keeps_the_credential(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    for rules in [MAY_ADD, FIRST_ONLY, MAY_MOVE] {
        for seen in [None, Some(&phone)] {
            let again = enrol(store, &anew(&phone, "ann"), seen, rules).await.unwrap();
            assert_eq!(again, Enrolled::Kept(phone.clone()));
        }
    }
    assert_eq!(count(store, &phone.tenant, "ann").await, 1);
}

/// A silent move would let one user's phone log into another's account.
pub async fn another_users_key_is_refused(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    for seen in [None, Some(&phone)] {
        assert_eq!(refusal(enrol(store, &anew(&phone, "ben"), seen, MAY_ADD).await), Refusal::CredentialTaken);
    }
    assert_eq!(found(store, &phone).await, Some(phone.clone()));
    assert_eq!(count(store, &phone.tenant, "ben").await, 0);
}

/// Both users' counts are right after it.
pub async fn a_key_moves_where_the_tenant_allows_it(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    let moved = anew(&phone, "ben");
    let outcome = enrol(store, &moved, Some(&phone), MAY_MOVE).await.unwrap();
    assert_eq!(outcome, Enrolled::Moved { to: moved.clone(), from: user("ann") });
    assert_eq!(found(store, &phone).await, Some(moved));
    assert_eq!(count(store, &phone.tenant, "ann").await, 0);
    assert_eq!(count(store, &phone.tenant, "ben").await, 1);
}

/// With it, more.
pub async fn without_the_scope_only_a_first_credential_is_enrolled(store: &impl Store) {
    let tenant = tenant();
    let (first, second) = (credential(tenant, "ann"), credential(tenant, "ann"));
    enrol(store, &first, None, FIRST_ONLY).await.unwrap();
    assert_eq!(refusal(enrol(store, &second, None, FIRST_ONLY).await), Refusal::ScopeMissing);
    assert_eq!(found(store, &second).await, None);
    assert_eq!(count(store, &tenant, "ann").await, 1);
    enrol(store, &second, None, MAY_ADD).await.unwrap();
    assert_eq!(count(store, &tenant, "ann").await, 2);
    store.remove(&first).await.unwrap();
    store.remove(&second).await.unwrap();
    enrol(store, &first, None, FIRST_ONLY).await.unwrap();
}

/// The key was enrolled or removed since it was read.
pub async fn a_stale_look_at_the_key_does_not_mislead(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    let moved = anew(&phone, "ben");
    let outcome = enrol(store, &moved, Some(&phone), MAY_MOVE).await.unwrap();
    assert_eq!(outcome, Enrolled::Added(moved.clone()));
    assert_eq!(count(store, &phone.tenant, "ann").await, 0);
    let again = anew(&phone, "cem");
    let outcome = enrol(store, &again, Some(&phone), MAY_MOVE).await.unwrap();
    assert_eq!(outcome, Enrolled::Moved { to: again, from: user("ben") });
    assert_eq!(count(store, &phone.tenant, "ben").await, 0);
}

/// As another enrolment, even of another user.
pub async fn a_removed_key_may_come_back(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    store.remove(&phone).await.unwrap();
    assert_eq!(found(store, &phone).await, None);
    let back = anew(&phone, "ben");
    enrol(store, &back, None, FIRST_ONLY).await.unwrap();
    assert_eq!(found(store, &phone).await, Some(back));
}

/// A removal that was on its way does not hit the key's next owner.
pub async fn removing_an_older_enrolment_leaves_the_newer(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    store.remove(&phone).await.unwrap();
    let back = anew(&phone, "ann");
    enrol(store, &back, None, MAY_ADD).await.unwrap();
    store.remove(&phone).await.unwrap();
    assert_eq!(found(store, &phone).await, Some(back));
    assert_eq!(count(store, &phone.tenant, "ann").await, 1);
}

/// A retry does not take another credential off the count.
pub async fn removing_twice_counts_once(store: &impl Store) {
    let tenant = tenant();
    let (one, two) = (credential(tenant, "ann"), credential(tenant, "ann"));
    enrol(store, &one, None, MAY_ADD).await.unwrap();
    enrol(store, &two, None, MAY_ADD).await.unwrap();
    store.remove(&one).await.unwrap();
    store.remove(&one).await.unwrap();
    assert_eq!(count(store, &tenant, "ann").await, 1);
}

/// Being allowed to move a key is not being allowed to add one.
pub async fn a_key_moves_to_a_user_with_others_only_with_the_scope(store: &impl Store) {
    let tenant = tenant();
    let (anns, bens) = (credential(tenant, "ann"), credential(tenant, "ben"));
    enrol(store, &anns, None, MAY_ADD).await.unwrap();
    enrol(store, &bens, None, MAY_ADD).await.unwrap();
    let first_or_moved = EnrolmentRules { may_add: false, may_reassign: true };
    for seen in [None, Some(&anns)] {
        let moved = enrol(store, &anew(&anns, "ben"), seen, first_or_moved).await;
        assert_eq!(refusal(moved), Refusal::ScopeMissing);
    }
    assert_eq!(found(store, &anns).await, Some(anns));
    assert_eq!(count(store, &tenant, "ann").await, 1);
    assert_eq!(count(store, &tenant, "ben").await, 1);
}

/// A device need not describe itself.
pub async fn a_device_without_a_name_comes_back_without_one(store: &impl Store) {
    let phone = Credential { device: Device::default(), ..credential(tenant(), "ann") };
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    assert_eq!(found(store, &phone).await, Some(phone));
}
