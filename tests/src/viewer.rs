//! Callers as CloudFront sees them. No CloudFront stands before the local stack, so tests send its headers themselves.

use crate::EDGE_SECRET;

/// The header in which CloudFront sends its secret.
pub(crate) const EDGE_SECRET_HEADER: &str = "scanlatch-edge-secret";

/// What CloudFront knows of a caller. It sends no header for an empty part.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    /// The address.
    pub address: &'static str,
    /// The city.
    pub city: &'static str,
    /// The country's code.
    pub country: &'static str,
    /// Degrees, and degrees.
    pub coordinates: (&'static str, &'static str),
}

impl Viewer {
    /// A caller in Auckland.
    pub const AUCKLAND: Self =
        Self { address: "198.51.100.4", city: "Auckland", country: "NZ", coordinates: ("-36.85060", "174.76790") };
    /// Another network, a dozen kilometres from there.
    pub const MANUKAU: Self =
        Self { address: "198.51.100.5", city: "Manukau", country: "NZ", coordinates: ("-36.95000", "174.82000") };
    /// The same country, 500 kilometres from there.
    pub const WELLINGTON: Self =
        Self { address: "198.51.100.6", city: "Wellington", country: "NZ", coordinates: ("-41.28660", "174.77560") };
    /// Another country.
    pub const SYDNEY: Self =
        Self { address: "203.0.113.9", city: "Sydney", country: "AU", coordinates: ("-33.86880", "151.20930") };
    /// A network of which CloudFront knows nothing.
    pub const NOWHERE: Self = Self { address: "192.0.2.9", city: "", country: "", coordinates: ("", "") };

    /// The headers of a call or handshake of this caller through CloudFront.
    pub(crate) fn headers(self) -> impl Iterator<Item = (&'static str, String)> {
        let address = format!("{}:46532", self.address);
        let known = [
            (EDGE_SECRET_HEADER, EDGE_SECRET),
            ("cloudfront-viewer-city", self.city),
            ("cloudfront-viewer-country", self.country),
            ("cloudfront-viewer-latitude", self.coordinates.0),
            ("cloudfront-viewer-longitude", self.coordinates.1),
        ];
        let known = known.into_iter().filter(|(_, value)| !value.is_empty());
        known.map(|(name, value)| (name, value.to_owned())).chain([("cloudfront-viewer-address", address)])
    }
}
