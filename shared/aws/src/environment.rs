//! AWS as Lambda describes it to a function, by variables alone.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
//!
//! The SDK's own loader also asks profiles, containers and instances, which no function has. Without it a function starts
//! sooner and its zip is smaller; tests/benchmarks/README.md has the figures.

use std::env;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{
    Credentials, IdentityCache, ProvideCredentials as _, SharedAsyncSleep, SharedCredentialsProvider,
    StalledStreamProtectionConfig,
};
use aws_sdk_dynamodb::error::DisplayErrorContext;

use scanlatch_service::Unavailable;

use crate::patience::{Sleep, retries, timeouts};
use crate::roots::Roots;

const REGION: &str = "AWS_REGION";
const ACCESS_KEY: &str = "AWS_ACCESS_KEY_ID";
const SECRET_KEY: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";
const USE_FIPS: &str = "AWS_USE_FIPS_ENDPOINT";
const USE_DUAL_STACK: &str = "AWS_USE_DUALSTACK_ENDPOINT";
const CREDENTIALS: &str = "AWS credentials";
/// For every service; with an underscore and a service's name, for that one.
const ENDPOINT: &str = "AWS_ENDPOINT_URL";

/// A variable that is set and not empty.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Region, credentials and common endpoint. What is missing is reported by the first call that needs it.
pub(crate) fn config(roots: Roots) -> SdkConfig {
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .timeout_config(timeouts())
        .retry_config(retries())
        .sleep_impl(SharedAsyncSleep::new(Sleep))
        // The credentials of a process never change, and a call that stalls ends by its timeout.
        .identity_cache(IdentityCache::no_cache())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    config.set_region(variable(REGION).map(Region::new));
    config.set_endpoint_url(variable(ENDPOINT));
    config.set_use_fips(variable(USE_FIPS).map(|text| text.eq_ignore_ascii_case("true")));
    config.set_use_dual_stack(variable(USE_DUAL_STACK).map(|text| text.eq_ignore_ascii_case("true")));
    config.set_http_client(roots.http_client());
    if let (Some(access), Some(secret)) = (variable(ACCESS_KEY), variable(SECRET_KEY)) {
        let credentials = Credentials::new(access, secret, variable(SESSION_TOKEN), None, "environment");
        config.set_credentials_provider(Some(SharedCredentialsProvider::new(credentials)));
    }
    config.build()
}

/// Where one service answers, if not at its usual place: `DYNAMODB`, `KMS`.
pub(crate) fn endpoint(service: &str) -> Option<String> {
    variable(&format!("{ENDPOINT}_{service}"))
}

/// The variables that give a function on this machine the region and the credentials of whoever runs it, wherever the SDK
/// finds them. Temporary credentials are not renewed.
///
/// # Errors
/// If there are none, or they are over.
pub async fn of_this_user() -> Result<Vec<(&'static str, String)>, Unavailable> {
    let sdk = aws_config::defaults(BehaviorVersion::latest()).load().await;
    let provider = sdk.credentials_provider().ok_or_else(|| Unavailable::new(CREDENTIALS, "no profile gives any"))?;
    let found = provider.provide_credentials().await;
    let found = found.map_err(|error| Unavailable::new(CREDENTIALS, DisplayErrorContext(error).to_string()))?;
    let region = sdk.region().map(|region| (REGION, region.to_string()));
    let keys = [(ACCESS_KEY, found.access_key_id()), (SECRET_KEY, found.secret_access_key())];
    let token = found.session_token().map(|token| (SESSION_TOKEN, token));
    let keys = keys.into_iter().chain(token).map(|(name, value)| (name, value.to_owned()));
    Ok(region.into_iter().chain(keys).collect())
}
