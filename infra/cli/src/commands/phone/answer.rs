//! `scanlatch phone approve` and `decline`.

use clap::Args;
use scanlatch_client::device::Claimed;
use scanlatch_protocol::challenge::Decision;
use scanlatch_protocol::id::UserId;
use scanlatch_protocol::proximity::Proximity;
use serde_json::{Value, json};

use crate::commands::phone::code;
use crate::commands::phone::pocket::Pocket;
use crate::console::agent;
use crate::console::confirm;
use crate::console::failure::CommandError;
use crate::console::output::{Output, draw};
use crate::console::table::pairs;
use crate::contexts::Place;
use crate::flags::id::user_id;
use crate::site;

/// `phone approve` and `phone decline`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    /// The challenge: its id, a link that holds it, or a PNG file with its QR code
    #[arg(value_name = "CHALLENGE")]
    challenge: String,
    /// Whose phone answers, if there are several
    #[arg(long, value_name = "USER", value_parser = user_id)]
    of: Option<UserId>,
    /// The number that the screen shows, if it shows one
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
}

/// Claims the challenge, shows who is asking, asks unless `yes`, and answers.
///
/// # Errors
/// If nobody confirms, or the service refuses.
pub async fn run(
    output: Output,
    place: Place,
    yes: bool,
    flags: &Flags,
    decision: Decision,
) -> Result<(), CommandError> {
    let id = code::read(&flags.challenge)?.to_string();
    let site = site::find(place, None).await?;
    let phone = Pocket::read()?.find(&site, flags.of.as_ref().map(UserId::as_str))?;
    let device = phone.device(&site)?;
    let order = match decision {
        Decision::Approve => "Approve",
        Decision::Reject => "Decline",
    };
    if !yes {
        // A claim takes the challenge from every other phone, so it is made only if somebody can go on.
        confirm::check_answerable(&format!("{order} {id}"))?;
    }
    let claimed = device.claim(&id).await?;
    draw(&asker(&claimed));
    let (action, user) = (&claimed.action_code, &phone.user_id);
    if !yes {
        let confirmed = confirm::ask(&format!("{order} {action} for {user}"), "yes");
        confirmed.map_err(|_| CommandError::misused("nothing was decided"))?;
    }
    let number = match &flags.number {
        given @ Some(_) => given.clone(),
        None if decision == Decision::Reject || !claimed.verification_code_required => None,
        None if yes => {
            return Err(CommandError::misused(
                "nothing was decided: give the number that the screen shows as --number",
            ));
        }
        None => Some(confirm::line("The number that the screen shows")?),
    };
    // No answer tells a repeated decision from a new one, but the service notes when a phone last decided.
    let before = device.credential().await?.last_verified_at;
    let decided = match (decision, &number) {
        (Decision::Approve, Some(number)) => device.approve_with(&id, number).await?,
        _ => device.decide(&id, decision == Decision::Approve).await?,
    };
    let after = device.credential().await.ok().and_then(|credential| credential.last_verified_at);
    let decided_before = after.is_some() && after == before;
    let document = json!({
        "challengeId": id,
        "action": action,
        "userId": user,
        "approved": decided.is_verified,
        "decidedBefore": decided_before,
    });
    if decision == Decision::Approve && !decided.is_verified {
        output.answer(&document, String::new)?;
        return Err(CommandError::failed(
            "the number was wrong, so the request is declined for good; the screen shows a new code",
        ));
    }
    let did = if decided.is_verified { "Approved" } else { "Declined" };
    output.answer(&document, || {
        if decided_before {
            format!("You {} this {action} before; nothing changed.", did.to_lowercase())
        } else {
            format!("{did} {action} for {user}.")
        }
    })
}

/// A distance in words.
fn told(level: &str) -> String {
    match Proximity::from_text(level) {
        Some(Proximity::SameNetwork) => "the same network as this phone",
        Some(Proximity::Near) => "near this phone",
        Some(Proximity::SameCountry) => "the country of this phone",
        Some(Proximity::Far) => "far from this phone",
        Some(Proximity::Unknown) | None => level,
    }
    .to_owned()
}

/// Who is asking: what the service saw comes before what the screen says.
fn asker(claimed: &Claimed) -> String {
    let place = |location: &Value| {
        let parts = ["city", "region", "country"].map(|part| location[part].as_str());
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    pairs(&[
        ("Asked for", Some(claimed.action_code.clone())),
        ("From", claimed.ip_address.clone()),
        ("Near", claimed.location.as_ref().map(place).filter(|place| !place.is_empty())),
        ("Distance", claimed.proximity.as_deref().filter(|level| *level != "unknown").map(told)),
        ("Page", claimed.origin.clone()),
        ("On", claimed.user_agent.as_deref().map(agent::told)),
        ("It says", claimed.custom.as_ref().map(Value::to_string)),
    ])
}
