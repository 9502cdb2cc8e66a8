//! Every operation's example is sent with real ids, keys and tokens in it, and the answer looks like its example.

mod openid;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use scanlatch_client::{Answer, Method};
use scanlatch_protocol::base64;
use scanlatch_service::port::Clock as _;
use scanlatch_service::system::System;
use scanlatch_tests::{Application, BEHIND_EDGE, EDGE_SECRET, Phone, Stack, form};
use serde_json::{Value, json};

use super::document::Document;
use super::shape::shape;
use crate::openid::registration;

const USER: &str = "auth0|ann";

struct Story {
    described: Document,
    stack: Stack,
    phone: Phone,
    application: Application,
    /// The cookies of the application's browser.
    cookies: String,
    /// The real text for a text of an example.
    living: BTreeMap<String, String>,
    shown: BTreeSet<String>,
}

impl Story {
    async fn begin() -> Result<Self> {
        // The location is shown only if the trusted edge sends it.
        let stack = Stack::start(&BEHIND_EDGE).await?;
        let phone = stack.phone();
        let described = Document::openapi()?;
        let application = Application::register(&stack, registration(), false).await?;
        let (_, body) = described.operation("addCredential")?.request().context("no example of a key")?;
        let key = body["publicKey"].as_str().context("no example of a key")?;
        let tenant =
            described.operation("getTenantKeySet")?.parameters().next().context("no tenant")?["example"].clone();
        let in_query = |key: &str| base64::encode(key.as_bytes());
        let living = BTreeMap::from([
            (in_query(key), in_query(&phone.public_key())),
            (key.to_owned(), phone.public_key()),
            (tenant.as_str().unwrap_or_default().to_owned(), stack.tenant_id().to_owned()),
            (USER.to_owned(), format!("{USER}-{}", System.now().millis())),
            ("grafana".to_owned(), application.id.clone()),
        ]);
        Ok(Self { described, stack, phone, application, cookies: String::new(), living, shown: BTreeSet::new() })
    }

    /// The value, with real texts wherever they are known.
    fn alive(&self, value: &Value) -> Value {
        match value {
            Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), self.alive(value))).collect(),
            Value::Array(items) => items.iter().map(|item| self.alive(item)).collect(),
            Value::String(text) => self.living.get(text).unwrap_or(text).as_str().into(),
            scalar => scalar.clone(),
        }
    }

    /// Remembers the real texts for those of an example.
    fn learn(&mut self, example: &Value, real: &Value) {
        match (example, real) {
            (Value::Object(example), Value::Object(real)) => {
                for (name, value) in example {
                    self.learn(value, real.get(name).unwrap_or(&Value::Null));
                }
            }
            (Value::Array(example), Value::Array(real)) => {
                example.iter().zip(real).for_each(|(example, real)| self.learn(example, real));
            }
            (Value::String(example), Value::String(real)) if example != USER => {
                self.living.insert(example.clone(), real.clone());
            }
            _ => {}
        }
    }

    fn sign(&self, body: &mut Value) {
        let Some(signature) = body.get("signature") else { return };
        let removal = format!("{}.0", System.now().seconds() / 600);
        assert!(signature.is_string());
        body["signature"] = self.phone.sign(body["challengeId"].as_str().unwrap_or(&removal)).into();
    }

    /// What an operation's caller proves itself with.
    fn authorization(&self, scheme: Option<&str>) -> Result<Option<String>> {
        let bearer = |id: &str, member: &str| {
            let token = self.alive(&self.described.operation(id)?.answer()?[member]);
            anyhow::Ok(Some(format!("Bearer {}", token.as_str().unwrap_or_default())))
        };
        match scheme {
            Some("tenant") => Ok(Some(self.phone.authorization())),
            Some("secretKey") => Ok(Some(self.stack.backend().authorization().to_owned())),
            Some("userToken") => bearer("trackAction", "token"),
            Some("accessToken") => bearer("getTokens", "access_token"),
            Some("applicationSecret") => {
                let proof = format!("{}:{}", self.application.id, self.application.secret);
                Ok(Some(format!("Basic {}", base64::encode(proof.as_bytes()))))
            }
            _ => Ok(None),
        }
    }

    /// Sends an operation's example; returns the answer, whose status is that of its success.
    async fn call(&self, id: &str) -> Result<Answer> {
        let operation = self.described.operation(id)?;
        let (mut path, mut query) = (operation.path.to_owned(), Vec::new());
        let mut headers = vec![
            ("user-agent", "Kiosk/1.0".to_owned()),
            ("scanlatch-edge-secret", EDGE_SECRET.to_owned()),
            ("cloudfront-viewer-address", "203.0.113.7:51234".to_owned()),
            ("cloudfront-viewer-city", "Wellington".to_owned()),
            ("cloudfront-viewer-country-region-name", "Wellington Region".to_owned()),
            ("cloudfront-viewer-country", "NZ".to_owned()),
        ];
        for parameter in operation.parameters().filter(|parameter| !parameter["example"].is_null()) {
            let name = parameter["name"].as_str().context("a parameter without a name")?;
            let value = match self.alive(&parameter["example"]) {
                Value::String(text) => text,
                Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
                scalar => scalar.to_string(),
            };
            match parameter["in"].as_str() {
                Some("path") => path = path.replace(&format!("{{{name}}}"), &value),
                Some("header") => headers.push((name, value)),
                _ => query.push((name, value)),
            }
        }
        let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut request = self.stack.api().request(operation.method.parse()?, &format!("{path}?{}", form(&query)));
        for (name, value) in headers.into_iter().chain(Some(("cookie", self.cookies.clone()))) {
            request = request.header(name, &value);
        }
        if let Some(authorization) = self.authorization(operation.security())? {
            request = request.header("authorization", &authorization);
        }
        if let Some((media_type, body)) = operation.request() {
            let mut body = self.alive(body);
            self.sign(&mut body);
            let members = body.as_object().into_iter().flatten();
            let pairs: Vec<_> = members.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect();
            let text = if media_type == "application/json" { body.to_string() } else { form(&pairs) };
            request = request.header("content-type", media_type).body(text);
        }
        let response = request.send().await?;
        let (success, _) = operation.success()?;
        assert_eq!(response.status.as_u16(), success, "{id}: {}", String::from_utf8_lossy(&response.body));
        Ok(response)
    }

    /// Sends an operation's example; returns the example of its answer, and the answer.
    async fn send(&mut self, id: &str) -> Result<(Value, Value)> {
        let example = self.described.operation(id)?.answer()?.clone();
        let real: Value = serde_json::from_slice(&self.call(id).await?.body)?;
        self.learn(&example, &real);
        Ok((example, real))
    }

    /// Sends examples that later ones need.
    async fn prepare(&mut self, ids: &[&str]) -> Result<()> {
        for id in ids {
            self.send(id).await?;
        }
        Ok(())
    }

    /// Checks that the answers look like their examples.
    async fn show(&mut self, ids: &[&str]) -> Result<()> {
        for id in ids {
            let (example, real) = self.send(id).await?;
            assert_eq!(shape(&real), shape(&example), "{id} answered {real}");
            self.shown.insert((*id).to_owned());
        }
        Ok(())
    }

    /// Gets a token that enrols another key.
    async fn renew_token(&mut self) -> Result<()> {
        let user = self.living.get(USER).context("no user")?.replace('|', "%7C");
        let request = self.stack.api().request(Method::POST, &format!("/users/{user}/actions/enrol"));
        let request = request
            .header("scanlatch-edge-secret", EDGE_SECRET)
            .header("authorization", self.stack.backend().authorization())
            .header("content-type", "application/json")
            .body(json!({ "scope": "add:authenticators" }).to_string());
        let tracked: Value = serde_json::from_slice(&request.send().await?.body)?;
        let token = tracked["token"].as_str().with_context(|| format!("no token in {tracked}"))?.to_owned();
        let example = self.described.operation("trackAction")?.answer()?["token"].clone();
        self.learn(&example, &token.into());
        Ok(())
    }

    /// Continues with another user.
    fn meet(&mut self, user: &str) {
        self.living.insert(USER.to_owned(), format!("{user}-{}", System.now().millis()));
    }
}

#[tokio::test]
async fn every_example_of_openapi_is_taken_and_every_answer_looks_like_its_example() -> Result<()> {
    let mut story = Story::begin().await?;
    story.prepare(&["updateUser"]).await?;
    story.meet("auth0|ben");
    // A user, a phone and a challenge for this user.
    story.show(&["createChallenge"]).await?;
    story.prepare(&["trackAction"]).await?;
    story.show(&["addCredential", "addCredentialUnderDevice", "addCredentialUnderInApp"]).await?;
    story.show(&["listActions", "updateAction"]).await?;
    story.show(&["updateUser", "updateUserByPost", "enrolAuthenticator", "getUser", "trackAction"]).await?;
    story.show(&["findChallenge", "findChallengeByPost", "findChallengeUnderDoubledBase"]).await?;
    // A login.
    story.show(&["getWaitingChallenge", "claimChallenge", "claimChallengeUnderDevice"]).await?;
    story.show(&["decideChallenge", "decideChallengeUnderDevice", "pollChallenge"]).await?;
    story.show(&["validateToken", "takeChallenge", "getAction"]).await?;
    story.show(&["getCredential", "getCredentialUnderDevice", "getCredentialUnderInApp", "listAuthenticators"]).await?;
    story.show(&["createSession", "validateSession", "refreshSession", "revokeSession", "revokeUserSessions"]).await?;
    story.show(&["openOwnChallenge", "verifyDevice", "verifyInApp"]).await?;
    story.log_in_by_openid().await?;
    // Lists and removals.
    story.show(&["getKeySet", "getTenantKeySet", "listUsers"]).await?;
    for remove in ["removeCredential", "removeCredentialUnderDevice", "removeCredentialUnderInApp"] {
        story.show(&[remove]).await?;
        story.renew_token().await?;
        story.prepare(&["addCredential"]).await?;
    }
    story.show(&["deleteAuthenticator", "deleteUser"]).await?;
    let all = story.described.operations().map(|operation| operation.id().to_owned());
    let untold: Vec<_> = all.filter(|id| !story.shown.contains(id)).collect();
    assert!(untold.is_empty(), "no example was tried of {untold:?}");
    Ok(())
}

#[test]
fn a_member_that_no_example_has_is_noticed() {
    let example = json!({ "isVerified": true });
    assert_ne!(shape(&json!({ "isVerified": true, "more": 1 })), shape(&example));
    assert_ne!(shape(&json!({ "isVerified": "true" })), shape(&example));
    assert_ne!(shape(&json!({})), shape(&example));
}
