//! The pure rules of a QR login: no I/O, no clock, no randomness.
//!
//! | module | holds |
//! |---|---|
//! | [`id`] | identifiers and their formats |
//! | [`time`] | instants in milliseconds, ISO 8601 on the wire |
//! | [`secret`] | secret keys and device codes; only their digests are stored |
//! | [`key`] | P-256 device keys, their wire forms, signatures over scanned text |
//! | [`custom`] | the bounded JSON object that a screen or backend attaches |
//! | [`context`], [`address`] | who is asking: address, browser, place, page; shortened addresses |
//! | [`proximity`] | how near a phone is to a screen, by what a trusted edge saw of both |
//! | [`challenge`] | the challenge and the one total function over its states |
//! | [`credential`], [`action`], [`tenant`], [`user`] | what the directory keeps |
//! | [`short_code`] | codes that people type where nobody can scan, and how often one may be tried |
//! | [`signing`], [`jwt`], [`token`] | ES256 keys, JWKS, kinds of token, the tokens of a login |
//! | [`key_set`] | which key signs, which keys verify, when a key is made and when it is removed |
//! | [`tracking`], [`validation`] | what a backend tracks, what it is told of a token |
//! | [`bucket`] | how many messages a screen may send on its socket |
//! | [`notice`] | what the service pushes to a screen's socket |
//! | [`session`] | access tokens and refresh tokens, which keep a user logged in |
//! | [`openid`], [`rsa`] | the OpenID provider whose login is the QR code, and the keys of its tokens |
//! | [`verification_code`] | the number that a screen shows and its phone's user types |
//! | [`proximity`] | how far a screen and a phone are apart |
//! | [`page`] | where a list continues |
//! | [`shown`] | cleans text before a person sees it |
//! | [`number`] | which JSON numbers every SDK reads unchanged |
//! | [`json`] | request bodies: size and depth are checked before parsing |
//! | [`authorization`] | the three `Basic` encodings and `Bearer` |
//! | [`wire`] | the formats per caller: screen, device, backend, socket; for the runtime and the functions only |
//! | [`refusal`] | why a request is refused |

pub mod action;
pub mod address;
pub mod authorization;
pub mod base64;
pub mod bucket;
pub mod challenge;
pub mod context;
pub mod credential;
pub mod custom;
mod ecdsa;
pub mod id;
pub mod json;
pub mod jwt;
pub mod key;
pub mod key_set;
pub mod notice;
pub mod number;
pub mod openid;
pub mod page;
pub mod proximity;
pub mod refusal;
pub mod rsa;
pub mod secret;
pub mod session;
pub mod short_code;
pub mod shown;
pub mod signing;
pub mod tenant;
pub mod time;
pub mod token;
pub mod tracking;
pub mod user;
pub mod validation;
pub mod verification_code;
pub mod wire;

pub use refusal::Refusal;
