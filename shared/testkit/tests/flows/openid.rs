//! Logins by OpenID Connect and by the device grant.

mod codes;
mod devices;
mod endings;
mod kinds;
mod logins;
mod pages;
mod provider;
mod single_sign_on;
