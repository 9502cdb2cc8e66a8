//! What is kept of a decision.

use serde::{Deserialize, Serialize};

use crate::id::{ChallengeId, ClientId, CredentialId};
use crate::proximity::Proximity;
use crate::time::Timestamp;

/// Who decided what and when, and what the service saw of the screen. What a backend told of it is in the action's context. The action's record keeps it, also after a backend
/// has judged the action otherwise. The stored names are short: a write of more than 1 KB costs a second unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionTrace {
    /// The challenge.
    #[serde(rename = "c")]
    pub challenge: ChallengeId,
    /// The device that decided.
    #[serde(rename = "k")]
    pub credential: CredentialId,
    /// When it was claimed; absent if it was decided without a claim.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub claimed_at: Option<Timestamp>,
    /// When it was decided.
    #[serde(rename = "d")]
    pub decided_at: Timestamp,
    /// Whether it was approved.
    #[serde(rename = "y")]
    pub approved: bool,
    /// How near the phone was to the screen; absent if it was decided without a claim.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub proximity: Option<Proximity>,
    /// Whether the number that the screen showed was typed right; absent if none was asked for, or none was typed.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub number_right: Option<bool>,
    /// The network of the screen's address, never the address itself.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// The screen's country.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The page that asked, as the service saw it.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// The screen's user agent.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The registered application that asked.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub application: Option<ClientId>,
}
