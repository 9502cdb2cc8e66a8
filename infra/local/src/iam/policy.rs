//! What a function's role allows, read from its `Policies` and evaluated as IAM does. Whatever is not understood is an
//! error, never a permission.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use serde_yaml_ng::{Mapping, Value};

use crate::iam::access::Access;
use crate::iam::wildcard::{matches, matches_action};

/// The supported conditions: which partitions a call reaches, and KMS's encryption context.
const ALL_LIKE: &str = "ForAllValues:StringLike";
const LEADING_KEYS: &str = "dynamodb:LeadingKeys";
const EQUALS: &str = "StringEquals";
const ENCRYPTION_CONTEXT: &str = "kms:EncryptionContext:";

/// What a function may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Each of them allows by itself.
    pub statements: Vec<Statement>,
    /// The most that may be allowed, if there is a permissions boundary.
    pub boundary: Option<Vec<Statement>>,
}

/// One thing that is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Patterns of actions.
    pub actions: Vec<String>,
    /// Patterns of ARNs.
    pub resources: Vec<String>,
    /// Patterns that all partition keys must match, if there are any.
    pub leading_keys: Option<Vec<String>>,
    /// What the call's encryption context must hold: for each name one of the values.
    pub encryption_context: BTreeMap<String, Vec<String>>,
}

impl Policy {
    /// Reads `Policies` and the document of a permissions boundary, after their intrinsic functions are resolved.
    ///
    /// # Errors
    /// One sentence about what is not understood.
    pub fn read(policies: &Value, boundary: Option<&Value>) -> Result<Self> {
        let boundary = boundary.map(read_documents).transpose().context("its permissions boundary")?;
        Ok(Self { statements: read_documents(policies)?, boundary })
    }

    /// Whether an access is allowed.
    pub fn allows(&self, access: &Access) -> bool {
        let by = |statements: &[Statement]| statements.iter().any(|statement| statement.allows(access));
        by(&self.statements) && self.boundary.as_deref().is_none_or(by)
    }
}

fn read_documents(policies: &Value) -> Result<Vec<Statement>> {
    let mut statements = Vec::new();
    for document in listed(policies) {
        if let Some(name) = document.as_str() {
            bail!(
                "the policy {name} is managed elsewhere; write its statements out, so that they can be held against the code"
            );
        }
        let document = document.as_mapping().context("a policy is no document")?;
        if !document.contains_key("Statement") {
            let name = document.keys().next().and_then(Value::as_str).unwrap_or("without a name");
            bail!(
                "the policy {name} is one of SAM's; write its statements out, so that they can be held against the code"
            );
        }
        only(document, &["Version", "Id", "Statement"], "a policy")?;
        for statement in listed(&document["Statement"]) {
            statements.push(Statement::read(statement)?);
        }
    }
    Ok(statements)
}

impl Statement {
    fn read(statement: &Value) -> Result<Self> {
        let statement = statement.as_mapping().context("a policy's statement has no members")?;
        only(statement, &["Sid", "Effect", "Action", "Resource", "Condition"], "a policy's statement")?;
        let effect = statement.get("Effect").and_then(Value::as_str);
        ensure!(
            effect == Some("Allow"),
            "a policy's statement has an Effect other than Allow, which is not understood here"
        );
        let texts = |member: &str| {
            let texts = statement.get(member).map(listed).unwrap_or_default();
            let texts: Option<Vec<String>> = texts.into_iter().map(|text| text.as_str().map(str::to_owned)).collect();
            texts
                .filter(|texts| !texts.is_empty())
                .with_context(|| format!("a policy's statement has no {member} of texts"))
        };
        let (actions, resources) = (texts("Action")?, texts("Resource")?);
        if let Some(strange) = resources.iter().find(|resource| *resource != "*" && !resource.starts_with("arn:")) {
            bail!("{strange} is no ARN, so a policy cannot be about it; did you mean `!GetAtt {strange}.Arn`?");
        }
        let (leading_keys, encryption_context) = read_condition(statement.get("Condition"))?;
        Ok(Self { actions, resources, leading_keys, encryption_context })
    }

    fn allows(&self, access: &Access) -> bool {
        self.is_about(access)
            && self.leading_keys.as_ref().is_none_or(|patterns| {
                // `ForAllValues` holds if there is no value.
                let mut keys = access.leading_keys.iter().chain(&access.besides);
                keys.all(|key| patterns.iter().any(|pattern| matches(pattern, key)))
            })
            && self.encryption_context.iter().all(|(name, values)| {
                // `StringEquals` does not hold if there is no value.
                access.encryption_context.get(name).is_some_and(|value| values.contains(value))
            })
    }

    /// Whether action and resource match the access, in any partition.
    fn is_about(&self, access: &Access) -> bool {
        self.actions.iter().any(|pattern| matches_action(pattern, &access.action))
            && self.resources.iter().any(|pattern| matches(pattern, &access.resource))
    }
}

/// The partition patterns and the encryption context's values in a statement's condition.
type Condition = (Option<Vec<String>>, BTreeMap<String, Vec<String>>);

fn read_condition(condition: Option<&Value>) -> Result<Condition> {
    let (mut leading_keys, mut encryption_context) = (None, BTreeMap::new());
    let Some(condition) = condition else { return Ok((leading_keys, encryption_context)) };
    for (operator, keys) in condition.as_mapping().context("a policy's Condition has no operator")? {
        let operator = operator.as_str().unwrap_or_default();
        for (key, patterns) in keys.as_mapping().context("a policy's Condition has no operator")? {
            let key = key.as_str().unwrap_or_default();
            match (operator, key.strip_prefix(ENCRYPTION_CONTEXT)) {
                (ALL_LIKE, None) if key == LEADING_KEYS => leading_keys = Some(texts_of(patterns)?),
                (EQUALS, Some(name)) => drop(encryption_context.insert(name.to_owned(), texts_of(patterns)?)),
                _ => bail!("a policy's Condition has {operator} of {key}, which is not understood here"),
            }
        }
    }
    Ok((leading_keys, encryption_context))
}

fn texts_of(patterns: &Value) -> Result<Vec<String>> {
    // A pattern that a mapping gives may itself be a list.
    let patterns = listed(patterns).into_iter().flat_map(listed);
    let patterns: Option<Vec<String>> = patterns.map(|pattern| pattern.as_str().map(str::to_owned)).collect();
    patterns.filter(|patterns| !patterns.is_empty()).context("a policy's Condition has no patterns of texts")
}

/// A list's items, or the single value that stands for a list.
fn listed(value: &Value) -> Vec<&Value> {
    match value {
        Value::Sequence(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

fn only(members: &Mapping, known: &[&str], what: &str) -> Result<()> {
    for name in members.keys() {
        let name = name.as_str().unwrap_or_default();
        ensure!(known.contains(&name), "{what} has the member {name}, which is not understood here");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Policy> {
        Policy::read(&serde_yaml_ng::from_str(text).unwrap(), None)
    }

    fn access(action: &str, keys: &[&str]) -> Access {
        Access {
            action: action.to_owned(),
            resource: "arn:aws:dynamodb:r:1:table/T".to_owned(),
            leading_keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            besides: Vec::new(),
            encryption_context: BTreeMap::new(),
        }
    }

    #[test]
    fn keys_of_other_tables_must_be_allowed_too() {
        let policy = Policy::read(&serde_yaml_ng::from_str(GUARDED).unwrap(), None).unwrap();
        let batch =
            |besides: &str| Access { besides: vec![besides.to_owned()], ..access("dynamodb:BatchGetItem", &["A#1"]) };
        assert!(policy.allows(&batch("B#1")));
        assert!(!policy.allows(&batch("C#1")));
    }

    const GUARDED: &str = "[{ Statement: { Effect: Allow, Action: [dynamodb:GetItem, dynamodb:BatchGetItem, dynamodb:Scan], \
        Resource: arn:aws:dynamodb:r:1:table/T, \
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [['A#?'], 'B#*'] } } } }]";

    #[test]
    fn a_statement_allows_its_actions_on_its_resources_in_its_partitions() {
        let policy = read(GUARDED).unwrap();
        assert!(policy.allows(&access("dynamodb:GetItem", &["A#1"])));
        assert!(policy.allows(&access("dynamodb:BatchGetItem", &["A#1", "B#12"])));
        assert!(!policy.allows(&access("dynamodb:BatchGetItem", &["A#1", "C#1"])));
        assert!(!policy.allows(&access("dynamodb:GetItem", &["A#12"])));
        assert!(!policy.allows(&access("dynamodb:GetItem", &[""])));
        assert!(!policy.allows(&access("dynamodb:PutItem", &["A#1"])));
        let elsewhere =
            Access { resource: "arn:aws:dynamodb:r:1:table/U".to_owned(), ..access("dynamodb:GetItem", &["A#1"]) };
        assert!(!policy.allows(&elsewhere));
    }

    #[test]
    fn a_scan_has_no_leading_keys_so_the_condition_does_not_stop_it() {
        assert!(read(GUARDED).unwrap().allows(&access("dynamodb:Scan", &[])));
    }

    #[test]
    fn statements_do_not_lend_each_other_their_partitions() {
        let text = GUARDED.replace("[['A#?'], 'B#*']", "'A#?'");
        let both = format!("{}, {}", text.trim_end_matches(']'), text.replace("A#?", "B#?").trim_start_matches('['));
        let policy = read(&both).unwrap();
        assert!(policy.allows(&access("dynamodb:BatchGetItem", &["A#1"])));
        assert!(policy.allows(&access("dynamodb:BatchGetItem", &["B#1"])));
        assert!(!policy.allows(&access("dynamodb:BatchGetItem", &["A#1", "B#1"])));
    }

    #[test]
    fn a_key_is_used_only_in_the_encryption_context_that_its_statement_names() {
        let policy = read(
            "{ Statement: { Effect: Allow, Action: kms:Decrypt, Resource: '*', \
             Condition: { StringEquals: { 'kms:EncryptionContext:purpose': wrapping } } } }",
        )
        .unwrap();
        let decrypt = |context: &[(&str, &str)]| {
            let owned = context.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let access = Access::plain("kms:Decrypt", "arn:aws:kms:r:1:key/K".to_owned());
            policy.allows(&Access { encryption_context: owned.collect(), ..access })
        };
        assert!(decrypt(&[("purpose", "wrapping"), ("more", "x")]));
        assert!(!decrypt(&[("purpose", "another")]));
        assert!(!decrypt(&[]));
    }

    #[test]
    fn a_boundary_takes_away_what_it_does_not_allow_and_adds_nothing() {
        let boundary =
            serde_yaml_ng::from_str("{ Statement: { Effect: Allow, Action: dynamodb:*, Resource: '*' } }").unwrap();
        let narrow =
            serde_yaml_ng::from_str("{ Statement: { Effect: Allow, Action: dynamodb:Scan, Resource: '*' } }").unwrap();
        let policies = serde_yaml_ng::from_str(GUARDED).unwrap();
        let get = access("dynamodb:GetItem", &["A#1"]);
        assert!(Policy::read(&policies, Some(&boundary)).unwrap().allows(&get));
        assert!(!Policy::read(&policies, Some(&narrow)).unwrap().allows(&get));
        assert!(!Policy::read(&Value::Null, Some(&boundary)).unwrap().allows(&get));
    }

    #[test]
    fn no_policy_allows_nothing() {
        assert!(!read("null").unwrap().allows(&access("dynamodb:GetItem", &["A#1"])));
    }

    #[test]
    fn what_is_not_understood_is_an_error_and_not_a_permission() {
        for (from, to, why) in [
            (
                "Effect: Allow",
                "Effect: Deny",
                "a policy's statement has an Effect other than Allow, which is not understood here",
            ),
            ("Action:", "NotAction:", "a policy's statement has the member NotAction, which is not understood here"),
            (
                "Resource: arn:aws:dynamodb:r:1:table/T",
                "Resource: T",
                "T is no ARN, so a policy cannot be about it; did you mean `!GetAtt T.Arn`?",
            ),
            ("Resource: arn:aws:dynamodb:r:1:table/T", "Resource: {}", "a policy's statement has no Resource of texts"),
            (
                "ForAllValues:StringLike",
                "StringLike",
                "a policy's Condition has StringLike of dynamodb:LeadingKeys, which is not understood here",
            ),
            (
                "dynamodb:LeadingKeys",
                "aws:SourceIp",
                "a policy's Condition has ForAllValues:StringLike of aws:SourceIp, which is not understood here",
            ),
            ("[['A#?'], 'B#*']", "[]", "a policy's Condition has no patterns of texts"),
        ] {
            assert!(GUARDED.contains(from), "{from}");
            assert_eq!(read(&GUARDED.replace(from, to)).unwrap_err().to_string(), why);
        }
    }

    #[test]
    fn policies_that_are_written_elsewhere_are_refused() {
        let sentence = |text: &str| read(text).unwrap_err().to_string();
        assert!(sentence("AWSLambdaExecute").starts_with("the policy AWSLambdaExecute is managed elsewhere"));
        assert!(
            sentence("[{ DynamoDBReadPolicy: { TableName: T } }]")
                .starts_with("the policy DynamoDBReadPolicy is one of SAM's")
        );
    }
}
