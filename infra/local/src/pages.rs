//! The demo pages, a screen and a phone, and the backend of the site that people log into.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::Deserialize;
use serde_json::{Value, json};

/// What the pages need.
#[derive(Clone, Debug)]
pub struct DemoState {
    /// The API's base URL.
    pub api_url: String,
    /// Where sockets are opened.
    pub ws_url: String,
    /// The demo tenant.
    pub tenant_id: String,
    /// Its secret key, which stays with the backend.
    pub secret_key: String,
}

/// The routes at `/demo`.
pub fn routes(state: DemoState) -> Router {
    let page = |text: &'static str| get(move |state: State<DemoState>| async move { html(&state, text) });
    let script = |text: &'static str| get(move || async move { file("text/javascript", text) });
    let below = Router::new()
        .route("/screen", page(include_str!("../pages/screen.html")))
        .route("/phone", page(include_str!("../pages/phone.html")))
        .route("/demo.css", get(|| async { file("text/css", include_str!("../pages/demo.css")) }))
        .route("/page.js", script(include_str!("../pages/page.js")))
        .route("/screen.js", script(include_str!("../pages/screen.js")))
        .route("/display.js", script(include_str!("../pages/display.js")))
        .route("/phone.js", script(include_str!("../pages/phone.js")))
        .route("/device.js", script(include_str!("../pages/device.js")))
        .route("/camera.js", script(include_str!("../pages/camera.js")))
        .route("/config.json", get(config))
        .route("/qr.svg", get(qr))
        .route("/scan", post(scan))
        .route("/backend/track", post(track))
        .route("/backend/validate", post(validate));
    Router::new()
        .route("/demo", get(|| async { Redirect::temporary("/demo/") }))
        // A nested router does not answer at its own path with a slash.
        .route("/demo/", page(include_str!("../pages/index.html")))
        .nest("/demo", below)
        .layer(DefaultBodyLimit::max(4 * 1024 * 1024))
        .with_state(state)
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], text).into_response()
}

/// A page. It may run its own scripts and call this stack, and nothing else.
fn html(state: &DemoState, text: &'static str) -> Response {
    let origin = |url: &str| url.split('/').take(3).collect::<Vec<_>>().join("/");
    let policy = format!(
        "default-src 'self'; connect-src 'self' {} {}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        origin(&state.api_url),
        origin(&state.ws_url),
    );
    let mut response = file("text/html", text);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

async fn config(State(state): State<DemoState>) -> Response {
    axum::Json(json!({ "apiUrl": state.api_url, "wsUrl": state.ws_url, "tenantId": state.tenant_id })).into_response()
}

#[derive(Deserialize)]
struct Drawn {
    text: String,
}

async fn qr(Query(Drawn { text }): Query<Drawn>) -> Response {
    match QrCode::with_error_correction_level(text, EcLevel::M) {
        Ok(code) => {
            let drawn = code.render::<svg::Color<'_>>().min_dimensions(320, 320).quiet_zone(true).build();
            ([(header::CONTENT_TYPE, "image/svg+xml")], drawn).into_response()
        }
        Err(_) => (StatusCode::BAD_REQUEST, "the text is too long for a QR code").into_response(),
    }
}

#[derive(Deserialize)]
struct Size {
    width: usize,
    height: usize,
}

/// Reads a camera's picture for browsers that cannot read QR codes: one grey byte per pixel, row by row.
async fn scan(Query(Size { width, height }): Query<Size>, pixels: Bytes) -> Response {
    if width == 0 || width.checked_mul(height) != Some(pixels.len()) {
        return (StatusCode::BAD_REQUEST, "width times height is not the number of pixels").into_response();
    }
    axum::Json(json!({ "text": read(width, height, &pixels) })).into_response()
}

fn read(width: usize, height: usize, pixels: &[u8]) -> Option<String> {
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    image.detect_grids().into_iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Track {
    user_id: String,
    action: String,
    #[serde(default)]
    attributes: Value,
}

async fn track(State(state): State<DemoState>, axum::Json(track): axum::Json<Track>) -> Response {
    let encode =
        |part: &str| percent_encoding::utf8_percent_encode(part, percent_encoding::NON_ALPHANUMERIC).to_string();
    let path = format!("users/{}/actions/{}", encode(&track.user_id), encode(&track.action));
    call(&state, &path, &track.attributes).await
}

async fn validate(State(state): State<DemoState>, axum::Json(body): axum::Json<Value>) -> Response {
    call(&state, "validate", &body).await
}

/// Calls the API as the backend, with its secret key.
async fn call(state: &DemoState, path: &str, body: &Value) -> Response {
    let body = if body.is_null() { "{}".to_owned() } else { body.to_string() };
    let request = reqwest::Client::new()
        .post(format!("{}/{path}", state.api_url))
        .basic_auth(&state.secret_key, Some(""))
        .header(header::CONTENT_TYPE, "application/json")
        .body(body);
    let Ok(response) = request.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let status = response.status();
    let body = response.bytes().await.unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_screen_draws_the_phone_reads() {
        let link = "http://localhost:3000/demo/phone?challengeId=3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";
        let code = QrCode::with_error_correction_level(link, EcLevel::M).unwrap();
        let grey =
            code.render::<char>().dark_color('#').light_color(' ').module_dimensions(4, 4).quiet_zone(true).build();
        let rows: Vec<&str> = grey.lines().collect();
        let (width, height) = (rows[0].chars().count(), rows.len());
        let pixels: Vec<u8> = rows.iter().flat_map(|row| row.chars().map(|c| if c == '#' { 0 } else { 255 })).collect();
        assert_eq!(read(width, height, &pixels).as_deref(), Some(link));
        assert_eq!(read(2, 2, &[0; 4]), None);
    }
}
