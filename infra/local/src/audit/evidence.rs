//! What a run recorded.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use crate::recorder::{Fact, Permission};

/// What happened while stacks recorded.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// What functions asked for.
    pub permissions: BTreeSet<Permission>,
    /// Route keys of the HTTP API that were called, each with the function that answered.
    pub routes: BTreeSet<(String, String)>,
    /// Route keys of the WebSocket API that were called, each with the function that answered.
    pub socket_routes: BTreeSet<(String, String)>,
}

impl Evidence {
    /// Reads all recordings of a folder.
    ///
    /// # Errors
    /// If there are none, or one is damaged.
    pub fn read(folder: &Path) -> Result<Self> {
        let nothing =
            || format!("nothing is recorded in {}; run the tests with SCANLATCH_RECORD set to it", folder.display());
        let mut evidence = Self::default();
        let mut facts = 0;
        for entry in std::fs::read_dir(folder).with_context(nothing)? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "jsonl") {
                continue;
            }
            let text = std::fs::read_to_string(&path)?;
            for line in text.lines() {
                let fact = serde_json::from_str(line);
                evidence.add(fact.with_context(|| format!("{} holds a line that is no fact: {line}", path.display()))?);
                facts += 1;
            }
        }
        ensure!(facts > 0, nothing());
        Ok(evidence)
    }

    /// Adds one fact.
    pub fn add(&mut self, fact: Fact) {
        match fact {
            Fact::Permission(permission) => self.permissions.insert(permission),
            Fact::Route(call) => self.routes.insert((call.key(), call.function)),
            Fact::SocketRoute(call) => self.socket_routes.insert((call.key, call.function)),
        };
    }

    /// Logical ids of all functions that did anything.
    pub fn functions(&self) -> BTreeSet<&str> {
        let routed = self.routes.iter().chain(&self.socket_routes).map(|(_, function)| function.as_str());
        routed.chain(self.permissions.iter().map(|permission| permission.function.as_str())).collect()
    }
}
