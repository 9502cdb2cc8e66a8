//! Users: what backends store about them, and how they are deleted.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionFilter;
use scanlatch_protocol::challenge::Decision;
use scanlatch_protocol::id::{CredentialId, TenantId, UserId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::user::UserFilter;
use scanlatch_protocol::user::{Channel, ProfileChange, Revision, User, VerifiedMethod};

use super::sessions::begun;
use crate::scene::{
    FIRST_ONLY, MAY_ADD, allowing, anew, at, claimed, credential, decide, decided, enrol, fresh, permit, refusal,
    tenant, user,
};
use crate::store::Store;

fn email(text: &str) -> Revision {
    Revision::Profile(Box::new(ProfileChange { email: Some(text.to_owned()), ..ProfileChange::default() }))
}

/// An empty change: it only makes the user exist.
fn heard_of() -> Revision {
    Revision::Profile(Box::default())
}

async fn revise(store: &impl Store, tenant: &TenantId, name: &str, revision: &Revision) -> User {
    let current = store.user(tenant, &user(name)).await.unwrap();
    store.revise(tenant, &user(name), current.as_ref(), revision, at(1)).await.unwrap()
}

async fn names(store: &impl Store, tenant: &TenantId, wanted: &UserFilter) -> Vec<String> {
    let (users, more) = store.users(tenant, wanted, None, 100).await.unwrap();
    assert!(!more);
    users.iter().map(|user| user.id.to_string()).collect()
}

fn by_email(text: &str) -> UserFilter {
    UserFilter { email: Some(text.to_owned()), ..UserFilter::default() }
}

/// Every attribute comes back.
pub async fn a_user_comes_back_as_revised(store: &impl Store) {
    let tenant = tenant();
    let change = ProfileChange {
        email: Some("ann@example.com".to_owned()),
        email_verified: Some(true),
        phone_number: Some("+64211234567".to_owned()),
        phone_number_verified: Some(false),
        username: Some("ann".to_owned()),
        display_name: Some("Ann 用户".to_owned()),
        locale: Some("mi-NZ".to_owned()),
        custom: scanlatch_protocol::custom::Custom::from_text(r#"{"tier":"gold"}"#),
    };
    let told = revise(store, &tenant, "ann", &Revision::Profile(Box::new(change))).await;
    assert_eq!(store.user(&tenant, &user("ann")).await.unwrap(), Some(told.clone()));
    let id = CredentialId::from_random(fresh());
    let sms = VerifiedMethod { id, channel: Channel::Sms("+64211234567".to_owned()), created_at: at(7) };
    let verified = revise(store, &tenant, "ann", &Revision::Verified(sms.clone())).await;
    assert_eq!((verified.authenticators(), &verified.verified), (1, &vec![sms]));
    assert_eq!(store.user(&tenant, &user("ann")).await.unwrap(), Some(verified));
    let forgotten = revise(store, &tenant, "ann", &Revision::Forgotten(id)).await;
    assert_eq!(forgotten.authenticators(), 0);
    assert!(store.revoke(&tenant, &user("ann"), &id).await.unwrap());
    assert_eq!(store.user(&tenant, &user("ann")).await.unwrap(), Some(forgotten));
}

/// What the caller read before does not matter.
pub async fn a_stale_look_at_a_user_does_not_mislead(store: &impl Store) {
    let tenant = tenant();
    let stale = User::unknown(user("ann"), at(0));
    let ann = store.revise(&tenant, &stale.id, Some(&stale), &email("a@example.com"), at(1)).await.unwrap();
    let change = ProfileChange { username: Some("ann".to_owned()), ..ProfileChange::default() };
    let change = Revision::Profile(Box::new(change));
    for seen in [None, Some(&stale)] {
        let told = store.revise(&tenant, &stale.id, seen, &change, at(2)).await.unwrap();
        assert_eq!(told.profile.email, ann.profile.email);
        assert_eq!(told.profile.username.as_deref(), Some("ann"));
    }
}

/// A device that is enrolled meanwhile still counts.
pub async fn a_users_count_survives_a_revision(store: &impl Store) {
    let tenant = tenant();
    let seen = revise(store, &tenant, "ann", &heard_of()).await;
    enrol(store, &credential(tenant, "ann"), None, FIRST_ONLY).await.unwrap();
    let told = store.revise(&tenant, &user("ann"), Some(&seen), &email("a@example.com"), at(2)).await.unwrap();
    assert_eq!(told.devices, 1);
    assert_eq!(store.user(&tenant, &user("ann")).await.unwrap(), Some(told));
}

/// Former addresses find nobody.
pub async fn users_are_found_by_what_they_have_now(store: &impl Store) {
    let tenant = tenant();
    for name in ["ann", "ben", "auth0|c d/e"] {
        revise(store, &tenant, name, &email("shared@example.com")).await;
    }
    revise(store, &tenant, "dot", &heard_of()).await;
    assert_eq!(names(store, &tenant, &UserFilter::default()).await, ["ann", "auth0|c d/e", "ben", "dot"]);
    revise(store, &tenant, "ben", &email("ben@example.com")).await;
    assert_eq!(names(store, &tenant, &by_email("shared@example.com")).await, ["ann", "auth0|c d/e"]);
    assert_eq!(names(store, &tenant, &by_email("ben@example.com")).await, ["ben"]);
    assert_eq!(names(store, &tenant, &by_email("Ben@example.com")).await, [""; 0]);
    let named = |name: &str| {
        Revision::Profile(Box::new(ProfileChange {
            username: Some(name.to_owned()),
            phone_number: Some("+64 21".to_owned()),
            ..ProfileChange::default()
        }))
    };
    revise(store, &tenant, "ann", &named("queen")).await;
    let wanted = |email: &str| UserFilter {
        username: Some("queen".to_owned()),
        phone_number: Some("+64 21".to_owned()),
        email: Some(email.to_owned()),
    };
    assert_eq!(names(store, &tenant, &wanted("shared@example.com")).await, ["ann"]);
    assert_eq!(names(store, &tenant, &wanted("ben@example.com")).await, [""; 0]);
    assert_eq!(names(store, &crate::scene::tenant(), &by_email("shared@example.com")).await, [""; 0]);
}

/// No user is missing or listed twice.
pub async fn a_list_of_users_goes_on_where_it_stopped(store: &impl Store) {
    let tenant = tenant();
    let all: Vec<String> = (0..7).map(|n| format!("user-{n}")).collect();
    for name in &all {
        revise(store, &tenant, name, &email("same@example.com")).await;
    }
    for wanted in [UserFilter::default(), by_email("same@example.com")] {
        let (mut seen, mut after): (Vec<String>, Option<UserId>) = (Vec::new(), None);
        loop {
            let (page, more) = store.users(&tenant, &wanted, after.as_ref(), 3).await.unwrap();
            assert!(page.len() <= 3);
            seen.extend(page.iter().map(|user| user.id.to_string()));
            after = page.last().map(|user| user.id.clone()).or(after);
            if !more {
                break;
            }
        }
        assert_eq!(seen, all);
    }
}

/// A repeated revocation succeeds. Revoking an unknown id fails.
pub async fn a_device_is_revoked_by_its_id(store: &impl Store) {
    let tenant = tenant();
    let (lost, kept) = (credential(tenant, "ann"), credential(tenant, "ann"));
    for phone in [&lost, &kept] {
        enrol(store, phone, None, MAY_ADD).await.unwrap();
    }
    assert!(!store.revoke(&tenant, &user("ben"), &lost.id).await.unwrap());
    for _ in 0..2 {
        assert!(store.revoke(&tenant, &user("ann"), &lost.id).await.unwrap());
    }
    assert_eq!(store.credential(&tenant, &lost.thumbprint()).await.unwrap(), None);
    assert_eq!(store.credentials_of(&tenant, &user("ann")).await.unwrap(), [kept]);
    assert_eq!(store.user(&tenant, &user("ann")).await.unwrap().unwrap().devices, 1);
}

/// It cannot decide a challenge that it claimed before the revocation either.
pub async fn a_revoked_device_cannot_decide(store: &impl Store) {
    let (challenge, phone) = claimed(store).await;
    assert!(store.revoke(&phone.tenant, &phone.user, &phone.id).await.unwrap());
    let late = decide(store, &challenge, &phone, Decision::Approve, 5).await;
    assert_eq!(refusal(late), Refusal::InvalidCredential);
}

async fn everything(store: &impl Store, tenant: &TenantId, name: &str, now: Timestamp) -> (usize, usize, bool) {
    let actions = store.actions_of(tenant, &user(name), &ActionFilter::default(), now).await.unwrap();
    let devices = store.credentials_of(tenant, &user(name)).await.unwrap();
    (actions.len(), devices.len(), store.user(tenant, &user(name)).await.unwrap().is_some())
}

/// Nothing is left of the user, and no other user changes.
pub async fn a_forgotten_user_is_gone_with_everything(store: &impl Store) {
    let (session, _) = begun(store).await;
    let (tenant, now) = (session.tenant, at(2_000));
    revise(store, &tenant, "ann", &email("ann@example.com")).await;
    revise(store, &tenant, "ben", &email("ann@example.com")).await;
    enrol(store, &credential(tenant, "ben"), None, MAY_ADD).await.unwrap();
    assert_eq!(everything(store, &tenant, "ann", now).await, (2, 1, true));
    for _ in 0..2 {
        store.forget(&tenant, &user("ann")).await.unwrap();
        assert_eq!(everything(store, &tenant, "ann", now).await, (0, 0, false));
        assert_eq!(store.session(&tenant, &user("ann"), &session.id).await.unwrap(), None);
        assert_eq!(names(store, &tenant, &by_email("ann@example.com")).await, ["ben"]);
        assert_eq!(names(store, &tenant, &UserFilter::default()).await, ["ben"]);
        assert_eq!(everything(store, &tenant, "ben", now).await, (1, 1, true));
    }
    let back = revise(store, &tenant, "ann", &heard_of()).await;
    assert_eq!((back.devices, back.profile.email), (0, None));
}

/// This holds at every step of the login.
pub async fn a_forgotten_user_cannot_complete_a_login(store: &impl Store) {
    let (challenge, phone) = claimed(store).await;
    store.forget(&phone.tenant, &phone.user).await.unwrap();
    let decided_late = decide(store, &challenge, &phone, Decision::Approve, 5).await;
    assert_eq!(refusal(decided_late), Refusal::InvalidCredential);
    let permit = permit(&allowing(&phone));
    let enrolled_late = store.enrol(&anew(&phone, "ann"), None, MAY_ADD, &permit).await;
    assert_eq!(refusal(enrolled_late), Refusal::InvalidToken);
    assert_eq!(everything(store, &phone.tenant, "ann", at(6)).await, (0, 0, false));

    let (approved, phone) = decided(store, Decision::Approve).await;
    store.forget(&phone.tenant, &phone.user).await.unwrap();
    let session = super::sessions::session(&approved, &phone);
    let begun_late = store.begin(&session, &approved.action_of(&phone.user)).await;
    assert_eq!(refusal(begun_late), Refusal::InvalidToken);
    assert_eq!(store.action(&approved.action_of(&phone.user), at(1_001)).await.unwrap(), None);
}
