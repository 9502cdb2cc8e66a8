//! What a function reads from its environment, beyond its tables.

use std::fmt::Display;
use std::{env, process};

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::key_set::Period;
use scanlatch_protocol::openid::request::RequestHandle;
use scanlatch_protocol::token::Issuer;
use scanlatch_protocol::wire::base_url::BASE_PATH;

/// A variable of the environment is missing; the template sets it.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {0} is not set; infra/template.yaml sets it for every function")]
pub struct MissingVariableError(&'static str);

/// A function's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The first part of every token's `iss` (`ISSUER`).
    pub issuer: Issuer,
    /// The base URL of the SDKs (`PUBLIC_URL`), ending in `/v1`; issuers of access tokens begin with it.
    pub public_url: String,
    /// The URL of sockets (`SOCKET_URL`), which a screen cannot derive from every base URL.
    pub socket_url: String,
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// Names the first variable that is missing.
    pub fn from_env() -> Result<Self, MissingVariableError> {
        let required = |name| env::var(name).map_err(|_| MissingVariableError(name));
        Ok(Self {
            issuer: Issuer::new(required("ISSUER")?),
            public_url: required("PUBLIC_URL")?,
            socket_url: required("SOCKET_URL")?,
        })
    }
}

impl Config {
    /// A page of the same host, by its name.
    pub fn page(&self, name: &str) -> String {
        format!("{}/{name}", self.public_url.strip_suffix(BASE_PATH).unwrap_or(&self.public_url))
    }

    /// The login page for an authorization request. It finds the request in the fragment, which no server logs.
    pub fn sign_in_page(&self, tenant: &TenantId, handle: &RequestHandle, locales: Option<&str>) -> String {
        let locales = locales.map(|locales| format!("&l={}", locales.replace(' ', "+"))).unwrap_or_default();
        format!("{}#t={tenant}&r={}{locales}", self.page("sign-in"), handle.expose())
    }

    /// The page that says that the person is logged out, in the language that this query names.
    pub fn signed_out_page(&self, query: &str) -> String {
        let page = self.page("signed-out");
        if query.is_empty() { page } else { format!("{page}#{query}") }
    }

    /// The page that asks whether the person wants to log out of what this query names.
    pub fn sign_out_page(&self, tenant: &TenantId, query: &str) -> String {
        format!("{}#t={tenant}&{query}", self.page("sign-out"))
    }
}

/// A variable of one function is missing or wrong; a parameter of the template sets it.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {name} {why}; a parameter of infra/template.yaml sets it")]
pub struct VariableError {
    name: &'static str,
    why: String,
}

/// A variable that must be set.
pub(crate) fn variable<T>(
    name: &'static str,
    parse: impl FnOnce(&str) -> Result<T, Refusal>,
) -> Result<T, VariableError> {
    optional(name, parse)?.ok_or_else(|| VariableError { name, why: "is not set".to_owned() })
}

/// A variable that counts as absent while it is empty.
pub(crate) fn optional<T>(
    name: &'static str,
    parse: impl FnOnce(&str) -> Result<T, Refusal>,
) -> Result<Option<T>, VariableError> {
    let text = env::var(name).ok().filter(|text| !text.is_empty());
    let parsed = text.as_deref().map(parse).transpose();
    parsed.map_err(|refusal| VariableError { name, why: format!("is wrong: {refusal}") })
}

/// The rotation period is not valid.
#[derive(Debug, thiserror::Error)]
#[error(
    "the environment variable SIGNING_KEY_ROTATION_DAYS must be a whole number of days from {min} to {max}",
    min = Period::MIN_DAYS,
    max = Period::MAX_DAYS
)]
pub struct PeriodError;

/// How long a signing key signs (`SIGNING_KEY_ROTATION_DAYS`); the default if it is not set.
///
/// # Errors
/// [`PeriodError`].
pub fn rotation_period() -> Result<Period, PeriodError> {
    match env::var("SIGNING_KEY_ROTATION_DAYS") {
        Err(_) => Ok(Period::default()),
        Ok(days) => days.parse().ok().and_then(Period::from_days).ok_or(PeriodError),
    }
}

/// Returns the value, or prints the error, which says what to do, and ends the process.
pub fn required<T>(value: Result<T, impl Display>) -> T {
    value.unwrap_or_else(|error| {
        eprintln!("{error}");
        process::exit(1)
    })
}
