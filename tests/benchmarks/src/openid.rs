//! The functions of a login by OpenID. A code lives for a minute, so each process finds a login that was just played up to
//! its step.

use anyhow::{Context as _, Result, bail};
use scanlatch_tests::{CALLBACK, form, parameter};
use serde_json::{Value, json};

use crate::play::{Caller, Ready, differing, function};
use crate::runtime_api::Answer;
use crate::scene::{CLIENT, Scene, client_secret};
use crate::tables::Snapshot;

const AUTHORIZE: &str = "openid-authorize";
const SIGN_IN: &str = "openid-sign-in";
const COMPLETE: &str = "openid-sign-in (complete)";
const TOKEN: &str = "openid-token";
/// The last step.
pub const USERINFO: &str = "openid-userinfo";

/// The steps that only a login by OpenID has, in order. Between the second and the third, a phone approves and the page
/// polls.
pub const STEPS: [&str; 5] = [AUTHORIZE, SIGN_IN, COMPLETE, TOKEN, USERINFO];

/// What the answers told so far.
#[derive(Debug, Default)]
struct Told {
    cookie: String,
    request: String,
    result_token: String,
    code: String,
    access_token: String,
}

/// Plays a login from `start` up to this step, which can then be taken again and again.
///
/// # Errors
/// If a step before it is refused.
pub async fn ready(scene: &Scene, caller: &Caller, start: &Snapshot, step: &str) -> Result<Ready> {
    let tables = &scene.tables;
    tables.reset(start).await?;
    let mut told = Told::default();
    for name in STEPS {
        let event = told.event(scene, name)?;
        let before = tables.snapshot().await?;
        let answer = caller.call(function(name), &event).await?;
        if name == step {
            let names = differing(&before, &tables.snapshot().await?);
            let changed = names.into_iter().map(|name| (name.clone(), before.get(&name).cloned())).collect();
            let ready = Ready { event, changed, status: Some(answer.status) };
            tables.set_all(&ready.changed).await?;
            return Ok(ready);
        }
        told.hear(scene, name, &answer).await.with_context(|| format!("{name} answered {}", answer.body))?;
    }
    bail!("{step} is no step of a login by OpenID")
}

impl Told {
    fn event(&self, scene: &Scene, step: &str) -> Result<Value> {
        let mut event = scene.events.get(function(step)).with_context(|| format!("no event for {step}"))?.clone();
        match step {
            SIGN_IN => event["body"] = json!({ "request": self.request }).to_string().into(),
            COMPLETE => {
                for member in ["rawPath", "routeKey"] {
                    event[member] = format!("{}/complete", event[member].as_str().unwrap_or_default()).into();
                }
                event["body"] = json!({ "request": self.request, "token": self.result_token }).to_string().into();
            }
            TOKEN => {
                event["body"] = form(&[
                    ("grant_type", "authorization_code"),
                    ("code", &self.code),
                    ("redirect_uri", CALLBACK),
                    ("client_id", CLIENT),
                    ("client_secret", client_secret().expose()),
                ])
                .into();
            }
            USERINFO => event["headers"]["authorization"] = format!("Bearer {}", self.access_token).into(),
            _ => {}
        }
        if [SIGN_IN, COMPLETE].contains(&step) {
            event["cookies"] = json!([self.cookie]);
        }
        Ok(event)
    }

    async fn hear(&mut self, scene: &Scene, step: &str, answer: &Answer) -> Result<()> {
        let body: Value = serde_json::from_str(answer.body["body"].as_str().unwrap_or_default()).unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned).context("it is missing in the answer");
        match step {
            AUTHORIZE => {
                let page = text(&answer.body["headers"]["location"])?;
                self.request = parameter(&page, "r").context("the page has no request")?;
                let cookie = text(&answer.body["cookies"][0])?;
                cookie.split(';').next().unwrap_or_default().clone_into(&mut self.cookie);
            }
            SIGN_IN => {
                self.result_token = scene.approve(&text(&body["challengeId"])?, &text(&body["deviceCode"])?).await?;
            }
            COMPLETE => self.code = parameter(&text(&body["redirectTo"])?, "code").context("no code")?,
            TOKEN => self.access_token = text(&body["access_token"])?,
            _ => {}
        }
        Ok(())
    }
}
