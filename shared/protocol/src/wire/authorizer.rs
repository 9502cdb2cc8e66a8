//! What API Gateway asks a Lambda authorizer, and what it is answered.
//!
//! | API | payload | answer |
//! |---|---|---|
//! | HTTP | [2.0](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html) | simple: `isAuthorized` |
//! | REST | [`TOKEN` and `REQUEST`](https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html) | [an IAM policy](https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html) |
//!
//! A policy is for the whole stage: API Gateway keeps it for a token and asks it again about other methods.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::Refusal;
use crate::secret::redacted;

/// What is asked.
#[derive(Clone, PartialEq, Eq)]
pub struct Asked {
    /// The bearer token of the call, unread; `None` if it has none.
    pub token: Option<String>,
    form: Form,
}
redacted!(Asked);

/// In which form it is answered.
#[derive(Clone, PartialEq, Eq)]
enum Form {
    Simple,
    Policy { stage: String },
}

/// Who calls, as an API's integration reads it from `context.authorizer`. Both kinds of API take texts.
pub type Told = BTreeMap<&'static str, String>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default)]
    version: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    method_arn: Option<String>,
    #[serde(default)]
    authorization_token: Option<String>,
    #[serde(default)]
    headers: Option<BTreeMap<String, Value>>,
}

impl Asked {
    /// Reads an event. The token is what an authorizer of the type `TOKEN` takes, or the header `Authorization`.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if it is no authorizer's.
    pub fn read(event: &Value) -> Result<Self, Refusal> {
        let event = Event::deserialize(event).map_err(|_| UNKNOWN)?;
        let header = || {
            let mut headers = event.headers.iter().flatten();
            headers.find(|(name, _)| name.eq_ignore_ascii_case("authorization")).and_then(|(_, value)| value.as_str())
        };
        let (form, header) = match (event.version.as_deref(), event.kind.as_deref(), event.method_arn.as_deref()) {
            (Some("2.0"), Some("REQUEST"), _) => (Form::Simple, header()),
            (_, Some("TOKEN"), Some(arn)) => {
                (Form::Policy { stage: stage(arn)? }, event.authorization_token.as_deref())
            }
            (_, Some("REQUEST"), Some(arn)) => (Form::Policy { stage: stage(arn)? }, header()),
            _ => return Err(UNKNOWN),
        };
        Ok(Self { token: header.and_then(bearer).map(str::to_owned), form })
    }

    /// The answer to a call without a token that serves. `None` where only an error makes the API answer so that the
    /// caller tries with another token; every policy would refuse it for good.
    pub fn unauthorized(&self) -> Option<Value> {
        match self.form {
            Form::Simple => Some(self.denied()),
            Form::Policy { .. } => None,
        }
    }

    /// The call may go on, for this user.
    pub fn allowed(&self, user: &str, told: &Told) -> Value {
        match &self.form {
            Form::Simple => json!({ "isAuthorized": true, "context": told }),
            Form::Policy { stage } => policy(stage, "Allow", user, told),
        }
    }

    /// The call may not go on, whoever the user is.
    pub fn denied(&self) -> Value {
        match &self.form {
            Form::Simple => json!({ "isAuthorized": false }),
            Form::Policy { stage } => policy(stage, "Deny", "nobody", &Told::new()),
        }
    }
}

const UNKNOWN: Refusal = Refusal::malformed(
    "event",
    "must be that of an authorizer: TOKEN or REQUEST of a REST API, or REQUEST of an HTTP API in format 2.0",
);

/// The token after the scheme, whatever its case (RFC 6750 section 2.1, RFC 9110 section 11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    Some(token.trim()).filter(|token| scheme.eq_ignore_ascii_case("bearer") && !token.is_empty())
}

/// All methods of the stage of `arn:…:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>`.
fn stage(arn: &str) -> Result<String, Refusal> {
    let mut parts = arn.splitn(3, '/');
    match (parts.next(), parts.next()) {
        (Some(api), Some(stage)) if api.starts_with("arn:") && !stage.is_empty() => Ok(format!("{api}/{stage}/*")),
        _ => Err(UNKNOWN),
    }
}

fn policy(stage: &str, effect: &str, user: &str, told: &Told) -> Value {
    json!({
        "principalId": user,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{ "Action": "execute-api:Invoke", "Effect": effect, "Resource": stage }],
        },
        "context": told,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:execute-api:eu-central-1:123456789012:abc/prod/GET/orders/7/lines";

    fn read(event: &Value) -> Asked {
        Asked::read(event).unwrap()
    }

    fn token_event(header: &str) -> Value {
        json!({ "type": "TOKEN", "methodArn": ARN, "authorizationToken": header })
    }

    #[test]
    fn each_form_brings_its_token_where_aws_puts_it() {
        for event in [
            token_event("Bearer a.b.c"),
            json!({ "type": "REQUEST", "methodArn": ARN, "headers": { "Authorization": "Bearer a.b.c" } }),
            json!({ "version": "1.0", "type": "REQUEST", "methodArn": ARN, "headers": { "authorization": "Bearer a.b.c" } }),
            json!({ "version": "2.0", "type": "REQUEST", "routeArn": ARN, "headers": { "authorization": "Bearer a.b.c" } }),
        ] {
            assert_eq!(read(&event).token.as_deref(), Some("a.b.c"), "{event}");
        }
    }

    #[test]
    fn a_header_without_a_bearer_token_has_none() {
        for header in ["", "Bearer", "Bearer ", "a.b.c", "Basic YTpi"] {
            assert_eq!(read(&token_event(header)).token, None, "{header:?}");
        }
        assert_eq!(read(&token_event("bearer  a.b.c ")).token.as_deref(), Some("a.b.c"));
        let none = json!({ "version": "2.0", "type": "REQUEST", "headers": null });
        assert_eq!(read(&none).token, None);
    }

    #[test]
    fn another_functions_event_is_refused() {
        for event in [
            json!(null),
            json!({}),
            json!({ "version": "2.0", "routeKey": "GET /orders", "headers": {} }),
            json!({ "type": "REQUEST", "headers": {} }),
            json!({ "type": "TOKEN", "methodArn": "abc", "authorizationToken": "Bearer a.b.c" }),
        ] {
            assert_eq!(Asked::read(&event), Err(UNKNOWN), "{event}");
        }
    }

    #[test]
    fn a_policy_is_for_every_method_of_the_stage_and_no_other() {
        let allowed = read(&token_event("Bearer a.b.c")).allowed("ann", &Told::from([("userId", "ann".to_owned())]));
        let expected = json!({
            "principalId": "ann",
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow",
                    "Resource": "arn:aws:execute-api:eu-central-1:123456789012:abc/prod/*",
                }],
            },
            "context": { "userId": "ann" },
        });
        assert_eq!(allowed, expected);
    }

    #[test]
    fn only_a_simple_answer_says_that_nobody_is_known() {
        let simple = read(&json!({ "version": "2.0", "type": "REQUEST", "headers": {} }));
        assert_eq!(simple.unauthorized(), Some(json!({ "isAuthorized": false })));
        assert_eq!(read(&token_event("")).unauthorized(), None);
    }

    #[test]
    fn a_denial_names_nobody() {
        let denied = read(&token_event("Bearer a.b.c")).denied();
        assert_eq!((&denied["principalId"], &denied["context"]), (&json!("nobody"), &json!({})));
        assert_eq!(denied["policyDocument"]["Statement"][0]["Effect"], "Deny");
    }

    #[test]
    fn an_http_api_is_answered_simply() {
        let asked = read(&json!({ "version": "2.0", "type": "REQUEST", "headers": {} }));
        assert_eq!(asked.denied(), json!({ "isAuthorized": false }));
        let told = Told::from([("userId", "ann".to_owned())]);
        assert_eq!(asked.allowed("ann", &told), json!({ "isAuthorized": true, "context": { "userId": "ann" } }));
    }
}
