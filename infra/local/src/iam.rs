//! IAM: which function calls, and whether it may.

pub mod access;
pub mod arn;
pub mod guard;
pub mod partitions;
pub mod policy;
pub mod principal;
pub mod wildcard;
