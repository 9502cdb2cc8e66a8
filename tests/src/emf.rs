//! `CloudWatch`'s embedded metric format, according to its specification.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// The values of `Unit`.
const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

const MAX_BYTES: usize = 256 * 1024;
const MAX_METRICS: usize = 100;
const MAX_VALUES: usize = 100;
const MAX_DIMENSIONS: usize = 30;
const MAX_TEXT: usize = 1024;
const MAX_NAMESPACE: usize = 255;

/// A document of metrics.
#[derive(Clone, Debug)]
pub struct Document(pub Value);

impl Document {
    /// Reads a log line; `None` if it is not a document of metrics.
    ///
    /// # Errors
    /// Which rule the document breaks.
    pub fn read(line: &str) -> Result<Option<Self>> {
        let Ok(document) = serde_json::from_str::<Value>(line) else { return Ok(None) };
        if document.get("_aws").is_none() {
            return Ok(None);
        }
        ensure!(line.len() <= MAX_BYTES, "it is larger than a log event may be");
        ensure!(line.trim() == line, "something stands before or after the object");
        check(&document).with_context(|| format!("in {line}"))?;
        Ok(Some(Self(document)))
    }

    /// The sum of a metric in it.
    pub fn sum(&self, metric: &str) -> f64 {
        self.0[metric].as_f64().unwrap_or_default()
    }
}

fn check(document: &Value) -> Result<()> {
    let metadata = &document["_aws"];
    ensure!(metadata["Timestamp"].as_u64().is_some(), "`Timestamp` is no count of milliseconds");
    let directives = metadata["CloudWatchMetrics"].as_array().context("`CloudWatchMetrics` is no list")?;
    ensure!(!directives.is_empty(), "there is no directive");
    let mut defined = BTreeSet::new();
    for directive in directives {
        let namespace = directive["Namespace"].as_str().context("`Namespace` is no text")?;
        ensure!((1..=MAX_NAMESPACE).contains(&namespace.len()), "`Namespace` is too short or too long");
        ensure!(!namespace.starts_with("AWS/"), "the namespace is AWS's own");
        let sets = directive["Dimensions"].as_array().context("`Dimensions` is no list")?;
        ensure!(!sets.is_empty(), "there is no set of dimensions");
        for set in sets {
            let keys = set.as_array().context("a set of dimensions is no list")?;
            ensure!(keys.len() <= MAX_DIMENSIONS, "a set has too many dimensions");
            for key in keys {
                let key = key.as_str().context("a dimension's name is no text")?;
                let value = document[key].as_str().with_context(|| format!("the dimension {key} has no text"))?;
                ensure!((1..=MAX_TEXT).contains(&value.len()), "the dimension {key} is empty or too long");
                ensure!(value.is_ascii() && !value.starts_with(':'), "the dimension {key} has a value that is none");
            }
        }
        let metrics = directive["Metrics"].as_array().context("`Metrics` is no list")?;
        ensure!((1..=MAX_METRICS).contains(&metrics.len()), "a directive has no metric or too many");
        for metric in metrics {
            let name = metric["Name"].as_str().context("a metric has no name")?;
            ensure!((1..=MAX_TEXT).contains(&name.len()), "a metric's name is empty or too long");
            ensure!(defined.insert(name.to_owned()), "{name} is defined twice");
            let unit = metric["Unit"].as_str().with_context(|| format!("{name} has no unit"))?;
            ensure!(UNITS.contains(&unit), "{name} has the unit {unit}, which CloudWatch does not know");
            ensure!(is_value(&document[name]), "{name} has no number");
        }
    }
    Ok(())
}

fn is_value(value: &Value) -> bool {
    match value {
        Value::Array(values) => (1..=MAX_VALUES).contains(&values.len()) && values.iter().all(Value::is_number),
        value => value.is_number(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn good() -> Value {
        json!({
            "_aws": {
                "Timestamp": 1_700_000_000_000_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "N",
                    "Dimensions": [["Stack"]],
                    "Metrics": [{ "Name": "Logins", "Unit": "Count" }],
                }],
            },
            "Stack": "prod",
            "Logins": 1,
        })
    }

    #[test]
    fn a_document_that_keeps_the_rules_is_one() {
        assert!(Document::read(&good().to_string()).unwrap().is_some());
    }

    #[test]
    fn another_line_is_none() {
        for line in ["no JSON", "{}", r#"{"level":"INFO"}"#] {
            assert!(Document::read(line).unwrap().is_none());
        }
    }

    #[test]
    fn each_broken_rule_is_found() {
        let broken: [(&str, Value); 9] = [
            ("/_aws/Timestamp", json!("2026-01-01")),
            ("/_aws/CloudWatchMetrics", json!([])),
            ("/_aws/CloudWatchMetrics/0/Namespace", json!("AWS/Lambda")),
            ("/_aws/CloudWatchMetrics/0/Dimensions", json!([["Absent"]])),
            ("/_aws/CloudWatchMetrics/0/Metrics", json!([])),
            ("/_aws/CloudWatchMetrics/0/Metrics/0/Unit", json!("Logins")),
            ("/_aws/CloudWatchMetrics/0/Metrics/0/Name", json!("Absent")),
            ("/Stack", json!(1)),
            ("/Logins", json!("1")),
        ];
        for (pointer, value) in broken {
            let mut document = good();
            *document.pointer_mut(pointer).unwrap() = value;
            assert!(Document::read(&document.to_string()).is_err(), "{pointer}");
        }
    }
}
