//! The site that people log into, and what it knows.

use super::api::Api;
use super::payment::Payments;
use super::person::People;
use super::session::Sessions;
use crate::host::Network;
use crate::seed::Seed;

/// The page that phones open.
pub const PHONE: &str = "/phone";

/// The site and what it knows.
#[derive(Debug)]
pub struct Site {
    /// The API's base URL, as this machine reaches it.
    pub api_url: String,
    /// Where sockets are opened, as this machine reaches it.
    pub ws_url: String,
    /// The demo tenant.
    pub seed: Seed,
    /// The phone page as phones reach it.
    pub phone_url: String,
    /// The API, with the tenant's secret key.
    pub api: Api,
    /// Who has enrolled a phone here.
    pub people: People,
    /// Who is logged in.
    pub sessions: Sessions,
    /// Who pays.
    pub payments: Payments,
}

impl Site {
    /// Of the stack on this port, whose phones come over the network if there is one.
    pub fn at(port: u16, ws_url: String, seed: Seed, network: Option<Network>) -> Self {
        let origin = format!("http://localhost:{port}");
        let api_url = format!("{origin}/v1");
        let phone_url = format!("{origin}{PHONE}");
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
