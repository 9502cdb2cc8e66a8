//! The tenant that logs in, and where it is served.

use scanlatch_client::Service;
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::wire::base_url;

use crate::commands::smoke::page::Page;
use crate::console::failure::CommandError;
use crate::tables::{self, TableSource};

const API_URL: &str = "AUTHSIGNAL_API_URL";
const SECRET_KEY: &str = "AUTHSIGNAL_SECRET_KEY";

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

/// Finds the tenant: the local stack's own, or the one whose variables `scanlatch tenant create` printed.
///
/// # Errors
/// One sentence that says which flag or variable is missing.
pub async fn find(
    flags: TableSource,
    socket_url: Option<String>,
    origin: Option<String>,
) -> Result<Site, CommandError> {
    let given = flags.api_url;
    let (base_url, secret) = match flags.local {
        Some(url) => {
            let local = tables::local(&url).await?;
            (given.unwrap_or(local.api_url), local.secret_key)
        }
        None => (
            given
                .or_else(|| tables::variable(tables::API_URL))
                .or_else(|| tables::variable(API_URL))
                .unwrap_or_default(),
            tables::variable(SECRET_KEY).unwrap_or_default(),
        ),
    };
    let base_url = base_url.trim_end_matches('/').to_owned();
    if base_url.is_empty() || secret.is_empty() {
        return Err(CommandError::misused(format!(
            "say where and who: {API_URL} and {SECRET_KEY} as `scanlatch tenant create` prints them, or --local"
        )));
    }
    let secret = SecretKey::parse(&secret).ok_or_else(|| {
        CommandError::misused(format!("{SECRET_KEY} is no secret key; `scanlatch key create` makes one"))
    })?;
    let socket_url = socket_url.unwrap_or_else(|| base_url::socket_url(&base_url));
    let service = Service::new(&base_url);
    let page = Page(origin.unwrap_or_else(|| origin_of(&base_url)));
    Ok(Site { base_url, socket_url, secret, service, page })
}

/// The origin of the base URL.
fn origin_of(base_url: &str) -> String {
    base_url.split('/').take(3).collect::<Vec<_>>().join("/")
}
