//! The use cases of a QR login, over small ports.
//!
//! | module | holds |
//! |---|---|
//! | [`port`] | what a use case may need from outside: one trait per capability, so a bound reads like a policy |
//! | [`create`], [`poll`], [`claim`], [`claim_by_code`], [`decide`] | a login, verb by verb |
//! | [`connect`], [`message`], [`resume`], [`refuse`], [`disconnect`] | a screen's socket |
//! | [`enrol`], [`credential`], [`remove`] | a phone's key |
//! | [`pending`], [`trusted_device`], [`verify`] | a phone that asks what is pending or verifies its user by itself |
//! | [`track`], [`validate`] | a backend's calls in a login |
//! | [`users`], [`authenticators`], [`actions`], [`find`], [`assign`], [`sessions`] | a backend's other calls |
//! | [`openid`] | an OpenID provider whose login is the QR code |
//! | [`redeem`], [`admit`] | an identity provider signs a user in by a result token; an API admits a call by its access token |
//! | [`keys`] | what anybody may ask |
//! | [`rotate`] | what the schedule or a leak does to the signing keys |
//! | [`authenticate`] | proves who is calling |
//! | `step` | what several use cases share; no use case imports another |
//! | [`measure`] | what a call measures, counted where it happens |

/// Names the ports of a use case once: every type with all of them is a `Deps`.
macro_rules! deps {
    ($($port:ident),+ $(,)?) => {
        /// The ports that this module needs.
        pub trait Deps: $($port +)+ {}

        impl<T: $($port +)+> Deps for T {}
    };
}

pub mod actions;
pub mod admit;
pub mod assign;
pub mod authenticators;
pub mod claim;
pub mod claim_by_code;
pub mod connect;
pub mod create;
pub mod credential;
pub mod decide;
pub mod disconnect;
pub mod enrol;
mod error;
pub mod find;
pub mod keys;
pub mod measure;
pub mod message;
pub mod openid;
pub mod pending;
pub mod poll;
pub mod port;
pub mod redeem;
pub mod refuse;
pub mod remove;
pub mod resume;
pub mod rotate;
pub mod sessions;
mod step;
pub mod system;
pub mod track;
pub mod trusted_device;
pub mod users;
pub mod validate;
pub mod verify;

pub use error::{Error, Result, Unavailable};
pub use step::{authenticate, fresh_key};
