//! `scanlatch challenge`.

use clap::Subcommand;
use scanlatch_protocol::challenge::{Challenge, Screen, State, Withdrawal};
use scanlatch_protocol::context::{Context, Location};
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::ChallengeId;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{Challenges as _, Clock as _};
use serde::Serialize;

use crate::console::agent;
use crate::console::ago::dated;
use crate::console::failure::CommandError;
use crate::console::table::pairs;
use crate::flags::id::challenge_id;
use crate::flags::named::NamedTenant;
use crate::work::Work;

/// The commands about challenges.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Show how far a challenge got, who asked and who decided
    #[command(after_help = "\
A challenge is kept for an hour past its last use.

Examples:
  scanlatch challenge show Acme 0b0f8a52-6c1c-4c55-9a3f-0c5f4b0c8d11 --local")]
    Show {
        #[command(flatten)]
        named: NamedTenant,
        /// The challenge's id, as its QR code shows it
        #[arg(value_name = "CHALLENGE", value_parser = challenge_id)]
        id: ChallengeId,
    },
}

/// Runs the command.
///
/// # Errors
/// One sentence that says why it failed.
pub async fn run(work: &Work, command: Command) -> Result<(), CommandError> {
    let Command::Show { named, id } = command;
    let tenant = work.tenant(&named.tenant).await?;
    let found = work.cloud.challenge(&tenant.id, &id).await?;
    let challenge =
        found.ok_or_else(|| CommandError::failed(format!("tenant {} has no challenge {id}", tenant.name)))?;
    let now = work.cloud.now();
    let view = View::of(&challenge, now);
    work.output.answer(&view, || view.text(now))
}

/// A challenge as JSON, without what proves or addresses its screen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct View {
    challenge_id: String,
    state: &'static str,
    action: String,
    idempotency_key: String,
    screen: &'static str,
    /// The code itself is nowhere, only its digest.
    has_short_code: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    for_user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<String>,
    created_at: String,
    expires_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redeemable_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redeemed_at: Option<String>,
    /// The device id that the backend gives for the device that asks; the phone's is `device_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    asking_device_id: Option<String>,
    #[serde(flatten)]
    context: Context,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<Custom>,
}

impl View {
    fn of(challenge: &Challenge, now: Timestamp) -> Self {
        let holder = challenge.state.holder();
        let (decided_at, redeemed_at) = match &challenge.state {
            State::Unclaimed | State::Claimed { .. } => (None, None),
            State::Approved { at, .. }
            | State::Rejected { at, .. }
            | State::Cancelled { at, .. }
            | State::Revoked { at, .. } => (Some(*at), None),
            State::Consumed { at, redeemed_at, .. } => (Some(*at), Some(*redeemed_at)),
        };
        let redeemable_until = challenge.state.approval().map(|(_, at)| challenge.redeemable_until(at));
        Self {
            challenge_id: challenge.id.to_string(),
            state: state(challenge, now),
            action: challenge.action.to_string(),
            idempotency_key: challenge.idempotency_key.to_string(),
            screen: match &challenge.screen {
                Screen::Socket(_) => "socket",
                Screen::Resumable(screen) if screen.socket.is_none() => "poll",
                Screen::Resumable(_) => "socket with device code",
                Screen::TrustedDevice => "trusted device",
            },
            has_short_code: challenge.short_code.is_some(),
            for_user_id: challenge.subject.as_ref().map(ToString::to_string),
            user_id: holder.map(|holder| holder.user.to_string()),
            device_id: holder.map(|holder| holder.credential.to_string()),
            created_at: challenge.created_at.iso(),
            expires_at: challenge.expires_at.iso(),
            decided_at: decided_at.map(Timestamp::iso),
            redeemable_until: redeemable_until.map(Timestamp::iso),
            redeemed_at: redeemed_at.map(Timestamp::iso),
            asking_device_id: challenge.context.device_id.clone(),
            context: Context { device_id: None, ..challenge.context.clone() },
            custom: challenge.custom.clone(),
        }
    }

    fn text(&self, now: Timestamp) -> String {
        let when = |iso: &Option<String>| iso.as_deref().map(|iso| dated(iso, now));
        pairs(&[
            ("Challenge", Some(self.challenge_id.clone())),
            ("State", Some(self.state.to_owned())),
            ("Action", Some(self.action.clone())),
            ("Idempotency key", Some(self.idempotency_key.clone())),
            ("Screen", Some(self.screen.to_owned())),
            ("Short code", self.has_short_code.then(|| "yes".to_owned())),
            ("Only for user", self.for_user_id.clone()),
            ("User", self.user_id.clone()),
            ("Device", self.device_id.clone()),
            ("Created", Some(dated(&self.created_at, now))),
            ("Expires", Some(dated(&self.expires_at, now))),
            ("Decided", when(&self.decided_at)),
            ("Redeemable until", when(&self.redeemable_until)),
            ("Redeemed", when(&self.redeemed_at)),
            ("Asked from", self.context.ip_address.clone()),
            ("Place", self.context.location.as_ref().map(place)),
            ("Page", self.context.origin.clone()),
            ("User agent", self.context.user_agent.as_deref().map(agent::told)),
            ("Asking device", self.asking_device_id.clone()),
            ("Custom", self.custom.as_ref().map(Custom::to_text)),
        ])
    }
}

/// How far it got. An open challenge may be withdrawn or expired, or its screen may be away.
fn state(challenge: &Challenge, now: Timestamp) -> &'static str {
    match (&challenge.state, challenge.withdrawn) {
        (State::Revoked { .. }, _) => "revoked",
        (State::Approved { .. }, _) => "approved",
        (State::Rejected { .. }, _) => "rejected",
        (State::Consumed { .. }, _) => "consumed",
        (State::Unclaimed | State::Claimed { .. }, Some(Withdrawal::Superseded)) => "superseded",
        (State::Cancelled { .. }, _) | (State::Unclaimed | State::Claimed { .. }, Some(Withdrawal::Cancelled)) => {
            "cancelled"
        }
        (State::Unclaimed | State::Claimed { .. }, None) if challenge.is_expired(now) => "expired",
        (State::Unclaimed, None) if challenge.screen.is_lost(now) => "cancelled",
        (State::Unclaimed, None) => "unclaimed",
        (State::Claimed { .. }, None) => "claimed",
    }
}

fn place(location: &Location) -> String {
    let parts = [&location.city, &location.region, &location.country];
    parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ")
}
