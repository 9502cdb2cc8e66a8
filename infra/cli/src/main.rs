//! `scanlatch`: tenants, their secret keys, users and devices from the command line. It works on the stack's tables,
//! with access to the local stack's database or with the caller's own AWS credentials.
//!
//! | module | holds |
//! |---|---|
//! | [`options`] | the command line |
//! | [`commands`] | the commands, noun by noun |
//! | [`flags`] | what people type: ids, names, origins, durations, settings |
//! | [`tables`], [`site`] | where the tables are; where a tenant is served |
//! | [`contexts`], [`kept`] | places under names; what is kept for the user |
//! | [`environment`] | the variables that commands read |
//! | [`work`] | what every command needs |
//! | [`console`] | input and output, for people and scripts |
//! | [`http`] | HTTP calls |
//! | [`log`] | what the functions logged |

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::commands::{
    audit, challenge, check_url, client, context, device, doctor, key, phone, restore, screen, smoke, tail, tenant,
    user,
};
use crate::console::failure::CommandError;
use crate::console::output::{self, Output};
use crate::contexts::Place;
use crate::options::{Noun, Options};
use crate::tables::Tables;
use crate::work::Work;

mod commands;
mod console;
mod contexts;
mod environment;
mod flags;
mod http;
mod kept;
mod log;
mod options;
mod site;
mod tables;
mod work;

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse_from(options::with_local_url(std::env::args_os()));
    match Box::pin(run(options)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::tell(&format!("error: {failure}"));
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
        Noun::CheckUrl(flags) => check_url::run(output, &flags).await,
        Noun::Use(flags) => context::run(output, options.source, flags),
        noun => Box::pin(at_place(contexts::place(options.source)?, output, options.yes, noun)).await,
    }
}

async fn at_place(place: Place, output: Output, yes: bool, noun: Noun) -> Result<(), CommandError> {
    match noun {
        Noun::Screen(flags) => screen::run(output, place, flags).await,
        Noun::Phone(command) => phone::run(output, place, yes, command).await,
        Noun::Tail => tail::run(output, place).await,
        Noun::Doctor(flags) => doctor::run(output, place, flags).await,
        Noun::Smoke(flags) => smoke::run(output, place, flags).await,
        noun => {
            let local = place.source.local.clone();
            let Tables { cloud, api_url, places } = tables::find(place.source).await?;
            on_tables(&Work { cloud, local, api_url, places, output, yes }, noun).await
        }
    }
}

async fn on_tables(work: &Work, noun: Noun) -> Result<(), CommandError> {
    match noun {
        Noun::Tenant(command) => tenant::run(work, command).await,
        Noun::Key(command) => key::run(work, command).await,
        Noun::User(command) => user::run(work, command).await,
        Noun::Device(command) => device::run(work, command).await,
        Noun::Client(command) => client::run(work, command).await,
        Noun::Challenge(command) => challenge::run(work, command).await,
        Noun::Restore(command) => restore::run(work, command).await,
        Noun::Audit(flags) => audit::run(work, flags).await,
        // These need no tables.
        Noun::CheckUrl(_)
        | Noun::Completions { .. }
        | Noun::Doctor(_)
        | Noun::Phone(_)
        | Noun::Screen(_)
        | Noun::Smoke(_)
        | Noun::Tail
        | Noun::Use(_) => Ok(()),
    }
}
