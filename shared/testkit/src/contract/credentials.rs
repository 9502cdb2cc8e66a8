//! Keys of phones.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::Action;
use scanlatch_protocol::credential::{Credential, CredentialKind, Device, Enrolled, EnrolmentRules, Permit};
use scanlatch_protocol::id::{CredentialId, TenantId};
use scanlatch_protocol::user::{Channel, Revision, VerifiedMethod};

use crate::scene::{
    FIRST_ONLY, MAY_ADD, MAY_MOVE, MAY_NOT_ADD, allowing, anew, at, credential, enrol, fresh, permit, refusal, removal,
    remove, tenant, user,
};
use crate::store::Store;

async fn found(store: &impl Store, credential: &Credential) -> Option<Credential> {
    store.credential(&credential.tenant, &credential.thumbprint()).await.unwrap()
}

async fn count(store: &impl Store, tenant: &TenantId, name: &str) -> u32 {
    store.user(tenant, &user(name)).await.unwrap().map_or(0, |user| user.devices)
}

/// It counts for its user.
pub async fn an_enrolled_key_is_found(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    assert_eq!(found(store, &phone).await, None);
    assert_eq!(enrol(store, &phone, None, FIRST_ONLY).await.unwrap(), Enrolled::Added(phone.clone()));
    assert_eq!(found(store, &phone).await, Some(phone.clone()));
    assert_eq!(count(store, &phone.tenant, "ann").await, 1);
    assert_eq!(store.credential(&tenant(), &phone.thumbprint()).await.unwrap(), None);
}

/// This holds whatever the token allows.
pub async fn enrolling_again_keeps_the_credential(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    for rules in [MAY_ADD, FIRST_ONLY, MAY_NOT_ADD, MAY_MOVE] {
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

/// Afterwards both users' counts are right.
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

/// With the scope, further ones are enrolled.
pub async fn without_the_scope_only_a_first_credential_is_enrolled(store: &impl Store) {
    let tenant = tenant();
    let (first, second) = (credential(tenant, "ann"), credential(tenant, "ann"));
    enrol(store, &first, None, FIRST_ONLY).await.unwrap();
    assert_eq!(refusal(enrol(store, &second, None, FIRST_ONLY).await), Refusal::ScopeMissing);
    assert_eq!(found(store, &second).await, None);
    assert_eq!(count(store, &tenant, "ann").await, 1);
    enrol(store, &second, None, MAY_ADD).await.unwrap();
    assert_eq!(count(store, &tenant, "ann").await, 2);
    remove(store, &first).await.unwrap();
    remove(store, &second).await.unwrap();
    enrol(store, &first, None, FIRST_ONLY).await.unwrap();
}

/// The key may have been enrolled or removed since it was read.
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

/// Its former owner does not matter.
pub async fn a_key_that_was_removed_meanwhile_is_free(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    remove(store, &phone).await.unwrap();
    let bens = anew(&phone, "ben");
    assert_eq!(enrol(store, &bens, Some(&phone), MAY_ADD).await.unwrap(), Enrolled::Added(bens));
}

/// It is then a new enrolment, even of another user.
pub async fn a_removed_key_may_come_back(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    remove(store, &phone).await.unwrap();
    assert_eq!(found(store, &phone).await, None);
    let back = anew(&phone, "ben");
    enrol(store, &back, None, FIRST_ONLY).await.unwrap();
    assert_eq!(found(store, &phone).await, Some(back));
}

/// A late removal does not hit the key's next owner.
pub async fn removing_an_older_enrolment_leaves_the_newer(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    remove(store, &phone).await.unwrap();
    let back = anew(&phone, "ann");
    enrol(store, &back, None, MAY_ADD).await.unwrap();
    remove(store, &phone).await.unwrap();
    assert_eq!(found(store, &phone).await, Some(back));
    assert_eq!(count(store, &phone.tenant, "ann").await, 1);
}

/// A retry does not count another credential down.
pub async fn removing_twice_counts_once(store: &impl Store) {
    let tenant = tenant();
    let (one, two) = (credential(tenant, "ann"), credential(tenant, "ann"));
    enrol(store, &one, None, MAY_ADD).await.unwrap();
    enrol(store, &two, None, MAY_ADD).await.unwrap();
    remove(store, &one).await.unwrap();
    remove(store, &one).await.unwrap();
    assert_eq!(count(store, &tenant, "ann").await, 1);
}

/// Permission to move a key does not include permission to add one.
pub async fn a_key_moves_to_a_user_with_others_only_with_the_scope(store: &impl Store) {
    let tenant = tenant();
    let (anns, bens) = (credential(tenant, "ann"), credential(tenant, "ben"));
    enrol(store, &anns, None, MAY_ADD).await.unwrap();
    enrol(store, &bens, None, MAY_ADD).await.unwrap();
    let first_or_moved = EnrolmentRules { may_reassign: true, ..FIRST_ONLY };
    for seen in [None, Some(&anns)] {
        let moved = enrol(store, &anew(&anns, "ben"), seen, first_or_moved).await;
        assert_eq!(refusal(moved), Refusal::ScopeMissing);
    }
    assert_eq!(found(store, &anns).await, Some(anns));
    assert_eq!(count(store, &tenant, "ann").await, 1);
    assert_eq!(count(store, &tenant, "ben").await, 1);
}

/// A device may omit its description.
pub async fn a_device_without_a_name_comes_back_without_one(store: &impl Store) {
    let phone = Credential { device: Device::default(), ..credential(tenant(), "ann") };
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    assert_eq!(found(store, &phone).await, Some(phone));
}

/// The first device needs the scope too.
pub async fn where_every_device_needs_the_scope_none_comes_without(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    assert_eq!(refusal(enrol(store, &phone, None, MAY_NOT_ADD).await), Refusal::ScopeMissing);
    assert_eq!((found(store, &phone).await, count(store, &phone.tenant, "ann").await), (None, 0));
}

/// Whoever finds the lost device cannot enrol first.
pub async fn a_revocation_lets_nobody_come_first(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, FIRST_ONLY).await.unwrap();
    assert!(store.revoke(&phone.tenant, &phone.user, &phone.id).await.unwrap());
    for next in [anew(&phone, "ann"), credential(phone.tenant, "ann")] {
        assert_eq!(refusal(enrol(store, &next, None, FIRST_ONLY).await), Refusal::ScopeMissing);
    }
    let told = store.user(&phone.tenant, &phone.user).await.unwrap();
    assert_eq!(told.map(|user| (user.devices, user.was_revoked)), Some((0, true)));
}

/// Removing a method does not let anybody enrol first.
pub async fn a_method_that_is_forgotten_lets_nobody_come_first(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    let method = VerifiedMethod {
        id: CredentialId::from_random(fresh()),
        channel: Channel::AuthenticatorApp,
        created_at: at(0),
    };
    let id = method.id;
    let known = store.revise(&phone.tenant, &phone.user, None, &Revision::Verified(method), at(0)).await.unwrap();
    assert_eq!(refusal(enrol(store, &phone, None, FIRST_ONLY).await), Refusal::ScopeMissing);
    store.revise(&phone.tenant, &phone.user, Some(&known), &Revision::Forgotten(id), at(1)).await.unwrap();
    assert_eq!(refusal(enrol(store, &phone, None, FIRST_ONLY).await), Refusal::ScopeMissing);
}

/// The old user cannot enrol first again, for another user moved the key away.
pub async fn a_key_that_moves_away_lets_nobody_come_first(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    enrol(store, &anew(&phone, "ben"), Some(&phone), MAY_MOVE).await.unwrap();
    let next = credential(phone.tenant, "ann");
    assert_eq!(refusal(enrol(store, &next, None, FIRST_ONLY).await), Refusal::ScopeMissing);
}

/// A user whose last device removed itself by its own signature may enrol first again; so may a user who was deleted.
pub async fn a_device_that_removes_itself_lets_the_next_come_first(store: &impl Store) {
    let tenant = tenant();
    let (lost, kept) = (credential(tenant, "ann"), credential(tenant, "ann"));
    for phone in [&lost, &kept] {
        enrol(store, phone, None, MAY_ADD).await.unwrap();
    }
    assert!(store.revoke(&tenant, &user("ann"), &lost.id).await.unwrap());
    remove(store, &kept).await.unwrap();
    enrol(store, &credential(tenant, "ann"), None, FIRST_ONLY).await.unwrap();

    store
        .revoke(&tenant, &user("ann"), &store.credentials_of(&tenant, &user("ann")).await.unwrap()[0].id)
        .await
        .unwrap();
    store.forget(&tenant, &user("ann")).await.unwrap();
    enrol(store, &credential(tenant, "ann"), None, FIRST_ONLY).await.unwrap();
}

/// The limit holds for moved keys too; a removal makes room.
pub async fn a_user_has_only_so_many_devices(store: &impl Store) {
    let tenant = tenant();
    let phones: Vec<Credential> = (0..=MAY_ADD.max_devices).map(|_| credential(tenant, "ann")).collect();
    let (last, enrolled) = phones.split_last().unwrap();
    for phone in enrolled {
        enrol(store, phone, None, MAY_ADD).await.unwrap();
    }
    assert_eq!(refusal(enrol(store, last, None, MAY_ADD).await), Refusal::TooManyDevices);
    let bens = credential(tenant, "ben");
    enrol(store, &bens, None, MAY_ADD).await.unwrap();
    assert_eq!(refusal(enrol(store, &anew(&bens, "ann"), Some(&bens), MAY_MOVE).await), Refusal::TooManyDevices);
    assert_eq!((found(store, last).await, found(store, &bens).await), (None, Some(bens)));
    assert_eq!(count(store, &tenant, "ann").await, MAY_ADD.max_devices);
    remove(store, &enrolled[0]).await.unwrap();
    enrol(store, last, None, MAY_ADD).await.unwrap();
}

/// One token enrols one key for each kind of path; the same key may come again.
pub async fn a_token_enrols_one_key_for_each_kind_of_path(store: &impl Store) {
    let tenant = tenant();
    let permit = permit(&store.track(&allowing(&credential(tenant, "ann"))).await.unwrap());
    for kind in [CredentialKind::Device, CredentialKind::QrCode] {
        let permit = Permit { kind, ..permit.clone() };
        let (phone, other) = (credential(tenant, "ann"), credential(tenant, "ann"));
        assert_eq!(store.enrol(&phone, None, MAY_ADD, &permit).await.unwrap(), Enrolled::Added(phone.clone()));
        let again = store.enrol(&anew(&phone, "ann"), None, MAY_ADD, &permit).await;
        assert_eq!(again.unwrap(), Enrolled::Kept(phone.clone()));
        assert_eq!(refusal(store.enrol(&other, None, MAY_ADD, &permit).await), Refusal::TokenSpent);
        assert_eq!(found(store, &other).await, None);
    }
    assert_eq!(count(store, &tenant, "ann").await, 2);
}

/// A key that is already enrolled needs no token.
pub async fn a_kept_key_spends_no_token(store: &impl Store) {
    let (kept, new) = (credential(tenant(), "ann"), |tenant| credential(tenant, "ann"));
    enrol(store, &kept, None, MAY_ADD).await.unwrap();
    let permit = permit(&allowing(&kept));
    store.enrol(&anew(&kept, "ann"), Some(&kept), MAY_ADD, &permit).await.unwrap();
    store.enrol(&new(kept.tenant), None, MAY_ADD, &permit).await.unwrap();
}

/// After a refusal the token is still good.
pub async fn a_refused_enrolment_spends_no_token(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    let permit = permit(&store.track(&allowing(&phone)).await.unwrap());
    assert_eq!(refusal(store.enrol(&phone, None, MAY_NOT_ADD, &permit).await), Refusal::ScopeMissing);
    store.enrol(&phone, None, MAY_ADD, &permit).await.unwrap();
}

/// The token is void after its user was deleted, even if the action is tracked again.
pub async fn a_token_is_of_the_action_that_it_was_issued_for(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    let tracked = store.track(&allowing(&phone)).await.unwrap();
    let permit = permit(&tracked);
    store.forget(&phone.tenant, &phone.user).await.unwrap();
    store.track(&Action { created_at: at(60_000), ..tracked }).await.unwrap();
    assert_eq!(refusal(store.enrol(&phone, None, MAY_ADD, &permit).await), Refusal::InvalidToken);
    assert_eq!(found(store, &phone).await, None);
}

/// A recorded removal cannot remove a later enrolment.
pub async fn a_removal_works_once(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    let recorded = removal();
    for _ in 0..2 {
        store.remove(&phone, &recorded).await.unwrap();
    }
    let back = anew(&phone, "ann");
    enrol(store, &back, None, MAY_ADD).await.unwrap();
    assert_eq!(refusal(store.remove(&back, &recorded).await), Refusal::InvalidCredential);
    assert_eq!(found(store, &phone).await, Some(back.clone()));
    assert_eq!(count(store, &phone.tenant, "ann").await, 1);
    remove(store, &back).await.unwrap();
    assert_eq!(found(store, &phone).await, None);
}

/// So is one that comes too late to remove its enrolment.
pub async fn a_removal_that_finds_nothing_is_spent(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    remove(store, &phone).await.unwrap();
    let [early, late] = [removal(), removal()];
    for _ in 0..2 {
        store.spend(&phone.tenant, &phone.thumbprint(), &early).await.unwrap();
    }
    store.remove(&phone, &late).await.unwrap();
    let back = anew(&phone, "ann");
    enrol(store, &back, None, MAY_ADD).await.unwrap();
    for recorded in [early, late] {
        assert_eq!(refusal(store.remove(&back, &recorded).await), Refusal::InvalidCredential);
    }
    assert_eq!(found(store, &phone).await, Some(back));
}

/// Another key's signature may have the same number, by chance or on purpose.
pub async fn a_removal_is_spent_for_its_own_key_alone(store: &impl Store) {
    let [one, other] = [credential(tenant(), "ann"), credential(tenant(), "ann")];
    let elsewhere = Credential { tenant: tenant(), ..one.clone() };
    let removal = removal();
    for phone in [&one, &other, &elsewhere] {
        enrol(store, phone, None, MAY_ADD).await.unwrap();
        store.remove(phone, &removal).await.unwrap();
        assert_eq!(found(store, phone).await, None);
    }
}

/// Attributes that the device omits stay, and no token is spent.
pub async fn a_kept_key_tells_what_its_device_is_now(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    let device = |name: &str| Device { name: Some(name.to_owned()), platform: None };
    for (name, seen) in [("Ann's phone", Some(&phone)), ("Ann's old phone", None)] {
        let again = Credential { device: device(name), ..anew(&phone, "ann") };
        let kept =
            Credential { device: Device { name: again.device.name.clone(), ..phone.device.clone() }, ..phone.clone() };
        let enrolled = enrol(store, &again, seen, MAY_NOT_ADD).await.unwrap();
        assert_eq!(enrolled, Enrolled::Kept(kept.clone()));
        assert_eq!(found(store, &phone).await, Some(kept));
    }
    assert_eq!(count(store, &phone.tenant, "ann").await, 1);
}

/// A removed key does not come back either.
pub async fn a_key_that_was_removed_meanwhile_is_not_kept(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    remove(store, &phone).await.unwrap();
    let device = Device { name: Some("Ann's phone".to_owned()), platform: None };
    let again = Credential { device, ..anew(&phone, "ann") };
    let enrolled = enrol(store, &again, Some(&phone), MAY_ADD).await.unwrap();
    assert_eq!(enrolled, Enrolled::Added(again.clone()));
    assert_eq!(found(store, &phone).await, Some(again));
}
