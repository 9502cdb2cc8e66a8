//! `/demo/…`: the example backend of `shared/pages/BACKEND.md`, the site that people log into. It asks the API by HTTP with
//! the demo tenant's secret key, as any team's backend does. What it knows is in memory and goes with the process.
//!
//! | module | holds |
//! |---|---|
//! | [`site`] | what the site knows |
//! | [`config`], [`door`] | what a page is told of where it came in |
//! | [`login`], [`session`] | who is logged in, and the greeting of a kiosk |
//! | [`till`], [`payment`], [`shop`] | what is sold, and who pays for it |
//! | [`phone`], [`person`] | who has enrolled a phone, and what it sees of them |
//! | [`api`] | the calls of the API |
//! | [`question`], [`refusal`] | bodies as they are read, and what is answered instead |
//! | [`cookie`], [`secret`] | what browsers keep |

mod api;
mod config;
mod cookie;
mod door;
mod login;
mod payment;
mod person;
mod phone;
mod question;
mod refusal;
mod secret;
mod session;
mod shop;
mod site;
mod till;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{any, delete, get, post};

pub use config::origin;
pub use door::Door;
pub use site::{PHONE, Site};

use refusal::Refusal;

/// The largest body, in bytes: an order of everything on the menu is far smaller.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// The routes below `/demo`. Whatever is none of them is refused in the same shape.
pub fn routes(site: Arc<Site>) -> Router {
    let unknown = || async { Refusal::NotFound };
    let below = Router::new()
        .route("/config", get(config::config))
        .route("/session", get(login::current).post(login::enter).delete(login::leave))
        .route("/kiosk", post(login::greet))
        .route("/menu", get(till::menu))
        .route("/payments", post(till::track))
        .route("/payments/{payment}", get(till::current))
        .route("/payments/{payment}/settle", post(till::settle))
        .route("/phone/enrol", post(phone::enrol))
        .route("/phone/here", get(phone::here))
        .route("/phone/history", get(phone::history))
        .route("/phone/history/{login}/report", post(phone::report))
        .route("/phone/devices", get(phone::devices))
        .route("/phone/devices/{device}", delete(phone::remove))
        .route("/{*rest}", any(unknown))
        .method_not_allowed_fallback(unknown)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn(question::asked_well));
    Router::new().nest("/demo", below).with_state(site)
}
