//! `scanlatch doctor`: looks at all that a login needs, and says what to do.

use clap::Args;
use serde_json::json;

use crate::console::failure::CommandError;
use crate::console::output::Output;
use crate::contexts::Place;
use crate::flags::origin;
use crate::site;

mod check;
mod finding;

/// `doctor`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    /// Where the socket is served, if SDKs do not find it from the base URL
    #[arg(long, value_name = "URL")]
    socket_url: Option<String>,
    /// The origin of the pages that are to show codes
    #[arg(long, value_name = "ORIGIN", value_parser = origin::parse)]
    origin: Option<String>,
}

/// Makes every check and tells what each found.
///
/// # Errors
/// If a check found something that is to be mended.
pub async fn run(output: Output, place: Place, flags: Flags) -> Result<(), CommandError> {
    let site = site::find(place, flags.socket_url.clone()).await?;
    let mut findings = vec![check::base_url(&site, flags.socket_url.as_deref())];
    let (reached, clock) = check::service(&site).await;
    let is_reached = reached.good;
    findings.push(reached);
    // Nothing else can be said of a service that does not answer.
    if is_reached {
        findings.extend(clock);
        findings.push(check::preflight(&site, flags.origin.as_deref()).await);
        findings.push(check::socket(&site, flags.origin.as_deref()).await);
        findings.push(check::secret_key(&site).await);
    }
    output.answer(&json!({ "baseUrl": site.base_url, "findings": findings }), || finding::text(&findings))?;
    match findings.iter().filter(|finding| !finding.good).count() {
        0 => Ok(()),
        1 => Err(CommandError::failed("one thing is to be mended")),
        count => Err(CommandError::failed(format!("{count} things are to be mended"))),
    }
}
