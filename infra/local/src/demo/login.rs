//! Logging in: a session on a web page and on a TV, and the greeting of a kiosk.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use scanlatch_protocol::time::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::cookie::{self, Set};
use super::door::Door;
use super::question::{Asked, Handed};
use super::refusal::Refusal;
use super::secret::secret;
use super::session::Session;
use super::shop;
use super::site::Site;
use crate::system::now_ms;

/// The actions that are logins: on a web page and on a TV.
const LOGINS: [&str; 2] = ["login-with-qr-code", "tv-login"];

/// The action of a kiosk.
const KIOSK: &str = "kiosk-identify";

/// A session as pages are told it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    user_id: String,
    name: String,
    since: String,
}

impl Told {
    fn of(session: &Session, site: &Site) -> Self {
        let (name, since) = (site.people.name(&session.user), Timestamp::from_millis(session.since).iso());
        Self { user_id: session.user.clone(), name, since }
    }
}

/// The session of the browser that asks.
pub async fn current(State(site): State<Arc<Site>>, headers: HeaderMap) -> Json<Value> {
    let session = site.sessions.of(cookie::SESSION.of(&headers));
    Json(json!({ "session": session.map(|session| Told::of(&session, &site)) }))
}

/// Begins a session for an approved login.
pub async fn enter(
    State(site): State<Arc<Site>>,
    door: Door,
    headers: HeaderMap,
    Asked(Handed { token }): Asked<Handed>,
) -> Result<(Option<Set>, Json<Told>), Refusal> {
    if let Some(session) = site.sessions.of_token(&token, cookie::SESSION.of(&headers))? {
        return Ok((None, Json(Told::of(&session, &site))));
    }
    let (user, login) = approved(&site, &token).await?;
    let (key, session) = (secret::<32>()?, Session { user, login, since: now_ms() });
    site.sessions.begin(&token, &key, session.clone())?;
    // Whoever was logged in with this browser before is not any more.
    if let Some(before) = cookie::SESSION.of(&headers) {
        site.sessions.end(before);
    }
    Ok((Some(cookie::SESSION.set(&key, &door)), Json(Told::of(&session, &site))))
}

async fn approved(site: &Site, token: &str) -> Result<(String, String), Refusal> {
    for action in LOGINS {
        if let Some(approval) = site.api.approval(token, action, None).await? {
            return Ok(approval);
        }
    }
    Err(Refusal::LoginRefused)
}

/// Ends the session of the browser that asks.
pub async fn leave(State(site): State<Arc<Site>>, door: Door, headers: HeaderMap) -> (Set, Json<Value>) {
    if let Some(cookie) = cookie::SESSION.of(&headers) {
        site.sessions.end(cookie);
    }
    (cookie::SESSION.clear(&door), Json(json!({})))
}

/// Says who stands before a kiosk, once. There is no session.
pub async fn greet(
    State(site): State<Arc<Site>>,
    Asked(Handed { token }): Asked<Handed>,
) -> Result<Json<Value>, Refusal> {
    let approval = site.api.approval(&token, KIOSK, None).await?;
    let (user, _) = approval.ok_or(Refusal::LoginRefused)?;
    let custom = site.api.user(&user).await?.custom;
    let usual = custom["usual"].as_str().and_then(shop::item);
    Ok(Json(json!({
        "name": site.people.name(&user),
        "points": custom["points"].as_u64().unwrap_or(0),
        "usual": usual.map(|(id, price)| json!({ "id": id, "price": price })),
        "currency": shop::CURRENCY,
    })))
}
