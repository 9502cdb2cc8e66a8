//! The tenant that logs in, and where it is served.

use scanlatch_client::Service;
use scanlatch_protocol::secret::SecretKey;

use crate::commands::smoke::page::{Page, origin_of};
use crate::console::failure::CommandError;
use crate::contexts::Place;
use crate::site;

/// A tenant and where it is served.
#[derive(Debug)]
pub struct Site {
    /// The base URL of the SDKs.
    pub base_url: String,
    /// Where screens open sockets.
    pub socket_url: String,
    /// The secret key, which names the tenant too.
    pub secret: SecretKey,
    /// The service at the base URL.
    pub service: Service,
    /// The page that the screens are on.
    pub page: Page,
}

/// Finds the tenant and its secret key.
///
/// # Errors
/// One sentence that says which flag or variable is missing.
pub async fn find(place: Place, socket_url: Option<String>, origin: Option<String>) -> Result<Site, CommandError> {
    let site = site::find(place, socket_url).await?;
    let page = Page(origin.unwrap_or_else(|| origin_of(&site.base_url)));
    let site::Site { base_url, socket_url, secret, service, .. } = site;
    let secret = secret.ok_or_else(site::unknown)?;
    Ok(Site { base_url, socket_url, secret, service, page })
}
