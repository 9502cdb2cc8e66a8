//! What a person's phone sees of them: where it is, what was decided in their name, and by which devices that can be.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::cookie::{self, Set};
use super::door::Door;
use super::person;
use super::question::Asked;
use super::refusal::Refusal;
use super::secret::secret;
use super::site::Site;
use crate::host::Peer;

/// The action by which a phone gets its token. It is no login.
const ENROL: &str = "enrol";

/// What the token lets the phone do.
const SCOPE: &str = "add:authenticators read:authenticators";

/// How many logins are told.
const LOGINS: usize = 20;

/// A phone that is to be set up.
#[derive(Debug, Deserialize)]
pub struct Newcomer {
    name: String,
}

/// Gives a token with which a phone enrols its key.
pub async fn enrol(
    State(site): State<Arc<Site>>,
    door: Door,
    Asked(Newcomer { name }): Asked<Newcomer>,
) -> Result<(Set, Json<Value>), Refusal> {
    let user = person::id_of(&name).ok_or(Refusal::InvalidRequest)?;
    if site.api.user(&user).await?.is_blank() {
        site.api.keep(&user, &json!({ "points": 420, "usual": "flat-white" })).await?;
    }
    let tracked = site.api.track(&user, ENROL, &json!({ "scope": SCOPE })).await?;
    let key = secret::<32>()?;
    site.people.enrol(&user, &name, key.clone());
    let told = json!({ "token": tracked.token, "userId": user, "name": site.people.name(&user) });
    Ok((cookie::PHONE.set(&key, &door), Json(told)))
}

/// Where the phone is, as the service sees it of a screen. No edge before this stack tells a place.
pub async fn here(
    State(site): State<Arc<Site>>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    owner(&site, &headers).await?;
    Ok(Json(json!({ "ipAddress": peer.to_string() })))
}

/// What was decided in the name of the phone's user, the newest first.
pub async fn history(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    let user = owner(&site, &headers).await?;
    let mut logins = site.api.actions(&user).await?;
    logins.retain(|login| login.is_decided() && login.code != ENROL);
    logins.sort_by_key(|login| Reverse(login.state_updated_at.clone()));
    let told = logins.into_iter().take(LOGINS).map(|login| {
        json!({
            "id": login.idempotency_key,
            "action": login.code,
            "state": login.state,
            "at": login.state_updated_at,
            "isActive": site.sessions.is_open(&user, &login.idempotency_key),
        })
    });
    Ok(Json(json!({ "logins": told.collect::<Vec<_>>() })))
}

/// Ends what began with a login that was not the user's doing.
pub async fn report(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    Path(login): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let user = owner(&site, &headers).await?;
    if !site.api.actions(&user).await?.iter().any(|known| known.idempotency_key == login) {
        return Err(Refusal::LoginNotFound);
    }
    Ok(Json(json!({ "ended": site.sessions.end_login(&user, &login) })))
}

/// Everything that can approve in the name of the phone's user.
pub async fn devices(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    let user = owner(&site, &headers).await?;
    let told = site.api.devices(&user).await?.into_iter().map(|device| {
        let name = device.display_name.or(device.device_platform).unwrap_or(device.verification_method);
        let mut told = json!({ "id": device.user_authenticator_id, "name": name, "since": device.created_at });
        if let Some(used) = device.last_verified_at {
            told["lastUsed"] = used.into();
        }
        told
    });
    Ok(Json(json!({ "devices": told.collect::<Vec<_>>() })))
}

/// Revokes a device of the phone's user.
pub async fn remove(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    Path(device): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let user = owner(&site, &headers).await?;
    if site.api.revoke(&user, &device).await? { Ok(Json(json!({}))) } else { Err(Refusal::DeviceNotFound) }
}

/// Whose phone asks. A user whom the API has forgotten is nobody any more.
async fn owner(site: &Site, headers: &HeaderMap) -> Result<String, Refusal> {
    let cookie = cookie::PHONE.of(headers).ok_or(Refusal::NotEnrolled)?;
    let user = site.people.of_phone(cookie).ok_or(Refusal::NotEnrolled)?;
    let known = site.api.user(&user).await?;
    if known.is_blank() && !known.is_enrolled { Err(Refusal::NotEnrolled) } else { Ok(user) }
}
