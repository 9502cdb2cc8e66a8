//! The steps of a login, and how long each took.

use std::future::Future;
use std::time::Instant;

use serde_json::{Value, json};

use crate::commands::smoke::error::SmokeError;
use crate::console::failure::CommandError;
use crate::console::output::tell;

/// The steps so far, in order, with their milliseconds.
#[derive(Debug, Default)]
pub struct Steps(Vec<(&'static str, u128)>);

impl Steps {
    /// Takes a step that `function` answers, and prints how long it took.
    ///
    /// # Errors
    /// Which step failed, why, and what to check.
    pub async fn take<T>(
        &mut self,
        what: &'static str,
        function: &str,
        doing: impl Future<Output = Result<T, SmokeError>>,
    ) -> Result<T, CommandError> {
        let begun = Instant::now();
        let done = doing.await;
        let millis = begun.elapsed().as_millis();
        let done = done.map_err(|trouble| failure(what, function, &trouble))?;
        tell(&format!("{millis:>6} ms  {what}"));
        self.0.push((what, millis));
        Ok(done)
    }

    /// The time of all steps together.
    pub fn millis(&self) -> u128 {
        self.0.iter().map(|(_, millis)| millis).sum()
    }

    /// The steps as JSON.
    pub fn document(&self) -> Vec<Value> {
        self.0.iter().map(|(what, millis)| json!({ "step": what, "ms": u64::try_from(*millis).ok() })).collect()
    }
}

fn failure(what: &str, function: &str, trouble: &SmokeError) -> CommandError {
    CommandError::failed(match trouble {
        SmokeError::Silence(why) => format!(
            "this step failed: {what}: no answer came: {why}; look at the host name, its DNS record and its certificate"
        ),
        SmokeError::Stranger(why) => format!(
            "this step failed: {what}: {why}, which the service itself did not say; if the tenant allows pages of \
             certain origins only, give one with --origin; else look at what the function {function} logged, and if it \
             logged nothing at the routes, CloudFront and its firewall"
        ),
        SmokeError::Answer(why) => {
            format!("this step failed: {what}: {why}; look at what the function {function} logged")
        }
    })
}
