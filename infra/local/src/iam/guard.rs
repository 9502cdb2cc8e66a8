//! Guards calls to AWS: lets functions do what their policies allow, and records what they ask for.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderMap;

use crate::iam::access::Access;
use crate::iam::arn;
use crate::iam::partitions::Partitions;
use crate::iam::policy::Policy;
use crate::iam::principal;
use crate::recorder::{Fact, Permission, Recorder};

/// The error type with which AWS refuses access.
pub const DENIED: &str = "AccessDeniedException";

/// Guards the calls of functions to AWS.
#[derive(Debug, Default)]
pub struct Guard {
    policies: BTreeMap<String, Policy>,
    partitions: Partitions,
    recorder: Arc<Recorder>,
    told: Mutex<HashSet<Permission>>,
}

/// A call that a function may not make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessDeniedError {
    /// AWS's sentence for it.
    pub message: String,
}

impl Guard {
    /// A guard with these functions' policies, by logical id; it reports to this recorder.
    pub fn new(policies: BTreeMap<String, Policy>, partitions: Partitions, recorder: Arc<Recorder>) -> Self {
        Self { policies, partitions, recorder, told: Mutex::default() }
    }

    /// Whether the caller that signed may do all this. Callers that are not functions are always allowed.
    ///
    /// # Errors
    /// The first access that the function may not have.
    pub fn admit(&self, headers: &HeaderMap, accesses: &[Access]) -> Result<(), AccessDeniedError> {
        let policy = principal::access_key(headers).and_then(|key| self.policies.get_key_value(key));
        let Some((function, policy)) = policy else { return Ok(()) };
        for access in accesses {
            let permissions = self.permissions(function, access);
            for permission in &permissions {
                self.recorder.note(Fact::Permission(permission.clone()));
            }
            if !policy.allows(access) {
                self.tell(policy, access, &permissions);
                return Err(AccessDeniedError { message: refusal(function, access) });
            }
        }
        Ok(())
    }

    /// An access as permissions for the audit.
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

    /// Prints, once, what the template does not grant.
    fn tell(&self, policy: &Policy, access: &Access, permissions: &[Permission]) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let new: Vec<&Permission> =
            permissions.iter().filter(|permission| told.insert((*permission).clone())).collect();
        if new.is_empty() {
            return;
        }
        eprintln!("{}", self.sentence(policy, access, permissions));
    }

    /// Names the keys that no statement grants; all keys, if each is granted but no single statement grants them
    /// together.
    fn sentence(&self, policy: &Policy, access: &Access, permissions: &[Permission]) -> String {
        let alone = |key: &String| {
            policy.allows(&Access { leading_keys: vec![key.clone()], besides: Vec::new(), ..access.clone() })
        };
        let refused = access.leading_keys.iter().zip(permissions).filter(|(key, _)| !alone(key));
        let refused: BTreeSet<&Permission> = refused.map(|(_, permission)| permission).collect();
        let divided = refused.is_empty() && access.leading_keys.len() + access.besides.len() > 1;
        let named = if divided { permissions.iter().collect() } else { refused };
        let mut keys: Vec<String> = named
            .iter()
            .filter_map(|permission| permission.leading_key.as_deref())
            .map(|key| self.partitions.shown(key))
            .collect();
        if divided {
            keys.extend(access.besides.iter().map(|key| self.partitions.shown(&self.partitions.pattern(key))));
        }
        let keys = match (keys.is_empty(), divided) {
            (true, _) => String::new(),
            (false, false) => format!(", leading key {}", keys.join(", ")),
            (false, true) => format!(" for {} in one call", keys.join(", ")),
        };
        let resource = arn::short(&access.resource);
        let granted = policy.statements.iter().filter(|statement| {
            statement.resources.iter().any(|pattern| crate::iam::wildcard::matches(pattern, &access.resource))
        });
        let granted: Vec<String> = granted
            .map(|statement| {
                let keys = statement.leading_keys.iter().flatten().map(|key| self.partitions.shown(key));
                let keys = keys.collect::<Vec<_>>().join(", ");
                format!("{}{}{keys}", statement.actions.join(", "), if keys.is_empty() { "" } else { " for " })
            })
            .collect();
        let granted = if granted.is_empty() { "nothing".to_owned() } else { granted.join("; ") };
        let function = permissions.first().map_or("A function", |permission| &permission.function);
        let advice = if divided { "; name all of them in one statement" } else { "" };
        format!(
            "{function} may not {} on {resource}{keys}; infra/template.yaml grants it {granted} there{advice}",
            access.action
        )
    }
}

/// The sentence with which AWS refuses.
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
    use serde_json::json;

    use super::*;

    fn guard() -> Guard {
        let partitions = "Partitions: { User: { Keys: 'T#???#U#*' }, Tenant: { Keys: 'T#???' } }";
        let policy = "{ Statement: { Effect: Allow, Action: dynamodb:GetItem, Resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/Directory', \
                      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'T#???' } } } }";
        let policy = Policy::read(&serde_yaml_ng::from_str(policy).unwrap(), None).unwrap();
        let mut partitions = Partitions::read(&serde_yaml_ng::from_str(partitions).unwrap());
        partitions.add("T#???#L");
        let put = |keys: &str| {
            format!(
                "{{ Effect: Allow, Action: dynamodb:PutItem, Resource: '{}', \
                 Condition: {{ 'ForAllValues:StringLike': {{ 'dynamodb:LeadingKeys': {keys} }} }} }}",
                arn::table("Directory")
            )
        };
        let split =
            format!("{{ Statement: [{}, {}] }}", put("['T#???', 'T#???#U#*']"), put("['T#???#U#*', 'T#???#L']"));
        let split = Policy::read(&serde_yaml_ng::from_str(&split).unwrap(), None).unwrap();
        let policies = BTreeMap::from([("Poll".to_owned(), policy), ("Split".to_owned(), split)]);
        Guard::new(policies, partitions, Arc::default())
    }

    fn access(key: &str) -> Access {
        Access {
            action: "dynamodb:GetItem".to_owned(),
            resource: arn::table("Directory"),
            leading_keys: vec![key.to_owned()],
            besides: Vec::new(),
            encryption_context: BTreeMap::new(),
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
    fn partitions_of_one_call_must_be_granted_by_one_statement() {
        let guard = guard();
        let parts = |keys: [&str; 2]| {
            let part = |pk: &str| json!({ "Put": { "TableName": "Directory", "Item": { "pk": { "S": pk } } } });
            crate::iam::access::of_call("TransactWriteItems", &json!({ "TransactItems": keys.map(part) }))
        };
        for together in [["T#123", "T#123#U#ann"], ["T#123#U#ann", "T#123#L"]] {
            assert_eq!(guard.admit(&signed_by("Split"), &parts(together)), Ok(()), "{together:?}");
        }
        assert!(guard.admit(&signed_by("Split"), &parts(["T#123", "T#123#L"])).is_err());
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
        let said = |function: &str, access: &Access| {
            guard.sentence(&guard.policies[function], access, &guard.permissions(function, access))
        };
        assert_eq!(
            said("Poll", &access("T#123#U#ann")),
            "Poll may not dynamodb:GetItem on Directory, leading key User \"T#…#U#…\"; infra/template.yaml grants it \
             dynamodb:GetItem for Tenant \"T#…\" there"
        );
        let put = |keys: &[&str]| Access {
            action: "dynamodb:PutItem".to_owned(),
            leading_keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            ..access("")
        };
        assert_eq!(
            said("Split", &put(&["T#123", "T#123#L"])),
            "Split may not dynamodb:PutItem on Directory for Tenant \"T#…\", \"T#…#L\" in one call; \
             infra/template.yaml grants it dynamodb:PutItem for Tenant \"T#…\", User \"T#…#U#…\"; dynamodb:PutItem for \
             User \"T#…#U#…\", \"T#…#L\" there; name all of them in one statement"
        );
        assert!(
            said("Split", &put(&["T#123", "T#123#Z"]))
                .starts_with("Split may not dynamodb:PutItem on Directory, leading key \"T#…\";")
        );
    }
}
