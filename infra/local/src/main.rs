//! `cargo run`: the whole stack on this machine.

use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result};
use clap::Parser as _;
use scanlatch_local::cloudformation::template::Template;
use scanlatch_local::keys::Keys;
use scanlatch_local::logins::Event;
use scanlatch_local::options::Options;
use scanlatch_local::private;
use scanlatch_local::server;
use scanlatch_local::stack::{self, Running};
use scanlatch_local::welcome::{self, Reader};
use scanlatch_local::{demo, pages};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<()> {
    if options.check {
        Template::read(&options.template, &options.parameters.iter().cloned().collect())?;
        println!("{} can be read with these parameters.", options.template.display());
        return Ok(());
    }
    let mut terminate = signal(SignalKind::terminate())?;
    let listeners = server::listen(options.port).await?;
    if let Some(path) = &options.ready_file {
        forget(path)?;
    }
    let running = tokio::select! {
        running = stack::start(options, listeners) => running?,
        _ = tokio::signal::ctrl_c() => return Ok(()),
        _ = terminate.recv() => return Ok(()),
    };
    if let Some(path) = &options.ready_file {
        private::write(path, &running.ready().to_string())
            .with_context(|| format!("the ready file {} cannot be written", path.display()))?;
    }
    let keys = if options.until_stdin_closes { None } else { Keys::listen() };
    let colours = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    print(&format!("\n{}", welcome::text(running.ready(), Reader { colours, keys: keys.is_some() })));
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
        () = stdin_closed(), if options.until_stdin_closes => {}
        () = tell(running.logins.watch()) => {}
        () = obey(keys, &running) => {}
    }
    running.end();
    // A script that waits for this file must not find the one of this run.
    options.ready_file.as_deref().map_or(Ok(()), forget)
}

/// Prints what happens to logins.
async fn tell(mut watcher: Receiver<Event>) {
    loop {
        match watcher.recv().await {
            Ok(event) => print(&format!("{event}\n")),
            Err(RecvError::Lagged(missed)) => print(&format!("{missed} events of logins went by unseen.\n")),
            Err(RecvError::Closed) => return,
        }
    }
}

/// Opens pages by key, until one ends it all.
async fn obey(keys: Option<Keys>, running: &Running) {
    let Some(mut keys) = keys else { return std::future::pending().await };
    loop {
        match keys.next().await {
            'p' => open(&running.page(demo::PHONE)),
            's' => open(&running.page(pages::SCREEN)),
            'q' => return,
            _ => {}
        }
    }
}

/// Opens a page in this machine's browser.
fn open(url: &str) {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let opened = Command::new(opener).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if opened.is_err() {
        print(&format!("No browser could be started. Open {url} yourself.\n"));
    }
}

/// Prints for people. Whoever reads may have gone, and the stack goes on.
fn print(text: &str) {
    let mut output = std::io::stdout().lock();
    let _gone = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}

async fn stdin_closed() {
    let _whatever = tokio::io::copy(&mut tokio::io::stdin(), &mut tokio::io::sink()).await;
}

/// Deletes the ready file, which must not say that a stack is ready when none is.
fn forget(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("the ready file {} cannot be replaced", path.display()))
        }
        _ => Ok(()),
    }
}
