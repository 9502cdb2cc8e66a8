//! Steps that several use cases share. A use case imports steps and ports, never another use case.

pub mod authenticate;
pub(crate) mod decision;
mod fresh_key;
pub(crate) mod notify;
pub(crate) mod opening;

pub use fresh_key::fresh_key;
