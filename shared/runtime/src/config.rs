//! What a function reads from its environment, beyond its tables.

use std::fmt::Display;
use std::{env, process};

use scanlatch_protocol::key_set::Period;
use scanlatch_protocol::token::Issuer;

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
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// Names the first variable that is missing.
    pub fn from_env() -> Result<Self, MissingVariableError> {
        let required = |name| env::var(name).map_err(|_| MissingVariableError(name));
        Ok(Self { issuer: Issuer::new(required("ISSUER")?), public_url: required("PUBLIC_URL")? })
    }
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
