//! `scanlatch screen`: a screen in the terminal.

use std::io::IsTerminal as _;

use clap::Args;
use scanlatch_client::screen::drawn;
use scanlatch_protocol::id::{ActionCode, UserId};
use serde_json::{Value, json};

use crate::commands::screen::waiting::{Outcome, Request, Waiting};
use crate::console::failure::CommandError;
use crate::console::output::{Output, draw, tell};
use crate::contexts::Place;
use crate::flags::id::{action_code, user_id};
use crate::site::{self, Site};

mod waiting;

/// `screen`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    /// What is asked for
    #[arg(long, default_value = "login", value_parser = action_code)]
    action: ActionCode,
    /// Only this user may approve; needs the secret key
    #[arg(long, value_parser = user_id)]
    user: Option<UserId>,
    /// What the person is shown beside the action, as JSON
    #[arg(long, value_name = "JSON", value_parser = custom)]
    custom: Option<Value>,
    /// Ask again and again instead of opening a socket
    #[arg(long)]
    polling: bool,
    /// Where the socket is served, if SDKs do not find it from the base URL
    #[arg(long, value_name = "URL")]
    socket_url: Option<String>,
}

/// Shows a code and waits for its outcome. With the secret key an approval counts once the backend has validated it.
///
/// # Errors
/// If the person declined, nobody answered in time, or the service refused.
pub async fn run(output: Output, place: Place, flags: Flags) -> Result<(), CommandError> {
    let site = site::find(place, flags.socket_url).await?;
    let action = flags.action.as_str();
    let token = match &flags.user {
        Some(user) => Some(user_token(&site, user.as_str(), action, flags.custom.as_ref()).await?),
        None => None,
    };
    let request = Request { token, action, custom: flags.custom.as_ref(), polling: flags.polling };
    let mut waiting = Waiting::open(&site, request).await?;
    show(&site, waiting.challenge());
    let outcome = waiting.outcome().await?;
    let mut document = json!({ "challengeId": waiting.challenge(), "action": action });
    match outcome {
        Outcome::Approved(token) if site.secret.is_some() => {
            let user = validated(&site, &token, flags.user.as_ref(), action).await?;
            document["outcome"] = "approved".into();
            document["userId"] = user.clone().into();
            output.answer(&document, || format!("Approved by {user}."))
        }
        // Whoever has the secret key validates it.
        Outcome::Approved(token) => {
            document["outcome"] = "approved".into();
            document["token"] = token.clone().into();
            output.answer(&document, || token)
        }
        Outcome::Declined => {
            document["outcome"] = "declined".into();
            output.answer(&document, String::new)?;
            Err(CommandError::Declined("the request was declined on the phone".to_owned()))
        }
        Outcome::Unanswered => {
            document["outcome"] = "unanswered".into();
            output.answer(&document, String::new)?;
            Err(CommandError::Unanswered("nobody answered in time".to_owned()))
        }
    }
}

/// A token with which the screen asks for this user alone.
async fn user_token(site: &Site, user: &str, action: &str, custom: Option<&Value>) -> Result<String, CommandError> {
    let attributes = custom.map_or_else(|| json!({}), |custom| json!({ "custom": custom }));
    Ok(site.backend()?.track(&site::in_path(user), action, &attributes).await?.token)
}

/// Draws the code for people, who read standard error.
fn show(site: &Site, challenge: &str) {
    // On the local stack the phone's camera is led to the phone page.
    let link = site.phone_url.as_ref().map(|page| format!("{page}?c={challenge}"));
    let text = link.as_deref().unwrap_or(challenge);
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    draw(&drawn(text, colours).unwrap_or_default());
    tell(text);
    tell("Scan this with an enrolled phone.");
}

async fn validated(site: &Site, token: &str, user: Option<&UserId>, action: &str) -> Result<String, CommandError> {
    let mut asked = json!({ "token": token, "action": action });
    if let Some(user) = user {
        asked["userId"] = user.as_str().into();
    }
    let validated = site.backend()?.validate(&asked).await?;
    match validated.user_id {
        Some(user) if validated.is_valid => Ok(user),
        _ => Err(CommandError::failed(format!(
            "the backend does not take the approval: {}",
            validated.error.or(validated.state).unwrap_or_else(|| "it names no user".to_owned())
        ))),
    }
}

fn custom(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("is no JSON: {error}"))
}
