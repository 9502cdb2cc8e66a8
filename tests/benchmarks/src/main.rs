//! Measures each function's real binary beside hello world, and counts what a login costs at the database.
//! `docs/benchmarks.md` explains the output. Start it with `tests/benchmarks/run`, which builds what it needs.

mod login;
mod machine;
mod process;
mod report;
mod runtime_api;
mod sample;
mod scene;
mod statistics;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use scanlatch_tests::Stack;

use crate::report::Row;
use crate::sample::Subject;
use crate::scene::Scene;

/// The binary of the package `scanlatch-benchmark-hello`, and its name in the table.
const HELLO: &str = "benchmark-hello";

/// Measures every function beside hello world
#[derive(Clone, Debug, Parser)]
struct Options {
    /// Where the binaries are
    #[arg(long, value_name = "DIR")]
    binaries: PathBuf,
    /// How often each function is started
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// How often each process is called once it is warm
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    calls: u32,
    /// How hard `gzip` packs the binaries
    #[arg(long, value_name = "LEVEL", default_value_t = 9, value_parser = clap::value_parser!(u8).range(1..=9))]
    zip_level: u8,
    /// Set a parameter of the template, such as `TrustSystemRoots=true`; may be repeated
    #[arg(long = "parameter", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// Measure only these functions
    functions: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let data = tempfile::tempdir()?;
    let folder = data.path().to_str().context("an odd folder for temporary files")?;
    let mut arguments = vec!["--instances", "1", "--data", folder];
    for parameter in &options.parameters {
        arguments.extend(["--parameter", parameter]);
    }
    let stack = Stack::start(&arguments).await?;

    println!("{}\n", machine::describe());
    println!("{}", report::login("by polling", &Box::pin(login::by_polling(&stack)).await?));
    println!("{}", report::login("by socket", &Box::pin(login::by_socket(&stack)).await?));

    let environment = environment(&data.path().join("functions.env"))?;
    let scene = Scene::build(&stack).await?;
    let rows = measure(&options, &scene, &environment).await?;
    println!(
        "{} rounds; each time is a median with its 10th and 90th percentile.\n\n{}",
        options.rounds,
        report::functions(&rows, options.calls)
    );
    stack.stop().await
}

/// Takes turns: hello world, a function, hello world, the next function, so that a slow minute affects all alike.
async fn measure(options: &Options, scene: &Scene, environment: &BTreeMap<String, String>) -> Result<Vec<Row>> {
    let hello = subject(options, HELLO)?;
    let mut rows = Vec::new();
    let mut subjects = vec![hello.clone()];
    for name in functions(options)? {
        subjects.push(subject(options, &name)?);
    }
    for subject in &subjects {
        rows.push(Row {
            name: subject.name.clone(),
            own: Vec::new(),
            hello: Vec::new(),
            zip_mb: sample::zip_mb(&subject.binary, options.zip_level)?,
            files: sample::files_opened(subject, environment).await?,
        });
    }
    for _ in 0..options.rounds {
        for (subject, row) in subjects.iter().zip(&mut rows) {
            row.hello.push(sample::take(&hello, scene, environment, options.calls).await?);
            row.own.push(sample::take(subject, scene, environment, options.calls).await?);
        }
    }
    Ok(rows)
}

/// The given functions, or else all of `functions/`.
fn functions(options: &Options) -> Result<Vec<String>> {
    if !options.functions.is_empty() {
        return Ok(options.functions.clone());
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions");
    let entries = fs::read_dir(folder).context("functions/ is missing")?;
    let mut names: Vec<String> =
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect::<Result<_>>()?;
    names.sort();
    Ok(names)
}

fn subject(options: &Options, name: &str) -> Result<Subject> {
    let binary = options.binaries.join(name);
    ensure!(binary.is_file(), "there is no {}; tests/benchmarks/run builds it", binary.display());
    Ok(Subject { name: name.to_owned(), binary })
}

/// The environment of a function: the local stack's variables and Lambda's own.
fn environment(path: &Path) -> Result<BTreeMap<String, String>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let told = text.lines().filter_map(|line| line.split_once('='));
    let lambda = [
        ("AWS_LAMBDA_FUNCTION_NAME", "benchmark"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        // These two are deployed for one tenant.
        ("AUTHORIZER_TENANT_ID", scene::TENANT),
        ("COGNITO_TENANT_ID", scene::TENANT),
    ];
    Ok(told.chain(lambda).map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}
