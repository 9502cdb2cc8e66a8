//! The context: who is asking.

use serde::{Deserialize, Serialize};

use crate::proximity::Sight;
use crate::shown::shown;

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// What the person who decides is shown.
    pub context: Context,
    /// What the trusted edge saw. A backend changes nothing of it.
    pub sight: Option<Sight>,
}

/// What the person who decides is shown about the screen. The service observes address, place and origin itself; the
/// browser states its user agent. An address or user agent that a backend tracked wins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Context {
    /// The viewer's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// The viewer's user agent, at most [`MAX_USER_AGENT`] characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The backend's id of the device that asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// Where the address is, if a trusted edge supplied it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The origin of the page that asks, as the service saw it. `null` if the browser hides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Which of the values a backend told.
    #[serde(default, skip_serializing_if = "Told::is_nothing")]
    pub told: Told,
}

/// Which values of a context a backend told. Of the others, the service saw the address and the place, and the screen told
/// its user agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Told {
    /// The address.
    pub ip_address: bool,
    /// The user agent.
    pub user_agent: bool,
}

impl Told {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// A place, in the names of the edge's database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Region or state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// ISO 3166-1 alpha-2 country code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// Longer user agents are cut.
pub const MAX_USER_AGENT: usize = 512;
const MAX_PLACE: usize = 128;
const MAX_DEVICE_ID: usize = 256;
const MAX_ORIGIN: usize = 256;

impl Context {
    /// A context from observed values. Empty parts become absent, and over-long ones are cut.
    pub fn observed(ip_address: Option<&str>, user_agent: Option<&str>, location: Option<Location>) -> Self {
        Self {
            ip_address: ip_address.and_then(|ip| shown(ip, 64)),
            user_agent: user_agent.and_then(|ua| shown(ua, MAX_USER_AGENT)),
            device_id: None,
            location,
            origin: None,
            told: Told::default(),
        }
    }

    /// The same, with the `Origin` header that came with it.
    #[must_use]
    pub fn with_origin(self, origin: Option<&str>) -> Self {
        Self { origin: origin.and_then(|origin| shown(origin, MAX_ORIGIN)), ..self }
    }

    /// The context of a tracked action's screen. What the backend tracked wins. If it tracked another address, the
    /// place of the screen's own address is dropped. The origin stays the screen's: no backend tells one.
    #[must_use]
    pub fn of_tracked(self, tracked: &Self) -> Self {
        let told = Told {
            ip_address: self.told.ip_address || tracked.ip_address.is_some(),
            user_agent: self.told.user_agent || tracked.user_agent.is_some(),
        };
        let same_place = tracked.ip_address.is_none() || tracked.ip_address == self.ip_address;
        Self {
            location: self.location.filter(|_| same_place),
            ip_address: tracked.ip_address.clone().or(self.ip_address),
            user_agent: tracked.user_agent.clone().or(self.user_agent),
            device_id: tracked.device_id.clone(),
            origin: self.origin,
            told,
        }
    }

    /// A context from what a backend knows of its user's device.
    pub fn tracked(ip_address: Option<&str>, user_agent: Option<&str>, device_id: Option<&str>) -> Self {
        let device_id = device_id.and_then(|id| shown(id, MAX_DEVICE_ID));
        Self { device_id, ..Self::observed(ip_address, user_agent, None) }
    }
}

impl Location {
    /// A place from an edge's headers; `None` if nothing is known.
    pub fn observed(city: Option<&str>, region: Option<&str>, country: Option<&str>) -> Option<Self> {
        let part = |text: Option<&str>| text.and_then(|t| shown(t, MAX_PLACE));
        let location = Self { city: part(city), region: part(region), country: part(country) };
        (location != Self::default()).then_some(location)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_fake_the_approval_screen_is_dropped() {
        let context = Context::observed(Some(" 203.0.113.7 "), Some("Fire\u{202e}fox\r\nEvil"), None);
        assert_eq!(context.ip_address.as_deref(), Some("203.0.113.7"));
        assert_eq!(context.user_agent.as_deref(), Some("Firefox Evil"));
    }

    #[test]
    fn an_origin_is_cleaned_and_cut() {
        let of = |origin: &str| Context::default().with_origin(Some(origin)).origin;
        assert_eq!(of("https://shop\u{202e}.example\n").as_deref(), Some("https://shop.example"));
        assert_eq!(of(&"o".repeat(300)).map(|origin| origin.len()), Some(256));
        assert_eq!(of(" "), None);
    }

    #[test]
    fn the_origin_stays_the_screens_when_a_backend_tracked() {
        let screen = Context::observed(Some("203.0.113.7"), None, None).with_origin(Some("https://shop.example"));
        let tracked = Context::tracked(Some("198.51.100.4"), Some("App"), Some("kiosk-7"));
        assert_eq!(screen.of_tracked(&tracked).origin.as_deref(), Some("https://shop.example"));
    }

    #[test]
    fn a_context_that_was_stored_without_an_origin_is_read() {
        let stored: Context = serde_json::from_str(r#"{"ipAddress":"203.0.113.7"}"#).unwrap();
        assert_eq!(stored, Context::observed(Some("203.0.113.7"), None, None));
    }

    #[test]
    fn an_unknown_place_is_absent() {
        assert_eq!(Location::observed(Some(" "), None, Some("")), None);
        assert!(Location::observed(Some("Auckland"), None, None).is_some());
    }
}
