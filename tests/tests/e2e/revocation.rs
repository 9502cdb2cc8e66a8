//! Whatever is revoked, deleted or disabled is useless from that moment.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use scanlatch_protocol::tenant::Tenant;
use scanlatch_service::port::{Administers as _, Tenants as _};
use scanlatch_tests::{Answer, Phone, Site, rounds, shared_stack};
use serde_json::json;

async fn device_of(site: &Site, user: &str) -> Result<String> {
    let devices = site.backend().get(&format!("/users/{user}/authenticators")).await?;
    Ok(devices.json[0]["userAuthenticatorId"].as_str().context("no device")?.to_owned())
}

async fn claimed(site: &Site, phone: &Phone) -> Result<(String, String)> {
    let (id, code) = site.polling_screen().open().await?;
    phone.claim(&id).await?.assert_ok();
    Ok((id, code))
}

/// The start and the end of a call, and its answer.
async fn timed(call: impl Future<Output = Result<Answer>>) -> Result<(Instant, Instant, Answer)> {
    let began = Instant::now();
    let answer = call.await?;
    Ok((began, Instant::now(), answer))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_approval_that_starts_after_a_confirmed_revocation_succeeds() -> Result<()> {
    let stack = shared_stack().await;
    let (mut approved, mut refused, mut late) = (0, 0, 0);
    let mut revoking = Duration::from_millis(10);
    for round in 0..rounds() {
        let user = format!("revoked-{round}");
        let phone = stack.phone_of(&user).await?;
        let device = format!("/users/{user}/authenticators/{}", device_of(stack, &user).await?);
        let (id, code) = claimed(stack, &phone).await?;
        let backend = stack.backend();
        // The waits cover twice the duration of a revocation on this machine, so that either call may come first.
        let wait = revoking * u32::try_from(round % 10)? / 5;
        let approving = async {
            tokio::time::sleep(wait).await;
            timed(phone.decide(&id, true)).await
        };
        let (revocation, approval) = tokio::try_join!(timed(backend.delete(&device)), approving)?;
        revocation.2.assert_ok();
        revoking = revocation.1 - revocation.0;
        let is_late = approval.0 > revocation.1;
        late += u32::from(is_late);
        if approval.2.status == 200 {
            assert!(!is_late, "round {round}: approved after the revocation was confirmed");
            approved += 1;
        } else {
            approval.2.assert_refused(401, "invalid_credential");
            refused += 1;
        }
        phone.decide(&id, true).await?.assert_refused(401, "invalid_credential");
        let polled = stack.polling_screen().poll(&id, &code).await?;
        assert_ne!(polled.json["isVerified"], true, "round {round}: an approval outlived its phone's revocation");
    }
    println!("{} races: {approved} approved, {refused} refused, {late} started after the confirmation", rounds());
    assert!(approved > 0 && refused > 0 && late > 0, "one of the two was always first");
    Ok(())
}

#[tokio::test]
async fn a_revoked_device_can_neither_claim_nor_decide_nor_ask() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("lost-phone").await?;
    let (held, _) = claimed(stack, &phone).await?;
    let device = format!("/users/lost-phone/authenticators/{}", device_of(stack, "lost-phone").await?);
    for _ in 0..2 {
        assert_eq!(stack.backend().delete(&device).await?.assert_ok().json, json!({ "success": true }));
    }
    let (fresh, _) = stack.polling_screen().open().await?;
    for answer in [phone.claim(&fresh).await?, phone.decide(&held, true).await?, phone.decide(&held, false).await?] {
        answer.assert_refused(401, "invalid_credential");
    }
    phone.credential().await?.assert_refused(401, "invalid_credential");
    phone.pending().await?.assert_refused(401, "invalid_credential");
    let own = phone.open(&json!({})).await?.assert_ok().text("challengeId");
    phone.verify(&own).await?.assert_refused(401, "invalid_credential");
    Ok(())
}

#[tokio::test]
async fn a_deleted_user_completes_no_login_wherever_it_stands() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let phone = stack.phone_of("leaver").await?;
    let further = backend.user_token("leaver", "add:authenticators").await?;
    let (held, _) = claimed(stack, &phone).await?;
    let (approved, code) = claimed(stack, &phone).await?;
    phone.decide(&approved, true).await?.assert_ok();
    let result = stack.polling_screen().poll(&approved, &code).await?.text("accessToken");
    backend.delete("/users/leaver").await?.assert_ok();
    phone.decide(&held, true).await?.assert_refused(401, "invalid_credential");
    let told = backend.validate(&json!({ "token": result })).await?;
    assert_eq!((&told.json["isValid"], &told.json["state"]), (&json!(false), &json!(null)));
    stack.phone().enrol(&further).await?.assert_refused(401, "token_invalid");
    let session = backend.post("/sessions", &json!({ "clientId": "demo", "token": result })).await?;
    session.assert_refused(401, "token_invalid");
    let taken = backend.post("/claim", &json!({ "challengeId": approved, "userId": "leaver" })).await?;
    taken.assert_refused(409, "challenge_not_approved");
    assert_eq!(backend.get("/users/leaver").await?.json["isEnrolled"], false);
    assert_eq!(backend.get("/users/leaver/actions").await?.json, json!([]));
    stack.phone_of("leaver").await?.credential().await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn a_login_that_began_before_a_deletion_is_not_the_next_users_of_that_id() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let token = backend.user_token("phoenix", "read:authenticators").await?;
    let (id, _) = stack.polling_screen().with_token(&token).open().await?;
    backend.delete("/users/phoenix").await?.assert_ok();
    let phone = stack.phone_of("phoenix").await?;
    phone.decide(&id, true).await?.assert_refused(404, "challenge_not_found");
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_refused(404, "challenge_not_found");
    Ok(())
}

#[tokio::test]
async fn a_disabled_tenant_is_refused_everywhere() -> Result<()> {
    let stack = shared_stack().await;
    let site = stack.neighbour(scanlatch_protocol::tenant::Settings::default()).await?;
    let backend = site.backend();
    let phone = site.phone_of("ann").await?;
    let mut socket = site.socket_screen().await?;
    let token = backend.user_token("ann", "read:authenticators").await?;
    let cloud = stack.cloud();
    let id = scanlatch_protocol::id::TenantId::parse(site.tenant_id()).context("no id")?;
    let tenant = cloud.tenant(&id).await?.context("no tenant")?;
    cloud.put_tenant(&Tenant { enabled: false, ..tenant }).await?;
    for path in ["/users", "/users/ann", "/users/a/b", "/users/ann/authenticators", "/users/ann/actions"] {
        backend.get(path).await?.assert_refused(401, "unauthorized");
    }
    for path in ["/users/ann/actions/login", "/validate", "/claim", "/sessions", "/sessions/user/revoke"] {
        backend.post(path, &json!({ "token": token })).await?.assert_refused(401, "unauthorized");
    }
    backend.delete("/users/ann").await?.assert_refused(401, "unauthorized");
    for answer in [phone.credential().await?, phone.pending().await?, phone.open(&json!({})).await?] {
        answer.assert_refused(401, "unauthorized");
    }
    site.phone().enrol(&token).await?.assert_refused(401, "unauthorized");
    site.polling_screen().create(&json!({ "action": "login" })).await?.assert_refused(401, "unauthorized");
    let keys = site.api().get(&format!("/client/public/{}/.well-known/jwks", site.tenant_id()), "").await?;
    keys.assert_refused(404, "tenant_not_found");
    socket.send(&json!({ "type": "CREATE_CHALLENGE", "data": { "actionCode": "login" } }).to_string()).await?;
    assert_eq!(socket.next().await?["data"]["error"], "unauthorized");
    Ok(())
}

/// The result token of an approval.
async fn approved(phone: &Phone) -> Result<String> {
    let own = phone.open(&json!({})).await?.text("challengeId");
    Ok(phone.verify(&own).await?.assert_ok().text("token"))
}

async fn begin(site: &Site, token: &str) -> Result<Answer> {
    site.backend().post("/sessions", &json!({ "clientId": "demo", "token": token })).await
}

async fn refresh(site: &Site, session: &Answer) -> Result<Answer> {
    site.backend().post("/sessions/refresh", &json!({ "refreshToken": session.text("refreshToken") })).await
}

async fn validate(site: &Site, session: &Answer) -> Result<Answer> {
    site.backend().post("/sessions/validate", &json!({ "accessToken": session.text("accessToken") })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_session_that_began_before_all_were_revoked_goes_on() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("everywhere-ann").await?;
    let mut survivors = 0;
    for _ in 0..10 {
        let mut tokens = Vec::new();
        for _ in 0..10 {
            tokens.push(approved(&phone).await?);
        }
        let all = json!({ "userId": "everywhere-ann" });
        let backend = stack.backend();
        let revoking = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            timed(backend.post("/sessions/user/revoke", &all)).await
        };
        let beginning = futures_util::future::try_join_all(tokens.iter().map(|token| timed(begin(stack, token))));
        let ((asked, _, revoked), begun) = tokio::try_join!(revoking, beginning)?;
        revoked.assert_ok();
        for (_, answered, session) in begun.iter().filter(|(_, _, session)| session.status == 200) {
            let lives = validate(stack, session).await?.status == 200;
            // A session that begins during the revocation may count as before or after it.
            assert!(!lives || *answered > asked, "it was begun before all were revoked, and goes on");
            assert_eq!(refresh(stack, session).await?.status == 200, lives);
            survivors += u32::from(lives);
        }
    }
    println!("{survivors} of 100 sessions began after the others were revoked");
    Ok(())
}

#[tokio::test]
async fn all_sessions_of_a_user_are_revoked_and_a_new_one_may_begin_at_once() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("again-everywhere-ann").await?;
    let (first, second) = (approved(&phone).await?, approved(&phone).await?);
    let before = begin(stack, &first).await?;
    let all = json!({ "userId": "again-everywhere-ann" });
    stack.backend().post("/sessions/user/revoke", &all).await?.assert_ok();
    let after = begin(stack, &second).await?;
    validate(stack, &after).await?.assert_ok();
    refresh(stack, &after).await?.assert_ok();
    validate(stack, &before).await?.assert_refused(401, "token_invalid");
    refresh(stack, &before).await?.assert_refused(401, "token_invalid");
    begin(stack, &first).await?.assert_refused(401, "token_invalid");
    Ok(())
}

#[tokio::test]
async fn sessions_go_on_when_their_phone_signs_out() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("signed-out-ann").await?;
    let session = begin(stack, &approved(&phone).await?).await?;
    phone.remove().await?.assert_ok();
    validate(stack, &session).await?.assert_ok();
    refresh(stack, &session).await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn a_deleted_users_session_is_neither_refreshed_nor_valid() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("deleted-ann").await?;
    let session = begin(stack, &approved(&phone).await?).await?;
    stack.backend().delete("/users/deleted-ann").await?.assert_ok();
    stack.phone_of("deleted-ann").await?;
    refresh(stack, &session).await?.assert_refused(401, "token_invalid");
    validate(stack, &session).await?.assert_refused(401, "token_invalid");
    Ok(())
}
