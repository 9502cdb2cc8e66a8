//! The service's ports on DynamoDB, API Gateway connections and KMS. No AWS type leaves this crate.
//!
//! | module | holds |
//! |---|---|
//! | [`settings`] | what the environment says about tables and keys |
//! | `cloud` | [`Cloud`], which is every port |
//! | `roots` | which certificate authorities prove that an AWS endpoint is one |
//! | `key` | the one place that builds partition and sort keys |
//! | `item` | typed reading and writing of items |
//! | `failure` | what an AWS error means |
//! | `query` | strongly consistent reads of items and partitions |
//! | `challenges`, `connections`, `credentials`, `removals`, `users`, `actions`, `sessions`, `tenants` | items and ports, noun by noun |
//! | `openings`, `waiting`, `claims`, `decisions`, `approvals`, `settlements`, `screens` | what becomes of a challenge |
//! | `signing`, `remembered`, `wrapping` | the key set, what a process keeps of it, what wraps its private halves |
//! | `push` | API Gateway's `@connections` |
//! | `restore` | brings back from a backup what the directory lacks |
//! | `tables` | makes the tables where no template does |

mod actions;
mod approvals;
mod challenges;
mod claims;
mod cloud;
mod connections;
mod credentials;
mod decisions;
mod failure;
mod item;
mod key;
mod openings;
mod push;
mod query;
mod remembered;
mod removals;
mod restore;
mod roots;
mod screens;
mod sessions;
pub mod settings;
mod settlements;
mod signing;
mod tables;
mod tenants;
mod users;
mod waiting;
mod wrapping;

pub use cloud::Cloud;
pub use restore::Restored;
pub use roots::Roots;
pub use settings::Settings;
