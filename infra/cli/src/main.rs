//! `scanlatch`: tenants, their secret keys, users and devices from the command line. It works on the stack's tables
//! with whatever may reach them: the local stack's database, or the caller's own AWS credentials.
//!
//! | module | holds |
//! |---|---|
//! | [`options`] | the command line |
//! | [`place`] | where the tables are |
//! | [`tenant`], [`key`], [`user`], [`device`], [`challenge`] | the commands, noun by noun |
//! | [`restore`] | what comes back from a backup |
//! | [`create`], [`delete`] | the two verbs of a tenant that take several steps |
//! | [`smoke`], [`check_url`] | a login for a try, and the base URL's check: the two that need no tables |
//! | [`settings`], [`lifetime`], [`origin`] | what a tenant may set, as flags |
//! | [`http`] | calls |
//! | [`confirm`], [`output`], [`table`], [`failure`] | how it speaks with people and scripts |

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::failure::CommandError;
use crate::options::{Noun, Options};
use crate::output::Output;
use crate::place::Place;
use crate::work::Work;

mod challenge;
mod check_url;
mod confirm;
mod create;
mod delete;
mod device;
mod failure;
mod http;
mod key;
mod lifetime;
mod options;
mod origin;
mod output;
mod place;
mod restore;
mod settings;
mod smoke;
mod table;
mod tenant;
mod user;
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
        Noun::Smoke(flags) => smoke::run(output, options.place, flags).await,
        Noun::CheckUrl(flags) => check_url::run(output, &flags).await,
        noun => {
            let Place { cloud, api_url } = place::find(options.place).await?;
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
