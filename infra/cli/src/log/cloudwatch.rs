//! `FilterLogEvents` of CloudWatch Logs, with the caller's own credentials. One call needs no SDK of its own.
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>

use std::time::{Duration, SystemTime};

use ::http::Request;
use aws_config::BehaviorVersion;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use scanlatch_protocol::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::environment::variable;
use crate::http::Http;

const TARGET: &str = "Logs_20140328.FilterLogEvents";
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
/// The variable of AWS's tools that names another endpoint.
const ENDPOINT: &str = "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS";
/// How many answers are read for one pattern; each covers up to 1 MB of matches, or an empty stretch of time.
const PAGES: usize = 200;

/// CloudWatch Logs in the caller's region.
#[derive(Debug)]
pub struct CloudWatch {
    url: String,
    region: String,
    credentials: Credentials,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    events: Vec<Logged>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Logged {
    message: String,
}

impl CloudWatch {
    /// As the environment describes it.
    ///
    /// # Errors
    /// One sentence that says what is missing.
    pub async fn of_caller() -> Result<Self, String> {
        let sdk = aws_config::defaults(BehaviorVersion::latest()).load().await;
        let region = sdk.region().map(ToString::to_string).ok_or("AWS_REGION is not set")?;
        let provider = sdk.credentials_provider().ok_or("there are no credentials; check AWS_PROFILE")?;
        let none = |_| "there are no credentials that serve; check AWS_PROFILE".to_owned();
        let credentials = provider.provide_credentials().await.map_err(none)?;
        let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
        let url = variable(ENDPOINT).unwrap_or_else(|| format!("https://logs.{region}.amazonaws.com{suffix}"));
        Ok(Self { url: format!("{}/", url.trim_end_matches('/')), region, credentials })
    }

    /// The lines of a group that a pattern matches.
    ///
    /// # Errors
    /// One sentence that says why they cannot be read.
    pub async fn lines(
        &self,
        group: &str,
        patterns: &[String],
        from: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<String>, String> {
        let mut lines = Vec::new();
        for pattern in patterns {
            let mut next = None;
            for _ in 0..PAGES {
                let body = json!({
                    "logGroupName": group,
                    "filterPattern": pattern,
                    "startTime": from.millis(),
                    "nextToken": next,
                });
                let page = self.page(&body, now).await?;
                lines.extend(page.events.into_iter().map(|event| event.message));
                next = page.next_token;
                if next.is_none() {
                    break;
                }
            }
            if next.is_some() {
                return Err("it is too long; ask for less time with --since".to_owned());
            }
        }
        Ok(lines)
    }

    async fn page(&self, body: &Value, now: Timestamp) -> Result<Page, String> {
        let request = self.signed(without_nulls(body), now)?;
        let answer = Http::new().call(request).await.map_err(|why| format!("CloudWatch Logs did not answer: {why}"))?;
        if answer.status.is_success() {
            return serde_json::from_slice(&answer.body)
                .map_err(|error| format!("the answer of CloudWatch Logs cannot be read: {error}"));
        }
        let refused: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let code = refused["__type"].as_str().and_then(|kind| kind.rsplit('#').next()).unwrap_or("no reason");
        Err(match code {
            "ResourceNotFoundException" => "there is no such log group; check its name and AWS_REGION".to_owned(),
            "AccessDeniedException" => "these credentials may not do logs:FilterLogEvents on the group".to_owned(),
            other => format!("CloudWatch Logs answered {}: {other}", answer.status.as_u16()),
        })
    }

    fn signed(&self, body: String, now: Timestamp) -> Result<Request<String>, String> {
        let headers = [("content-type", CONTENT_TYPE), ("x-amz-target", TARGET)];
        let unsigned = |error: &dyn std::fmt::Display| format!("the call cannot be signed: {error}");
        let identity = self.credentials.clone().into();
        let millis = u64::try_from(now.millis()).unwrap_or_default();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("logs")
            .time(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| unsigned(&error))?
            .into();
        let signable =
            SignableRequest::new("POST", &self.url, headers.into_iter(), SignableBody::Bytes(body.as_bytes()))
                .map_err(|error| unsigned(&error))?;
        let (instructions, _) = sign(signable, &params).map_err(|error| unsigned(&error))?.into_parts();
        let mut request = Request::post(&self.url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut request = request.body(body).map_err(|error| unsigned(&error))?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

fn without_nulls(body: &Value) -> String {
    let members = body.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_signed_for_the_region_and_the_service() {
        let cloud = CloudWatch {
            url: "https://logs.eu-west-1.amazonaws.com/".to_owned(),
            region: "eu-west-1".to_owned(),
            credentials: Credentials::new("AKID", "SECRET", Some("SESSION".to_owned()), None, "test"),
        };
        let body = without_nulls(&json!({ "logGroupName": "/scanlatch/prod", "nextToken": null }));
        let request = cloud.signed(body, Timestamp::from_millis(1_767_225_600_000)).unwrap();
        assert_eq!(request.body(), r#"{"logGroupName":"/scanlatch/prod"}"#);
        let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(
            (header("x-amz-date"), header("x-amz-security-token")),
            ("20260101T000000Z".into(), "SESSION".into())
        );
        let signed = header("authorization");
        assert!(
            signed.starts_with("AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/logs/aws4_request"),
            "{signed}"
        );
        assert!(!signed.contains("SECRET") && signed.contains("x-amz-target"), "{signed}");
    }
}
