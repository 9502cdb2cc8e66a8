//! How often each race is repeated.

/// The number of rounds of a race: `SCANLATCH_ROUNDS`, or 60.
pub fn rounds() -> usize {
    std::env::var("SCANLATCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}
