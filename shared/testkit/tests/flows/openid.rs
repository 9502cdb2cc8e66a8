//! Logins by OpenID Connect and by the device grant.

#![expect(clippy::unwrap_used, reason = "a test cannot go on without; its own texts are well formed")]

mod codes;
mod devices;
mod endings;
mod kinds;
mod logins;
mod pages;
mod provider;
mod single_sign_on;
