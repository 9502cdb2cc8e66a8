//! The use cases of a QR login, over small ports.
//!
//! | module | holds |
//! |---|---|
//! | [`port`] | what a use case may ask of the world; one trait per capability, so a bound reads like a policy |
//! | [`create`], [`poll`], [`claim`], [`decide`] | a login, verb by verb |
//! | [`connect`], [`message`], [`resume`], [`disconnect`] | a screen's socket |
//! | [`enrol`], [`credential`], [`remove`] | a phone's key |
//! | [`pending`], [`trusted_device`], [`verify`] | a phone that asks what waits, and one that verifies its user by itself |
//! | [`track`], [`validate`] | a backend's calls in a login |
//! | [`users`], [`authenticators`], [`actions`], [`challenges`], [`sessions`] | what else a backend looks after |
//! | [`keys`] | what anybody may ask |
//! | [`rotate`] | what the schedule does to the signing keys |
//! | [`caller`] | who is calling, proven |
//! | [`measure`] | what a call counts, said where it happens |

pub mod actions;
pub mod authenticators;
pub mod caller;
pub mod challenges;
pub mod claim;
pub mod connect;
pub mod create;
pub mod credential;
pub mod decide;
mod decision;
pub mod disconnect;
pub mod enrol;
mod error;
pub mod keys;
pub mod measure;
pub mod message;
mod notify;
mod opening;
pub mod pending;
pub mod poll;
pub mod port;
pub mod remove;
pub mod resume;
pub mod rotate;
pub mod sessions;
pub mod system;
pub mod track;
pub mod trusted_device;
pub mod users;
pub mod validate;
pub mod verify;

pub use error::{Error, Result, Unavailable};
