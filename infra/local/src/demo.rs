//! `/demo/…`: the example backend of `shared/pages/BACKEND.md`, the site that people log into. It asks the API by HTTP with
//! the demo tenant's secret key, as any team's backend does. What it knows is in memory and goes with the process.
//!
//! | module | holds |
//! |---|---|
//! | [`door`] | what a page is told of where it came in |
//! | [`api`] | the calls of the API |
//! | [`question`], [`refusal`] | bodies as they are read, and what is answered instead |
//! | [`cookie`], [`secret`] | what browsers keep |
//! | [`person`] | who has enrolled a phone here |
//! | [`session`] | who is logged in, and the greeting of a kiosk |
//! | [`shop`], [`payment`] | what is sold, and who pays for it |
//! | [`phone`] | what a person's phone sees of them |

mod api;
mod cookie;
mod door;
mod payment;
mod person;
mod phone;
mod question;
mod refusal;
mod secret;
mod session;
mod shop;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{any, delete, get, post};

pub use door::{Door, origin};

use crate::host::Network;
use crate::pages;
use crate::seed::Seed;
use api::Api;
use payment::Payments;
use person::People;
use refusal::Refusal;
use session::Sessions;

/// The largest body, in bytes: an order of everything on the menu is far smaller.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// The site and what it knows.
#[derive(Debug)]
pub struct Demo {
    /// The API's base URL, as this machine reaches it.
    pub api_url: String,
    /// Where sockets are opened, as this machine reaches it.
    pub ws_url: String,
    /// The demo tenant.
    pub seed: Seed,
    /// The phone page as phones reach it.
    pub phone_url: String,
    api: Api,
    people: People,
    sessions: Sessions,
    payments: Payments,
}

impl Demo {
    /// Of the stack on this port, whose phones come over the network if there is one.
    pub fn at(port: u16, ws_url: String, seed: Seed, network: Option<Network>) -> Self {
        let origin = format!("http://localhost:{port}");
        let api_url = format!("{origin}/v1");
        let phone_url = format!("{origin}{}", pages::PHONE);
        Self {
            api: Api::new(&api_url, &seed.secret_key),
            api_url,
            ws_url,
            seed,
            phone_url: network.map_or_else(|| phone_url.clone(), |network| network.reaches(&phone_url)),
            people: People::default(),
            sessions: Sessions::default(),
            payments: Payments::default(),
        }
    }

    /// A page as this machine reaches it.
    pub fn page(&self, path: &str) -> String {
        format!("{}{path}", self.api_url.trim_end_matches("/v1"))
    }
}

/// The routes below `/demo`. Whatever is none of them is refused in the same shape.
pub fn routes(demo: Arc<Demo>) -> Router {
    let unknown = || async { Refusal::NotFound };
    let below = Router::new()
        .route("/config", get(door::config))
        .route("/session", get(session::current).post(session::enter).delete(session::leave))
        .route("/kiosk", post(session::greet))
        .route("/menu", get(shop::menu))
        .route("/payments", post(payment::track))
        .route("/payments/{payment}", get(payment::current))
        .route("/payments/{payment}/settle", post(payment::settle))
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
    Router::new().nest("/demo", below).with_state(demo)
}
