//! The demo pages.

use axum::Router;

/// What the pages need.
#[derive(Clone, Debug)]
pub struct DemoState {
    /// The API.
    pub api_url: String,
    /// The socket.
    pub ws_url: String,
    /// The tenant.
    pub tenant_id: String,
    /// Its secret key, for the pages' backend.
    pub secret_key: String,
}

/// The routes below `/demo`.
pub fn routes(_state: DemoState) -> Router {
    Router::new()
}
