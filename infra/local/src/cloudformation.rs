//! Reads what infra/template.yaml describes, and refuses what `CloudFormation` refuses.

pub mod intrinsics;
pub mod parameters;
pub mod template;
mod throttles;
