//! Logins with the ids and keys of `events/`, played once step by step on the functions themselves. Then each function can
//! be given the same event again and again, and finds each time what it found when it was played.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::runtime_api::Answer;
use crate::scene::Scene;
use crate::tables::{Item, Name, Snapshot, Tables};

/// A step's function is the word before the first blank.
const BY_POLLING: [&str; 6] = [
    "challenge-create",
    "challenge-poll (unclaimed)",
    "challenge-claim",
    "challenge-decide",
    "challenge-poll",
    "validate",
];
const PHONE_BY_SOCKET: [&str; 2] = ["challenge-claim (socket)", "challenge-decide (socket)"];
const SCREEN_BY_SOCKET: [&str; 3] = ["socket-connect", "socket-message", "socket-disconnect"];

/// The steps of a login by polling, in order.
pub const POLLING_LOGIN: [&str; 6] = BY_POLLING;
/// The steps of a login by socket, in order.
pub const SOCKET_LOGIN: [&str; 6] = [
    "socket-connect",
    "socket-message",
    "challenge-claim (socket)",
    "challenge-decide (socket)",
    "validate",
    "socket-disconnect",
];

/// The function of a step.
pub fn function(step: &str) -> &str {
    step.split(' ').next().unwrap_or(step)
}

/// The tables before and after a step.
#[derive(Debug)]
struct Played {
    before: Snapshot,
    after: Snapshot,
}

/// What every step finds, and the events, whose tokens come from the play.
#[derive(Debug)]
pub struct Play {
    tables: Tables,
    events: BTreeMap<String, Value>,
    /// By step: the items that any step changes, as this step finds them.
    found: BTreeMap<String, Vec<(Name, Option<Item>)>>,
    /// By step: the items that this step changes, as it finds them.
    changed: BTreeMap<String, Vec<(Name, Option<Item>)>>,
}

impl Play {
    /// Plays all steps; `call` gives a function its event.
    ///
    /// # Errors
    /// If a step is refused, or the database fails.
    pub async fn new(scene: &Scene, call: impl AsyncFn(&str, &Value) -> Result<Answer>) -> Result<Self> {
        let (tables, mut events) = (scene.tables.clone(), scene.events.clone());
        let mut played = BTreeMap::new();
        let start = tables.snapshot().await?;
        let parts = [
            (BY_POLLING.as_slice(), Some(Scene::polling())),
            (PHONE_BY_SOCKET.as_slice(), Some(scene.socket()?)),
            (SCREEN_BY_SOCKET.as_slice(), None),
        ];
        for (steps, screen) in parts {
            if let Some(screen) = screen {
                scene.show(screen).await?;
            }
            for step in steps {
                let before = tables.snapshot().await?;
                let event = events.get(function(step)).with_context(|| format!("no event for {step}"))?;
                let answer = call(function(step), event).await?;
                ensure!(answer.status == "200", "{step} was answered {}: {}", answer.status, answer.body);
                if *step == "challenge-poll" {
                    let body: Value = serde_json::from_str(answer.body["body"].as_str().unwrap_or_default())?;
                    let token = body["accessToken"].as_str().context("no token")?.to_owned();
                    events.get_mut("validate").context("no event")?["body"] =
                        json!({ "token": token }).to_string().into();
                }
                played.insert((*step).to_owned(), Played { before, after: tables.snapshot().await? });
            }
            let end = tables.snapshot().await?;
            for name in differing(&start, &end) {
                tables.set(&name, start.get(&name)).await?;
            }
        }
        // A backend takes the approval over without validating it.
        let approved = played.get("validate").context("no approval")?.before.clone();
        played.insert("challenge-assign".to_owned(), Played { before: approved.clone(), after: approved });
        let changing: BTreeSet<Name> = played.values().flat_map(|step| differing(&step.before, &step.after)).collect();
        let of = |names: &BTreeSet<Name>, before: &Snapshot| {
            names.iter().map(|name| (name.clone(), before.get(name).cloned())).collect::<Vec<_>>()
        };
        let found = played.iter().map(|(step, at)| (step.clone(), of(&changing, &at.before))).collect();
        let changed = |at: &Played| of(&differing(&at.before, &at.after), &at.before);
        let changed = played.iter().map(|(step, at)| (step.clone(), changed(at))).collect();
        Ok(Self { tables, events, found, changed })
    }

    /// The event of a step; a function without one gets that of `jwks`, the smallest.
    ///
    /// # Errors
    /// If `events/` has neither.
    pub fn event(&self, step: &str) -> Result<&Value> {
        let event = self.events.get(function(step)).or_else(|| self.events.get("jwks"));
        event.with_context(|| format!("events/ has no {step}.json"))
    }

    /// Whether this step was played, so that its function can do its whole work again.
    pub fn plays(&self, step: &str) -> bool {
        self.found.contains_key(step)
    }

    /// Makes the tables what this step finds, whatever was called before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prepare(&self, step: &str) -> Result<()> {
        self.set(self.found.get(step)).await
    }

    /// The same after a call of the same step.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn undo(&self, step: &str) -> Result<()> {
        self.set(self.changed.get(step)).await
    }

    async fn set(&self, items: Option<&Vec<(Name, Option<Item>)>>) -> Result<()> {
        for (name, item) in items.into_iter().flatten() {
            self.tables.set(name, item.as_ref()).await?;
        }
        Ok(())
    }
}

/// The names of the items that two snapshots have differently.
fn differing(before: &Snapshot, after: &Snapshot) -> BTreeSet<Name> {
    let names = before.keys().chain(after.keys());
    names.filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}
