//! A function as it is deployed.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::iam::policy::Policy;

/// A Lambda function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Package and binary.
    pub binary: String,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
    /// How long one invocation may take.
    pub timeout: Duration,
    /// Megabytes, for the environment only.
    pub memory: u64,
    /// What it may do.
    pub policy: Policy,
}
