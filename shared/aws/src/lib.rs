//! The service's ports on DynamoDB, API Gateway connections and KMS. No AWS type leaves this crate.
//!
//! | module | holds |
//! |---|---|
//! | [`settings`] | what the environment says about tables and keys |
//! | `cloud` | [`Cloud`], which is every port |
//! | `key` | the one place that builds partition and sort keys |
//! | `item` | typed reading and writing of items |
//! | `failure` | what an AWS error means |
//! | `query` | strongly consistent reads of items and partitions |
//! | `challenges`, `waiting`, `connections`, `credentials`, `users`, `actions`, `sessions`, `tenants` | the ports, noun by noun |
//! | `signing`, `wrapping` | the key ring and what wraps its private halves |
//! | `push` | API Gateway's `@connections` |
//! | `restore` | brings back from a backup what the directory lacks |
//! | `tables` | makes the tables where no template does |

mod actions;
mod challenges;
mod cloud;
mod connections;
mod credentials;
mod failure;
mod item;
mod key;
mod push;
mod query;
mod restore;
mod sessions;
pub mod settings;
mod signing;
mod tables;
mod tenants;
mod users;
mod waiting;
mod wrapping;

pub use cloud::Cloud;
pub use restore::Restored;
pub use settings::Settings;
