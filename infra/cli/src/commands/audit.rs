//! `scanlatch audit`: who did what, from what the tables keep and what the functions logged.

use std::collections::BTreeSet;

use clap::{ArgGroup, Args};
use scanlatch_protocol::id::{ChallengeId, UserId};
use scanlatch_protocol::tenant::settings::Bounds;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::Clock as _;
use serde::Serialize;

use crate::commands::audit::event::Event;
use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::console::table::Table;
use crate::flags::id::{challenge_id, user_id};
use crate::flags::lifetime;
use crate::flags::named::TenantFlag;
use crate::log::Log;
use crate::log::query::Query;
use crate::work::Work;

mod event;
mod kept;
mod line;

const MINUTE: i64 = 60_000;

/// `audit`.
#[derive(Clone, Debug, Args)]
#[command(group(ArgGroup::new("whose").required(true).multiple(true).args(["user", "challenge"])))]
pub struct Flags {
    #[command(flatten)]
    of: TenantFlag,
    /// What this user and their devices did
    #[arg(long, value_parser = user_id)]
    user: Option<UserId>,
    /// What became of this challenge; with --user, only that part of what the user did
    #[arg(long, value_parser = challenge_id)]
    challenge: Option<ChallengeId>,
    /// How far back
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = since)]
    since: i64,
    /// The log of the functions: the stack's output `LogGroupName`, else `SCANLATCH_LOG_GROUP`
    #[arg(long, value_name = "NAME")]
    log_group: Option<String>,
}

fn since(text: &str) -> Result<i64, String> {
    lifetime::within(text, Bounds { least: MINUTE, most: 3650 * 24 * 60 * MINUTE })
}

/// Prints one time line, the newest event last.
///
/// # Errors
/// If the tables cannot be read. A log that cannot be read is told, and the rest is printed.
pub async fn run(work: &Work, flags: Flags) -> Result<(), CommandError> {
    let log = Log::named(work.local.as_deref(), flags.log_group.as_deref());
    let tenant = work.tenant(&flags.of.tenant).await?;
    let from = work.cloud.now().plus(-flags.since);
    let mut events = match (&flags.challenge, &flags.user) {
        (Some(challenge), user) => Box::pin(kept::challenge(&work.cloud, &tenant.id, user.as_ref(), challenge)).await?,
        (None, Some(user)) => Box::pin(kept::user(&work.cloud, &tenant.id, user)).await?,
        (None, None) => Vec::new(),
    };
    // A device that was enrolled long ago may have done something since.
    let devices = events.iter().filter_map(Event::device).collect();
    events.retain(|event| event.at >= from);
    let (challenges, devices) = match &flags.challenge {
        Some(id) => ([id.to_string()].into(), BTreeSet::new()),
        None => (events.iter().filter_map(Event::challenge).collect(), devices),
    };
    let query = Query { tenant: tenant.id, from, challenges, devices };
    let unread = match log.lines(&query, work.cloud.now()).await {
        Ok(lines) => {
            events.extend(lines.iter().filter_map(line::event));
            None
        }
        Err(why) => Some(why),
    };
    // Events of one instant stay in this order: what the tables keep comes first.
    events.sort_by_key(|event| event.at);
    if let Some(why) = &unread {
        tell(&format!("The log could not be read, so only what the tables keep is shown: {why}"));
    }
    let view = View {
        tenant_id: tenant.id.to_string(),
        user_id: flags.user.as_ref().map(ToString::to_string),
        challenge_id: flags.challenge.as_ref().map(ToString::to_string),
        since: from.iso(),
        log_unread: unread,
        events: &events,
    };
    work.output.answer(&view, || table(&events, from))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    tenant_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge_id: Option<String>,
    since: String,
    /// Why the log could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    log_unread: Option<String>,
    events: &'a [Event],
}

fn table(events: &[Event], from: Timestamp) -> String {
    let mut table = Table::new(&["TIME", "FROM", "EVENT", "DETAILS"]);
    for event in events {
        table.row([&event.at.iso(), event.from, &event.what, &event.details()]);
    }
    table.text(&format!("Nothing is known since {}.", from.iso()))
}
