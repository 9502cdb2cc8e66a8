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

use crate::patience::{Sleep, retries, timeouts};
use crate::roots::Roots;

const REGION: &str = "AWS_REGION";
const ACCESS_KEY: &str = "AWS_ACCESS_KEY_ID";
const SECRET_KEY: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";
const USE_FIPS: &str = "AWS_USE_FIPS_ENDPOINT";
const USE_DUAL_STACK: &str = "AWS_USE_DUALSTACK_ENDPOINT";
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
    config.set_use_fips(variable(USE_FIPS).map(|text| text == "true"));
    config.set_use_dual_stack(variable(USE_DUAL_STACK).map(|text| text == "true"));
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
pub async fn of_this_user() -> Vec<(&'static str, String)> {
    let sdk = aws_config::defaults(BehaviorVersion::latest()).load().await;
    let mut variables = Vec::new();
    if let Some(region) = sdk.region() {
        variables.push((REGION, region.to_string()));
    }
    let found = match sdk.credentials_provider() {
        None => None,
        Some(provider) => provider.provide_credentials().await.ok(),
    };
    if let Some(found) = found {
        variables.push((ACCESS_KEY, found.access_key_id().to_owned()));
        variables.push((SECRET_KEY, found.secret_access_key().to_owned()));
        variables.extend(found.session_token().map(|token| (SESSION_TOKEN, token.to_owned())));
    }
    variables
}
