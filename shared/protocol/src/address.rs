//! Shortened addresses: they tell a network and no longer a household.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The network of an address: the first 24 bits of IPv4, the first 48 of IPv6. `None` for any other text, because nobody
/// knows what of it is private. An IPv4 address in the form of IPv6 is one of IPv4.
pub fn shortened(address: &str) -> Option<String> {
    Some(match address.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{}/24", Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cut_to_its_network() {
        for (address, network) in [
            ("203.0.113.7", "203.0.113.0/24"),
            ("203.0.113.255", "203.0.113.0/24"),
            ("0.0.0.0", "0.0.0.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("2001:DB8::7", "2001:db8::/48"),
            ("::1", "::/48"),
            ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ] {
            assert_eq!(shortened(address).as_deref(), Some(network), "{address}");
        }
    }

    #[test]
    fn what_is_no_address_is_dropped() {
        for text in ["", "ann's phone", "203.0.113.7:443", "203.0.113", "fe80::1%eth0", "[::1]", "203.0.113.0/24"] {
            assert_eq!(shortened(text), None, "{text}");
        }
    }

    #[test]
    fn two_addresses_of_one_network_are_told_alike() {
        assert_eq!(shortened("198.51.100.1"), shortened("198.51.100.254"));
        assert_ne!(shortened("198.51.100.1"), shortened("198.51.101.1"));
        assert_eq!(shortened("2001:db8:1:2::1"), shortened("2001:db8:1:ffff::2"));
        assert_ne!(shortened("2001:db8:1::1"), shortened("2001:db8:2::1"));
    }
}
