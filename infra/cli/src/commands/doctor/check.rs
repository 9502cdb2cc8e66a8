//! The checks, each with one finding.

use std::time::SystemTime;

use ::http::header::DATE;
use scanlatch_client::{Answer, ClientError, Handshake, Method};
use scanlatch_protocol::wire::base_url;
use scanlatch_service::port::Clock as _;
use scanlatch_service::system::System;
use serde_json::{Value, json};

use crate::commands::doctor::finding::Finding;
use crate::commands::smoke::error::SmokeError;
use crate::commands::smoke::page::{Page, origin_of};
use crate::site::Site;

/// Clocks that differ less do no harm.
const TOLERATED_S: u64 = 30;

/// The call that every screen makes first when it polls.
const CREATE: &str = "/client/challenge/qr-code";

/// Whether SDKs find the socket from the base URL.
pub fn base_url(site: &Site, served: Option<&str>) -> Finding {
    match base_url::check(&site.base_url, served) {
        Ok(socket) => Finding::good(
            "base URL",
            format!("SDKs that are given {} look for their socket at {socket}.", site.base_url),
        ),
        Err(misfit) => Finding::bad("base URL", format!("{} cannot be the base URL: {misfit}.", site.base_url)),
    }
}

/// Whether the service answers, and what the answer says of this machine's clock.
pub async fn service(site: &Site) -> (Finding, Option<Finding>) {
    const CHECK: &str = "connection";
    let base = &site.base_url;
    match site.service.call::<Value>(Method::GET, "/.well-known/jwks.json").send().await {
        Ok(answer) if answer.read::<Value>().is_ok_and(|keys| keys["keys"].is_array()) => {
            (Finding::good(CHECK, format!("The service answers at {base}.")), clock(&answer))
        }
        Ok(answer) => {
            let status = answer.status;
            let why = format!(
                "{base} answers {status}, which the service does not say; look at what the host name leads to."
            );
            (Finding::bad(CHECK, why), None)
        }
        Err(error) => {
            let advice = if error.to_string().contains("certificate") {
                "this machine does not trust its certificate; make it one of a public authority"
            } else {
                "look at the host name, its DNS record and its port"
            };
            (Finding::bad(CHECK, format!("{base} cannot be reached: {error}; {advice}.")), None)
        }
    }
}

/// Whether this machine's clock is the service's, by the answer's date.
fn clock(answer: &Answer) -> Option<Finding> {
    let date = httpdate::parse_http_date(answer.headers.get(DATE)?.to_str().ok()?).ok()?;
    let theirs = date.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    let ours = u64::try_from(System.now().seconds()).ok()?;
    Some(compared(ours, theirs))
}

fn compared(ours: u64, theirs: u64) -> Finding {
    const CHECK: &str = "clock";
    let apart = ours.abs_diff(theirs);
    if apart <= TOLERATED_S {
        return Finding::good(CHECK, "This machine's clock is the service's.");
    }
    let way = if ours > theirs { "ahead of" } else { "behind" };
    Finding::bad(
        CHECK,
        format!(
            "This machine's clock is {apart} s {way} the service's; set it, for ends of codes and tokens are read by it."
        ),
    )
}

/// Whether a browser lets a page ask for a code.
pub async fn preflight(site: &Site, origin: Option<&str>) -> Finding {
    const CHECK: &str = "preflight";
    let page = Page(origin.map_or_else(|| origin_of(&site.base_url), str::to_owned));
    let url = format!("{}{CREATE}", site.base_url);
    let asked = async {
        let request = page.preflight(&Method::POST, &url)?;
        page.may_call(&Method::POST, &site.service.transport().call(request).await?)
    };
    match asked.await {
        Ok(()) => Finding::good(CHECK, format!("A browser lets a page at {} ask for a code.", page.0)),
        Err(SmokeError::Answer(why) | SmokeError::Silence(why) | SmokeError::Stranger(why)) => {
            Finding::bad(CHECK, format!("{why}; look at what stands before the API, and that it passes OPTIONS on."))
        }
    }
}

/// Whether a screen of the tenant gets a socket.
pub async fn socket(site: &Site, origin: Option<&str>) -> Finding {
    const CHECK: &str = "socket";
    let url = &site.socket_url;
    let handshake = Handshake::anybody(url, &site.tenant.to_string());
    let handshake = origin.into_iter().fold(handshake, Handshake::from_origin);
    match handshake.open().await {
        Ok(screen) => {
            let _left = screen.leave().await;
            Finding::good(CHECK, format!("A screen opens a socket at {url}."))
        }
        Err(ClientError::NoSocket(status)) => Finding::bad(
            CHECK,
            format!(
                "{url} refuses a socket with {status}; look at the tenant's id, whether it is enabled, which origins it allows, and whether it requires one."
            ),
        ),
        Err(error) => Finding::bad(
            CHECK,
            format!("There is no socket at {url}: {error}; let screens poll, or look at what stands before the API."),
        ),
    }
}

/// Whether the service takes the secret key.
pub async fn secret_key(site: &Site) -> Finding {
    const CHECK: &str = "secret key";
    let Ok(backend) = site.backend() else {
        return Finding::good(CHECK, "No secret key was given, so none was tried.");
    };
    // A token that is none: the service says so to a backend that it knows, and nothing else.
    match backend.validate(&json!({ "token": "doctor" })).await {
        Err(ClientError::Refused { code, .. }) if code == "unauthorized" => {
            Finding::bad(CHECK, "The service refuses the secret key; `scanlatch key create` makes another.")
        }
        Ok(_) | Err(ClientError::Refused { .. }) => Finding::good(CHECK, "The service takes the secret key."),
        Err(error) => Finding::bad(CHECK, format!("The secret key could not be tried: {error}; try again.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_may_differ_by_half_a_minute() {
        assert!(compared(1_000, 1_030).good && compared(1_030, 1_000).good);
        assert_eq!(
            compared(1_000, 1_031).sentence,
            "This machine's clock is 31 s behind the service's; set it, for ends of codes and tokens are read by it."
        );
        assert!(compared(1_031, 1_000).sentence.contains("31 s ahead of"));
    }
}
