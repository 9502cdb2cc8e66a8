//! Screens and phones in the terminal, by the real `scanlatch` on a running stack.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use anyhow::{Context as _, Result, bail};
use rustix::pty::{self, OpenptFlags};
use scanlatch_tests::{Stack, scanlatch, shared_stack};
use serde_json::{Value, json};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

/// A screen that shows a code.
struct Shown {
    child: Child,
    lines: Lines<BufReader<ChildStderr>>,
    /// What its code says.
    code: String,
    before: Vec<String>,
}

impl Shown {
    async fn by(mut command: Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("no standard error")?).lines();
        let before = until(&mut lines, "Scan this with an enrolled phone.").await?;
        let code = before.last().context("no code was shown")?.clone();
        Ok(Self { child, lines, code, before })
    }

    /// Its exit code, its answer, and what it told after the code.
    async fn end(mut self) -> Result<(i32, String, Vec<String>)> {
        let mut told = Vec::new();
        while let Some(line) = self.lines.next_line().await? {
            told.push(line);
        }
        let output = self.child.wait_with_output().await?;
        Ok((output.status.code().context("it was killed")?, String::from_utf8(output.stdout)?, told))
    }
}

/// The lines before this one.
async fn until(lines: &mut Lines<impl AsyncBufRead + Unpin>, last: &str) -> Result<Vec<String>> {
    let mut before = Vec::new();
    while let Some(line) = lines.next_line().await? {
        if line == last {
            return Ok(before);
        }
        before.push(line);
    }
    bail!("{last:?} did not come, but {before:?}")
}

async fn run(stack: &Stack, words: &[&str]) -> Result<Output> {
    Ok(stack.terminal().await?.args(words).output().await?)
}

async fn screen(stack: &Stack, words: &[&str]) -> Result<Shown> {
    let mut command = stack.terminal().await?;
    command.arg("screen").args(words);
    Shown::by(command).await
}

#[tokio::test]
async fn a_code_that_a_phone_in_the_terminal_approves_ends_well_by_socket_and_by_polling() -> Result<()> {
    let stack = shared_stack().await;
    stack.scanlatch(&["phone", "enrol", "terminal-ann"]).await?;
    for way in [&["--json"][..], &["--json", "--polling"]] {
        let shown = screen(stack, way).await?;
        let link = format!("{}?c=", stack.ready("phoneUrl"));
        let id = shown.code.strip_prefix(&link).context("the code does not lead to the phone page")?.to_owned();
        assert!(shown.before.iter().all(|line| !line.contains('\u{1b}')), "{:?}", shown.before);
        let answered = stack.scanlatch(&["phone", "approve", &shown.code, "--of", "terminal-ann", "--yes"]).await?;
        assert_eq!((&answered["approved"], &answered["action"]), (&json!(true), &json!("login")));
        let (code, answer, told) = shown.end().await?;
        let answer: Value = serde_json::from_str(&answer)?;
        let expected = json!({ "challengeId": id, "action": "login", "outcome": "approved", "userId": "terminal-ann" });
        assert_eq!((code, answer), (0, expected), "{told:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_code_that_is_declined_ends_with_3() -> Result<()> {
    let stack = shared_stack().await;
    stack.scanlatch(&["phone", "enrol", "terminal-ben"]).await?;
    let shown = screen(stack, &[]).await?;
    stack.scanlatch(&["phone", "decline", &shown.code, "--of", "terminal-ben", "--yes"]).await?;
    let (code, answer, told) = shown.end().await?;
    assert_eq!((code, answer.as_str()), (3, ""));
    assert_eq!(told, ["Scanned. Confirm on the phone.", "error: the request was declined on the phone"]);
    Ok(())
}

#[tokio::test]
async fn the_number_on_the_screen_is_given_to_the_phone() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    stack.scanlatch(&["tenant", "update", stack.tenant_id(), "--number-entry", "required"]).await?;
    stack.scanlatch(&["phone", "enrol", "ann"]).await?;
    for way in [&["--json"][..], &["--json", "--polling"]] {
        let mut shown = screen(&stack, way).await?;
        let approve = ["phone", "approve", &shown.code, "--yes"];
        let without = run(&stack, &approve).await?;
        assert_eq!(without.status.code(), Some(2));
        let told = String::from_utf8(without.stderr)?;
        assert!(told.contains("give the number that the screen shows as --number"), "{told}");
        let line = shown.lines.next_line().await?.context("nothing was told")?;
        let number = line.strip_prefix("Scanned. Type ").and_then(|rest| rest.strip_suffix(" on the phone."));
        let number = number.with_context(|| line.clone())?;
        let answered = stack.scanlatch(&[&approve[..], &["--number", number]].concat()).await?;
        assert_eq!(answered["approved"], true);
        assert_eq!(shown.end().await?.0, 0);
    }
    stack.stop().await
}

#[tokio::test]
async fn a_wrong_number_ends_with_an_error_on_the_phone_and_3_on_the_screen() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    stack.scanlatch(&["tenant", "update", stack.tenant_id(), "--number-entry", "required"]).await?;
    stack.scanlatch(&["phone", "enrol", "ann"]).await?;
    let shown = screen(&stack, &[]).await?;
    let wrong = run(&stack, &["phone", "approve", &shown.code, "--yes", "--number", "7"]).await?;
    let told = String::from_utf8(wrong.stderr)?;
    assert_eq!(wrong.status.code(), Some(1), "{told}");
    assert!(told.contains("the number was wrong, so the request is declined for good"), "{told}");
    assert_eq!(shown.end().await?.0, 3);
    stack.stop().await
}

#[tokio::test]
async fn a_code_that_nobody_answers_in_time_ends_with_4() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    stack.scanlatch(&["tenant", "update", stack.tenant_id(), "--challenge-lifetime", "30s"]).await?;
    let (by_socket, by_polling) = (screen(&stack, &[]).await?, screen(&stack, &["--polling"]).await?);
    let (by_socket, by_polling) = tokio::try_join!(by_socket.end(), by_polling.end())?;
    for (code, _, told) in [by_socket, by_polling] {
        assert_eq!((code, told.last().map(String::as_str)), (4, Some("error: nobody answered in time")), "{told:?}");
    }
    stack.stop().await
}

#[tokio::test]
async fn a_screen_that_loses_its_socket_still_gets_its_answer() -> Result<()> {
    let stack = Stack::start(&["--idle-ms", "5000"]).await?;
    stack.scanlatch(&["phone", "enrol", "ann"]).await?;
    let shown = screen(&stack, &["--json"]).await?;
    let id = shown.code.split('=').next_back().context("no id")?;
    let mut left = 100;
    while stack.scanlatch(&["challenge", "show", stack.tenant_id(), id]).await?["screen"] != "poll" {
        left -= 1;
        anyhow::ensure!(left > 0, "the socket stayed open");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    stack.scanlatch(&["phone", "approve", &shown.code, "--yes"]).await?;
    assert_eq!(shown.end().await?.0, 0);
    stack.stop().await
}

#[tokio::test]
async fn the_code_of_one_user_serves_nobody_else() -> Result<()> {
    let stack = shared_stack().await;
    for user in ["terminal-cy", "terminal-di"] {
        stack.scanlatch(&["phone", "enrol", user]).await?;
    }
    let shown = screen(stack, &["--user", "terminal-cy", "--action", "deploy", "--custom", r#"{"to":"prod"}"#]).await?;
    let refused = run(stack, &["phone", "approve", &shown.code, "--of", "terminal-di", "--yes"]).await?;
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let approved = run(stack, &["phone", "approve", &shown.code, "--of", "terminal-cy", "--yes"]).await?;
    let asked = String::from_utf8(approved.stderr)?;
    assert!(asked.contains("Asked for  deploy\n") && asked.contains(r#"It says    {"to":"prod"}"#), "{asked}");
    let (code, answer, _) = shown.end().await?;
    assert_eq!((code, answer.as_str()), (0, "Approved by terminal-cy.\n"));
    Ok(())
}

/// Runs a command at a terminal at which a person types this.
async fn typed(stack: &Stack, words: &[&str], answer: &str) -> Result<Output> {
    let person = pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    pty::grantpt(&person)?;
    pty::unlockpt(&person)?;
    let name = pty::ptsname(&person, Vec::new())?;
    let terminal = File::options().read(true).write(true).open(OsStr::from_bytes(name.to_bytes()))?;
    let mut person = File::from(person);
    person.write_all(answer.as_bytes())?;
    let output = stack.terminal().await?.args(words).stdin(terminal).output().await?;
    drop(person);
    Ok(output)
}

/// The state of the challenge of a code.
async fn state(stack: &Stack, code: &str) -> Result<Value> {
    let id = code.split('=').next_back().context("no id")?;
    Ok(stack.scanlatch(&["challenge", "show", stack.tenant_id(), id]).await?["state"].clone())
}

#[tokio::test]
async fn a_phone_at_a_terminal_shows_who_is_asking_and_asks() -> Result<()> {
    let stack = shared_stack().await;
    stack.scanlatch(&["phone", "enrol", "terminal-gus"]).await?;
    for (order, did) in [("approve", "Approved"), ("decline", "Declined")] {
        let shown = screen(stack, &["--polling"]).await?;
        let words = ["phone", order, &shown.code, "--of", "terminal-gus"];
        let refused = typed(stack, &words, "no\n").await?;
        assert_eq!((refused.status.code(), state(stack, &shown.code).await?), (Some(2), json!("claimed")));
        let done = typed(stack, &words, "yes\n").await?;
        assert_eq!(String::from_utf8(done.stdout)?, format!("{did} login for terminal-gus.\n"));
        let told = String::from_utf8(done.stderr)?;
        let (who, question) = told.split_once('?').context(told.clone())?;
        assert!(who.starts_with("Asked for  login\nFrom       127.0.0.1\n"), "{told}");
        assert!(who.to_lowercase().ends_with(&format!("\n{order} login for terminal-gus")), "{told}");
        assert_eq!(question, "\nType yes to go on: ");
    }
    Ok(())
}

#[tokio::test]
async fn a_phone_that_can_ask_nobody_claims_nothing() -> Result<()> {
    let stack = shared_stack().await;
    stack.scanlatch(&["phone", "enrol", "terminal-hal"]).await?;
    let shown = screen(stack, &["--polling"]).await?;
    for order in ["approve", "decline"] {
        let refused = run(stack, &["phone", order, &shown.code, "--of", "terminal-hal"]).await?;
        let told = String::from_utf8(refused.stderr)?;
        assert_eq!((refused.status.code(), told.lines().count()), (Some(2), 1), "{told}");
        assert!(told.ends_with("Nobody is there to answer; --yes does it without asking\n"), "{told}");
        assert_eq!(state(stack, &shown.code).await?, "unclaimed");
    }
    Ok(())
}

#[tokio::test]
async fn a_phone_that_repeats_its_decision_is_told_that_nothing_changed() -> Result<()> {
    let stack = shared_stack().await;
    stack.scanlatch(&["phone", "enrol", "terminal-ida"]).await?;
    for (order, did) in [("approve", "Approved"), ("decline", "Declined")] {
        let shown = screen(stack, &["--polling"]).await?;
        let words = ["phone", order, &shown.code, "--of", "terminal-ida", "--yes"];
        let repeated = format!("You {} this login before; nothing changed.\n", did.to_lowercase());
        for said in [format!("{did} login for terminal-ida.\n"), repeated.clone(), repeated] {
            let output = run(stack, &words).await?;
            assert_eq!((output.status.code(), String::from_utf8(output.stdout)?), (Some(0), said));
        }
    }
    Ok(())
}

#[tokio::test]
async fn tail_tells_the_steps_of_a_login() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let mut command = stack.terminal().await?;
    let mut tail = command.args(["tail", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut words = BufReader::new(tail.stderr.take().context("no standard error")?).lines();
    until(&mut words, "Watching. Ctrl-C ends it.").await?;
    let mut lines = BufReader::new(tail.stdout.take().context("no standard output")?).lines();
    let phone = stack.phone_of("ann").await?;
    let (id, _) = stack.polling_screen().open().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    for step in ["shown", "scanned", "approved"] {
        let event: Value = serde_json::from_str(&lines.next_line().await?.context("tail ended")?)?;
        assert_eq!((&event["step"], &event["challenge"]), (&json!(step), &json!(&id[..8])), "{event}");
    }
    stack.stop().await?;
    assert_eq!(tail.wait().await?.code(), Some(1));
    Ok(())
}

#[tokio::test]
async fn doctor_finds_nothing_to_mend_on_a_running_stack() -> Result<()> {
    let found = shared_stack().await.scanlatch(&["doctor"]).await?;
    let checks: Vec<&str> = found["findings"].as_array().unwrap().iter().filter_map(|f| f["check"].as_str()).collect();
    assert_eq!(checks, ["base URL", "connection", "clock", "preflight", "socket", "secret key"]);
    Ok(())
}

/// The example, with a `scanlatch` that finds the stack by the variables of a `.env` file.
async fn approved(stack: &Stack, words: &[&str]) -> Result<Command> {
    let binary: PathBuf = tokio::task::spawn_blocking(scanlatch).await??;
    let folder = binary.parent().context("scanlatch lies nowhere")?;
    let path = format!("{}:{}", folder.display(), std::env::var("PATH")?);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/approval/approved");
    let mut command = Command::new(script);
    command.env("PATH", path).env("AUTHSIGNAL_API_URL", stack.ready("apiUrl")).stdin(Stdio::null());
    command.env("AUTHSIGNAL_SECRET_KEY", stack.secret_key()).args(words).kill_on_drop(true);
    Ok(command)
}

#[tokio::test]
async fn the_example_runs_its_command_once_the_phone_has_approved_it() -> Result<()> {
    let stack = shared_stack().await;
    stack.scanlatch(&["phone", "enrol", "terminal-eve"]).await?;
    let shown = Shown::by(approved(stack, &["terminal-eve", "echo", "a \"quoted\" \\ word"]).await?).await?;
    let answered = run(stack, &["phone", "approve", &shown.code, "--of", "terminal-eve", "--yes"]).await?;
    let asked = String::from_utf8(answered.stderr)?;
    assert!(asked.contains(r#"{"command":"echo a \"quoted\" \\ word"}"#), "{asked}");
    let (code, answer, _) = shown.end().await?;
    assert_eq!((code, answer.as_str()), (0, "a \"quoted\" \\ word\n"));
    Ok(())
}

#[tokio::test]
async fn the_example_runs_nothing_that_was_declined() -> Result<()> {
    let stack = shared_stack().await;
    stack.scanlatch(&["phone", "enrol", "terminal-fay"]).await?;
    let shown = Shown::by(approved(stack, &["terminal-fay", "echo", "done"]).await?).await?;
    stack.scanlatch(&["phone", "decline", &shown.code, "--of", "terminal-fay", "--yes"]).await?;
    let (code, answer, _) = shown.end().await?;
    assert_eq!((code, answer.as_str()), (3, ""));
    Ok(())
}
