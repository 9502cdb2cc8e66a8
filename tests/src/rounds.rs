//! How often races are played.

/// How many rounds a race is played: `SCANLATCH_ROUNDS`, or 60.
pub fn rounds() -> usize {
    std::env::var("SCANLATCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}
