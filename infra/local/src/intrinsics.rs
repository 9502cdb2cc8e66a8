//! `CloudFormation`'s `!Ref`, `!Sub`, `!GetAtt` and `!If`, as far as environments and names need them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use serde_yaml_ng::Value;

/// What names stand for.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Parameters and pseudo parameters.
    pub parameters: BTreeMap<String, String>,
    /// Logical ids of resources; each stands for itself.
    pub resources: Vec<String>,
}

impl Scope {
    /// The text that a value stands for.
    ///
    /// # Errors
    /// Names what cannot be resolved.
    pub fn text(&self, value: &Value) -> Result<String> {
        match value {
            Value::String(text) => Ok(text.clone()),
            Value::Bool(flag) => Ok(flag.to_string()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Tagged(tagged) => {
                let tag = tagged.tag.to_string();
                match (tag.trim_start_matches('!'), &tagged.value) {
                    ("Ref", Value::String(name)) => self.name(name),
                    ("GetAtt", Value::String(path)) => Ok(Self::attribute(path)),
                    ("Sub", Value::String(text)) => self.substitute(text),
                    (tag, _) => bail!("`!{tag}` is not understood here"),
                }
            }
            _ => bail!("a text was expected"),
        }
    }

    fn name(&self, name: &str) -> Result<String> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        if self.resources.iter().any(|resource| resource == name) {
            return Ok(name.to_owned());
        }
        bail!("`{name}` is neither a parameter nor a resource; `--parameter {name}=…` sets a parameter")
    }

    fn attribute(path: &str) -> String {
        let resource = path.split('.').next().unwrap_or(path);
        format!("arn:aws:local:us-east-1:000000000000:{resource}")
    }

    fn substitute(&self, text: &str) -> Result<String> {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').context("a `${` without its `}`")?;
            result.push_str(before);
            result.push_str(&if name.contains('.') { Self::attribute(name) } else { self.name(name)? });
            rest = after;
        }
        result.push_str(rest);
        Ok(result)
    }
}

/// The logical id that `!GetAtt Function.Arn` or `!Ref Function` points at.
pub fn target(value: &Value) -> Option<&str> {
    match value {
        Value::Tagged(tagged) => tagged.value.as_str().and_then(|path| path.split('.').next()),
        _ => None,
    }
}
