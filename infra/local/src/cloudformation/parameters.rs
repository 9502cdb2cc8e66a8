//! A template's parameters and rules, checked as `CloudFormation` checks them, so that what it refuses is refused here.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use regex::Regex;
use serde_yaml_ng::Value;

use crate::cloudformation::intrinsics::Scope;
use crate::iam::arn;

/// The value of each parameter and pseudo parameter; a list is a sequence of texts.
///
/// # Errors
/// One sentence that names the parameter that is unknown, missing or not as declared.
pub fn values(declared: &Value, given: &BTreeMap<String, String>) -> Result<BTreeMap<String, Value>> {
    let pseudo = [
        ("AWS::Region", arn::REGION),
        ("AWS::AccountId", arn::ACCOUNT),
        ("AWS::Partition", "aws"),
        ("AWS::URLSuffix", "amazonaws.com"),
        ("AWS::StackName", "local"),
    ];
    let mut values: BTreeMap<String, Value> =
        pseudo.map(|(name, value)| (name.to_owned(), value.into())).into_iter().collect();
    for name in given.keys() {
        ensure!(
            !declared[name.as_str()].is_null(),
            "the template has no parameter {name}; its section Parameters lists what there is"
        );
    }
    for (name, parameter) in declared.as_mapping().into_iter().flatten() {
        let name = name.as_str().context("a parameter's name is no text")?;
        let value = match given.get(name) {
            Some(text) => text.clone(),
            None if parameter["Default"].is_null() => continue,
            None => plain(&parameter["Default"]),
        };
        hold(name, parameter, &value)?;
        values.insert(name.to_owned(), typed(parameter, value));
    }
    Ok(values)
}

/// Checks each of the template's `Rules`.
///
/// # Errors
/// With the description of the first assertion that does not hold.
pub fn keep(rules: &Value, scope: &Scope) -> Result<()> {
    for (name, rule) in rules.as_mapping().into_iter().flatten() {
        let name = name.as_str().context("a rule's name is no text")?;
        let applies = match &rule["RuleCondition"] {
            Value::Null => true,
            condition => scope.evaluate(condition).with_context(|| format!("the rule {name}"))?,
        };
        for assertion in rule["Assertions"].as_sequence().into_iter().flatten().filter(|_| applies) {
            let holds = scope.evaluate(&assertion["Assert"]).with_context(|| format!("the rule {name}"))?;
            ensure!(holds, "{}", assertion["AssertDescription"].as_str().unwrap_or(name));
        }
    }
    Ok(())
}

fn plain(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}

fn typed(parameter: &Value, value: String) -> Value {
    let kind = parameter["Type"].as_str().unwrap_or_default();
    if kind == "CommaDelimitedList" || kind.starts_with("List<") {
        return value.split(',').map(|item| item.trim().into()).collect::<Vec<Value>>().into();
    }
    value.into()
}

fn hold(name: &str, parameter: &Value, value: &str) -> Result<()> {
    let hint = parameter["ConstraintDescription"].as_str();
    if let Some(allowed) = parameter["AllowedValues"].as_sequence() {
        let allowed: Vec<String> = allowed.iter().map(plain).collect();
        ensure!(allowed.iter().any(|one| one == value), "the parameter {name} must be one of {}", allowed.join(", "));
    }
    if let Some(pattern) = parameter["AllowedPattern"].as_str() {
        let regex = Regex::new(pattern).with_context(|| format!("the pattern of {name}"))?;
        if !regex.is_match(value) {
            bail!("the parameter {name} {}", hint.map_or_else(|| format!("must match {pattern}"), str::to_owned));
        }
    }
    if parameter["Type"].as_str() == Some("Number") {
        let number: f64 = value.parse().ok().with_context(|| format!("the parameter {name} must be a number"))?;
        let bound = |bound: &str| parameter[bound].as_f64();
        ensure!(bound("MinValue").is_none_or(|least| number >= least), "the parameter {name} is too small");
        ensure!(bound("MaxValue").is_none_or(|most| number <= most), "the parameter {name} is too big");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECLARED: &str = "
Form: { Type: String, Default: none, AllowedValues: [none, one] }
Host: { Type: String, Default: '', AllowedPattern: '^([a-z.]+)?$', ConstraintDescription: must be a host name }
Days: { Type: Number, Default: 14, MinValue: 7, MaxValue: 90 }
Zones: { Type: CommaDelimitedList, Default: 'a, b' }
Needed: { Type: String }
";

    fn judged(given: &[(&str, &str)]) -> Result<BTreeMap<String, Value>> {
        let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        values(&serde_yaml_ng::from_str(DECLARED).unwrap(), &given)
    }

    #[test]
    fn what_is_not_given_is_the_default() {
        let values = judged(&[("Days", "30")]).unwrap();
        assert_eq!((&values["Form"], &values["Days"]), (&"none".into(), &"30".into()));
        assert_eq!(values["Zones"].as_sequence().unwrap().len(), 2);
        assert!(!values.contains_key("Needed"));
    }

    #[test]
    fn each_constraint_is_held_in_one_sentence() {
        for (name, value, why) in [
            ("Form", "two", "the parameter Form must be one of none, one"),
            ("Host", "LOGIN", "the parameter Host must be a host name"),
            ("Days", "6", "the parameter Days is too small"),
            ("Days", "91", "the parameter Days is too big"),
            ("Days", "many", "the parameter Days must be a number"),
            ("Dayz", "8", "the template has no parameter Dayz; its section Parameters lists what there is"),
        ] {
            assert_eq!(judged(&[(name, value)]).unwrap_err().to_string(), why);
        }
    }

    #[test]
    fn a_rule_holds_where_its_condition_does() {
        let rules = "
HostIsNamed:
  RuleCondition: !Equals [!Ref Form, one]
  Assertions: [{ Assert: !Not [!Equals [!Ref Host, '']], AssertDescription: one needs Host }]
";
        let kept = |given: &[(&str, &str)]| {
            let scope = Scope { parameters: judged(given).unwrap(), ..Scope::default() };
            keep(&serde_yaml_ng::from_str(rules).unwrap(), &scope)
        };
        assert!(kept(&[]).is_ok());
        assert!(kept(&[("Form", "one"), ("Host", "a.b")]).is_ok());
        assert_eq!(kept(&[("Form", "one")]).unwrap_err().to_string(), "one needs Host");
    }
}
