//! Arguments as people type them.

pub mod id;
pub mod lifetime;
pub mod named;
pub mod origin;
pub mod registration;
pub mod settings;
