//! What pages are told of the deployment that they belong to.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::door::Door;
use super::site::Site;

/// The site's name.
const NAME: &str = "Acme";

/// The origin of sockets, as a policy for pages names it. Not every browser counts them to the page's own.
pub fn origin(site: &Site, door: &Door) -> String {
    door.reaches(&site.ws_url).split('/').take(3).collect::<Vec<_>>().join("/")
}

/// What every page asks first.
pub async fn config(State(site): State<Arc<Site>>, door: Door) -> Json<Value> {
    Json(json!({
        "tenantId": site.seed.tenant_id,
        "baseUrl": "v1",
        "socketUrl": door.reaches(&site.ws_url),
        "site": NAME,
        "phoneUrl": site.phone_url,
        "shortCodes": true,
    }))
}
