//! The service's ports on DynamoDB, API Gateway connections and KMS. No AWS type leaves this crate.
//!
//! | module | holds |
//! |---|---|
//! | [`settings`] | tables and keys, from the environment |
//! | `cloud` | [`Cloud`], which implements every port |
//! | [`environment`] | AWS as Lambda's variables describe it |
//! | `patience` | how long calls may take, and how often they are tried |
//! | `roots` | which certificate authorities are trusted for AWS endpoints |
//! | `key` | partition and sort keys, built nowhere else |
//! | `item` | typed reading and writing of items |
//! | `failure` | what an AWS error means |
//! | `reads`, `query` | strongly consistent reads of items and of partitions |
//! | `batch` | which reads go out as one |
//! | `challenges`, `connections`, `tenants`, `users`, `actions`, `sessions` | items and ports, noun by noun |
//! | `credentials`, `removals` | device keys |
//! | `openings`, `waiting`, `claims`, `decisions`, `approvals`, `settlements`, `screens` | transitions of a challenge |
//! | `short_codes` | rows that lead from a short code to its challenge, and the tries of users |
//! | `clients`, `authorization_requests` | what the OpenID provider keeps |
//! | `signing`, `key_type`, `remembered`, `wrapping` | the key sets: stored, remembered in a process, wrapped by KMS |
//! | `push` | API Gateway's `@connections` |
//! | `restore` | copies missing items back from a backup |
//! | `tables` | creates the tables without a template |

mod actions;
mod approvals;
mod authorization_requests;
mod batch;
mod challenges;
mod claim_counts;
mod claims;
mod clients;
mod cloud;
mod conduct;
mod connections;
mod credentials;
mod decisions;
pub mod environment;
mod failure;
mod item;
mod key;
mod key_type;
mod openings;
mod patience;
mod push;
mod query;
mod reads;
mod remembered;
mod removals;
mod restore;
mod roots;
mod screens;
mod sessions;
pub mod settings;
mod settlements;
mod short_codes;
mod signing;
mod tables;
mod tenants;
mod users;
mod waiting;
mod wrapping;

pub use cloud::Cloud;
pub use restore::Restored;
use roots::Roots;
pub use settings::Settings;
