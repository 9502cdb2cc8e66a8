//! Input and output of commands, for people and scripts.

pub mod confirm;
pub mod env;
pub mod failure;
pub mod output;
pub mod table;
