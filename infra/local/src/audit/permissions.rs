//! Permissions: every permission that was used is granted, every one that is granted was used, and none is a wildcard.
//! One statement holds all partitions of an action on a table.

use std::collections::{BTreeMap, BTreeSet};

use super::Evidence;
use crate::cloudformation::template::Template;
use crate::iam::arn;
use crate::iam::policy::{Policy, Statement};
use crate::iam::wildcard::{matches, matches_action};
use crate::recorder::Permission;

/// An item is read alone or in a batch by what else a call asks for at that moment (`shared/aws/src/reads.rs`). So whoever may
/// read in one way may read in the other, and either use shows that the grant is needed.
const READS: [&str; 2] = ["dynamodb:BatchGetItem", "dynamodb:GetItem"];

pub(super) fn disagreements(template: &Template, evidence: &Evidence) -> Vec<String> {
    let granted = grants(template, |policy| &policy.statements);
    let bounded = grants(template, |policy| policy.boundary.as_ref().unwrap_or(&policy.statements));
    let used = &evidence.permissions;
    let allowed = |used: &Permission| [&granted, &bounded].iter().all(|all| all.iter().any(|one| covers(one, used)));
    let missing = used.iter().filter(|used| !allowed(used));
    let is_used = |granted: &Permission| used.iter().any(|used| covers(granted, used));
    let idle =
        granted.iter().filter(|granted| !is_used(granted) && !other_read(granted).is_some_and(|other| is_used(&other)));
    let all = &granted;
    let half = granted
        .iter()
        .filter(|granted| other_read(granted).is_some_and(|other| !all.contains(&other) && !is_used(&other)));
    let wide = granted.iter().filter(|granted| is_wide(granted));
    let mut sentences = Vec::new();
    for (permission, keys) in together(template, missing) {
        let Permission { function, action, resource, .. } = permission;
        sentences.push(format!("{function} used {action} on {resource}{keys}, which the template does not grant it"));
    }
    for (permission, keys) in together(template, idle) {
        let Permission { function, action, resource, .. } = permission;
        sentences.push(format!(
            "{function} is granted {action} on {resource}{keys}, which no test used; take it away, or test what needs it"
        ));
    }
    for (permission, keys) in together(template, half) {
        let Permission { function, action, resource, .. } = permission;
        sentences.push(format!(
            "{function} is granted {action} on {resource}{keys} alone; grant {} together, since the moment decides which of \
             them a read is",
            READS.join(" and ")
        ));
    }
    for (permission, _) in together(template, wide) {
        let Permission { function, action, resource, .. } = permission;
        sentences.push(format!("{function} is granted {action} on {resource}, a wildcard; name what it calls"));
    }
    for (function, described) in &template.functions {
        for (action, resource) in divided(&described.policy.statements) {
            let resource = arn::short(resource);
            sentences.push(format!(
                "{function} is granted {action} on {resource} by two statements; name all partitions in one, since AWS may \
                 judge the keys of a call together"
            ));
        }
    }
    sentences
}

/// Actions on resources that more than one statement grants.
fn divided(statements: &[Statement]) -> BTreeSet<(&str, &str)> {
    let mut seen = BTreeSet::new();
    let mut divided = BTreeSet::new();
    for statement in statements {
        for action in &statement.actions {
            for resource in &statement.resources {
                let pair = (action.as_str(), resource.as_str());
                if !seen.insert(pair) {
                    divided.insert(pair);
                }
            }
        }
    }
    divided
}

/// Each action of each statement, with each of its resources and patterns.
fn grants(template: &Template, statements: impl Fn(&Policy) -> &Vec<Statement>) -> BTreeSet<Permission> {
    let mut grants = BTreeSet::new();
    for (function, described) in &template.functions {
        for statement in statements(&described.policy) {
            let keys: Vec<Option<String>> = match &statement.leading_keys {
                None => vec![None],
                Some(patterns) => patterns.iter().cloned().map(Some).collect(),
            };
            for action in &statement.actions {
                for resource in &statement.resources {
                    grants.extend(keys.iter().map(|leading_key| Permission {
                        function: function.clone(),
                        action: action.clone(),
                        resource: arn::short(resource).to_owned(),
                        leading_key: leading_key.clone(),
                    }));
                }
            }
        }
    }
    grants
}

/// The same read in the other way.
fn other_read(permission: &Permission) -> Option<Permission> {
    let [batch, alone] = READS;
    let action = match permission.action.as_str() {
        action if action == batch => alone,
        action if action == alone => batch,
        _ => return None,
    };
    Some(Permission { action: action.to_owned(), ..permission.clone() })
}

fn covers(granted: &Permission, used: &Permission) -> bool {
    let key = match (&granted.leading_key, &used.leading_key) {
        (Some(pattern), Some(key)) => pattern == key || matches(pattern, key),
        _ => true,
    };
    key && granted.function == used.function
        && matches_action(&granted.action, &used.action)
        && matches(&granted.resource, &used.resource)
}

/// Connection ids change all the time, so only these may be a wildcard.
fn is_wide(granted: &Permission) -> bool {
    let resource = granted.resource.strip_suffix("/@connections/*").unwrap_or(&granted.resource);
    [&granted.action, resource].iter().any(|text| text.contains(['*', '?']))
}

/// Joins permissions that differ only in the leading key into one sentence.
fn together<'p>(
    template: &Template,
    permissions: impl Iterator<Item = &'p Permission>,
) -> BTreeMap<Permission, String> {
    let mut keys: BTreeMap<Permission, Vec<String>> = BTreeMap::new();
    for permission in permissions {
        let shown = permission.leading_key.iter().map(|key| template.partitions.shown(key));
        keys.entry(Permission { leading_key: None, ..permission.clone() }).or_default().extend(shown);
    }
    let told = |keys: Vec<String>| if keys.is_empty() { String::new() } else { format!(" for {}", keys.join(", ")) };
    keys.into_iter().map(|(permission, keys)| (permission, told(keys))).collect()
}
