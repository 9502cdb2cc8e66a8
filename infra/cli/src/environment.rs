//! The variables that commands read.

/// The table of challenges.
pub const LIVE_TABLE: &str = "SCANLATCH_LIVE_TABLE";
/// The table of tenants and users.
pub const DIRECTORY_TABLE: &str = "SCANLATCH_DIRECTORY_TABLE";
/// `on` where the stack has an edge that tells where screens and phones are.
pub const PLACES: &str = "SCANLATCH_PLACES";
/// The log group of the functions.
pub const LOG_GROUP: &str = "SCANLATCH_LOG_GROUP";
/// Where SDKs reach the service.
pub const API_URL: &str = "SCANLATCH_API_URL";
/// The same, as the official SDKs' guides name it.
pub const SDK_API_URL: &str = "AUTHSIGNAL_API_URL";
/// A tenant's secret key.
pub const SECRET_KEY: &str = "AUTHSIGNAL_SECRET_KEY";
/// A tenant's id.
pub const TENANT_ID: &str = "AUTHSIGNAL_TENANT_ID";
/// A user token, with which a phone enrols.
pub const USER_TOKEN: &str = "SCANLATCH_USER_TOKEN";

/// A variable's value, if it is not empty.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether a variable says where a command works, or as whom.
pub fn says_where() -> bool {
    let names = [LIVE_TABLE, DIRECTORY_TABLE, API_URL, SDK_API_URL, SECRET_KEY, TENANT_ID];
    names.into_iter().any(|name| variable(name).is_some())
}
