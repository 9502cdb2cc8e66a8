//! Permissions: every permission that was used is granted, every one that is granted was used, and none is a wildcard.
//! One statement holds all partitions of an action on a table.

use std::collections::{BTreeMap, BTreeSet};

use super::Evidence;
use crate::cloudformation::template::Template;
use crate::iam::arn;
use crate::iam::policy::{Policy, Statement};
use crate::iam::wildcard::{matches, matches_action};
use crate::recorder::Permission;

/// An item is read in a batch or alone by what else a call asks for at that moment (`shared/aws/src/reads.rs`). So whoever may
/// read in one way may read in the other, and either use shows that the grant is needed. AWS does not say whether it judges
/// the keys of a batch table by table, so a batch is granted on each of its tables for all keys.
const BATCH: &str = "dynamodb:BatchGetItem";
const ALONE: &str = "dynamodb:GetItem";

pub(super) fn disagreements(template: &Template, evidence: &Evidence) -> Vec<String> {
    let granted = grants(template, |policy| &policy.statements);
    let bounded = grants(template, |policy| policy.boundary.as_ref().unwrap_or(&policy.statements));
    let used = &evidence.permissions;
    let allowed = |used: &Permission| [&granted, &bounded].iter().all(|all| all.iter().any(|one| covers(one, used)));
    let missing = used.iter().filter(|used| !allowed(used));
    let (needed, idle): (Vec<_>, Vec<_>) =
        granted.iter().partition(|granted| used.iter().any(|used| shows_need(granted, used)));
    let half: Vec<Permission> = both_ways(&needed)
        .into_iter()
        .filter(|half| {
            !granted.iter().any(|granted| covers(granted, half)) && !used.iter().any(|used| covers(half, used))
        })
        .collect();
    let wide = granted.iter().filter(|granted| is_wide(granted));
    let mut sentences = Vec::new();
    for (permission, keys) in together(template, missing) {
        let Permission { function, action, resource, .. } = permission;
        sentences.push(format!("{function} used {action} on {resource}{keys}, which the template does not grant it"));
    }
    for (permission, keys) in together(template, idle.into_iter()) {
        let Permission { function, action, resource, .. } = permission;
        sentences.push(format!(
            "{function} is granted {action} on {resource}{keys}, which no test used; take it away, or test what needs it"
        ));
    }
    for (permission, keys) in together(template, half.iter()) {
        let Permission { function, action, resource, .. } = permission;
        sentences.push(format!(
            "{function} reads items but is not granted {action} on {resource}{keys}; grant {BATCH} on each table for all \
             partitions that the function reads, and {ALONE} for those of its table"
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

fn is_read(permission: &Permission) -> bool {
    [BATCH, ALONE].contains(&permission.action.as_str())
}

/// Whether a use shows that a grant is needed.
fn shows_need(granted: &Permission, used: &Permission) -> bool {
    if !(is_read(granted) && is_read(used)) {
        return covers(granted, used);
    }
    let resource = if granted.action == BATCH { &granted.resource } else { &used.resource };
    covers(granted, &Permission { action: granted.action.clone(), resource: resource.clone(), ..used.clone() })
}

/// What functions that read items need: a batch of all their partitions on each of their tables, and each partition alone.
fn both_ways(granted: &[&Permission]) -> BTreeSet<Permission> {
    let reads = || granted.iter().copied().filter(|granted| is_read(granted));
    let mut needed = BTreeSet::new();
    for one in reads() {
        let of_function = || reads().filter(|other| other.function == one.function);
        needed.extend(of_function().map(|other| Permission {
            action: BATCH.to_owned(),
            leading_key: one.leading_key.clone(),
            ..other.clone()
        }));
        if !of_function().any(|other| other.action == ALONE && other.leading_key == one.leading_key) {
            needed.insert(Permission { action: ALONE.to_owned(), ..one.clone() });
        }
    }
    needed
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
