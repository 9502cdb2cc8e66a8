//! `scanlatch check-url`: whether SDKs with a base URL find the service and its socket.

use ::http::header::CONTENT_TYPE;
use ::http::{Request, StatusCode};
use clap::Args;
use scanlatch_protocol::wire::base_url;
use scanlatch_protocol::wire::error::ErrorBody;
use scanlatch_protocol::wire::socket::SUB_PROTOCOL;
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::console::failure::CommandError;
use crate::console::output::Output;
use crate::http::{Http, PATIENCE};

/// An id of no tenant, so that both APIs refuse it.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// `check-url`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    /// The base URL for the SDKs
    #[arg(value_name = "URL")]
    base_url: String,
    /// Where the socket is served, if not on the same host
    #[arg(long, value_name = "URL")]
    socket_url: Option<String>,
    /// Only print where SDKs look; the host need not exist yet
    #[arg(long)]
    no_connect: bool,
}

/// Prints where SDKs look, and checks that the service answers there.
///
/// # Errors
/// Why SDKs do not find it there, and what to do.
pub async fn run(output: Output, flags: &Flags) -> Result<(), CommandError> {
    let base = &flags.base_url;
    let socket = base_url::check(base, flags.socket_url.as_deref())
        .map_err(|misfit| CommandError::failed(format!("{base} cannot be the base URL: {misfit}")))?;
    let derived = format!("SDKs that are given {base} open their socket at {socket}.");
    if flags.no_connect {
        let sentence = format!("{derived} Whether anything answers there was not tried.");
        return output.answer(&json!({ "baseUrl": base, "socketUrl": socket }), || sentence);
    }
    call(base).await?;
    open(&socket).await?;
    let sentence = format!("{derived} The service answers at both.");
    output.answer(&json!({ "baseUrl": base, "socketUrl": socket, "answers": true }), || sentence)
}

/// Makes a call that only the service refuses in this way.
async fn call(base: &str) -> Result<(), CommandError> {
    let request = Request::post(format!("{base}/validate")).header(CONTENT_TYPE, "application/json");
    let request = request.body("{}".to_owned()).map_err(|error| silence(base, &error.to_string()))?;
    let answer = Http::new().call(request).await.map_err(|why| silence(base, &why))?;
    match serde_json::from_slice::<ErrorBody>(&answer.body) {
        Ok(refusal) if answer.status == StatusCode::UNAUTHORIZED && refusal.error == "unauthorized" => Ok(()),
        Ok(refusal) => Err(CommandError::failed(format!("{base} refused: {}", refusal.error_description))),
        Err(_) => Err(CommandError::failed(format!(
            "{base} answered {}, which the service does not say; look at what the host name leads to",
            answer.status
        ))),
    }
}

/// Asks for a socket, which the service refuses too.
async fn open(socket: &str) -> Result<(), CommandError> {
    let mut request = socket.into_client_request().map_err(|error| silence(socket, &error.to_string()))?;
    let offers = HeaderValue::from_str(&format!("{SUB_PROTOCOL}, x.authsignal.tenant.{NOBODY}"));
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", offers.map_err(|error| silence(socket, &error.to_string()))?);
    let stranger = |said: String| {
        let advice = "look at what the path leads to";
        CommandError::failed(format!("{socket} is no socket of the service; it answered {said}; {advice}"))
    };
    match timeout(PATIENCE, Box::pin(connect_async(request))).await {
        Ok(Err(Error::Http(refused))) if refused.status() == StatusCode::UNAUTHORIZED => Ok(()),
        Ok(Err(Error::Http(refused))) => Err(stranger(refused.status().to_string())),
        Ok(Err(error)) => Err(silence(socket, &error.to_string())),
        Ok(Ok(_)) => Err(stranger("an unknown tenant with a socket".to_owned())),
        Err(_) => Err(silence(socket, "it took too long")),
    }
}

fn silence(url: &str, why: &str) -> CommandError {
    CommandError::failed(format!(
        "no answer came from {url}: {why}; look at the host name, its DNS record and its certificate, or give \
         --no-connect before they exist"
    ))
}
