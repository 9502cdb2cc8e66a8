//! Measures each function's real binary beside hello world and beside what a team would run otherwise, counts what a login
//! costs, and judges the budgets. `README.md` explains the output. Start it with `tests/benchmarks/run`, which builds what
//! it needs.

mod allocations;
mod budgets;
mod connections;
mod cost;
mod counts;
mod growth;
mod load;
mod login;
mod machine;
mod measure;
mod openid;
mod peers;
mod play;
mod plot;
mod process;
mod protocol;
mod push;
mod report;
mod runtime_api;
mod sample;
mod scene;
mod statistics;
mod subject;
mod tables;
mod timer;
mod written;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Parser;
use scanlatch_tests::Stack;

use crate::budgets::{BEFORE, Budget, Limit, Verdict};
use crate::connections::Connections;
use crate::cost::Login;
use crate::counts::{Cost, total};
use crate::login::Kind;
use crate::measure::{Plan, Row};
use crate::peers::DeviceLogin;
use crate::play::{Caller, OPENID_LOGIN, POLLING_LOGIN, Play, SOCKET_LOGIN};
use crate::sample::Environment;
use crate::scene::Scene;
use crate::statistics::Values;
use crate::subject::{HELLO, HELLO_WORLD, Subject};
use crate::written::Results;

/// Measures every function beside hello world and its peers, and counts what a login costs
#[derive(Clone, Debug, Parser)]
struct Options {
    /// Where the binaries of the functions and of hello world are
    #[arg(long, value_name = "DIR")]
    binaries: PathBuf,
    /// The local stack's program
    #[arg(long, value_name = "FILE")]
    stack: PathBuf,
    /// Binaries of an earlier commit, measured in turns with these
    #[arg(long, value_name = "DIR")]
    before: Option<PathBuf>,
    /// How often each function is started
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// How often each process is called once it is warm
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..))]
    calls: u32,
    /// How hard `gzip` packs the binaries; 0 leaves it out
    #[arg(long, value_name = "LEVEL", default_value_t = 9, value_parser = clap::value_parser!(u8).range(..=9))]
    zip_level: u8,
    /// For how many seconds people log in at each level
    #[arg(long, value_name = "S", default_value_t = 4.0)]
    load_seconds: f64,
    /// How full the tables are made, in items
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "100,10000,1000000")]
    items: Vec<usize>,
    /// How many device logins node-oidc-provider serves in each round; 0 leaves the peers out
    #[arg(long, value_name = "N", default_value_t = 40)]
    peer_logins: u32,
    /// How many calls come before the first that counts: interpreters go on compiling for so long
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    peer_warm_up: u32,
    /// The Python of the peers
    #[arg(long, value_name = "FILE")]
    python: Option<PathBuf>,
    /// Where criterion left its estimates
    #[arg(long, value_name = "DIR")]
    criterion: Option<PathBuf>,
    /// Write the results into README.md and its plots
    #[arg(long, conflicts_with = "functions")]
    write: bool,
    /// Measure only these functions, and what `--criterion` names
    functions: Vec<String>,
}

impl Options {
    /// A stack with the binaries that are measured.
    async fn start(&self, arguments: &[&str]) -> Result<Stack> {
        let binaries = self.binaries.to_str().context("an odd folder of binaries")?;
        Stack::start_from(&self.stack, &[&["--binaries", binaries], arguments].concat()).await
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let mut results = Results::default();
    let mut budgets = Vec::new();
    results.say(&machine::describe(options.python.as_deref()));

    let data = tempfile::tempdir()?;
    let folder = data.path().to_str().context("an odd folder for temporary files")?;
    let stack = options.start(&["--instances", "1", "--data", folder]).await?;
    let counted = if options.functions.is_empty() {
        Some(counted(&options, &stack, &mut results, &mut budgets).await?)
    } else {
        None
    };
    let rows = functions(&options, &stack, data.path(), &mut results, &mut budgets).await?;
    if let Some(counted) = counted {
        results.part("What a million logins cost", &priced(&counted, &rows));
    }
    stack.stop().await?;
    if options.functions.is_empty() {
        loaded(&options, &mut results).await?;
    }

    if let Some(folder) = &options.criterion {
        results.part("What the protocol computes", &protocol::table(folder)?);
    }
    results.first("Budgets", &report::budgets(&budgets));
    if options.write {
        results.write(&Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"))?;
    }
    let missed = budgets.iter().filter(|budget| budget.verdict() == Verdict::Missed).count();
    println!("{} budgets, {missed} missed.", budgets.len());
    Ok(())
}

/// What a login costs at the database, and how soon a screen hears of a claim.
async fn counted(
    options: &Options,
    stack: &Stack,
    results: &mut Results,
    budgets: &mut Vec<Budget>,
) -> Result<Vec<(Kind, Cost)>> {
    let mut counted = Vec::new();
    for kind in Kind::ALL {
        let steps = counts::login(stack, kind).await?;
        results
            .part(&format!("What a login {} costs at the database", kind.name()), &report::counts(kind.name(), &steps));
        let cost = total(&steps);
        counted.push((kind, cost));
        if kind == Kind::Socket {
            budgets.push(Budget::counted("write units of a login by socket", Limit::AtMost(13.0), cost.write));
            budgets.push(Budget::counted("read units of a login by socket", Limit::AtMost(12.0), cost.read));
        }
    }
    let heard = push::after_the_write(stack, 7).await?;
    budgets.push(Budget::new("from a claim's write to the screen, in round trips", Limit::AtMost(1.5), heard));

    let full = options.start(&["--instances", "1"]).await?;
    let rows = growth::rows(&full, &options.items).await?;
    full.stop().await?;
    results.part("A login by socket where the tables are full", &report::growth(&rows));
    if let (Some(few), Some(many)) = (rows.first(), rows.last()) {
        let units = |row: &growth::Row| row.cost.read + row.cost.write;
        let what = format!("units of a login with {} items ÷ those with {}", many.items, few.items);
        budgets.push(Budget::counted(what, Limit::AtMost(1.0), units(many) / units(few)));
    }
    Ok(counted)
}

/// The dollars of the logins that a screen makes.
fn priced(counted: &[(Kind, Cost)], rows: &[Row]) -> String {
    let logged = |steps: &[&str]| -> f64 {
        let of = |step: &&str| rows.iter().find(|row| row.name == *step).and_then(|row| row.usage);
        #[expect(clippy::cast_precision_loss, reason = "no call logs that much")]
        let bytes = steps.iter().filter_map(of).map(|usage| usage.logged as f64).sum();
        bytes
    };
    let of = |kind: Kind| match kind {
        // The phone claims and decides, the backend validates. The screen asks and is answered, then told twice.
        Kind::Socket => Some((3.0, 4.0, 1.5, logged(&SOCKET_LOGIN))),
        Kind::Polling => Some((6.0, 0.0, 0.0, logged(&POLLING_LOGIN))),
        Kind::OpenId => None,
    };
    let logins: Vec<(&str, Login)> = counted
        .iter()
        .filter_map(|(kind, cost)| {
            let (requests, messages, minutes, logged) = of(*kind)?;
            let (write, read) = (cost.write, cost.read);
            Some((kind.name(), Login { requests, messages, minutes, invocations: 6.0, write, read, logged }))
        })
        .collect();
    cost::table(&logins)
}

/// Starts, sizes and CPU of every function and of its peers.
async fn functions(
    options: &Options,
    stack: &Stack,
    data: &Path,
    results: &mut Results,
    budgets: &mut Vec<Budget>,
) -> Result<Vec<Row>> {
    let pushes = Connections::start().await?;
    let environment = environment(&data.join("functions.env"), pushes.url())?;
    let caller = Caller { binaries: options.binaries.clone(), environment: environment.clone() };
    let play = Play::new(Scene::build(stack).await?, caller).await?;
    let Options { rounds, calls, zip_level, peer_logins, .. } = *options;
    let plan = Plan { rounds, calls, zip_level, peer_logins };
    let has_peers = options.functions.is_empty() && peer_logins > 0;
    let mut openid = if has_peers { Some(DeviceLogin::start(options.peer_warm_up).await?) } else { None };
    let hello = Subject::function(&options.binaries, HELLO)?;
    let subjects = subjects(options, has_peers)?;
    let rows = measure::all(&hello, &subjects, &play, &environment, plan, openid.as_mut()).await?;
    results.part("Functions and peers", &report::functions(&rows));
    for (title, steps) in
        [("by socket", SOCKET_LOGIN.as_slice()), ("by polling", &POLLING_LOGIN), ("by OpenID", &OPENID_LOGIN)]
    {
        if budgets::summed(&rows, "", steps, measure::WARM_CPU).is_some() {
            results.part(&format!("CPU of a login's functions {title}"), &report::cpu(title, &rows, steps));
        }
    }
    if let Some(login) = &openid {
        results.part(
            "node-oidc-provider",
            &format!(
                "Version {} takes {} ms of CPU for a device login of {} requests, with everything in memory.\n",
                login.version,
                login.cpu_ms.iter().copied().collect::<Values>().spread(),
                login.requests
            ),
        );
    }
    plots(&rows, results);
    budgets.extend(budgets::of_functions(&rows, openid.as_ref().map(|login| login.cpu_ms.as_slice())));
    Ok(rows)
}

fn subjects(options: &Options, peers: bool) -> Result<Vec<Subject>> {
    let steps = if options.functions.is_empty() { subject::steps()? } else { options.functions.clone() };
    let mut subjects = vec![Subject::function(&options.binaries, HELLO)?.named(HELLO_WORLD.to_owned())];
    for step in &steps {
        subjects.push(Subject::function(&options.binaries, step)?);
        let is_of_a_login = POLLING_LOGIN.contains(&step.as_str()) || SOCKET_LOGIN.contains(&step.as_str());
        if let Some(before) = options.before.as_deref().filter(|_| is_of_a_login) {
            subjects.push(Subject::function(before, step)?.named(format!("{BEFORE}{step}")));
        }
    }
    if peers {
        subjects
            .extend(peers::claims(options.python.as_deref().context("--python is missing")?, options.peer_warm_up)?);
    }
    Ok(subjects)
}

/// Whole logins at once, on a stack of its own whose limits do not stop them.
async fn loaded(options: &Options, results: &mut Results) -> Result<()> {
    let limits = ["--parameter", "RequestsPerSecond=10000", "--parameter", "RequestBurst=5000"];
    let stack = options.start(&[limits.as_slice(), &["--instances", "32"]].concat()).await?;
    let mut lines = Vec::new();
    for kind in Kind::ALL {
        let levels = load::levels(&stack, kind, options.load_seconds, &load::AT_ONCE).await?;
        results.part(&format!("Logins {} at once", kind.name()), &report::load(kind.name(), &levels));
        #[expect(clippy::cast_precision_loss, reason = "nobody logs in that often at once")]
        let points = levels.iter().map(|level| (level.at_once as f64, level.throughput)).collect();
        lines.push((kind.name().to_owned(), points));
    }
    results.plot("logins", &plot::lines("Logins a second", "people at once", "logins a second", &lines));
    stack.stop().await
}

/// The claim beside its peers.
fn plots(rows: &[Row], results: &mut Results) {
    let names = [HELLO_WORLD, "challenge-claim", budgets::NODE, budgets::PYTHON];
    let shown = || names.iter().filter_map(|name| rows.iter().find(|row| row.name == *name));
    let of = |of| shown().map(|row| (row.name.clone(), row.values(of).median())).collect::<Vec<_>>();
    results.plot("first-answer", &plot::bars("From start to first answer", "ms", &of(measure::FIRST_ANSWER)));
    results.plot("warm-cpu", &plot::bars("CPU of a warm claim", "ms", &of(measure::WARM_CPU)));
    results.plot("resident", &plot::bars("Resident memory after the first claim", "MB", &of(measure::FIRST_MB)));
}

/// The environment of a function: the local stack's variables and Lambda's own.
fn environment(path: &Path, callback_url: &str) -> Result<Environment> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let told = text.lines().filter_map(|line| line.split_once('='));
    let lambda = [
        ("WEBSOCKET_CALLBACK_URL", callback_url),
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
