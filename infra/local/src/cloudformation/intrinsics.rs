//! `CloudFormation`'s intrinsic functions in their short forms, as far as names, environments and policies need them.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use serde_yaml_ng::{Mapping, Value};

use crate::iam::arn;

/// Stands for no value: the property that has it is absent.
const NO_VALUE: &str = "AWS::NoValue";

/// What the names in a template stand for.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Parameters and pseudo parameters; a list is a sequence of texts.
    pub parameters: BTreeMap<String, Value>,
    /// Types of resources by logical id; each stands for itself.
    pub resources: BTreeMap<String, String>,
    /// The template's `Conditions`.
    pub conditions: Value,
    /// The template's `Mappings`.
    pub mappings: Value,
}

impl Scope {
    /// The text that a value stands for.
    ///
    /// # Errors
    /// Names what cannot be resolved.
    pub fn text(&self, value: &Value) -> Result<String> {
        text_of(&self.value(value)?)
    }

    /// The value without intrinsic functions; null if it has no value.
    ///
    /// # Errors
    /// Names what cannot be resolved.
    pub fn value(&self, value: &Value) -> Result<Value> {
        Ok(self.resolve(value)?.unwrap_or_default())
    }

    fn resolve(&self, value: &Value) -> Result<Option<Value>> {
        Ok(Some(match value {
            Value::Sequence(items) => {
                let items = items.iter().filter_map(|item| self.resolve(item).transpose());
                Value::Sequence(items.collect::<Result<_>>()?)
            }
            Value::Mapping(members) => {
                let mut resolved = Mapping::new();
                for (name, member) in members {
                    if let Some(member) = self.resolve(member)? {
                        resolved.insert(name.clone(), member);
                    }
                }
                Value::Mapping(resolved)
            }
            Value::Tagged(tagged) => {
                let tag = tagged.tag.to_string();
                return self.call(tag.trim_start_matches('!'), &tagged.value);
            }
            plain => plain.clone(),
        }))
    }

    fn call(&self, function: &str, argument: &Value) -> Result<Option<Value>> {
        let arguments = argument.as_sequence().map(Vec::as_slice).unwrap_or_default();
        Ok(Some(match (function, argument, arguments) {
            ("Ref", Value::String(name), _) if name == NO_VALUE => return Ok(None),
            ("Ref", Value::String(name), _) => self.name(name)?,
            ("GetAtt", Value::String(path), _) => self.attribute(path)?.into(),
            ("GetAtt", _, [resource, attribute]) => {
                self.attribute(&format!("{}.{}", self.text(resource)?, self.text(attribute)?))?.into()
            }
            ("Sub", Value::String(text), _) => self.substitute(text, &Value::Null)?.into(),
            ("Sub", _, [Value::String(text), names]) => self.substitute(text, names)?.into(),
            ("If", _, [condition, then, otherwise]) => return self.resolve(self.chosen(condition, then, otherwise)?),
            ("FindInMap", _, [mapping, key, attribute]) => {
                let (mapping, key, attribute) = (self.text(mapping)?, self.text(key)?, self.text(attribute)?);
                match &self.mappings[mapping.as_str()][key.as_str()][attribute.as_str()] {
                    Value::Null => bail!("the mapping {mapping} has no {key} with {attribute}"),
                    found => found.clone(),
                }
            }
            ("Join", _, [separator, items]) => self.texts(items)?.join(&self.text(separator)?).into(),
            ("Split", _, [separator, text]) => {
                let (separator, text) = (self.text(separator)?, self.text(text)?);
                Value::Sequence(text.split(&separator).map(Value::from).collect())
            }
            ("Select", _, [index, items]) => {
                let (index, items) = (self.text(index)?.parse::<usize>()?, self.texts(items)?);
                items
                    .get(index)
                    .with_context(|| format!("`!Select` wants item {index} of a shorter list"))?
                    .as_str()
                    .into()
            }
            (function, ..) => bail!("`!{function}` is not understood here"),
        }))
    }

    /// The branch that `!If` chooses, with its own functions unresolved; any other value unchanged.
    ///
    /// # Errors
    /// If its condition is missing or cannot be evaluated.
    pub fn branch<'v>(&self, value: &'v Value) -> Result<&'v Value> {
        let Value::Tagged(tagged) = value else { return Ok(value) };
        match (tagged.tag.to_string().as_str(), tagged.value.as_sequence().map(Vec::as_slice)) {
            ("!If", Some([condition, then, otherwise])) => self.chosen(condition, then, otherwise),
            _ => Ok(value),
        }
    }

    fn chosen<'v>(&self, condition: &Value, then: &'v Value, otherwise: &'v Value) -> Result<&'v Value> {
        let condition = condition.as_str().context("`!If` names no condition")?;
        Ok(if self.holds(condition)? { then } else { otherwise })
    }

    fn texts(&self, value: &Value) -> Result<Vec<String>> {
        let items = self.value(value)?;
        items.as_sequence().context("a list was expected")?.iter().map(text_of).collect()
    }

    /// Whether a condition of the template holds.
    ///
    /// # Errors
    /// If it is missing or cannot be evaluated.
    pub fn holds(&self, condition: &str) -> Result<bool> {
        match &self.conditions[condition] {
            Value::Null => bail!("there is no condition {condition}"),
            found => self.evaluate(found).with_context(|| format!("the condition {condition}")),
        }
    }

    /// Whether a written condition holds.
    ///
    /// # Errors
    /// If it cannot be evaluated.
    pub fn evaluate(&self, value: &Value) -> Result<bool> {
        let Value::Tagged(tagged) = value else { bail!("a condition was expected") };
        let tag = tagged.tag.to_string();
        let operands = tagged.value.as_sequence().map(Vec::as_slice).unwrap_or_default();
        match (tag.trim_start_matches('!'), operands) {
            ("Equals", [one, other]) => Ok(self.text(one)? == self.text(other)?),
            ("Not", [operand]) => Ok(!self.evaluate(operand)?),
            // Every operand is evaluated, so that no mistake in one stays hidden.
            ("And", [_, ..]) => self.all(operands).map(|all| all.into_iter().all(|holds| holds)),
            ("Or", [_, ..]) => self.all(operands).map(|all| all.into_iter().any(|holds| holds)),
            ("Condition", _) => self.holds(tagged.value.as_str().context("`!Condition` names no condition")?),
            (tag, _) => bail!("`!{tag}` is no condition that is understood here"),
        }
    }

    fn all(&self, operands: &[Value]) -> Result<Vec<bool>> {
        operands.iter().map(|operand| self.evaluate(operand)).collect()
    }

    fn name(&self, name: &str) -> Result<Value> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        if self.resources.contains_key(name) {
            return Ok(name.into());
        }
        bail!("`{name}` is neither a parameter nor a resource; `--parameter {name}=…` sets a parameter")
    }

    fn attribute(&self, path: &str) -> Result<String> {
        let (resource, attribute) = path.split_once('.').unwrap_or((path, ""));
        // SAM adds resources whose names begin with a logical id of the template.
        let known = self.resources.keys().any(|id| resource.starts_with(id.as_str()));
        match self.resources.get(resource) {
            Some(kind) if attribute == "Arn" => Ok(arn::of_resource(kind, resource)),
            _ if known => Ok(path.to_owned()),
            _ => bail!("there is no resource {resource}"),
        }
    }

    fn substitute(&self, text: &str, names: &Value) -> Result<String> {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').context("a `${` without its `}`")?;
            result.push_str(before);
            result.push_str(&match (name.strip_prefix('!'), &names[name]) {
                (Some(literal), _) => ["${", literal, "}"].concat(),
                (None, Value::Null) if name.contains('.') => self.attribute(name)?,
                (None, Value::Null) => text_of(&self.name(name)?)?,
                (None, value) => self.text(value)?,
            });
            rest = after;
        }
        result.push_str(rest);
        Ok(result)
    }
}

fn text_of(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        // A parameter that is a list becomes a text with commas.
        Value::Sequence(items) if items.iter().all(Value::is_string) => {
            Ok(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","))
        }
        _ => bail!("a text was expected"),
    }
}

/// The logical id that `!GetAtt Function.Arn` or `!Ref Function` points at.
pub fn target(value: &Value) -> Option<&str> {
    match value {
        Value::Tagged(tagged) => tagged.value.as_str().and_then(|path| path.split('.').next()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(text: &str) -> Value {
        serde_yaml_ng::from_str(text).unwrap()
    }

    fn scope() -> Scope {
        Scope {
            parameters: BTreeMap::from([
                ("Stage".to_owned(), "prod".into()),
                ("Days".to_owned(), 14.into()),
                ("Origins".to_owned(), yaml("[a, b]")),
            ]),
            resources: BTreeMap::from([
                ("Table".to_owned(), "AWS::DynamoDB::Table".to_owned()),
                ("Api".to_owned(), "AWS::Serverless::HttpApi".to_owned()),
            ]),
            conditions: yaml(
                "{ IsProd: !Equals [!Ref Stage, prod], IsDev: !Not [!Condition IsProd], \
                 Both: !And [!Condition IsProd, !Condition IsDev], One: !Or [!Condition IsProd, !Condition IsDev], \
                 Broken: !Equals [!Ref Nobody, x], HalfBroken: !Or [!Condition IsProd, !Condition Broken] }",
            ),
            mappings: yaml("{ Sizes: { prod: { Memory: 512, Zones: [x, y] } } }"),
        }
    }

    #[test]
    fn each_function_gives_its_value() {
        for (given, expected) in [
            ("!Ref Days", "14"),
            ("!Ref Table", "Table"),
            ("!GetAtt Table.Arn", "arn:aws:dynamodb:us-east-1:000000000000:table/Table"),
            ("!GetAtt [Table, Arn]", "arn:aws:dynamodb:us-east-1:000000000000:table/Table"),
            ("!GetAtt ApiDefaultRoute.Id", "ApiDefaultRoute.Id"),
            (
                "!Sub \"${Api}/${Table.Arn}/${Stage}/${!Kept}\"",
                "Api/arn:aws:dynamodb:us-east-1:000000000000:table/Table/prod/${Kept}",
            ),
            ("!Sub [\"${Word}-${Stage}\", { Word: !Ref Days }]", "14-prod"),
            ("!If [IsProd, yes!, no!]", "yes!"),
            ("!If [IsDev, yes!, no!]", "no!"),
            ("!If [Both, yes!, no!]", "no!"),
            ("!If [One, yes!, no!]", "yes!"),
            ("!FindInMap [Sizes, !Ref Stage, Memory]", "512"),
            ("!Join [\"-\", [a, !Ref Stage]]", "a-prod"),
            ("!Select [1, !Split [\"/\", a/b/c]]", "b"),
            ("!Select [0, !Ref Origins]", "a"),
            ("!Ref Origins", "a,b"),
        ] {
            assert_eq!(scope().text(&yaml(given)).unwrap(), expected, "{given}");
        }
    }

    #[test]
    fn what_has_no_value_is_not_there() {
        let given = yaml("{ A: 1, B: !Ref AWS::NoValue, C: [!If [IsDev, x, !Ref AWS::NoValue], !Ref Stage] }");
        assert_eq!(scope().value(&given).unwrap(), yaml("{ A: 1, C: [prod] }"));
    }

    #[test]
    fn what_is_not_understood_is_said_in_one_sentence() {
        for (given, why) in [
            ("!Ref Nobody", "`Nobody` is neither a parameter nor a resource; `--parameter Nobody=…` sets a parameter"),
            ("!GetAtt Nobody.Arn", "there is no resource Nobody"),
            ("!If [Nothing, a, b]", "there is no condition Nothing"),
            ("!FindInMap [Sizes, prod, Nothing]", "the mapping Sizes has no prod with Nothing"),
            ("!ImportValue x", "`!ImportValue` is not understood here"),
            ("!Select [2, [a]]", "`!Select` wants item 2 of a shorter list"),
        ] {
            assert_eq!(scope().text(&yaml(given)).unwrap_err().to_string(), why, "{given}");
        }
        assert!(scope().holds("HalfBroken").is_err(), "an operand that cannot be judged was passed over");
    }
}
