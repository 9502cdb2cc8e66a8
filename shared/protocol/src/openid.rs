//! The rules of an OpenID provider whose login is the QR code, and of RFC 8628.
//!
//! | module | holds |
//! |---|---|
//! | [`client`] | a registered application, and how it proves itself |
//! | [`redirect`] | where an application may get its answers |
//! | [`scope`] | what an application may ask for |
//! | [`parameters`] | the parameters of a request: each at most once |
//! | [`pkce`] | the proof that one application both asks and exchanges (RFC 7636) |
//! | [`authorization`] | what an application asks of the login page |
//! | [`request`] | an authorization request and the one total function over its states |
//! | [`device`] | the grant for what has no keyboard (RFC 8628) |
//! | [`issuer`] | the addresses of a tenant's provider |
//! | [`signed`] | RS256 and ES256 JWTs of the provider |
//! | [`token`] | ID tokens, access tokens, refresh tokens, codes and the browser's session |
//! | [`claims`] | what is told of a user, by scope |
//! | [`fault`] | the error codes of the RFCs |

/// The action that a login by OpenID asks to approve.
pub const OPENID_ACTION: &str = "openid-login";

pub mod authorization;
pub mod claims;
pub mod client;
pub mod device;
pub mod fault;
pub mod issuer;
pub mod parameters;
pub mod pkce;
pub mod redirect;
pub mod request;
pub mod scope;
pub mod signed;
pub mod token;
