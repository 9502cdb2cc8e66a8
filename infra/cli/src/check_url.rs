//! `scanlatch check-url`: whether SDKs that are given a base URL find the socket.

use clap::Args;
use protocol::wire::base_url;
use serde_json::json;

use crate::failure::Failure;
use crate::output::Output;

/// `check-url`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    /// The base URL that SDKs are to be given
    #[arg(value_name = "URL")]
    base_url: String,
    /// Where the socket is served, if not on the same host
    #[arg(long, value_name = "URL")]
    socket_url: Option<String>,
}

/// Says where SDKs look.
///
/// # Errors
/// Why they do not find the socket there, and what to do.
pub fn run(output: Output, flags: &Flags) -> Result<(), Failure> {
    let base = &flags.base_url;
    let socket = base_url::check(base, flags.socket_url.as_deref())
        .map_err(|misfit| Failure::failed(format!("{base} cannot be the base URL: {misfit}")))?;
    let sentence = format!("SDKs that are given {base} open their socket at {socket}, where it is served.");
    output.answer(&json!({ "baseUrl": base, "socketUrl": socket }), || sentence)
}
