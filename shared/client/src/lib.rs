//! What a person's device, a screen and a backend say to the service.
//!
//! | module | holds |
//! |---|---|
//! | [`device`] | a person's device: enrol a key, claim, decide, verify by itself |
//! | `key` | the key of a device, behind a trait |
//! | [`screen`] | a screen, by polling and by socket |
//! | [`backend`] | a backend: track, validate, look after users and sessions |
//! | [`service`] | where a service is; every module makes its calls through it |
//! | [`call`] | one call: await it for its typed answer, or send it for the raw one |
//! | [`transport`] | HTTP, over TLS where the URL says so |
//!
//! Every call is a [`Call`]. Await it for a typed answer or a [`ClientError`]. [`Call::send`] gives the
//! [`Answer`] with any status; [`Call::header`] and [`Call::body`] change what is sent.

pub mod backend;
pub mod call;
pub mod device;
mod error;
pub mod headers;
mod key;
mod redact;
pub mod screen;
pub mod service;
pub mod transport;

pub use backend::Backend;
pub use call::Call;
pub use device::Device;
pub use error::{ClientError, KeyError};
pub use http::{Method, StatusCode};
pub use key::{Key, SoftwareKey};
pub use screen::{Handshake, PollingScreen, SocketScreen};
pub use service::Service;
pub use transport::{Answer, Transport};
