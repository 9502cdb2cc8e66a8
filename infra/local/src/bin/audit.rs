//! `audit`: whether template, code and specifications agree, by what a run of the tests recorded.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use scanlatch_local::audit::{Evidence, Specifications, disagreements, folders};
use scanlatch_local::cloudformation::template::Template;
use scanlatch_local::options::parameter;

/// Says where template, code and specifications disagree.
#[derive(Debug, Parser)]
#[command(name = "audit", version)]
struct Options {
    /// The template
    #[arg(long, value_name = "PATH", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml"))]
    template: PathBuf,
    /// What stacks recorded, each into a file of this folder (`--record`)
    #[arg(long, value_name = "DIR", env = "SCANLATCH_RECORD")]
    recordings: PathBuf,
    /// The HTTP API's specification
    #[arg(long, value_name = "PATH")]
    openapi: Option<PathBuf>,
    /// The WebSocket API's specification
    #[arg(long, value_name = "PATH")]
    asyncapi: Option<PathBuf>,
    /// The folder that holds a package for each function
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../../functions"))]
    functions: PathBuf,
    /// Set a parameter of the template; may be repeated
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(sentences) if sentences.is_empty() => ExitCode::SUCCESS,
        Ok(sentences) => {
            for sentence in sentences {
                println!("{sentence}.");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<Vec<String>> {
    let mut parameters: BTreeMap<String, String> = options.parameters.iter().cloned().collect();
    parameters.entry("PublicUrl".to_owned()).or_insert_with(|| "https://login.example/v1".to_owned());
    let template = Template::read(&options.template, &parameters)?;
    let evidence = Evidence::read(&options.recordings)?;
    let specifications = Specifications::read(options.openapi.as_deref(), options.asyncapi.as_deref())?;
    Ok(disagreements(&template, &evidence, &folders(&options.functions)?, &specifications))
}
