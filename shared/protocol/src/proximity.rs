//! How near a phone is to the screen whose code it scanned, by what a trusted edge saw of both.
//!
//! Addresses and places are estimates: a phone on a mobile network may seem to be in another city, and a VPN moves
//! anybody anywhere. The level therefore raises the cost of a relay and does not rule one out.

use serde::{Deserialize, Serialize};

mod sight;
#[cfg(test)]
mod tests;

pub use sight::{Coordinates, Sight};

/// How near two callers are, nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Proximity {
    /// They share a network.
    SameNetwork,
    /// Their places are within the tenant's distance.
    Near,
    /// Their countries are the same, and no place says that they are near.
    SameCountry,
    /// Their countries differ, or their places are too far apart and no country says that it is the same.
    Far,
    /// Too little is known of one of them.
    Unknown,
}

impl Proximity {
    /// All levels.
    pub const ALL: [Self; 5] = [Self::SameNetwork, Self::Near, Self::SameCountry, Self::Far, Self::Unknown];

    /// The level as the wire, the token and the log name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SameNetwork => "sameNetwork",
            Self::Near => "near",
            Self::SameCountry => "sameCountry",
            Self::Far => "far",
            Self::Unknown => "unknown",
        }
    }

    /// The level of this name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }

    /// How near the phone is to the screen, where places within `near_km` kilometres are near. The first fact that
    /// both sights hold and that answers wins: network, place, country. A border town is therefore near to its
    /// neighbour abroad. The order of the two sights does not matter.
    pub fn between(screen: Option<&Sight>, phone: Option<&Sight>, near_km: u32) -> Self {
        let (Some(screen), Some(phone)) = (screen, phone) else { return Self::Unknown };
        let near = screen.coordinates.zip(phone.coordinates).map(|(a, b)| a.distance_km(b) <= f64::from(near_km));
        let same_country = screen.country.as_ref().zip(phone.country.as_ref()).map(|(a, b)| a == b);
        match (screen.shares_network(phone), near, same_country) {
            (true, _, _) => Self::SameNetwork,
            (false, Some(true), _) => Self::Near,
            (false, _, Some(true)) => Self::SameCountry,
            (false, _, Some(false)) | (false, Some(false), None) => Self::Far,
            (false, None, None) => Self::Unknown,
        }
    }
}
