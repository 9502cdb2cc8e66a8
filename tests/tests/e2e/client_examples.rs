//! The examples of `shared/client`, as their readers run them: a backend, a screen and a device make a login.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use scanlatch_protocol::id::ChallengeId;
use scanlatch_tests::{Stack, shared_stack};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

/// Builds the examples and returns their folder.
fn examples() -> Result<PathBuf> {
    let built = std::process::Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace", "--example", "backend", "--example", "device", "--example", "screen"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .status()?;
    ensure!(built.success(), "the examples do not build");
    let own = std::env::current_exe()?;
    Ok(own.parent().and_then(|deps| deps.parent()).context("this binary lies nowhere")?.join("examples"))
}

fn example(folder: &std::path::Path, name: &str, stack: &Stack) -> Command {
    let mut command = Command::new(folder.join(name));
    command.env("AUTHSIGNAL_API_URL", stack.ready("apiUrl")).env("AUTHSIGNAL_TENANT_ID", stack.tenant_id());
    command.env("AUTHSIGNAL_SECRET_KEY", stack.secret_key()).stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn said(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output().await?;
    ensure!(output.status.success(), "{command:?} ended with {}", output.status);
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}

#[tokio::test]
async fn a_backend_a_screen_and_a_device_make_a_login() -> Result<()> {
    let stack = shared_stack().await;
    let folder = tokio::task::spawn_blocking(examples).await??;
    let mut screen = example(&folder, "screen", stack).stdout(Stdio::piped()).spawn()?;
    let mut lines = BufReader::new(screen.stdout.take().context("no standard output")?).lines();
    let challenge = loop {
        let line = lines.next_line().await?.context("the screen showed no challenge")?;
        if ChallengeId::parse(&line).is_ok() {
            break line;
        }
    };
    let token = said(example(&folder, "backend", stack).arg("example-ann")).await?;
    let device = said(example(&folder, "device", stack).arg(&challenge).env("USER_TOKEN", token)).await?;
    assert!(device.starts_with("example-ann is asked for login\nfrom ") && device.ends_with("\napproved"), "{device}");
    let mut rest = Vec::new();
    while let Some(line) = lines.next_line().await? {
        rest.push(line);
    }
    assert!(screen.wait().await?.success());
    assert_eq!((rest[0].as_str(), rest[1].as_str()), ("claimed", "approved"));
    let validated = said(example(&folder, "backend", stack).arg("example-ann").arg(&rest[2])).await?;
    assert_eq!(validated, "approved");
    Ok(())
}
