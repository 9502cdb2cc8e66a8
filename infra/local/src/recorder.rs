//! Facts about a run, one JSON line each, for the audit: what functions asked for, and which routes were called. They
//! never hold an id: a leading key is recorded as the pattern that it matches.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fact {
    /// A function asked for something.
    Permission(Permission),
    /// A route of the HTTP API was called.
    Route(RouteCall),
    /// A route of the WebSocket API was called.
    SocketRoute(SocketCall),
}

/// What a function asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    /// Its logical id.
    pub function: String,
    /// Such as `dynamodb:GetItem`.
    pub action: String,
    /// Such as `LiveTable`.
    pub resource: String,
    /// The pattern that the partition key matches, if there is a key.
    pub leading_key: Option<String>,
}

/// A call by HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RouteCall {
    /// The route's method, `ANY` included.
    pub method: String,
    /// The route's path, or `$default`.
    pub path: String,
    /// The function's logical id.
    pub function: String,
    /// The status of the answer.
    pub status: u16,
}

impl RouteCall {
    /// The route key: `GET /users`, or `$default`.
    pub fn key(&self) -> String {
        if self.path == "$default" { self.path.clone() } else { format!("{} {}", self.method, self.path) }
    }
}

/// A call by WebSocket.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SocketCall {
    /// The route's key.
    pub key: String,
    /// The function's logical id.
    pub function: String,
}

/// Writes each fact once; without a folder, nothing.
#[derive(Debug, Default)]
pub struct Recorder {
    file: Option<File>,
    known: Mutex<HashSet<Fact>>,
}

impl Recorder {
    /// Records into a new file in this folder, which several stacks share.
    ///
    /// # Errors
    /// If the folder cannot be used.
    pub fn into_folder(folder: &Path) -> Result<Self> {
        let refused = || format!("the folder {} cannot be written; choose another with --record", folder.display());
        std::fs::create_dir_all(folder).with_context(refused)?;
        let mut number = 1_u32;
        loop {
            let path = folder.join(format!("{}-{number}.jsonl", std::process::id()));
            match OpenOptions::new().append(true).create_new(true).open(path) {
                Ok(file) => return Ok(Self { file: Some(file), known: Mutex::default() }),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error).with_context(refused),
            }
        }
    }

    /// Records a fact.
    pub fn note(&self, fact: Fact) {
        let Some(mut file) = self.file.as_ref() else { return };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.contains(&fact) {
            return;
        }
        let written = serde_json::to_string(&fact).map(|line| line + "\n");
        let written = written.map_err(Into::into).and_then(|line| file.write_all(line.as_bytes()));
        if let Err(error) = written {
            eprintln!("the recording misses a line: {error}");
        }
        known.insert(fact);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fact_is_one_line_however_often_it_happens_and_every_stack_has_its_own_file() {
        let folder = tempfile::tempdir().unwrap();
        let call = SocketCall { key: "$connect".to_owned(), function: "SocketConnect".to_owned() };
        for recorder in [Recorder::into_folder(folder.path()).unwrap(), Recorder::into_folder(folder.path()).unwrap()] {
            recorder.note(Fact::SocketRoute(call.clone()));
            recorder.note(Fact::SocketRoute(call.clone()));
        }
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(files.len(), 2);
        for file in files {
            let line = std::fs::read_to_string(file).unwrap();
            assert_eq!(line, "{\"socketRoute\":{\"key\":\"$connect\",\"function\":\"SocketConnect\"}}\n");
        }
    }
}
