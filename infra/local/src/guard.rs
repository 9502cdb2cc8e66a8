//! Stands where functions call AWS: lets them do what their policies allow, and notes what they ask for.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderMap;

use crate::access::Access;
use crate::partitions::Partitions;
use crate::policy::Policy;
use crate::recorder::{Fact, Permission, Recorder};
use crate::{arn, principal};

/// The type of the error that AWS refuses with.
pub const DENIED: &str = "AccessDeniedException";

/// What stands where functions call AWS.
#[derive(Debug, Default)]
pub struct Guard {
    policies: BTreeMap<String, Policy>,
    partitions: Partitions,
    recorder: Arc<Recorder>,
    told: Mutex<HashSet<Permission>>,
}

/// A call that a function may not make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// What AWS says of it.
    pub message: String,
}

impl Guard {
    /// A guard that knows these functions, by logical id, and tells this recorder.
    pub fn new(policies: BTreeMap<String, Policy>, partitions: Partitions, recorder: Arc<Recorder>) -> Self {
        Self { policies, partitions, recorder, told: Mutex::default() }
    }

    /// Whether whoever signed a call may do all this; who is no function may.
    ///
    /// # Errors
    /// The first that the function may not do.
    pub fn admit(&self, headers: &HeaderMap, accesses: &[Access]) -> Result<(), Denied> {
        let policy = principal::access_key(headers).and_then(|key| self.policies.get_key_value(key));
        let Some((function, policy)) = policy else { return Ok(()) };
        for access in accesses {
            let permissions = self.permissions(function, access);
            for permission in &permissions {
                self.recorder.note(Fact::Permission(permission.clone()));
            }
            if !policy.allows(access) {
                self.tell(policy, &permissions);
                return Err(Denied { message: refusal(function, access) });
            }
        }
        Ok(())
    }

    /// An access as the audit sees it.
    fn permissions(&self, function: &str, access: &Access) -> Vec<Permission> {
        let permission = |leading_key: Option<String>| Permission {
            function: function.to_owned(),
            action: access.action.clone(),
            resource: arn::short(&access.resource).to_owned(),
            leading_key,
        };
        if access.leading_keys.is_empty() {
            return vec![permission(None)];
        }
        access.leading_keys.iter().map(|key| permission(Some(self.partitions.pattern(key)))).collect()
    }

    /// Says once, for whoever watches, what the template lacks.
    fn tell(&self, policy: &Policy, permissions: &[Permission]) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for permission in permissions.iter().filter(|permission| told.insert((*permission).clone())) {
            eprintln!("{}", self.sentence(policy, permission));
        }
    }

    fn sentence(&self, policy: &Policy, permission: &Permission) -> String {
        let Permission { function, action, resource, leading_key } = permission;
        let key = leading_key.as_deref().map(|key| format!(", leading key {}", self.partitions.shown(key)));
        let granted = policy.statements.iter().filter(|statement| {
            statement.resources.iter().any(|pattern| crate::wildcard::matches(arn::short(pattern), resource))
        });
        let granted: Vec<String> = granted
            .map(|statement| {
                let keys = statement.leading_keys.iter().flatten().map(|key| self.partitions.shown(key));
                let keys = keys.collect::<Vec<_>>().join(", ");
                format!("{}{}{keys}", statement.actions.join(", "), if keys.is_empty() { "" } else { " for " })
            })
            .collect();
        let granted = if granted.is_empty() { "nothing".to_owned() } else { granted.join("; ") };
        let key = key.unwrap_or_default();
        format!("{function} may not {action} on {resource}{key}; infra/template.yaml grants it {granted} there")
    }
}

/// The sentence that AWS refuses with.
fn refusal(function: &str, access: &Access) -> String {
    let Access { action, resource, .. } = access;
    let caller = format!("arn:aws:sts::{}:assumed-role/{function}Role/{function}", arn::ACCOUNT);
    format!(
        "User: {caller} is not authorized to perform: {action} on resource: {resource} because no identity-based \
         policy allows the {action} action"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Guard {
        let partitions = "Partitions: { User: { Keys: 'T#???#U#*' }, Tenant: { Keys: 'T#???' } }";
        let policy = "{ Statement: { Effect: Allow, Action: dynamodb:GetItem, Resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/Directory', \
                      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'T#???' } } } }";
        let policy = Policy::read(&serde_yaml_ng::from_str(policy).unwrap(), None).unwrap();
        let partitions = Partitions::read(&serde_yaml_ng::from_str(partitions).unwrap());
        Guard::new(BTreeMap::from([("Poll".to_owned(), policy)]), partitions, Arc::default())
    }

    fn access(key: &str) -> Access {
        Access {
            action: "dynamodb:GetItem".to_owned(),
            resource: arn::table("Directory"),
            leading_keys: vec![key.to_owned()],
        }
    }

    fn signed_by(who: &str) -> HeaderMap {
        let value = format!("AWS4-HMAC-SHA256 Credential={who}/20261124/us-east-1/dynamodb/aws4_request");
        HeaderMap::from_iter([(axum::http::header::AUTHORIZATION, value.parse().unwrap())])
    }

    #[test]
    fn a_function_may_do_what_its_policy_allows_and_nothing_else() {
        let guard = guard();
        assert_eq!(guard.admit(&signed_by("Poll"), &[access("T#123")]), Ok(()));
        let denied = guard.admit(&signed_by("Poll"), &[access("T#123"), access("T#123#U#ann")]).unwrap_err();
        assert_eq!(
            denied.message,
            "User: arn:aws:sts::000000000000:assumed-role/PollRole/Poll is not authorized to perform: dynamodb:GetItem \
             on resource: arn:aws:dynamodb:us-east-1:000000000000:table/Directory because no identity-based policy \
             allows the dynamodb:GetItem action"
        );
    }

    #[test]
    fn who_is_no_function_is_let_through() {
        for headers in [signed_by("local"), HeaderMap::new()] {
            assert_eq!(guard().admit(&headers, &[access("T#123#U#ann")]), Ok(()));
        }
    }

    #[test]
    fn what_the_template_lacks_is_told_in_one_sentence_without_ids() {
        let guard = guard();
        let permission = guard.permissions("Poll", &access("T#123#U#ann")).remove(0);
        assert_eq!(
            guard.sentence(&guard.policies["Poll"], &permission),
            "Poll may not dynamodb:GetItem on Directory, leading key User \"T#…#U#…\"; infra/template.yaml grants it \
             dynamodb:GetItem for Tenant \"T#…\" there"
        );
    }
}
