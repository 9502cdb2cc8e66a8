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
use super::question::Asked;
use super::refusal::Refusal;
use super::secret::secret;
use super::{Demo, person};
use crate::server::Peer;

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
    State(demo): State<Arc<Demo>>,
    door: Door,
    Asked(Newcomer { name }): Asked<Newcomer>,
) -> Result<(Set, Json<Value>), Refusal> {
    let user = person::id_of(&name).ok_or(Refusal::InvalidRequest)?;
    if demo.api.user(&user).await?.is_blank() {
        demo.api.keep(&user, &json!({ "points": 420, "usual": "flat-white" })).await?;
    }
    let tracked = demo.api.track(&user, ENROL, &json!({ "scope": SCOPE })).await?;
    let key = secret::<32>()?;
    demo.people.enrol(&user, &name, key.clone());
    let told = json!({ "token": tracked.token, "userId": user, "name": demo.people.name(&user) });
    Ok((cookie::PHONE.set(&key, &door), Json(told)))
}

/// Where the phone is, as the service sees it of a screen. No edge before this stack tells a place.
pub async fn here(
    State(demo): State<Arc<Demo>>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    owner(&demo, &headers).await?;
    Ok(Json(json!({ "ipAddress": peer.to_string() })))
}

/// What was decided in the name of the phone's user, the newest first.
pub async fn history(State(demo): State<Arc<Demo>>, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    let user = owner(&demo, &headers).await?;
    let mut logins = demo.api.actions(&user).await?;
    logins.retain(|login| login.is_decided() && login.action_code != ENROL);
    logins.sort_by_key(|login| Reverse(login.state_updated_at.clone()));
    let told = logins.into_iter().take(LOGINS).map(|login| {
        json!({
            "id": login.idempotency_key,
            "action": login.action_code,
            "state": login.state,
            "at": login.state_updated_at,
            "isActive": demo.sessions.is_open(&user, &login.idempotency_key),
        })
    });
    Ok(Json(json!({ "logins": told.collect::<Vec<_>>() })))
}

/// Ends what began with a login that was not the user's doing.
pub async fn report(
    State(demo): State<Arc<Demo>>,
    headers: HeaderMap,
    Path(login): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let user = owner(&demo, &headers).await?;
    if !demo.api.actions(&user).await?.iter().any(|known| known.idempotency_key == login) {
        return Err(Refusal::LoginNotFound);
    }
    Ok(Json(json!({ "ended": demo.sessions.end_login(&user, &login) })))
}

/// Everything that can approve in the name of the phone's user.
pub async fn devices(State(demo): State<Arc<Demo>>, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    let user = owner(&demo, &headers).await?;
    let told = demo.api.devices(&user).await?.into_iter().map(|device| {
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
    State(demo): State<Arc<Demo>>,
    headers: HeaderMap,
    Path(device): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let user = owner(&demo, &headers).await?;
    if demo.api.revoke(&user, &device).await? { Ok(Json(json!({}))) } else { Err(Refusal::DeviceNotFound) }
}

/// Whose phone asks. A user whom the API has forgotten is nobody any more.
async fn owner(demo: &Demo, headers: &HeaderMap) -> Result<String, Refusal> {
    let cookie = cookie::PHONE.of(headers).ok_or(Refusal::NotEnrolled)?;
    let user = demo.people.of_phone(cookie).ok_or(Refusal::NotEnrolled)?;
    let known = demo.api.user(&user).await?;
    if known.is_blank() && !known.is_enrolled { Err(Refusal::NotEnrolled) } else { Ok(user) }
}
