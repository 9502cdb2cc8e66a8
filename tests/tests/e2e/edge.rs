//! Behind CloudFront, the APIs trust it about viewers and refuse requests that bypass it.

use anyhow::{Context as _, Result};
use scanlatch_protocol::id::{ChallengeId, TenantId};
use scanlatch_protocol::tenant::settings::DistanceRule;
use scanlatch_service::port::{Administers as _, Challenges as _, Tenants as _};
use scanlatch_tests::{
    BEHIND_EDGE, Backend, EDGE_SECRET, Phone, PollingScreen, SocketScreen, Stack, Viewer, handshake_status,
};
use serde_json::json;

#[tokio::test]
async fn the_edge_is_believed_about_address_and_place() -> Result<()> {
    let stack = Stack::start(&BEHIND_EDGE).await?;
    let api = stack.api().through_edge(
        EDGE_SECRET,
        &[
            ("cloudfront-viewer-address", "198.51.100.4:443"),
            ("cloudfront-viewer-city", "Auckland"),
            ("cloudfront-viewer-country", "NZ"),
            ("x-forwarded-for", "192.0.2.66"),
        ],
    )?;
    let phone = Phone::new(api.clone(), stack.tenant_id());
    let token = Backend::new(api.clone(), stack.secret_key()).user_token("ann", "add:authenticators").await?;
    phone.enrol(&token).await?.assert_ok();
    let (id, _) = PollingScreen::new(api, stack.tenant_id()).open().await?;
    let claimed = phone.claim(&id).await?;
    assert_eq!(claimed.assert_ok().json["location"], json!({ "city": "Auckland", "country": "NZ" }));
    assert_eq!(claimed.json["ipAddress"], "198.51.100.4");
    Ok(())
}

#[tokio::test]
async fn the_edge_is_believed_about_a_socket() -> Result<()> {
    let stack = Stack::start(&BEHIND_EDGE).await?;
    let api = stack.api().seen_at(Viewer::SYDNEY)?;
    let phone = Phone::new(api.clone(), stack.tenant_id());
    let token = Backend::new(api, stack.secret_key()).user_token("ann", "add:authenticators").await?;
    phone.enrol(&token).await?.assert_ok();
    let page = "https://shop.example";
    let mut screen = SocketScreen::open_seen_at(stack.ws_url(), stack.tenant_id(), Viewer::AUCKLAND, page).await?;
    let id = screen.challenge().await?;
    let stored = stack.cloud().challenge(&TenantId::parse(stack.tenant_id())?, &ChallengeId::parse(&id)?).await?;
    assert_eq!(stored.context("nothing stored")?.context.origin.as_deref(), Some(page));
    let claimed = phone.claim(&id).await?;
    assert_eq!(claimed.assert_ok().json["location"], json!({ "city": "Auckland", "country": "NZ" }));
    assert_eq!(claimed.json["ipAddress"], Viewer::AUCKLAND.address);
    Ok(())
}

/// A phone that the edge saw there, enrolled for Ann.
async fn phone_at(stack: &Stack, viewer: Viewer) -> Result<Phone> {
    let api = stack.api().seen_at(viewer)?;
    let phone = Phone::new(api.clone(), stack.tenant_id());
    let token = Backend::new(api, stack.secret_key()).user_token("ann", "add:authenticators").await?;
    phone.enrol(&token).await?.assert_ok();
    Ok(phone)
}

#[tokio::test]
async fn a_phone_abroad_claims_only_where_the_tenant_lets_it() -> Result<()> {
    let stack = Stack::start(&BEHIND_EDGE).await?;
    let (cloud, tenant) = (stack.cloud(), TenantId::parse(stack.tenant_id())?);
    let (near, abroad) = (phone_at(&stack, Viewer::MANUKAU).await?, phone_at(&stack, Viewer::SYDNEY).await?);
    let screen = PollingScreen::new(stack.api().seen_at(Viewer::AUCKLAND)?, stack.tenant_id());
    let (told, _) = screen.open().await?;
    assert_eq!(abroad.claim(&told).await?.assert_ok().json["proximity"], "far");
    let mut denying = cloud.tenant(&tenant).await?.context("no tenant")?;
    denying.settings.distance = DistanceRule::Deny;
    cloud.put_tenant(&denying).await?;
    let (denied, _) = screen.open().await?;
    abroad.claim(&denied).await?.assert_refused(403, "too_far");
    assert_eq!(near.claim(&denied).await?.assert_ok().json["proximity"], "near");
    Ok(())
}

#[tokio::test]
async fn who_goes_round_the_edge_is_turned_away() -> Result<()> {
    let stack = Stack::start(&BEHIND_EDGE).await?;
    let direct = stack.api();
    let guessing = direct.through_edge("guess", &[("cloudfront-viewer-address", "198.51.100.4:443")])?;
    for api in [direct, guessing] {
        let screen = PollingScreen::new(api.clone(), stack.tenant_id());
        let body = json!({ "action": "login" });
        api.post("/client/challenge/qr-code", &screen.authorization(), &body).await?.assert_refused(403, "forbidden");
        api.get("/.well-known/jwks.json", "").await?.assert_refused(403, "forbidden");
        api.get("/nowhere", "").await?.assert_refused(403, "forbidden");
    }
    let offers = format!("authsignal-ws, x.authsignal.tenant.{}", stack.tenant_id());
    assert_eq!(handshake_status(stack.ws_url(), Some(&offers), None).await?, 403);
    Ok(())
}

#[tokio::test]
async fn without_an_edge_viewer_headers_mean_nothing() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let api = stack
        .api()
        .through_edge("edge", &[("cloudfront-viewer-city", "Auckland"), ("x-forwarded-for", "192.0.2.66")])?;
    let phone = stack.phone_of("ann").await?;
    let (id, _) = PollingScreen::new(api, stack.tenant_id()).open().await?;
    let claimed = phone.claim(&id).await?;
    assert_eq!(claimed.assert_ok().json.get("location"), None);
    let seen = claimed.json["ipAddress"].as_str().context("no address")?.to_owned();
    assert!(["127.0.0.1", "::1"].contains(&seen.as_str()), "{claimed:?}");
    Ok(())
}
