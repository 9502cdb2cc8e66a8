//! The log queries in the guide and in alarms name fields that log lines have.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use scanlatch_client::Method;
use scanlatch_tests::{Application, Browser, Phone, Stack, handshake_status};
use serde_json::{Value, json};

use crate::openid::{exchanged, logged_in, registration};

const COMMANDS: [&str; 6] = ["display", "fields", "filter", "limit", "sort", "stats"];
const WORDS: [&str; 9] = ["and", "as", "asc", "by", "desc", "in", "like", "not", "or"];

fn infra(file: &str) -> Result<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra").join(file);
    std::fs::read_to_string(&path).with_context(|| path.display().to_string())
}

fn is_query(text: &str) -> bool {
    text.split_once(' ').is_some_and(|(first, _)| COMMANDS.contains(&first))
}

/// The texts between backticks, and the lines of fenced blocks. Tables escape `|`.
fn queries(text: &str) -> Vec<String> {
    let text = &text.replace("\\|", "|");
    let fenced = text.split("```").skip(1).step_by(2).flat_map(str::lines);
    let fenced = fenced.map(|line| line.split(" # ").next().unwrap_or(line).trim());
    let prose = text.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2));
    fenced.chain(prose).filter(|text| is_query(text)).map(str::to_owned).collect()
}

/// The fields that a query names, without its literals, commands and functions, and without `CloudWatch`'s own.
fn named(query: &str) -> BTreeSet<String> {
    let bare: String = query.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let mut fields = BTreeSet::new();
    let mut rest = bare.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric() || c == '@' || c == '_') {
        let tail = &rest[start..];
        let end = tail.find(|c: char| !(c.is_ascii_alphanumeric() || "@_.".contains(c))).unwrap_or(tail.len());
        let (word, after) = tail.split_at(end);
        rest = after;
        let is_function = after.starts_with('(');
        let is_other = word.starts_with(|c: char| c == '@' || c.is_ascii_digit());
        if !is_function && !is_other && !COMMANDS.contains(&word) && !WORDS.contains(&word) {
            fields.insert(word.to_owned());
        }
    }
    fields
}

#[test]
fn the_fields_of_a_query_are_read() {
    let text =
        "Look with `filter status = 500`, not `stats`.\n```\nfields @timestamp, a.b | filter c like \"d e\" # one\n```";
    assert_eq!(queries(text), ["fields @timestamp, a.b | filter c like \"d e\"", "filter status = 500"]);
    assert_eq!(named(&queries(text)[0]), ["a.b", "c"].map(str::to_owned).into());
    assert_eq!(named("stats count(*) by code, bin(5m) | sort by code desc"), ["code".to_owned()].into());
}

/// Fields that a query names after `stats`, which keeps only its groups.
fn named_too_late(query: &str) -> BTreeSet<String> {
    let mut commands = query.split('|').skip_while(|command| !command.trim_start().starts_with("stats "));
    let groups = commands.next().map(named).unwrap_or_default();
    commands.flat_map(named).filter(|field| !groups.contains(field)).collect()
}

/// The members of every line that functions logged, and of one line of the access log.
fn lines(logs: &Path) -> Result<Vec<BTreeSet<String>>> {
    let mut all = Vec::new();
    for file in std::fs::read_dir(logs)? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            for line in std::fs::read_to_string(path)?.lines() {
                let line: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
                let members = line.as_object().context("a line is no object")?;
                all.push(members.keys().cloned().collect());
            }
        }
    }
    let template: serde_yaml_ng::Value = serde_yaml_ng::from_str(&infra("template.yaml")?)?;
    let format = template["Resources"]["HttpApi"]["Properties"]["AccessLogSettings"]["Format"].as_str();
    let format = format.context("there is no access log")?.replace("$context.status", "200");
    let line: serde_json::Map<String, Value> = serde_json::from_str(&format.replace("$context.responseLatency", "1"))?;
    all.push(line.keys().cloned().collect());
    Ok(all)
}

/// Two callers use the same refresh token of a session.
async fn copied(stack: &Stack, token: &Value) -> Result<()> {
    let backend = stack.backend();
    let begun = backend.post("/sessions", &json!({ "clientId": "demo", "token": token })).await?;
    let first = begun.assert_ok().text("refreshToken");
    let refresh = async |token: &str| backend.post("/sessions/refresh", &json!({ "refreshToken": token })).await;
    let second = refresh(&first).await?.assert_ok().text("refreshToken");
    refresh(&second).await?.assert_ok();
    refresh(&first).await?.assert_refused(401, "token_invalid");
    Ok(())
}

/// Two callers use the same code of a login by OpenID.
async fn copied_code(stack: &Stack, phone: &Phone) -> Result<()> {
    let application = Application::register(stack, registration(), false).await?;
    let to = logged_in(stack, &application, &mut Browser::default(), phone).await?;
    exchanged(&application, &to).await?.assert_ok();
    exchanged(&application, &to).await?.assert_refused(400, "invalid_grant");
    Ok(())
}

/// A login, and one of each event that alarms count.
async fn trouble(stack: &Stack) -> Result<()> {
    let phone = stack.phone_of("ann").await?;
    let mut screen = stack.socket_screen().await?;
    let id = screen.challenge().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    phone.decide(&id, false).await?.assert_refused(409, "challenge_already_decided");
    let _claimed = screen.next().await?;
    let token = screen.next().await?["data"]["accessToken"].clone();
    copied(stack, &token).await?;
    copied_code(stack, &phone).await?;
    let id = screen.challenge().await?;
    stack.control(Method::POST, "faults", &json!({ "loseDisconnects": true })).await?;
    screen.close().await?;
    let _gone = phone.claim(&id).await?;
    let (id, _) = stack.polling_screen().open().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, false).await?.assert_ok();
    phone.claim_by_code("BBBB-BBBB").await?.assert_refused(404, "challenge_not_found");
    assert_eq!(handshake_status(stack.ws_url(), Some("authsignal-ws"), None).await?, 401);
    crate::floods::until_closed(&mut stack.socket_screen().await?, "nonsense").await?;
    let faults = json!({ "database": { "failEvery": 1 } });
    stack.control(Method::POST, "faults", &faults).await?;
    stack.polling_screen().create(&json!({ "action": "login" })).await?.assert_refused(503, "unavailable");
    Ok(())
}

#[test]
fn after_stats_a_query_names_its_groups_alone() {
    assert!(named_too_late("filter status = 5 | stats count(*) by code | sort code").is_empty());
    assert_eq!(named_too_late("stats count(*) by code | filter status = 5"), ["status".to_owned()].into());
}

#[tokio::test]
async fn every_query_of_the_guide_and_of_alarms_names_members_of_real_lines() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let logs = folder.path().join("logs");
    let stack = Stack::start(&["--logs", logs.to_str().unwrap_or_default()]).await?;
    trouble(&stack).await?;
    let mut told = queries(&infra("README.md")?);
    told.extend(queries(&infra("../docs/traces.md")?));
    assert!(told.len() >= 3, "{told:?}");
    for file in ["template.yaml", "edge.yaml"] {
        for text in infra(file)?.lines().filter_map(|line| line.trim().strip_prefix("AlarmDescription: ")) {
            let its = queries(text);
            assert!(!its.is_empty() || !text.contains(" log"), "this names the log and no query: {text}");
            told.extend(its);
        }
    }
    for query in &told {
        assert_eq!(named_too_late(query), BTreeSet::new(), "{query}");
    }
    // The answer may come before the log lines.
    let mut missing = Vec::new();
    for _ in 0..40 {
        let lines = lines(&logs)?;
        let unmet = |query: &&String| !lines.iter().any(|line| named(query).is_subset(line));
        missing = told.iter().filter(unmet).cloned().collect();
        if missing.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(missing, [""; 0], "no line has all members that these name");
    stack.stop().await
}
