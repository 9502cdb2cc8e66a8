use std::collections::HashSet;

use proptest::option::of;
use proptest::prelude::*;

use super::Proximity::{self, Far, Near, SameCountry, SameNetwork, Unknown};
use super::{Coordinates, Sight};

/// What the two sights say of one fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Fact {
    /// One of them or both do not hold it.
    Missing,
    /// Both hold it, and it is the same, or within the distance.
    Same,
    /// Both hold it, and it differs, or is beyond the distance.
    Other,
}
use Fact::{Missing, Other, Same};

/// Network, place, country, and the level that follows.
#[rustfmt::skip]
const TABLE: [(Fact, Fact, Fact, Proximity); 27] = [
    (Same,    Same,    Same,    SameNetwork),
    (Same,    Same,    Other,   SameNetwork),
    (Same,    Same,    Missing, SameNetwork),
    (Same,    Other,   Same,    SameNetwork),
    (Same,    Other,   Other,   SameNetwork),
    (Same,    Other,   Missing, SameNetwork),
    (Same,    Missing, Same,    SameNetwork),
    (Same,    Missing, Other,   SameNetwork),
    (Same,    Missing, Missing, SameNetwork),

    (Other,   Same,    Same,    Near),
    (Other,   Same,    Other,   Near),
    (Other,   Same,    Missing, Near),
    (Other,   Other,   Same,    SameCountry),
    (Other,   Other,   Other,   Far),
    (Other,   Other,   Missing, Far),
    (Other,   Missing, Same,    SameCountry),
    (Other,   Missing, Other,   Far),
    (Other,   Missing, Missing, Unknown),

    (Missing, Same,    Same,    Near),
    (Missing, Same,    Other,   Near),
    (Missing, Same,    Missing, Near),
    (Missing, Other,   Same,    SameCountry),
    (Missing, Other,   Other,   Far),
    (Missing, Other,   Missing, Far),
    (Missing, Missing, Same,    SameCountry),
    (Missing, Missing, Other,   Far),
    (Missing, Missing, Missing, Unknown),
];

const NEAR_KM: u32 = 50;

/// All ways in which two sights can stand so to a fact; `values` are two that differ.
fn ways<T: Copy>(fact: Fact, values: [T; 2]) -> Vec<(Option<T>, Option<T>)> {
    let [one, other] = values;
    match fact {
        Missing => vec![(None, None), (Some(one), None), (None, Some(one))],
        Same => vec![(Some(one), Some(one))],
        Other => vec![(Some(one), Some(other))],
    }
}

fn sight(address: Option<&str>, country: Option<&str>, coordinates: Option<(&str, &str)>) -> Option<Sight> {
    Sight::observed(address, country, coordinates, Some("64500"))
}

fn at(address: &str) -> Option<Sight> {
    Sight::observed(Some(address), None, None, None)
}

fn place(latitude: &str, longitude: &str) -> Coordinates {
    Coordinates::read(latitude, longitude).unwrap()
}

#[test]
fn every_combination_of_facts_has_its_level() {
    let combinations: HashSet<_> = TABLE.iter().map(|(network, place, country, _)| (network, place, country)).collect();
    assert_eq!(combinations.len(), 3 * 3 * 3);
    for (network, place, country, level) in TABLE {
        for addresses in ways(network, ["203.0.113.7", "198.51.100.4"]) {
            // Auckland and Wellington.
            for places in ways(place, [("-36.85", "174.76"), ("-41.29", "174.78")]) {
                for countries in ways(country, ["NZ", "AU"]) {
                    let screen = sight(addresses.0, countries.0, places.0);
                    let phone = sight(addresses.1, countries.1, places.1);
                    let found = Proximity::between(screen.as_ref(), phone.as_ref(), NEAR_KM);
                    assert_eq!(found, level, "{screen:?} {phone:?}");
                }
            }
        }
    }
}

#[test]
fn a_caller_that_nobody_saw_is_at_an_unknown_distance() {
    let seen = sight(Some("203.0.113.7"), Some("NZ"), Some(("-36.85", "174.76")));
    for (screen, phone) in [(None, None), (seen.as_ref(), None), (None, seen.as_ref())] {
        assert_eq!(Proximity::between(screen, phone, NEAR_KM), Unknown);
    }
}

#[test]
fn a_network_is_an_ipv4_address_or_a_64_of_ipv6() {
    for (one, other, shared) in [
        ("203.0.113.7", "203.0.113.7", true),
        ("203.0.113.7", "203.0.113.8", false),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("203.0.113.7", "2001:db8:1:2::1", false),
        ("::ffff:203.0.113.7", "203.0.113.7", true),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.8", false),
    ] {
        assert_eq!(at(one).unwrap().shares_network(&at(other).unwrap()), shared, "{one} {other}");
    }
}

#[test]
fn a_mapped_address_that_was_stored_counts_as_ipv4() {
    let stored = |address: &str| -> Sight { serde_json::from_str(&format!(r#"{{"address":"{address}"}}"#)).unwrap() };
    assert!(!stored("::ffff:203.0.113.7").shares_network(&stored("::ffff:203.0.113.8")));
    assert!(stored("::ffff:203.0.113.7").shares_network(&stored("203.0.113.7")));
}

#[test]
fn distances_are_those_of_a_globe() {
    for (from, to, km) in [
        (place("-36.85", "174.76"), place("-41.29", "174.78"), 494),
        (place("48.86", "2.35"), place("52.52", "13.40"), 877),
        // Across the antimeridian.
        (place("-17", "179.95"), place("-17", "-179.95"), 11),
        (place("10", "180"), place("10", "-180"), 0),
        // At a pole every longitude is the same place.
        (place("90", "0"), place("90", "180"), 0),
        (place("-90", "-135"), place("-90", "7"), 0),
        (place("89.9", "0"), place("89.9", "180"), 22),
        // The longest ways.
        (place("90", "0"), place("-90", "0"), 20_015),
        (place("0", "0"), place("0", "180"), 20_015),
        (place("37.77", "-122.42"), place("-37.77", "57.58"), 20_015),
    ] {
        let found = from.distance_km(to);
        assert!((found - f64::from(km)).abs() < 0.6, "{from:?} {to:?}: {found} and not {km}");
    }
}

#[test]
fn the_tenant_says_what_is_near() {
    let auckland = sight(None, None, Some(("-36.85", "174.76")));
    let wellington = sight(None, None, Some(("-41.29", "174.78")));
    let within = |near_km| Proximity::between(auckland.as_ref(), wellington.as_ref(), near_km);
    assert_eq!((within(493), within(494)), (Far, Near));
}

#[test]
fn neighbours_across_the_antimeridian_are_near() {
    let east = sight(None, Some("FJ"), Some(("-16.8", "179.99")));
    let west = sight(None, Some("FJ"), Some(("-16.8", "-179.99")));
    assert_eq!(Proximity::between(east.as_ref(), west.as_ref(), NEAR_KM), Near);
}

#[test]
fn bad_values_are_absent() {
    let bad = ["", " ", "203.0.113", "203.0.113.7:443", "0.0.0.0", "::", "fe80::1%eth0", "localhost"];
    assert!(bad.into_iter().all(|text| Sight::observed(Some(text), None, None, None).is_none()));
    let bad = ["", "N", "NZL", "N1", "ÄÖ", "XX", "zz", "EU", "ap"];
    assert!(bad.into_iter().all(|text| Sight::observed(None, Some(text), None, None).is_none()));
    for latitude in ["", "x", "NaN", "inf", "90.01", "-90.01", "1,5"] {
        assert_eq!(Coordinates::read(latitude, "0"), None, "{latitude}");
    }
    for longitude in ["", "x", "NaN", "-inf", "180.01", "-180.01"] {
        assert_eq!(Coordinates::read("0", longitude), None, "{longitude}");
    }
    let bad = ["", "0", "-1", "AS64500", "4294967296"];
    assert!(bad.into_iter().all(|text| Sight::observed(None, None, None, Some(text)).is_none()));
    assert_eq!(Sight::observed(None, None, None, None), None);
}

#[test]
fn a_bad_value_leaves_the_others() {
    let seen = Sight::observed(Some("unknown"), Some("nz"), Some(("-36.8506", "174.7679")), Some("x")).unwrap();
    let coordinates = Some(Coordinates { latitude: -3685, longitude: 17477 });
    assert_eq!(seen, Sight { address: None, country: Some("NZ".to_owned()), coordinates, asn: None });
}

#[test]
fn a_sight_is_stored_without_what_is_absent() {
    let whole = Sight::observed(Some("::ffff:203.0.113.7"), Some("NZ"), Some(("-0.001", "180")), Some("64500"));
    let text = r#"{"address":"203.0.113.7","country":"NZ","coordinates":{"latitude":0,"longitude":18000},"asn":64500}"#;
    for (sight, text) in [(whole.unwrap(), text), (at("2001:db8::7").unwrap(), r#"{"address":"2001:db8::7"}"#)] {
        assert_eq!(serde_json::to_string(&sight).unwrap(), text);
        assert_eq!(serde_json::from_str::<Sight>(text).unwrap(), sight);
    }
}

#[test]
fn a_level_is_read_as_it_is_written() {
    let names = ["sameNetwork", "near", "sameCountry", "far", "unknown"];
    assert_eq!(Proximity::ALL.map(Proximity::as_str), names);
    for level in Proximity::ALL {
        assert_eq!(Proximity::from_text(level.as_str()), Some(level));
        assert_eq!(serde_json::to_value(level).unwrap(), level.as_str());
        assert_eq!(serde_json::from_value::<Proximity>(level.as_str().into()).unwrap(), level);
    }
    assert_eq!(Proximity::from_text("Near"), None);
}

fn any_sight() -> impl Strategy<Value = Option<Sight>> {
    let address = prop_oneof![
        Just("203.0.113.7".parse().unwrap()),
        Just("::ffff:203.0.113.7".parse().unwrap()),
        Just("2001:db8::7".parse().unwrap()),
        any::<std::net::IpAddr>(),
    ];
    let country = prop_oneof!["NZ", "AU", "[A-Z]{2}"];
    let place =
        (-9000_i16..=9000, -18000_i16..=18000).prop_map(|(latitude, longitude)| Coordinates { latitude, longitude });
    let parts = (of(address), of(country), of(place), of(any::<u32>()));
    of(parts.prop_map(|(address, country, coordinates, asn)| Sight { address, country, coordinates, asn }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn who_is_asked_first_does_not_matter(screen in any_sight(), phone in any_sight(), near_km in 1_u32..=5000) {
        let (screen, phone) = (screen.as_ref(), phone.as_ref());
        let there = Proximity::between(screen, phone, near_km);
        prop_assert_eq!(there, Proximity::between(phone, screen, near_km));
    }

    #[test]
    fn no_distance_is_longer_than_half_the_globe(screen in any_sight(), phone in any_sight()) {
        let places = (screen.and_then(|sight| sight.coordinates), phone.and_then(|sight| sight.coordinates));
        if let (Some(one), Some(other)) = places {
            let km = one.distance_km(other);
            prop_assert!((0.0..20_016.0).contains(&km), "{}", km);
        }
    }

    #[test]
    fn who_is_seen_at_the_same_place_is_near(seen in any_sight(), near_km in 1_u32..=5000) {
        let level = Proximity::between(seen.as_ref(), seen.as_ref(), near_km);
        prop_assert_ne!(level, Far);
    }
}
