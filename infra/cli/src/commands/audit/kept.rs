//! The events that the tables keep.

use scanlatch_aws::Cloud;
use scanlatch_protocol::action::{Action, ActionFilter, DecisionTrace};
use scanlatch_protocol::address::shortened;
use scanlatch_protocol::challenge::{Challenge, State};
use scanlatch_protocol::credential::{Credential, Device, EnrolledBy, Grant, RemovedCredential, UNATTESTED};
use scanlatch_protocol::id::{ChallengeId, CredentialId, TenantId, UserId};
use scanlatch_protocol::proximity::Proximity;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Unavailable;
use scanlatch_service::port::{
    Actions as _, Challenges as _, Clock as _, ListsActions as _, ListsCredentials as _, ListsRemoved as _,
};

use crate::commands::audit::event::{DIRECTORY, Event, LIVE};
use crate::console::failure::CommandError;

/// What is kept of a user: devices, removed ones, and actions.
pub async fn user(cloud: &Cloud, tenant: &TenantId, user: &UserId) -> Result<Vec<Event>, Unavailable> {
    let (now, every) = (cloud.now(), ActionFilter::default());
    let (devices, removed, actions) = tokio::try_join!(
        cloud.credentials_of(tenant, user),
        cloud.removed_of(tenant, user, now),
        cloud.actions_of(tenant, user, &every, now),
    )?;
    let mut events: Vec<Event> = devices.iter().map(enrolled).collect();
    events.extend(removed.iter().flat_map(of_removed));
    events.extend(actions.iter().flat_map(of_action));
    Ok(events)
}

/// What is kept of a challenge: its own item for some hours, and the record of its decision.
pub async fn challenge(
    cloud: &Cloud,
    tenant: &TenantId,
    user: Option<&UserId>,
    id: &ChallengeId,
) -> Result<Vec<Event>, CommandError> {
    let found = cloud.challenge(tenant, id).await?;
    if let (Some(user), Some(owner)) = (user, found.as_ref().and_then(Challenge::user))
        && user != owner
    {
        return Err(CommandError::failed(format!("challenge {id} is another user's")));
    }
    let record = match found.as_ref().and_then(|found| Some(found.action_of(found.user()?))) {
        Some(name) => cloud.action(&name, cloud.now()).await?.filter(|action| is_of(action, id)),
        None => match user {
            Some(user) => {
                let actions = cloud.actions_of(tenant, user, &ActionFilter::default(), cloud.now()).await?;
                actions.into_iter().find(|action| is_of(action, id))
            }
            None => None,
        },
    };
    let mut events: Vec<Event> = found.iter().flat_map(|found| of_challenge(found, record.is_some())).collect();
    events.extend(record.iter().flat_map(of_decision));
    Ok(events)
}

fn is_of(action: &Action, id: &ChallengeId) -> bool {
    action.trace.as_ref().is_some_and(|trace| trace.challenge == *id)
}

fn enrolled(device: &Credential) -> Event {
    enrolment(device.verified_at, &device.id, &device.device, device.enrolled_by.as_ref())
        .with("attestation", Some(UNATTESTED))
}

fn enrolment(at: Timestamp, id: &CredentialId, device: &Device, by: Option<&EnrolledBy>) -> Event {
    described(Event::new(at, DIRECTORY, "enrolled"), id, device)
        .with("action", by.map(|by| by.action.to_string()))
        .with("allowedBy", by.map(|by| if by.grant == Grant::Scope { "scope" } else { "first device" }))
        .with("kind", by.map(|by| by.kind.as_str()))
        .with("tokenId", by.map(|by| by.token.to_string()))
}

fn described(event: Event, id: &CredentialId, device: &Device) -> Event {
    event.of_device(id).with("name", device.name.clone()).with("platform", device.platform.clone())
}

fn of_removed(left: &RemovedCredential) -> Vec<Event> {
    let enrolled = left.enrolled_at.map(|at| enrolment(at, &left.id, &left.device, left.enrolled_by.as_ref()));
    let removed = described(Event::new(left.removed_at, DIRECTORY, "removed"), &left.id, &left.device)
        .with("by", left.removed_by.map(scanlatch_protocol::credential::RemovedBy::as_str));
    enrolled.into_iter().chain([removed]).collect()
}

fn named(event: Event, action: &Action) -> Event {
    event
        .with("action", Some(action.name.code.to_string()))
        .with("idempotencyKey", Some(action.name.idempotency_key.to_string()))
}

/// That it was tracked, its last decision, and how a backend judged it since.
fn of_action(action: &Action) -> Vec<Event> {
    let at_decision = action.trace.as_ref().is_some_and(|trace| trace.decided_at == action.created_at);
    let tracked = (!at_decision).then(|| named(Event::new(action.created_at, DIRECTORY, "tracked"), action));
    let changed = action.trace.as_ref().map_or(action.created_at, |trace| trace.decided_at);
    let judged = (action.state_updated_at > changed).then(|| {
        let event = Event::new(action.state_updated_at, DIRECTORY, "state set");
        named(event, action).with("state", Some(action.state.as_str()))
    });
    tracked.into_iter().chain(of_decision(action)).chain(judged).collect()
}

fn of_decision(action: &Action) -> Vec<Event> {
    let Some(trace) = &action.trace else { return Vec::new() };
    let event = |at, what: &str| {
        named(Event::new(at, DIRECTORY, what), action).of_challenge(&trace.challenge).of_device(&trace.credential)
    };
    let claimed = trace.claimed_at.map(|at| event(at, "claimed"));
    let decided = event(trace.decided_at, if trace.approved { "approved" } else { "rejected" });
    claimed.into_iter().chain([seen(decided, trace)]).collect()
}

fn seen(event: Event, trace: &DecisionTrace) -> Event {
    event
        .with("proximity", trace.proximity.map(Proximity::as_str))
        .with("numberRight", trace.number_right)
        .with("network", trace.network.clone())
        .with("country", trace.country.clone())
        .with("origin", trace.origin.clone())
        .with("userAgent", trace.user_agent.clone())
        .with("application", trace.application.as_ref().map(ToString::to_string))
}

/// The challenge's own item, without the decision if a record tells it.
fn of_challenge(challenge: &Challenge, is_recorded: bool) -> Vec<Event> {
    let event = |at, what: &str| Event::new(at, LIVE, what).of_challenge(&challenge.id);
    let network = challenge.context.ip_address.as_deref().and_then(shortened);
    let opened = event(challenge.created_at, "opened")
        .with("action", Some(challenge.action.to_string()))
        .with("network", network);
    let by = |event: Event| match challenge.state.holder() {
        Some(holder) => event.of_device(&holder.credential),
        None => event,
    };
    let then = match &challenge.state {
        State::Unclaimed => None,
        State::Claimed { at, .. } => Some(event(*at, "claimed")),
        State::Approved { at, .. } | State::Consumed { at, .. } => Some(event(*at, "approved")),
        State::Rejected { at, .. } => Some(event(*at, "rejected")),
        State::Cancelled { at, .. } => Some(event(*at, "approved, and taken back")),
        State::Revoked { at, .. } => Some(event(*at, "approved, and revoked since")),
    };
    let is_told = is_recorded
        && matches!(challenge.state, State::Approved { .. } | State::Consumed { .. } | State::Rejected { .. });
    let redeemed = match &challenge.state {
        State::Consumed { redeemed_at, .. } => Some(event(*redeemed_at, "redeemed")),
        _ => None,
    };
    [Some(opened), then.filter(|_| !is_told).map(by), redeemed].into_iter().flatten().collect()
}
