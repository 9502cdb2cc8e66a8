use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

/// What a trusted edge saw of a caller. Nothing in it is the caller's or a backend's word. Without an edge it holds
/// only the address that API Gateway saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sight {
    /// The caller's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// ISO 3166-1 alpha-2 country code of the address, in capitals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Roughly where the address is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coordinates: Option<Coordinates>,
    /// The number of the network (autonomous system) that the address belongs to. No level depends on it: one network
    /// can span a continent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asn: Option<u32>,
}

/// A place on earth, in hundredths of a degree: about a kilometre, which is finer than any edge knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Coordinates {
    /// -9000 is the South Pole, 9000 the North Pole.
    pub latitude: i16,
    /// -18000 to 18000, which are the same meridian.
    pub longitude: i16,
}

/// Codes that databases of addresses use where they know no country. Two of them are not the same country.
const NO_COUNTRY: [&str; 4] = ["AP", "EU", "XX", "ZZ"];

/// Mean radius of the earth (IUGG).
const EARTH_RADIUS_KM: f64 = 6371.0088;

impl Sight {
    /// What the texts say. An invalid text counts as absent, and so does a latitude without a longitude. `None` if
    /// nothing is known.
    pub fn observed(
        address: Option<&str>,
        country: Option<&str>,
        coordinates: Option<(&str, &str)>,
        asn: Option<&str>,
    ) -> Option<Self> {
        let sight = Self {
            address: address.and_then(read_address),
            country: country.and_then(read_country),
            coordinates: coordinates.and_then(|(latitude, longitude)| Coordinates::read(latitude, longitude)),
            asn: asn.and_then(|asn| asn.parse().ok()).filter(|asn| *asn != 0),
        };
        (sight != Self::default()).then_some(sight)
    }

    /// Whether both addresses are known and of one network: one household, office or handset.
    ///
    /// Over IPv4 the hosts of such a network share its one public address. A carrier may put many customers behind one
    /// address, so sharing it is a strong hint and no proof.
    ///
    /// Over IPv6 each host has addresses of its own and changes their lower 64 bits by itself (RFC 8981). The upper 64
    /// bits name the link that the hosts share (RFC 4291 section 2.5.1). Customers get a /64 or more of their own
    /// (RFC 6177), so a shorter prefix could take in strangers.
    pub fn shares_network(&self, other: &Self) -> bool {
        match (self.address, other.address) {
            (Some(a), Some(b)) => Network::of(a) == Network::of(b),
            _ => false,
        }
    }
}

#[derive(PartialEq, Eq)]
enum Network {
    V4(Ipv4Addr),
    V6([u16; 4]),
}

impl Network {
    /// A dual-stack host may write an IPv4 caller as a mapped IPv6 address. All of these lie in one /64, so they must
    /// count as IPv4.
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6([a, b, c, d])
            }
        }
    }
}

impl Coordinates {
    /// The place that two texts in degrees name; `None` if one is not a number or not on earth.
    pub fn read(latitude: &str, longitude: &str) -> Option<Self> {
        Some(Self { latitude: hundredths(latitude, 90.0)?, longitude: hundredths(longitude, 180.0)? })
    }

    /// Great-circle distance by the haversine formula, the same in both directions. It errs by at most 0.6 %, because
    /// the earth is not quite a sphere.
    pub fn distance_km(self, other: Self) -> f64 {
        let radians = |hundredths: i16| (f64::from(hundredths) / 100.0).to_radians();
        let half_sine_squared = |a: f64, b: f64| ((a - b) / 2.0).sin().powi(2);
        let (here, there) = (radians(self.latitude), radians(other.latitude));
        let across = half_sine_squared(radians(self.longitude), radians(other.longitude));
        let haversine = half_sine_squared(here, there) + here.cos() * there.cos() * across;
        // Rounding can take it past 1 at antipodes.
        2.0 * EARTH_RADIUS_KM * haversine.min(1.0).sqrt().asin()
    }
}

fn read_address(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.parse().ok()?;
    Some(address.to_canonical()).filter(|address| !address.is_unspecified())
}

fn read_country(text: &str) -> Option<String> {
    let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let code = is_code.then(|| text.to_ascii_uppercase())?;
    (!NO_COUNTRY.contains(&code.as_str())).then_some(code)
}

/// Degrees in hundredths, if they are within `limit`.
fn hundredths(text: &str, limit: f64) -> Option<i16> {
    let degrees: f64 = text.parse().ok()?;
    let is_on_earth = (-limit..=limit).contains(&degrees);
    is_on_earth.then(|| format!("{:.0}", degrees * 100.0).parse().ok()).flatten()
}
