//! The commands, noun by noun.

pub mod challenge;
pub mod check_url;
pub mod device;
pub mod key;
pub mod restore;
pub mod smoke;
pub mod tenant;
pub mod user;
