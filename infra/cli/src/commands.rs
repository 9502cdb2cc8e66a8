//! The commands, noun by noun.

pub mod audit;
pub mod challenge;
pub mod check_url;
pub mod client;
pub mod context;
pub mod device;
pub mod doctor;
pub mod key;
pub mod phone;
pub mod restore;
pub mod screen;
pub mod smoke;
pub mod tail;
pub mod tenant;
pub mod user;
