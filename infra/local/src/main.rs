//! `cargo run`: the whole stack on this machine.

use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use scanlatch_local::cloudformation::template::Template;
use scanlatch_local::options::Options;
use scanlatch_local::private;
use scanlatch_local::server;
use scanlatch_local::stack::{self, Running};
use tokio::signal::unix::{SignalKind, signal};

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
    announce(&running);
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
        () = stdin_closed(), if options.until_stdin_closes => {}
    }
    running.end();
    // A script that waits for this file must not find the one of this run.
    options.ready_file.as_deref().map_or(Ok(()), forget)
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

fn announce(running: &Running) {
    let ready = running.ready();
    let text = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
    println!(
        "
Scanlatch is ready.

  Start page  {demo}

  API URL     {api}
  Tenant ID   {tenant}
  Secret key  {secret}
  Database    {database}

Ctrl-C ends it.",
        demo = text("demoUrl"),
        api = text("apiUrl"),
        tenant = text("tenantId"),
        secret = text("secretKey"),
        database = text("dynamodbEndpoint")
    );
}
