//! The command line.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Parser;

/// Scanlatch on this machine: the functions, APIs and tables of infra/template.yaml.
#[derive(Clone, Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(name = "local", version)]
pub struct Options {
    /// Port to listen on; 0 takes any free one
    #[arg(long, default_value_t = 3000)]
    pub port: u16,
    /// Serve pages and APIs by https on this address of the machine too, or on its own in the network; everybody there can
    /// use the demo
    #[arg(long, value_name = "ADDRESS")]
    pub host: Option<Option<IpAddr>>,
    /// Write the URLs and keys to this file, as JSON, once everything is ready
    #[arg(long, value_name = "PATH")]
    pub ready_file: Option<PathBuf>,
    /// Keep tables and keys in this folder; without it everything is forgotten at the end
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Use this database (DynamoDB Local or AWS) instead of the built-in one
    #[arg(long, value_name = "URL")]
    pub dynamodb_endpoint: Option<String>,
    /// Send invocations to `cargo lambda watch` at this URL instead of starting the functions
    #[arg(long, value_name = "URL")]
    pub lambda_endpoint: Option<String>,
    /// Build nothing: start the functions in this folder
    #[arg(long, value_name = "DIR", conflicts_with = "lambda_endpoint")]
    pub binaries: Option<PathBuf>,
    /// The template to read
    #[arg(long, value_name = "PATH", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml"))]
    pub template: PathBuf,
    /// Set a parameter of the template; may be repeated
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    pub parameters: Vec<(String, String)>,
    /// Only say whether the template can be read with these parameters
    #[arg(long)]
    pub check: bool,
    /// Note in this folder which permissions functions used and which routes were called, for `audit`
    #[arg(long, value_name = "DIR", env = "SCANLATCH_RECORD")]
    pub record: Option<PathBuf>,
    /// Answer under this name too, for a tunnel to the APIs; may be repeated
    #[arg(long = "allow-host", value_name = "NAME")]
    pub allowed_hosts: Vec<String>,
    /// At most this many functions at once, queued ones included; further calls fail as on Lambda
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub concurrency: u32,
    /// At most this many processes per function
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub instances: u32,
    /// Show every line that the functions log
    #[arg(long)]
    pub verbose: bool,
    /// Keep in this folder every line that the functions log, and the secrets that they were given
    #[arg(long, value_name = "DIR", env = "SCANLATCH_LOGS")]
    pub logs: Option<PathBuf>,
    /// How much the functions log: TRACE, DEBUG, INFO, WARN, ERROR or FATAL
    #[arg(long, value_name = "LEVEL", env = "SCANLATCH_LOG_LEVEL", ignore_case = true,
          value_parser = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])]
    pub log_level: Option<String>,
    /// End once standard input is closed, so that whoever started this cannot leave it behind
    #[arg(long, hide = true)]
    pub until_stdin_closes: bool,
    /// Close a socket after this long without a message, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 600_000, hide = true)]
    pub idle_ms: u64,
    /// Close a socket after this long, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 7_200_000, hide = true)]
    pub max_connection_ms: u64,
    /// Whether a client's ping counts as a message for the idle limit
    #[arg(long, hide = true)]
    pub ping_resets_idle: bool,
}

/// Reads `NAME=VALUE`.
///
/// # Errors
/// If it is something else.
pub fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("must be NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
