//! Logins with the ids and keys of `events/`, played once step by step on the functions themselves. Then each function can
//! be given the same event again and again, and finds each time what it found when it was played.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::openid;
use crate::runtime_api::Answer;
use crate::sample::{self, Environment};
use crate::scene::Scene;
use crate::subject::Subject;
use crate::tables::{Items, Name, Snapshot};

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

/// The steps of a login by OpenID, in order.
pub const OPENID_LOGIN: [&str; 8] = [
    "openid-authorize",
    "openid-sign-in",
    "challenge-claim",
    "challenge-decide",
    "challenge-poll",
    "openid-sign-in (complete)",
    "openid-token",
    "openid-userinfo",
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

/// Starts a function for one call.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Where the binaries are.
    pub binaries: PathBuf,
    /// Their environment.
    pub environment: Environment,
}

impl Caller {
    /// The answer of a new process of this function.
    ///
    /// # Errors
    /// If it does not start or answer.
    pub async fn call(&self, function: &str, event: &Value) -> Result<Answer> {
        sample::once(&Subject::function(&self.binaries, function)?, event, &self.environment).await
    }
}

/// A step whose function can do its whole work again and again.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Its event.
    pub event: Value,
    /// The items that the step changes, as it finds them.
    pub changed: Items,
    /// What it is answered; `None` if it was not played.
    pub status: Option<String>,
}

/// What every step finds, and the events, whose tokens come from the play.
#[derive(Debug)]
pub struct Play {
    scene: Scene,
    caller: Caller,
    /// Before anything was played.
    start: Snapshot,
    events: BTreeMap<String, Value>,
    /// By step: the items that any step changes, as this step finds them.
    found: BTreeMap<String, Items>,
    /// By step: the items that this step changes, as it finds them.
    changed: BTreeMap<String, Items>,
}

impl Play {
    /// Plays all steps but those of a login by OpenID.
    ///
    /// # Errors
    /// If a step is refused, or the database fails.
    pub async fn new(scene: Scene, caller: Caller) -> Result<Self> {
        let (tables, mut events) = (scene.tables.clone(), scene.events.clone());
        let mut played = BTreeMap::new();
        // A login before all others makes the signing keys.
        openid::ready(&scene, &caller, &tables.snapshot().await?, openid::USERINFO).await?;
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
                let answer = caller.call(function(step), event).await?;
                ensure!(answer.status == "200", "{step} was answered {}: {}", answer.status, answer.body);
                if *step == "challenge-poll" {
                    let body: Value = serde_json::from_str(answer.body["body"].as_str().unwrap_or_default())?;
                    let token = body["accessToken"].as_str().context("no token")?.to_owned();
                    events.get_mut("validate").context("no event")?["body"] =
                        json!({ "token": token }).to_string().into();
                }
                played.insert((*step).to_owned(), Played { before, after: tables.snapshot().await? });
            }
            tables.reset(&start).await?;
        }
        // A backend takes the approval over without validating it.
        let approved = played.get("validate").context("no approval")?.before.clone();
        played.insert("challenge-assign".to_owned(), Played { before: approved.clone(), after: approved });
        let changing: BTreeSet<Name> = played.values().flat_map(|step| differing(&step.before, &step.after)).collect();
        let of = |names: &BTreeSet<Name>, before: &Snapshot| {
            names.iter().map(|name| (name.clone(), before.get(name).cloned())).collect::<Items>()
        };
        let found = played.iter().map(|(step, at)| (step.clone(), of(&changing, &at.before))).collect();
        let changed = |at: &Played| of(&differing(&at.before, &at.after), &at.before);
        let changed = played.iter().map(|(step, at)| (step.clone(), changed(at))).collect();
        Ok(Self { scene, caller, start, events, found, changed })
    }

    /// Makes the tables what this step finds, whatever was called before. A function without an event gets that of `jwks`, the
    /// smallest.
    ///
    /// # Errors
    /// If the database fails, or `events/` has neither.
    pub async fn prepare(&self, step: &str) -> Result<Ready> {
        if openid::STEPS.contains(&step) {
            return openid::ready(&self.scene, &self.caller, &self.start, step).await;
        }
        let of = |items: &BTreeMap<String, Items>| items.get(step).cloned().unwrap_or_default();
        self.scene.tables.set_all(&of(&self.found)).await?;
        let event = self.events.get(function(step)).or_else(|| self.events.get("jwks"));
        Ok(Ready {
            event: event.with_context(|| format!("events/ has no {step}.json"))?.clone(),
            changed: of(&self.changed),
            status: self.found.contains_key(step).then(|| "200".to_owned()),
        })
    }

    /// Makes the tables what the step found, after a call of it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn undo(&self, ready: &Ready) -> Result<()> {
        self.scene.tables.set_all(&ready.changed).await
    }
}

/// The names of the items that two snapshots have differently.
pub fn differing(before: &Snapshot, after: &Snapshot) -> BTreeSet<Name> {
    let names = before.keys().chain(after.keys());
    names.filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}
