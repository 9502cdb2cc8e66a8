//! Lines for a `.env` file or a shell.

use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::secret::SecretKey;

/// Lines to paste, under the names that the official SDKs' guides use.
pub fn variables(api_url: Option<&str>, tenant: &TenantId, secret: Option<&SecretKey>) -> String {
    let api_url = api_url.map(|url| format!("AUTHSIGNAL_API_URL={url}\n"));
    let secret = secret.map(|secret| format!("AUTHSIGNAL_SECRET_KEY={}\n", secret.expose()));
    format!("{}AUTHSIGNAL_TENANT_ID={tenant}\n{}", api_url.unwrap_or_default(), secret.unwrap_or_default())
}
