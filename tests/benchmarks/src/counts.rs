//! The cost of a login at the database, counted by the local stack's front.

use std::time::Duration;

use anyhow::{Context as _, Result};
use reqwest::Method;
use scanlatch_tests::Stack;
use serde_json::Value;
use tokio::time::sleep;

use crate::login::{Kind, Nobody, Observer, Person, application};

/// The longest time from a socket's close to the end of its function.
const DISCONNECT: Duration = Duration::from_secs(1);

/// The cost of one step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// Calls to the database.
    pub calls: usize,
    /// Read request units.
    pub read: f64,
    /// Write request units.
    pub write: f64,
    /// Calls that wait for one another; those that run at once are one round.
    pub rounds: u64,
}

impl Cost {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            calls: self.calls + other.calls,
            read: self.read + other.read,
            write: self.write + other.write,
            rounds: self.rounds + other.rounds,
        }
    }
}

/// The steps of one kind of login, in order.
pub type Steps = Vec<(&'static str, Cost)>;

/// The sum of all steps.
pub fn total(steps: &Steps) -> Cost {
    steps.iter().fold(Cost::default(), |sum, (_, cost)| sum.and(*cost))
}

/// How long calls to the database are gathered, in ms, so that those of one round count as one.
const GATHER_MS: u64 = 50;

/// Counts the steps of a login. Nothing is cold: another login goes before.
///
/// # Errors
/// If a step fails.
pub async fn login(stack: &Stack, kind: Kind) -> Result<Steps> {
    let person = Person::enrol(stack, "counted", &application(stack).await?).await?;
    Box::pin(person.login(kind, &mut Nobody)).await?;
    sleep(DISCONNECT).await;
    let mut counter = Counter { stack, steps: Steps::new() };
    let gathers = |ms: u64| serde_json::json!({ "database": { "gatherMs": ms } });
    stack.control(Method::POST, "faults", &gathers(GATHER_MS)).await?;
    Box::pin(person.login(kind, &mut counter)).await?;
    stack.control(Method::POST, "faults", &gathers(0)).await?;
    Ok(counter.steps)
}

struct Counter<'a> {
    stack: &'a Stack,
    steps: Steps,
}

impl Observer for Counter<'_> {
    async fn step<T>(&mut self, name: &'static str, call: impl Future<Output = Result<T>>) -> Result<T> {
        self.stack.control(Method::DELETE, "database-calls", &Value::Null).await?;
        let result = call.await?;
        if name == "disconnect" {
            sleep(DISCONNECT).await;
        }
        let counted = self.stack.control(Method::GET, "database-calls", &Value::Null).await?;
        let calls = counted["calls"].as_array().context("no list of calls")?.len();
        let rounds = counted["rounds"].as_u64().context("no rounds")?;
        let units = |kind: &str| counted["units"][kind].as_f64().with_context(|| format!("no {kind} units"));
        let (read, write) = (units("read")?, units("write")?);
        self.steps.push((name, Cost { calls, read, write, rounds }));
        Ok(result)
    }
}
