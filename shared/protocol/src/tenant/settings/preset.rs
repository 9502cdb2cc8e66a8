//! Presets: settings that are given at once. A preset is not stored.

use super::{DistanceRule, MINUTE, NumberEntry, SETTINGS, Setting, Settings};

/// The settings that decide how a login is protected.
const COVERED: [&str; 10] = [
    "challengeLifetimeMs",
    "decisionLifetimeMs",
    "approvalLifetimeMs",
    "resultTokenLifetimeMs",
    "numberEntry",
    "distance",
    "backendChallengesOnly",
    "claimFirst",
    "originRequired",
    "validateOnce",
];

/// A set of values for the settings that decide how a login is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// The defaults. Official SDKs work as they are.
    Standard,
    /// For screens of one's own: a number on each login, and short lifetimes.
    Strict,
    /// As strict, and only a backend may open challenges and validate their tokens, once.
    Payment,
}

/// The preset that settings are nearest to.
#[derive(Clone, Debug)]
pub struct Nearest {
    /// The preset.
    pub preset: Preset,
    /// The settings of the preset that have another value.
    pub differing: Vec<&'static Setting>,
}

impl Preset {
    /// Every preset, the weakest first.
    pub const ALL: [Self; 3] = [Self::Standard, Self::Strict, Self::Payment];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Strict => "strict",
            Self::Payment => "payment",
        }
    }

    /// Reads the form of [`Preset::as_str`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == text)
    }

    /// The settings of a tenant that has nothing but this preset.
    pub fn settings(self) -> Settings {
        let standard = Settings::default();
        match self {
            Self::Standard => standard,
            Self::Strict => Settings {
                number_entry: NumberEntry::Required,
                distance: DistanceRule::Number,
                claim_first: true,
                origin_required: true,
                challenge_lifetime_ms: 2 * MINUTE,
                decision_lifetime_ms: MINUTE,
                approval_lifetime_ms: 2 * MINUTE,
                result_token_lifetime_ms: 2 * MINUTE,
                ..standard
            },
            Self::Payment => Settings { backend_challenges_only: true, validate_once: true, ..Self::Strict.settings() },
        }
    }

    /// The settings that presets give. Others are left alone.
    pub fn covers() -> impl Iterator<Item = &'static Setting> {
        SETTINGS.iter().filter(|setting| COVERED.contains(&setting.name))
    }

    /// Gives `settings` the values of this preset. The rules of actions stay.
    pub fn apply(self, settings: &mut Settings) {
        let preset = self.settings();
        Self::covers().for_each(|setting| setting.copy(&preset, settings));
    }

    /// The preset that the fewest settings differ from; the weaker of two.
    pub fn of(settings: &Settings) -> Nearest {
        let nearest = |preset: Self| {
            let values = preset.settings();
            Nearest { preset, differing: Self::covers().filter(|setting| setting.differs(&values, settings)).collect() }
        };
        let [standard, others @ ..] = Self::ALL.map(nearest);
        let fewer = |one: Nearest, other: Nearest| {
            if other.differing.len() < one.differing.len() { other } else { one }
        };
        others.into_iter().fold(standard, fewer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(settings: impl IntoIterator<Item = &'static Setting>) -> Vec<&'static str> {
        settings.into_iter().map(|setting| setting.name).collect()
    }

    #[test]
    fn a_tenant_is_the_preset_that_it_was_given() {
        for preset in Preset::ALL {
            let mut settings = Preset::Payment.settings();
            preset.apply(&mut settings);
            assert_eq!(settings, preset.settings());
            let nearest = Preset::of(&settings);
            assert_eq!((nearest.preset, names(nearest.differing)), (preset, vec![]));
            assert_eq!(Preset::from_text(preset.as_str()), Some(preset));
        }
    }

    #[test]
    fn a_preset_leaves_alone_what_it_does_not_cover() {
        let mut settings = Settings {
            allowed_origins: vec!["https://shop.example".to_owned()],
            near_km: 7,
            session_lifetime_ms: 1,
            ..Settings::default()
        };
        let before = settings.clone();
        Preset::Strict.apply(&mut settings);
        assert_eq!((settings.near_km, settings.session_lifetime_ms), (7, 1));
        Preset::Standard.apply(&mut settings);
        assert_eq!(settings, before);
    }

    #[test]
    fn the_nearest_preset_is_named_with_what_differs() {
        let settings = Settings { validate_once: true, near_km: 7, ..Preset::Strict.settings() };
        let nearest = Preset::of(&settings);
        assert_eq!((nearest.preset, names(nearest.differing)), (Preset::Strict, vec!["validateOnce"]));
    }

    #[test]
    fn presets_differ_only_in_what_they_cover() {
        assert_eq!(names(Preset::covers()), COVERED);
        for preset in Preset::ALL {
            let mut settings = Settings::default();
            preset.apply(&mut settings);
            assert_eq!(settings, preset.settings(), "{}", preset.as_str());
        }
    }

    #[test]
    fn a_tenant_of_longer_lifetimes_becomes_strict() {
        let mut settings = Settings { result_token_lifetime_ms: 10 * MINUTE, ..Settings::default() };
        Preset::Strict.apply(&mut settings);
        assert_eq!(settings.check(false), Ok(()));
    }
}
