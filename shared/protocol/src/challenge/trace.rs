use crate::action::DecisionTrace;
use crate::address::shortened;
use crate::id::CredentialId;
use crate::time::Timestamp;

use super::{Challenge, Decision, Judged, State};

/// Longer user agents are cut.
const MAX_USER_AGENT: usize = 160;

impl DecisionTrace {
    /// The trace of a decision of `challenge`, which is as it was read before. `asks_number` says that the rules asked for
    /// the number.
    pub fn of(challenge: &Challenge, by: CredentialId, judged: Judged, asks_number: bool, now: Timestamp) -> Self {
        let Judged { decision, wrong_code } = judged;
        let (context, sight) = (&challenge.context, challenge.sight.as_ref());
        let address = sight.and_then(|sight| sight.address).map(|address| address.to_string());
        let address = address.or_else(|| context.ip_address.clone().filter(|_| !context.told.ip_address));
        let country = sight.and_then(|sight| sight.country.clone());
        let user_agent = context.user_agent.as_ref().filter(|_| !context.told.user_agent);
        Self {
            challenge: challenge.id,
            credential: by,
            claimed_at: match challenge.state {
                State::Claimed { at, .. } => Some(at),
                _ => None,
            },
            decided_at: now,
            approved: decision == Decision::Approve,
            proximity: challenge.proximity(),
            number_right: (wrong_code || (asks_number && decision == Decision::Approve)).then_some(!wrong_code),
            network: address.as_deref().and_then(shortened),
            country: country.or_else(|| context.location.as_ref().and_then(|location| location.country.clone())),
            origin: context.origin.clone(),
            user_agent: user_agent.map(|text| text.chars().take(MAX_USER_AGENT).collect()),
            application: challenge.application.as_ref().map(|application| application.client.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
