//! An OpenID provider whose login is the QR code, and RFC 8628.
//!
//! | module | holds |
//! |---|---|
//! | [`authorize`], [`push`] | an application asks |
//! | [`sign_in`], [`complete`], [`deny`] | the login page shows a code, and brings the approval or a refusal |
//! | [`device`] | a device without a keyboard asks |
//! | [`token`] | an application gets tokens |
//! | [`userinfo`], [`introspect`], [`revoke`] | what is told of a token's user, of a token, and its end |
//! | [`logout`] | a person logs out |
//! | [`keys`] | what anybody may ask |

pub mod authorize;
pub mod complete;
pub mod deny;
pub mod device;
pub mod introspect;
pub mod keys;
pub mod logout;
pub mod push;
pub mod revoke;
pub mod sign_in;
pub mod token;
pub mod userinfo;
