//! What functions logged, and which secrets they were given: a test searches the one for the other.

use std::collections::HashSet;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};
use percent_encoding::percent_decode_str;
use scanlatch_protocol::base64;
use scanlatch_protocol::id::TenantId;
use serde_json::{Value, json};

/// Members of bodies and queries that hold secrets.
const SECRET: [&str; 12] = [
    "accessToken",
    "apiSecretKey",
    "deviceCode",
    "publicKey",
    "refreshToken",
    "secretKey",
    "signature",
    "token",
    "verificationCode",
    "scanlatch-edge-secret",
    "initialToken",
    "lastEvaluatedUserId",
];
/// Members that say who somebody is, or that only they and their backend should read.
const PERSONAL: [&str; 7] = ["custom", "displayName", "email", "phoneNumber", "user", "userId", "username"];
/// Members that are published, and so not secret elsewhere: fuzzers send back what answers contain.
const PUBLIC: [&str; 1] = ["kid"];

/// A shorter value could occur by chance.
const SHORTEST: usize = 12;
/// The number of bytes that is kept of a longer secret; a logged secret shows its beginning.
const LONGEST: usize = 256;

/// The log of one stack, in a folder that several share.
#[derive(Debug)]
pub struct Logs {
    lines: Mutex<File>,
    secrets: Mutex<Overheard>,
}

#[derive(Debug)]
struct Overheard {
    file: File,
    known: HashSet<(Kind, String)>,
}

/// Who may read a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Secret,
    Personal,
    Public,
}

impl Logs {
    /// Opens `DIR/<pid>.log` and `DIR/<pid>.secrets`, which this user alone may read.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn open(folder: &Path) -> Result<Self> {
        let open = |extension: &str| -> Result<File> {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            let path = folder.join(format!("{}.{extension}", std::process::id()));
            Ok(OpenOptions::new().create(true).append(true).mode(0o600).open(path)?)
        };
        let opened = || -> Result<Self> {
            let overheard = Overheard { file: open("secrets")?, known: HashSet::new() };
            Ok(Self { lines: Mutex::new(open("log")?), secrets: Mutex::new(overheard) })
        };
        opened()
            .with_context(|| format!("the folder {} cannot be written; choose another with --logs", folder.display()))
    }

    /// Keeps a line that a function logged, unchanged.
    pub fn line(&self, line: &str) {
        let mut file = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = writeln!(file, "{line}") {
            eprintln!("a log line is lost: {error}");
        }
    }

    /// Records the secrets in an event or in a function's answer.
    pub fn overhear(&self, event: &Value) {
        let mut found = Vec::new();
        for (name, value) in event["headers"].as_object().into_iter().flatten() {
            header(&name.to_ascii_lowercase(), value.as_str().unwrap_or_default(), &mut found);
        }
        for members in ["pathParameters", "queryStringParameters"] {
            search(&event[members], &mut found);
        }
        if let Some(body) = event["body"].as_str() {
            self.keep(found);
            self.overhear_text(body);
        } else {
            self.keep(found);
        }
    }

    /// Records the secrets in a JSON text.
    pub fn overhear_text(&self, text: &str) {
        let mut found = Vec::new();
        search(&serde_json::from_str(text).unwrap_or_default(), &mut found);
        self.keep(found);
    }

    fn keep(&self, found: Vec<(Kind, String, String)>) {
        let mut overheard = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        for (kind, name, value) in found {
            let value = value[..value.floor_char_boundary(LONGEST)].to_owned();
            if value.len() < SHORTEST || !overheard.known.insert((kind, value.clone())) {
                continue;
            }
            let kind = match kind {
                Kind::Secret => "secret",
                Kind::Personal => "personal",
                Kind::Public => "public",
            };
            let line = json!({ "kind": kind, "name": name, "value": value });
            if let Err(error) = writeln!(overheard.file, "{line}") {
                eprintln!("a secret is not noted: {error}");
            }
        }
    }
}

/// The secret in a header, in every form that a function may log.
fn header(name: &str, value: &str, found: &mut Vec<(Kind, String, String)>) {
    let mut secret = |value: &str| found.push((Kind::Secret, name.to_owned(), value.to_owned()));
    match name {
        "authorization" => {
            let rest = value.split_once(' ').map_or(value, |(_, rest)| rest.trim());
            let decoded = base64::decode(rest).and_then(|bytes| String::from_utf8(bytes).ok());
            let decoded = decoded.map(|text| percent_decode_str(&text).decode_utf8_lossy().into_owned());
            let named = decoded.as_deref().map(|text| text.strip_suffix(':').unwrap_or(text));
            // A tenant's id is public.
            if named.is_none_or(|named| TenantId::parse(named).is_err()) {
                secret(rest);
                secret(named.unwrap_or_default());
            }
        }
        "sec-websocket-protocol" => {
            for token in value.split(',').filter_map(|offer| offer.trim().strip_prefix("x.authsignal.token.")) {
                secret(token);
            }
        }
        "scanlatch-edge-secret" => secret(value),
        _ => {}
    }
}

/// The members that hold secrets, at any depth.
fn search(value: &Value, found: &mut Vec<(Kind, String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if SECRET.contains(&name.as_str()) {
                    texts(Kind::Secret, name, value, found);
                } else if PERSONAL.contains(&name.as_str()) {
                    texts(Kind::Personal, name, value, found);
                } else if PUBLIC.contains(&name.as_str()) {
                    texts(Kind::Public, name, value, found);
                }
                search(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| search(item, found)),
        _ => {}
    }
}

/// All texts in a value.
fn texts(kind: Kind, name: &str, value: &Value, found: &mut Vec<(Kind, String, String)>) {
    match value {
        Value::String(text) => found.push((kind, name.to_owned(), text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts(kind, name, item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(kind, name, member, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overheard(event: &Value) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let logs = Logs::open(folder.path()).unwrap();
        logs.overhear(event);
        let path = folder.path().join(format!("{}.secrets", std::process::id()));
        let text = std::fs::read_to_string(path).unwrap();
        text.lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["value"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn a_secret_key_is_noted_as_it_travels_and_as_it_is() {
        let encoded = base64::encode(b"sk_0123456789:");
        let event = json!({ "headers": { "Authorization": format!("Basic {encoded}") } });
        assert_eq!(overheard(&event), [encoded, "sk_0123456789".to_owned()]);
    }

    #[test]
    fn a_tenants_id_is_no_secret() {
        let encoded = base64::encode(b"11111111-1111-4111-8111-111111111111");
        assert_eq!(overheard(&json!({ "headers": { "authorization": format!("Basic {encoded}") } })), [""; 0]);
    }

    #[test]
    fn a_token_among_the_sub_protocols_is_noted() {
        let offers = "authsignal-ws, x.authsignal.token.aaaabbbbcccc";
        assert_eq!(overheard(&json!({ "headers": { "Sec-WebSocket-Protocol": offers } })), ["aaaabbbbcccc"]);
    }

    #[test]
    fn members_are_noted_at_any_depth_once_and_if_they_are_long_enough() {
        let body = json!({
            "data": { "accessToken": "t".repeat(12), "state": "approved-and-more" },
            "custom": { "note": ["a long enough note"] },
            "token": "short",
        });
        let event = json!({ "body": body.to_string(), "queryStringParameters": { "token": "t".repeat(12) } });
        assert_eq!(overheard(&event), ["t".repeat(12), "a long enough note".to_owned()]);
    }

    #[test]
    fn what_is_published_is_noted_as_such_even_if_somebody_sent_it_as_a_secret() {
        let folder = tempfile::tempdir().unwrap();
        let logs = Logs::open(folder.path()).unwrap();
        for body in [json!({ "deviceCode": "a thumbprint" }), json!({ "keys": [{ "kid": "a thumbprint" }] })] {
            logs.overhear_text(&body.to_string());
        }
        let path = folder.path().join(format!("{}.secrets", std::process::id()));
        let last = std::fs::read_to_string(path).unwrap().lines().last().map(str::to_owned);
        assert_eq!(last.unwrap(), r#"{"kind":"public","name":"kid","value":"a thumbprint"}"#);
    }

    #[test]
    fn of_a_very_long_secret_the_beginning_is_noted() {
        let event = json!({ "body": json!({ "token": "é".repeat(LONGEST) }).to_string() });
        assert_eq!(overheard(&event), ["é".repeat(LONGEST / 2)]);
    }
}
