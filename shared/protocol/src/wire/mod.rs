//! What travels. Requests take what SDKs send and ignore the rest; each turns into a checked value or a refusal.
//! Replies carry every field that some SDK's parser demands.

pub mod action;
pub mod authenticator;
pub mod backend;
pub mod base_url;
pub mod challenge;
pub mod device;
pub mod display;
pub mod error;
pub mod session;
pub mod socket;
pub mod user;
