//! A tenant and where it is served: what screens, phones and backends need.

use scanlatch_client::{Backend, Service};
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::wire::base_url;

use crate::console::failure::CommandError;
use crate::contexts::Place;
use crate::environment::{API_URL, SDK_API_URL, SECRET_KEY, TENANT_ID, variable};
use crate::tables;

/// A tenant and where it is served.
#[derive(Debug)]
pub struct Site {
    /// The base URL of the SDKs.
    pub base_url: String,
    /// Where screens open sockets.
    pub socket_url: String,
    /// The tenant.
    pub tenant: TenantId,
    /// Its secret key, if it is known.
    pub secret: Option<SecretKey>,
    /// The service at the base URL.
    pub service: Service,
    /// The phone page of the local stack.
    pub phone_url: Option<String>,
}

/// Finds the tenant: the local stack's own, or the one whose variables `scanlatch tenant create` printed.
///
/// # Errors
/// One sentence that says which flag or variable is missing.
pub async fn find(place: Place, socket_url: Option<String>) -> Result<Site, CommandError> {
    let given = place.source.api_url;
    let (base_url, secret, tenant, phone_url) = match place.source.local {
        Some(url) => {
            let local = tables::local(&url).await?;
            (given.or(Some(local.api_url)), Some(local.secret_key), None, local.phone_url)
        }
        None => (
            given.or_else(|| variable(API_URL)).or_else(|| variable(SDK_API_URL)),
            variable(SECRET_KEY).or(place.secret_key),
            variable(TENANT_ID).or(place.tenant_id),
            None,
        ),
    };
    let base_url = base_url.unwrap_or_default().trim_end_matches('/').to_owned();
    let secret = secret.filter(|secret| !secret.is_empty());
    if base_url.is_empty() {
        return Err(unknown());
    }
    let read = |secret: String| {
        SecretKey::parse(&secret).ok_or_else(|| {
            CommandError::misused(format!("{SECRET_KEY} is no secret key; `scanlatch key create` makes one"))
        })
    };
    let secret = secret.map(read).transpose()?;
    let tenant = match (&secret, tenant) {
        (Some(secret), _) => secret.tenant(),
        (None, Some(id)) => {
            TenantId::parse(&id).map_err(|_| CommandError::misused(format!("{TENANT_ID} is no tenant's id: {id}")))?
        }
        (None, None) => return Err(unknown()),
    };
    let socket_url = socket_url.unwrap_or_else(|| base_url::socket_url(&base_url));
    let service = Service::new(&base_url);
    Ok(Site { base_url, socket_url, tenant, secret, service, phone_url })
}

/// Nothing says where and who.
pub fn unknown() -> CommandError {
    CommandError::misused(format!(
        "say where and who: {SDK_API_URL} and {SECRET_KEY} as `scanlatch tenant create` prints them, or --local"
    ))
}

impl Site {
    /// The tenant's backend.
    ///
    /// # Errors
    /// If the secret key is not known.
    pub fn backend(&self) -> Result<Backend, CommandError> {
        let secret = self.secret.as_ref().ok_or_else(|| {
            CommandError::misused(format!("this needs the tenant's secret key; set {SECRET_KEY}, or use --local"))
        })?;
        Ok(Backend::new(self.service.clone(), secret.expose()))
    }
}

/// A user's id as part of a path.
pub fn in_path(user: &str) -> String {
    percent_encoding::utf8_percent_encode(user, percent_encoding::NON_ALPHANUMERIC).to_string()
}
