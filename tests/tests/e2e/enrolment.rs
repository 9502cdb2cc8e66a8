//! Keys of phones: add, get, remove.

use anyhow::{Context as _, Result};
use p256::ecdsa::Signature;
use scanlatch_protocol::base64;
use scanlatch_protocol::tenant::Settings;
use scanlatch_tests::{Site, shared_stack};
use serde_json::{Value, json};

const HOUR: i64 = 3_600;

/// A tenant whose users' first devices need no scope.
async fn lenient() -> Result<Site> {
    shared_stack().await.neighbour(Settings { enrolment_needs_scope: false, ..Settings::default() }).await
}

async fn devices(site: &Site, user: &str) -> Result<Vec<Value>> {
    let listed = site.backend().get(&format!("/users/{user}/authenticators")).await?;
    listed.json.as_array().cloned().context("no list")
}

async fn delete_all(site: &Site, user: &str) -> Result<()> {
    for device in devices(site, user).await? {
        let id = device["userAuthenticatorId"].as_str().context("no id")?;
        site.backend().delete(&format!("/users/{user}/authenticators/{id}")).await?.assert_ok();
    }
    Ok(())
}

/// The other signature that is valid for the same message and key.
fn twin(signature: &str) -> Result<String> {
    let signature = Signature::from_der(&base64::decode(signature).context("no base64")?)?;
    let (r, s) = signature.split_scalars();
    Ok(base64::encode(Signature::from_scalars(*r, -*s)?.to_der().as_bytes()))
}

#[tokio::test]
async fn a_key_enrolled_under_one_path_generation_is_found_under_the_other() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("paths-ann").await?;
    let old = phone.credential().await?;
    assert_eq!(old.assert_ok().text("userId"), "paths-ann");
    assert!(old.text("verifiedAt").ends_with('Z'));
    assert_eq!(phone.with_newer_sdk().credential().await?, old);
    Ok(())
}

#[tokio::test]
async fn adding_the_same_key_for_the_same_user_keeps_the_credential() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone();
    let token = stack.backend().user_token("again-ann", "add:authenticators").await?;
    let first = phone.enrol(&token).await?;
    assert_eq!(phone.enrol(&token).await?.assert_ok().json, first.json);
    Ok(())
}

#[tokio::test]
async fn a_key_that_another_user_owns_is_refused_and_stays() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("owner-ann").await?;
    let token = stack.backend().user_token("thief-ben", "add:authenticators").await?;
    phone.enrol(&token).await?.assert_refused(409, "credential_taken");
    assert_eq!(phone.credential().await?.text("userId"), "owner-ann");
    Ok(())
}

#[tokio::test]
async fn a_removed_key_is_unknown_until_it_comes_back_as_a_new_credential() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("gone-ann").await?;
    let before = phone.credential().await?.text("userAuthenticatorId");
    assert_eq!(phone.remove().await?.assert_ok().text("removedAuthenticatorId"), before);
    phone.credential().await?.assert_refused(401, "invalid_credential");
    assert_eq!(phone.remove().await?.assert_ok().json, json!({}));
    let (id, _) = stack.polling_screen().open().await?;
    phone.claim(&id).await?.assert_refused(401, "invalid_credential");
    let token = stack.backend().user_token("gone-ben", "add:authenticators").await?;
    let after = phone.enrol(&token).await?;
    assert_eq!(after.assert_ok().text("userId"), "gone-ben");
    assert_ne!(after.text("userAuthenticatorId"), before);
    Ok(())
}

#[tokio::test]
async fn a_phone_removed_after_its_claim_cannot_decide() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("leaver-ann").await?;
    let screen = stack.polling_screen();
    let (id, code) = screen.open().await?;
    phone.claim(&id).await?.assert_ok();
    phone.remove().await?.assert_ok();
    phone.decide(&id, true).await?.assert_refused(401, "invalid_credential");
    let token = stack.backend().user_token("leaver-ann", "add:authenticators").await?;
    phone.enrol(&token).await?.assert_ok();
    phone.decide(&id, true).await?.assert_refused(409, "challenge_already_claimed");
    assert_eq!(screen.poll(&id, &code).await?.json["isConsumed"], false);
    Ok(())
}

#[tokio::test]
async fn tracking_tells_whether_the_user_has_a_device() -> Result<()> {
    let stack = shared_stack().await;
    let before = stack.backend().track("enrolled-ann", "login", &json!({})).await?;
    assert_eq!(before.assert_ok().json["isEnrolled"], false);
    stack.phone_of("enrolled-ann").await?;
    let after = stack.backend().track("enrolled-ann", "login", &json!({})).await?;
    assert_eq!(after.json["isEnrolled"], true);
    assert_eq!(after.json["enrolledVerificationMethods"], json!(["DEVICE"]));
    assert_eq!(after.json["state"], "CHALLENGE_REQUIRED");
    assert!(after.text("url").contains('?'));
    Ok(())
}

#[tokio::test]
async fn all_spellings_of_basic_are_the_same_tenant() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("spelling-ann").await?;
    let tenant = stack.tenant_id();
    let key = base64::encode(phone.public_key().as_bytes());
    let ios_key = base64::encode_url(phone.public_key().as_bytes());
    let browser = base64::encode(tenant.as_bytes());
    let android = base64::encode(format!("{tenant}:").as_bytes());
    let ios = base64::encode_url(format!("{tenant}:").as_bytes());
    for basic in [browser, android, ios] {
        for key in [&key, &key.replace('=', "%3D"), &ios_key] {
            let path = format!("{}?publicKey={key}", phone.path(""));
            stack.api().get(&path, &format!("Basic {basic}")).await?.assert_ok();
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_key_for_one_app_is_enrolled_verifies_and_is_removed_under_its_own_paths() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone().in_app();
    let token = stack.backend().user_token("in-app-ann", "add:authenticators").await?;
    let id = phone.enrol(&token).await?.assert_ok().text("userAuthenticatorId");
    assert_eq!(phone.credential().await?.assert_ok().text("userAuthenticatorId"), id);
    let own = phone.open(&json!({})).await?.text("challengeId");
    assert_eq!(phone.verify(&own).await?.assert_ok().text("userId"), "in-app-ann");
    assert_eq!(phone.remove().await?.assert_ok().text("removedAuthenticatorId"), id);
    phone.credential().await?.assert_refused(401, "invalid_credential");
    Ok(())
}

#[tokio::test]
async fn a_phone_with_the_newer_sdk_removes_what_the_older_one_enrolled() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("renewed-ann").await?.with_newer_sdk();
    phone.remove().await?.assert_ok();
    phone.credential().await?.assert_refused(401, "invalid_credential");
    Ok(())
}

#[tokio::test]
async fn a_phone_with_the_newer_sdk_enrols_under_its_own_path() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone().with_newer_sdk();
    let token = stack.backend().user_token("newer-ann", "add:authenticators").await?;
    assert_eq!(phone.enrol(&token).await?.assert_ok().text("userId"), "newer-ann");
    Ok(())
}

#[tokio::test]
async fn what_a_device_says_of_itself_is_cut_rather_than_refused() -> Result<()> {
    let stack = shared_stack().await;
    let token = stack.backend().user_token("long-ann", "add:authenticators").await?;
    stack.phone().enrol_as(&token, &"n".repeat(129), &"p".repeat(33)).await?.assert_ok();
    assert_eq!(devices(stack, "long-ann").await?[0]["displayName"], "n".repeat(128));
    Ok(())
}

#[tokio::test]
async fn every_enrolment_needs_the_scope_unless_the_tenant_says_otherwise() -> Result<()> {
    let site = shared_stack().await.neighbour(Settings::default()).await?;
    let phone = site.phone();
    let refused = phone.enrol(&site.backend().user_token("ann", "read:authenticators").await?).await?;
    refused.assert_refused(403, "insufficient_scope");
    assert!(refused.text("errorDescription").contains(r#"scope: "add:authenticators""#), "{refused:?}");
    phone.credential().await?.assert_refused(401, "invalid_credential");
    phone.enrol(&site.backend().user_token("ann", "add:authenticators").await?).await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn a_first_device_needs_no_scope_where_the_tenant_says_so() -> Result<()> {
    let site = lenient().await?;
    let token = site.backend().user_token("ann", "read:authenticators").await?;
    site.phone().enrol(&token).await?.assert_ok();
    let again = site.backend().user_token("ann", "read:authenticators").await?;
    site.phone().enrol(&again).await?.assert_refused(403, "insufficient_scope");
    Ok(())
}

#[tokio::test]
async fn a_verified_method_counts_as_a_device_that_came_first() -> Result<()> {
    let site = lenient().await?;
    let method = json!({ "verificationMethod": "SMS", "phoneNumber": "+64271234567" });
    site.backend().post("/users/ann/authenticators", &method).await?.assert_ok();
    let token = site.backend().user_token("ann", "read:authenticators").await?;
    site.phone().enrol(&token).await?.assert_refused(403, "insufficient_scope");
    delete_all(&site, "ann").await?;
    site.phone().enrol(&token).await?.assert_refused(403, "insufficient_scope");
    Ok(())
}

#[tokio::test]
async fn a_revocation_does_not_let_anybody_enrol_a_first_device() -> Result<()> {
    let site = lenient().await?;
    let lost = site.phone_of("ann").await?;
    delete_all(&site, "ann").await?;
    let token = site.backend().user_token("ann", "read:authenticators").await?;
    for phone in [site.phone(), lost] {
        phone.enrol(&token).await?.assert_refused(403, "insufficient_scope");
    }
    site.phone_of("ann").await?;
    Ok(())
}

#[tokio::test]
async fn a_device_that_removes_itself_lets_the_next_one_come_first() -> Result<()> {
    let site = lenient().await?;
    site.phone_of("ann").await?;
    delete_all(&site, "ann").await?;
    site.phone_of("ann").await?.remove().await?.assert_ok();
    let token = site.backend().user_token("ann", "read:authenticators").await?;
    site.phone().enrol(&token).await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn whose_key_moved_away_enrols_no_first_device_without_the_scope() -> Result<()> {
    let rules = Settings { enrolment_needs_scope: false, key_reassignment: true, ..Settings::default() };
    let site = shared_stack().await.neighbour(rules).await?;
    let phone = site.phone_of("ann").await?;
    phone.enrol(&site.backend().user_token("ben", "add:authenticators").await?).await?.assert_ok();
    let token = site.backend().user_token("ann", "read:authenticators").await?;
    site.phone().enrol(&token).await?.assert_refused(403, "insufficient_scope");
    Ok(())
}

#[tokio::test]
async fn a_user_has_no_more_devices_than_the_tenant_allows() -> Result<()> {
    let site = shared_stack().await.neighbour(Settings::default()).await?;
    let first = site.phone_of("ann").await?;
    for _ in 1..16 {
        site.phone_of("ann").await?;
    }
    let token = site.backend().user_token("ann", "add:authenticators").await?;
    let further = site.phone();
    further.enrol(&token).await?.assert_refused(403, "too_many_devices");
    first.remove().await?.assert_ok();
    further.enrol(&token).await?.assert_ok();
    assert_eq!(devices(&site, "ann").await?.len(), 16);
    Ok(())
}

#[tokio::test]
async fn one_token_enrols_one_key_for_each_kind_of_path() -> Result<()> {
    let stack = shared_stack().await;
    let token = stack.backend().user_token("kinds-ann", "add:authenticators").await?;
    let phones = async || -> Result<_> { Ok([stack.phone(), stack.phone().with_newer_sdk(), stack.phone().in_app()]) };
    for phone in phones().await? {
        phone.enrol(&token).await?.assert_ok();
        // A phone whose reply was lost asks again.
        phone.enrol(&token).await?.assert_ok();
    }
    for phone in phones().await? {
        phone.enrol(&token).await?.assert_refused(403, "token_spent");
        phone.credential().await?.assert_refused(401, "invalid_credential");
    }
    let again = stack.backend().user_token("kinds-ann", "add:authenticators").await?;
    for phone in phones().await? {
        phone.enrol(&again).await?.assert_ok();
    }
    Ok(())
}

#[tokio::test]
async fn a_token_is_spent_on_its_key_even_when_that_is_removed() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone();
    let token = stack.backend().user_token("spent-ann", "add:authenticators").await?;
    phone.enrol(&token).await?.assert_ok();
    phone.remove().await?.assert_ok();
    phone.enrol(&token).await?.assert_refused(403, "token_spent");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_enrolments_with_one_token_succeeds() -> Result<()> {
    let stack = shared_stack().await;
    let token = stack.backend().user_token("many-ann", "add:authenticators").await?;
    let phones = (0..20).map(|_| stack.phone()).collect::<Vec<_>>();
    let answers = futures_util::future::try_join_all(phones.iter().map(|phone| phone.enrol(&token))).await?;
    let (enrolled, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    for answer in refused {
        answer.assert_refused(403, "token_spent");
    }
    assert_eq!((enrolled.len(), devices(stack, "many-ann").await?.len()), (1, 1));
    Ok(())
}

#[tokio::test]
async fn a_phone_whose_clock_is_an_hour_off_removes_its_key() -> Result<()> {
    let stack = shared_stack().await;
    for (user, ahead) in [("early-ann", HOUR), ("late-ann", -HOUR)] {
        let phone = stack.phone_of(user).await?;
        phone.remove_with(&phone.removal(ahead)).await?.assert_ok();
        phone.credential().await?.assert_refused(401, "invalid_credential");
    }
    let phone = stack.phone_of("lost-in-time-ann").await?;
    for ahead in [2 * HOUR, -2 * HOUR] {
        phone.remove_with(&phone.removal(ahead)).await?.assert_refused(401, "invalid_credential");
    }
    phone.credential().await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn a_recorded_removal_removes_nothing_a_second_time() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("recorded-ann").await?;
    let recorded = phone.removal(0);
    phone.remove_with(&recorded).await?.assert_ok();
    assert_eq!(phone.remove_with(&recorded).await?.assert_ok().json, json!({}));
    let token = stack.backend().user_token("recorded-ann", "add:authenticators").await?;
    phone.enrol(&token).await?.assert_ok();
    for replayed in [&recorded, &twin(&recorded)?] {
        phone.remove_with(replayed).await?.assert_refused(401, "invalid_credential");
        phone.credential().await?.assert_ok();
    }
    phone.remove().await?.assert_ok();
    phone.credential().await?.assert_refused(401, "invalid_credential");
    Ok(())
}

#[tokio::test]
async fn a_recorded_removal_that_found_nothing_removes_nothing_later() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("idle-ann").await?;
    phone.remove().await?.assert_ok();
    let recorded = phone.removal(0);
    assert_eq!(phone.remove_with(&recorded).await?.assert_ok().json, json!({}));
    let token = stack.backend().user_token("idle-ann", "add:authenticators").await?;
    phone.enrol(&token).await?.assert_ok();
    phone.remove_with(&recorded).await?.assert_refused(401, "invalid_credential");
    phone.credential().await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn a_key_that_is_enrolled_again_says_its_new_name() -> Result<()> {
    let stack = shared_stack().await;
    let token = stack.backend().user_token("renamed-ann", "add:authenticators").await?;
    let phone = stack.phone();
    let before = phone.enrol_as(&token, "Old phone", "android").await?;
    assert_eq!(phone.enrol_as(&token, "New phone", "android").await?.assert_ok().json, before.json);
    assert_eq!(devices(stack, "renamed-ann").await?[0]["displayName"], "New phone");
    Ok(())
}
