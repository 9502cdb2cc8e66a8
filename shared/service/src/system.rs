//! The machine's own clock and randomness, used nowhere else.

use std::time::SystemTime;

use scanlatch_protocol::time::Timestamp;

use crate::Unavailable;
use crate::port::{Clock, Entropy};

/// The machine's clock and randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "this is where the clock comes in")]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

impl Entropy for System {
    #[expect(clippy::disallowed_methods, reason = "this is where randomness comes in")]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Unavailable> {
        getrandom::fill(bytes).map_err(|error| Unavailable::new("randomness", error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use scanlatch_protocol::id::ChallengeId;
    use scanlatch_protocol::secret::DeviceCode;

    use super::*;

    const MANY: usize = 4_096;

    /// Each random bit falls both ways: by chance one of them does not in one of 2⁴⁰⁰⁰ runs.
    #[test]
    fn ids_have_122_random_bits_and_none_comes_twice() {
        let ids: Vec<u128> = (0..MANY)
            .map(|_| ChallengeId::from_random(System.random().unwrap()).simple())
            .map(|text| u128::from_str_radix(&text, 16).unwrap())
            .collect();
        let ever = ids.iter().fold(0, |all, id| all | id);
        let always = ids.iter().fold(u128::MAX, |all, id| all & id);
        assert_eq!((ever & !always).count_ones(), 122);
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), MANY);
    }

    #[test]
    fn device_codes_have_256_random_bits() {
        let (mut ever, mut always) = ([0_u8; 32], [u8::MAX; 32]);
        for _ in 0..MANY {
            let code = DeviceCode::from_random(System.random().unwrap());
            let bytes = scanlatch_protocol::base64::decode(code.expose()).unwrap();
            for (n, byte) in bytes.iter().enumerate() {
                ever[n] |= byte;
                always[n] &= byte;
            }
        }
        assert_eq!((ever, always), ([u8::MAX; 32], [0; 32]));
    }
}
