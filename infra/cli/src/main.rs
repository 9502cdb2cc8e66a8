//! `scanlatch`: tenants, their secret keys, users and devices from the command line. It works on the stack's tables,
//! with access to the local stack's database or with the caller's own AWS credentials.
//!
//! | module | holds |
//! |---|---|
//! | [`options`] | the command line |
//! | [`commands`] | the commands, noun by noun |
//! | [`flags`] | what people type: ids, names, origins, durations, settings |
//! | [`tables`] | where the tables are |
//! | [`work`] | what every command needs |
//! | [`console`] | input and output, for people and scripts |
//! | [`http`] | HTTP calls |

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::commands::{challenge, check_url, device, key, restore, smoke, tenant, user};
use crate::console::failure::CommandError;
use crate::console::output::{self, Output};
use crate::console::table;
use crate::options::{Noun, Options};
use crate::tables::Tables;
use crate::work::Work;

mod commands;
mod console;
mod flags;
mod http;
mod options;
mod tables;
mod work;

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse_from(options::with_local_url(std::env::args_os()));
    match Box::pin(run(options)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {}", table::shown(&failure.to_string()));
            failure.exit_code()
        }
    }
}

async fn run(options: Options) -> Result<(), CommandError> {
    if let Noun::Completions { shell } = &options.noun {
        let mut script = Vec::new();
        clap_complete::generate(*shell, &mut Options::command(), "scanlatch", &mut script);
        return output::write(&script);
    }
    let output = Output { json: options.json };
    match options.noun {
        Noun::Smoke(flags) => smoke::run(output, options.source, flags).await,
        Noun::CheckUrl(flags) => check_url::run(output, &flags).await,
        noun => {
            let Tables { cloud, api_url } = tables::find(options.source).await?;
            on_tables(&Work { cloud, api_url, output, yes: options.yes }, noun).await
        }
    }
}

async fn on_tables(work: &Work, noun: Noun) -> Result<(), CommandError> {
    match noun {
        Noun::Tenant(command) => tenant::run(work, command).await,
        Noun::Key(command) => key::run(work, command).await,
        Noun::User(command) => user::run(work, command).await,
        Noun::Device(command) => device::run(work, command).await,
        Noun::Challenge(command) => challenge::run(work, command).await,
        Noun::Restore(command) => restore::run(work, command).await,
        Noun::Smoke(_) | Noun::CheckUrl(_) | Noun::Completions { .. } => Ok(()),
    }
}
