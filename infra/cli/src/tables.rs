//! Where the tables are.

use ::http::Request;
use clap::Args;
use scanlatch_aws::{Cloud, Settings};
use serde::{Deserialize, Serialize};

use crate::console::failure::CommandError;
use crate::environment::{API_URL, DIRECTORY_TABLE, LIVE_TABLE, PLACES, variable};
use crate::http::Http;

/// The local stack's default URL.
pub const LOCAL_URL: &str = "http://localhost:3000";

/// Flags that say where the tables are.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[command(next_help_heading = "Where")]
pub struct TableSource {
    /// Work on the local stack
    #[arg(
        long,
        global = true,
        value_name = "URL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = LOCAL_URL,
        conflicts_with_all = ["live_table", "directory_table", "dynamodb_endpoint"],
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local: Option<String>,
    /// The table of challenges, else `SCANLATCH_LIVE_TABLE`
    #[arg(long, global = true, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live_table: Option<String>,
    /// The table of tenants and users, else `SCANLATCH_DIRECTORY_TABLE`
    #[arg(long, global = true, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory_table: Option<String>,
    /// A database that checks no credentials, such as DynamoDB Local
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dynamodb_endpoint: Option<String>,
    /// Where SDKs reach the service, to be printed; else `SCANLATCH_API_URL`
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_url: Option<String>,
    /// The stack has an edge, which tells where screens and phones are: it has the output `EdgeHost`. Else
    /// `SCANLATCH_PLACES=on`
    #[arg(long, global = true)]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub places: bool,
}

impl TableSource {
    /// Whether a flag says where.
    pub fn is_given(&self) -> bool {
        let Self { local, live_table, directory_table, dynamodb_endpoint, api_url, places: _ } = self;
        [local, live_table, directory_table, dynamodb_endpoint, api_url].into_iter().any(Option::is_some)
    }
}

/// The tables, and where SDKs reach the service if that is known.
#[derive(Debug)]
pub struct Tables {
    /// The tables.
    pub cloud: Cloud,
    /// Where SDKs reach the service.
    pub api_url: Option<String>,
    /// Whether an edge tells where screens and phones are.
    pub places: bool,
}

/// Finds the tables that the flags name, or else the environment.
///
/// # Errors
/// One sentence that says what to give, or that nothing answers there.
pub async fn find(source: TableSource) -> Result<Tables, CommandError> {
    let api_url = source.api_url.or_else(|| variable(API_URL));
    let places = source.places || variable(PLACES).is_some_and(|value| value == "on");
    if let Some(url) = source.local {
        let local = local(&url).await?;
        // The local stack names a table by its logical id.
        let cloud = Cloud::at_endpoint(&local.dynamodb_endpoint, settings("LiveTable", "DirectoryTable"));
        return Ok(Tables { cloud, api_url: api_url.or(Some(local.api_url)), places: places || local.places });
    }
    let live = source.live_table.or_else(|| variable(LIVE_TABLE));
    let directory = source.directory_table.or_else(|| variable(DIRECTORY_TABLE));
    let (live, directory) = match (live, directory) {
        (Some(live), Some(directory)) => (live, directory),
        (None, None) => {
            return Err(CommandError::misused(
                "say where: --local for the stack on this machine, or --live-table and --directory-table with the \
                 stack's outputs LiveTableName and DirectoryTableName",
            ));
        }
        (None, Some(_)) => return Err(CommandError::misused(format!("--live-table or {LIVE_TABLE} is missing"))),
        (Some(_), None) => {
            return Err(CommandError::misused(format!("--directory-table or {DIRECTORY_TABLE} is missing")));
        }
    };
    let settings = settings(&live, &directory);
    let cloud = match source.dynamodb_endpoint {
        Some(url) => Cloud::at_endpoint(&url, settings),
        None => Cloud::connect_as_user(settings).await,
    };
    Ok(Tables { cloud, api_url, places })
}

/// Settings for a command line, which signs no token and pushes nothing.
fn settings(live_table: &str, directory_table: &str) -> Settings {
    Settings {
        live_table: live_table.to_owned(),
        directory_table: directory_table.to_owned(),
        wrapping_key: String::new(),
        callback_url: String::new(),
    }
}

/// What the local stack reports about itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Local {
    /// Its base URL for the SDKs.
    pub api_url: String,
    /// The secret key of its demo tenant.
    #[serde(default)]
    pub secret_key: String,
    /// Its phone page.
    pub phone_url: Option<String>,
    /// Whether its functions believe an edge.
    #[serde(default)]
    places: bool,
    dynamodb_endpoint: String,
}

/// Asks the local stack at `url` for its URLs and keys.
///
/// # Errors
/// If the stack does not answer, or keeps its tables on AWS.
pub async fn local(url: &str) -> Result<Local, CommandError> {
    let url = url.trim_end_matches('/');
    let request = Request::get(format!("{url}/_local/ready")).body(String::new());
    let request = request.map_err(|error| CommandError::misused(format!("{url} is no URL: {error}")))?;
    let silent = |_| CommandError::failed(format!("no local stack answers at {url}; start it with `cargo run`"));
    let answer = Http::new().call(request).await.map_err(silent)?;
    let stranger = |_| CommandError::failed(format!("what answers at {url} is not the local stack"));
    let local: Local = serde_json::from_slice(&answer.body).map_err(stranger)?;
    if local.dynamodb_endpoint.starts_with("http://") {
        return Ok(local);
    }
    Err(CommandError::misused(format!(
        "the local stack at {url} keeps its tables on AWS; use --live-table LiveTable --directory-table DirectoryTable \
         with your credentials instead of --local"
    )))
}
