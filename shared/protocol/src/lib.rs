//! The rules of a QR login, pure: no I/O, no clock, no randomness.
//!
//! | module | holds |
//! |---|---|
//! | [`id`] | identifiers and the formats that they are refused for |
//! | [`time`] | instants in milliseconds, ISO 8601 on the wire |
//! | [`secret`] | API keys and device codes; only their digests are ever stored |
//! | [`key`] | P-256 device keys, their wire forms, signatures over scanned text |
//! | [`custom`] | the bounded JSON objects that screens and backends attach |
//! | [`context`] | who is asking: address, browser, place |
//! | [`challenge`] | the challenge and the one total function over its states |
//! | [`credential`], [`action`], [`tenant`], [`user`] | what the directory keeps |
//! | [`signing`], [`jwt`], [`token`] | ES256 keys, JWKS, kinds of token, the tokens of a login |
//! | [`key_set`] | which key signs, which verify, when one is made and when it goes |
//! | [`tracking`], [`validation`] | what a backend tracks, what it is told of a token |
//! | [`notice`] | what a screen's socket is told unasked |
//! | [`session`] | what keeps a user logged in: access tokens, refresh tokens that count |
//! | [`page`] | where a list goes on |
//! | [`shown`] | text that a person is shown and somebody else wrote |
//! | [`number`] | the JSON numbers that SDKs read as they were sent |
//! | [`json`] | request bodies: size and depth are judged before parsing |
//! | [`authorization`] | the three `Basic` encodings and `Bearer` |
//! | [`wire`] | what travels, per caller: display, device, backend, socket; read and written in the runtime and the functions alone |
//! | [`refusal`] | why a request is refused |

pub mod action;
pub mod authorization;
pub mod base64;
pub mod challenge;
pub mod context;
pub mod credential;
pub mod custom;
pub mod id;
pub mod json;
pub mod jwt;
pub mod key;
pub mod key_set;
pub mod notice;
pub mod number;
pub mod page;
pub mod refusal;
pub mod secret;
pub mod session;
pub mod shown;
pub mod signing;
pub mod tenant;
pub mod time;
pub mod token;
pub mod tracking;
pub mod user;
pub mod validation;
pub mod wire;

pub use refusal::Refusal;
