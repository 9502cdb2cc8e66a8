//! What a call counted, as one line of `CloudWatch`'s embedded metric format.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
//!
//! The only dimensions are `Stack` and, for a few measures, one label with a handful of values: AWS bills each
//! combination as a metric. The rest of the line is for searching the log.

use std::env;

use scanlatch_protocol::time::Timestamp;
use scanlatch_service::measure::{Gathered, Measure, Outcome, Unit};
use serde::Serialize;
use serde::ser::SerializeMap as _;
use serde_json::Serializer;

/// Where the metrics belong.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// `CloudWatch`'s namespace (`METRICS_NAMESPACE`).
    pub namespace: String,
    /// The stack (`STACK_NAME`), so that several in one account are told apart.
    pub stack: String,
    /// The function (`AWS_LAMBDA_FUNCTION_NAME`).
    pub function: String,
    /// The level of the line. Lambda drops lines below the function's log level, and metrics must get through.
    pub level: &'static str,
}

impl Deployment {
    /// Reads the environment; nothing in it is required.
    pub fn from_env(level: &'static str) -> Self {
        let text = |name, default: &str| {
            env::var(name).ok().filter(|text| !text.is_empty()).unwrap_or_else(|| default.to_owned())
        };
        Self {
            namespace: text("METRICS_NAMESPACE", "Scanlatch"),
            stack: text("STACK_NAME", "scanlatch"),
            function: text("AWS_LAMBDA_FUNCTION_NAME", "unknown"),
            level,
        }
    }
}

/// What a call was and how it ended.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'a> {
    /// Lambda's id of the call.
    pub request: &'a str,
    /// The status that it was answered with.
    pub status: u16,
    /// The error code, if it was refused.
    pub code: Option<&'a str>,
}

type Dimensions = &'static [&'static [&'static str]];

/// The sets of dimensions of a measure.
fn dimensions(measure: Measure) -> Dimensions {
    match measure {
        Measure::Refused | Measure::HandshakesRefused => &[&["Stack"], &["Stack", "Status"]],
        Measure::Validations => &[&["Stack"], &["Stack", "Outcome"]],
        _ => &[&["Stack"]],
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata<'a> {
    timestamp: i64,
    #[serde(rename = "CloudWatchMetrics")]
    directives: Vec<Directive<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'a str,
    dimensions: Dimensions,
    metrics: Vec<Definition>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: &'static str,
    unit: &'static str,
}

fn directives<'a>(deployment: &'a Deployment, gathered: &Gathered) -> Vec<Directive<'a>> {
    let mut directives: Vec<Directive<'a>> = Vec::with_capacity(1);
    for (measure, _) in gathered.values() {
        let definition = Definition {
            name: measure.name(),
            unit: match measure.unit() {
                Unit::Count => "Count",
                Unit::Milliseconds => "Milliseconds",
                Unit::None => "None",
            },
        };
        let dimensions = dimensions(*measure);
        match directives.iter_mut().find(|directive| directive.dimensions == dimensions) {
            Some(directive) => directive.metrics.push(definition),
            None => {
                directives.push(Directive { namespace: &deployment.namespace, dimensions, metrics: vec![definition] });
            }
        }
    }
    directives
}

/// The line, without a line break; `None` if the call counted nothing.
pub fn line(deployment: &Deployment, now: Timestamp, labels: Labels<'_>, gathered: &Gathered) -> Option<String> {
    if gathered.values().is_empty() {
        return None;
    }
    let mut text = Vec::with_capacity(768);
    let mut serializer = Serializer::new(&mut text);
    let written = (|| {
        let mut map = serde::Serializer::serialize_map(&mut serializer, None)?;
        map.serialize_entry("level", deployment.level)?;
        map.serialize_entry("timestamp", &now.iso())?;
        let metadata = Metadata { timestamp: now.millis(), directives: directives(deployment, gathered) };
        map.serialize_entry("_aws", &metadata)?;
        map.serialize_entry("Stack", &deployment.stack)?;
        map.serialize_entry("Function", &deployment.function)?;
        map.serialize_entry("RequestId", labels.request)?;
        map.serialize_entry("Status", &labels.status.to_string())?;
        if gathered.value(Measure::Validations).is_some() {
            map.serialize_entry("Outcome", gathered.outcome.map_or("unknown", Outcome::name))?;
        }
        if let Some(code) = labels.code {
            map.serialize_entry("Code", code)?;
        }
        if let Some(dependency) = gathered.dependency {
            map.serialize_entry("Dependency", dependency)?;
        }
        if let Some(tenant) = gathered.tenant {
            map.serialize_entry("Tenant", &tenant.to_string())?;
        }
        for (measure, value) in gathered.values() {
            map.serialize_entry(measure.name(), value)?;
        }
        map.end()
    })();
    // Texts and finite numbers always serialise.
    written.ok().and_then(|()| String::from_utf8(text).ok())
}

#[cfg(test)]
mod tests {
    use scanlatch_service::measure;
    use serde_json::{Value, json};

    use super::*;

    fn deployment() -> Deployment {
        Deployment {
            namespace: "Scanlatch".to_owned(),
            stack: "prod".to_owned(),
            function: "validate".to_owned(),
            level: "INFO",
        }
    }

    fn written(labels: Labels<'_>, gathered: &Gathered) -> Option<Value> {
        let line = line(&deployment(), Timestamp::from_millis(1_700_000_000_007), labels, gathered)?;
        assert!(!line.contains('\n'));
        Some(serde_json::from_str(&line).unwrap())
    }

    const OK: Labels<'static> = Labels { request: "r", status: 200, code: None };

    #[tokio::test]
    async fn a_call_is_one_document_with_every_member_that_its_directives_name() {
        let call = async {
            measure::count(Measure::Logins);
            measure::note(Measure::ClaimToDecision, 1_500.5);
            measure::validated(Outcome::First);
        };
        let ((), gathered) = measure::gathered(call).await;
        assert_eq!(
            written(OK, &gathered).unwrap(),
            json!({
                "level": "INFO",
                "timestamp": "2023-11-14T22:13:20.007Z",
                "_aws": {
                    "Timestamp": 1_700_000_000_007_i64,
                    "CloudWatchMetrics": [
                        {
                            "Namespace": "Scanlatch",
                            "Dimensions": [["Stack"]],
                            "Metrics": [
                                { "Name": "Logins", "Unit": "Count" },
                                { "Name": "ClaimToDecision", "Unit": "Milliseconds" },
                            ],
                        },
                        {
                            "Namespace": "Scanlatch",
                            "Dimensions": [["Stack"], ["Stack", "Outcome"]],
                            "Metrics": [{ "Name": "Validations", "Unit": "Count" }],
                        },
                    ],
                },
                "Stack": "prod",
                "Function": "validate",
                "RequestId": "r",
                "Status": "200",
                "Outcome": "first",
                "Logins": 1.0,
                "ClaimToDecision": 1_500.5,
                "Validations": 1.0,
            })
        );
    }

    #[test]
    fn a_call_that_counted_nothing_writes_nothing() {
        assert_eq!(written(OK, &Gathered::default()), None);
    }

    #[test]
    fn a_refusal_names_its_code_which_is_no_dimension() {
        let mut gathered = Gathered::default();
        gathered.add(Measure::Refused, 1.0);
        let labels = Labels { request: "r", status: 401, code: Some("token_invalid") };
        let document = written(labels, &gathered).unwrap();
        assert_eq!((&document["Status"], &document["Code"]), (&json!("401"), &json!("token_invalid")));
        let dimensions = &document["_aws"]["CloudWatchMetrics"][0]["Dimensions"];
        assert_eq!(dimensions, &json!([["Stack"], ["Stack", "Status"]]));
    }

    #[test]
    fn all_measures_at_once_stay_below_the_limit_of_one_directive() {
        let mut gathered = Gathered::default();
        for measure in Measure::ALL {
            gathered.add(*measure, 1.0);
        }
        let document = written(OK, &gathered).unwrap();
        let directives = document["_aws"]["CloudWatchMetrics"].as_array().unwrap().clone();
        let named: Vec<usize> = directives.iter().map(|one| one["Metrics"].as_array().unwrap().len()).collect();
        assert_eq!(named.iter().sum::<usize>(), Measure::ALL.len());
        assert!(named.iter().all(|count| *count <= 100));
    }
}
