//! Compares the template with what a run of the tests recorded and with the specifications: nothing may be missing or
//! unused.

mod evidence;
mod functions;
mod permissions;
mod routes;

use std::collections::BTreeSet;

pub use evidence::Evidence;
pub use functions::folders;
pub use routes::Specifications;

use crate::cloudformation::template::Template;

/// Every disagreement, one sentence each. `folders` are the names of the packages that are functions.
pub fn disagreements(
    template: &Template,
    evidence: &Evidence,
    folders: &BTreeSet<String>,
    specifications: &Specifications,
) -> Vec<String> {
    let mut sentences = functions::disagreements(template, evidence, folders);
    sentences.extend(permissions::disagreements(template, evidence));
    sentences.extend(routes::disagreements(template, evidence, specifications));
    sentences
}
