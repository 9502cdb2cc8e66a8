//! Steps that several use cases share. Use cases import steps and ports, never each other.

pub mod authenticate;
pub(crate) mod claiming;
pub(crate) mod decision;
mod fresh_key;
pub(crate) mod live;
pub(crate) mod notify;
pub(crate) mod openid;
pub(crate) mod opening;
pub(crate) mod taking;

pub use fresh_key::fresh_key;
