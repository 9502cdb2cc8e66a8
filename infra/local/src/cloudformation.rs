//! Reads infra/template.yaml, and refuses what `CloudFormation` refuses.

pub mod intrinsics;
pub mod parameters;
pub mod template;
mod throttles;
