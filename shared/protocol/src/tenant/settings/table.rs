//! The table of all settings. The command line, its JSON and text, the checks of values, presets and
//! `docs/settings.md` come from it.

use super::kind::{Bounds, Choice, Kind, PerAction, Setting};
use super::{
    Attestation, DistanceRule, HOUR, MAX_ACCESS_TOKEN_LIFETIME_MS, MAX_ACTION_LIFETIME_MS, MAX_CHALLENGE_LIFETIME_MS,
    MAX_SESSION_LIFETIME_MS, MAX_TOKEN_LIFETIME_MS, MINUTE, NumberEntry, SECOND,
};

const TOKEN: Bounds<i64> = Bounds::new(30 * SECOND, MAX_TOKEN_LIFETIME_MS);

const fn setting(name: &'static str, kind: Kind, meaning: &'static str) -> Setting {
    Setting { name, kind, per_action: None, meaning, protects: "", costs: "" }
}

impl Setting {
    const fn protects(self, protects: &'static str) -> Self {
        Self { protects, ..self }
    }

    const fn costs(self, costs: &'static str) -> Self {
        Self { costs, ..self }
    }

    const fn per_action(self, per_action: PerAction) -> Self {
        Self { per_action: Some(per_action), ..self }
    }
}

/// The way of a row to the rules of an action, for a member that both have.
macro_rules! own {
    ($member:ident) => {
        PerAction {
            take: |own, settings| own.$member = Some(settings.$member),
            inherit: |own| own.$member = None,
            is_own: |own| own.$member.is_some(),
        }
    };
}

/// The kind of a row that is one of a few texts.
macro_rules! choice {
    ($type:ident, $member:ident) => {
        Kind::Choice(Choice {
            texts: || $type::ALL.map($type::as_str).to_vec(),
            get: |settings| settings.$member.as_str(),
            set: |settings, text| settings.$member = $type::from_text(text).unwrap_or(settings.$member),
        })
    };
}

/// Every setting but the rules of actions, in the order of [`super::Settings`].
pub static SETTINGS: [Setting; 25] = [
    setting(
        "deviceCredentials",
        Kind::Switch(|settings| &mut settings.device_credentials),
        "Whether phones may enrol, claim and decide",
    )
    .protects("Off, a stolen phone approves nothing")
    .costs("Off, nobody logs in with a phone"),
    setting(
        "enrolmentNeedsScope",
        Kind::Switch(|settings| &mut settings.enrolment_needs_scope),
        "Whether every enrolment needs a token with the scope add:authenticators; off, a user's first device needs none",
    )
    .protects("A stolen user token does not make a stranger's phone the first device of a user")
    .costs("A backend issues a token for each enrolment"),
    setting(
        "keyReassignment",
        Kind::Switch(|settings| &mut settings.key_reassignment),
        "Whether enrolling a key that another user owns moves it; off, it is refused",
    )
    .protects("Off, nobody takes over the key of another user's device")
    .costs("Off, a phone that changes hands is revoked first"),
    setting(
        "deterministicSignatures",
        Kind::Switch(|settings| &mut settings.deterministic_signatures),
        "Whether a decision may come with its claim's signature, for phones that sign deterministically",
    )
    .protects("Off, a copied claim cannot be sent again as an approval")
    .costs("Off, phones that sign deterministically cannot decide what they claimed"),
    setting(
        "maxDevices",
        Kind::Count(|settings| &mut settings.max_devices, Bounds::new(1, 100)),
        "How many devices a user may have",
    )
    .protects("An intruder cannot hide among ever more devices")
    .costs("A user with that many removes one before adding another"),
    setting(
        "allowedOrigins",
        Kind::Origins(|settings| &mut settings.allowed_origins),
        "The only pages that may open challenges, by their origin, such as `https://shop.example`",
    )
    .protects("A page of somebody else cannot open challenges in the browser of its visitors")
    .costs("Each new page is listed first; callers without an origin are refused only by `originRequired`"),
    setting(
        "sessionClients",
        Kind::Clients(|settings| &mut settings.session_clients),
        "The only applications that sessions may be made for",
    )
    .protects("An approval begins sessions only for applications that the tenant knows")
    .costs("Each application is listed first"),
    setting(
        "defaultActionState",
        Kind::State(|settings| &mut settings.default_action_state),
        "The state of an action that a backend tracks for the first time",
    )
    .protects("With CHALLENGE_REQUIRED nothing passes that nobody approved")
    .costs("With CHALLENGE_REQUIRED every action asks a person"),
    setting(
        "challengeLifetimeMs",
        Kind::Lifetime(
            |settings| &mut settings.challenge_lifetime_ms,
            Bounds::new(30 * SECOND, MAX_CHALLENGE_LIFETIME_MS),
        ),
        "How long a challenge may be claimed and decided; the browser SDK takes a new one after 9m",
    )
    .protects("A code that was photographed or forwarded serves no longer")
    .costs("Under 9m, official screens show a code that has expired until they take a new one"),
    setting(
        "userTokenLifetimeMs",
        Kind::Lifetime(|settings| &mut settings.user_token_lifetime_ms, TOKEN),
        "How long a user token serves",
    )
    .protects("A user token that leaked serves no longer")
    .costs("A page that stays open longer asks its backend for another"),
    setting(
        "decisionLifetimeMs",
        Kind::Lifetime(|settings| &mut settings.decision_lifetime_ms, Bounds::new(30 * SECOND, HOUR)),
        "Within which time a claim must be decided; its screen is told of the end ten seconds later, when no decision can be \
         under way",
    )
    .protects("A claim that was left open is not approved by mistake later")
    .costs("A person has no longer to read what the phone shows; after it the screen needs a new code"),
    setting(
        "approvalLifetimeMs",
        Kind::Lifetime(|settings| &mut settings.approval_lifetime_ms, TOKEN),
        "How long an approval can be fetched and redeemed",
    )
    .protects("An approval that nobody fetched cannot be fetched later")
    .costs("A screen that was away longer asks the person again"),
    setting(
        "resultTokenLifetimeMs",
        Kind::Lifetime(|settings| &mut settings.result_token_lifetime_ms, TOKEN),
        "How long a result token that was handed out serves",
    )
    .protects("A result token that leaked serves no longer")
    .costs("The backend validates it within that time"),
    setting(
        "accessTokenLifetimeMs",
        Kind::Lifetime(
            |settings| &mut settings.access_token_lifetime_ms,
            Bounds::new(MINUTE, MAX_ACCESS_TOKEN_LIFETIME_MS),
        ),
        "How long a session's access token serves",
    )
    .protects("An access token that leaked, or whose session was revoked, serves no longer")
    .costs("The shorter it is, the more often applications refresh"),
    setting(
        "sessionLifetimeMs",
        Kind::Lifetime(|settings| &mut settings.session_lifetime_ms, Bounds::new(HOUR, MAX_SESSION_LIFETIME_MS)),
        "How long a session can be refreshed from its beginning",
    )
    .protects("A refresh token that leaked serves no longer")
    .costs("The shorter it is, the more often people log in"),
    setting(
        "browserSessionLifetimeMs",
        Kind::Lifetime(
            |settings| &mut settings.browser_session_lifetime_ms,
            Bounds::new(MINUTE, MAX_SESSION_LIFETIME_MS),
        ),
        "How long a person who logged in by OpenID is not asked again in the same browser",
    )
    .protects("The next person at the same browser is asked")
    .costs("The shorter it is, the more often people approve"),
    setting(
        "actionLifetimeMs",
        Kind::Lifetime(|settings| &mut settings.action_lifetime_ms, Bounds::new(HOUR, MAX_ACTION_LIFETIME_MS)),
        "How long an action is kept",
    )
    .protects("What a user did is forgotten after it")
    .costs("Backends cannot list actions that are older"),
    setting(
        "numberEntry",
        choice!(NumberEntry, number_entry),
        "Whether a person enters on the phone the number that the screen shows; optional, where the screen says that \
         it can show one",
    )
    .protects("Blind approval, and codes that were forwarded or printed; no live relay")
    .costs(
        "Two digits for each login, and no approval without a claim; required, nobody approves what an official screen \
         shows",
    )
    .per_action(own!(number_entry)),
    setting(
        "distance",
        choice!(DistanceRule, distance),
        "What happens if the phone is far from the screen: it is told, the number is required, or the claim is denied",
    )
    .protects("Whoever relays a code from elsewhere must get near; only where an edge gives places")
    .costs("People behind a VPN or a foreign network look far away")
    .per_action(own!(distance)),
    setting(
        "nearKm",
        Kind::Kilometres(|settings| &mut settings.near_km, Bounds::new(1, 5_000)),
        "Up to how many kilometres apart phone and screen are near",
    )
    .protects("The fewer, the nearer a stranger must get")
    .costs("The fewer, the more honest logins look far, since the place of an address is a guess"),
    setting(
        "backendChallengesOnly",
        Kind::Switch(|settings| &mut settings.backend_challenges_only),
        "Whether only a backend may open challenges",
    )
    .protects("Nobody opens challenges in the tenant's name without its backend")
    .costs("A screen that has no backend cannot log in")
    .per_action(own!(backend_challenges_only)),
    setting(
        "claimFirst",
        Kind::Switch(|settings| &mut settings.claim_first),
        "Whether a challenge is decided only after a claim, also by the user whom it names",
    )
    .protects("Nobody approves a request before the phone has fetched what it is about")
    .costs("A phone that decides without a claim is refused")
    .per_action(own!(claim_first)),
    setting(
        "originRequired",
        Kind::Switch(|settings| &mut settings.origin_required),
        "Whether a caller must send an origin to open challenges without a backend; the login page of an application is the \
         service's own",
    )
    .protects("The phone can show the page of every code, though a program can name any page")
    .costs("Screens that are no browser, such as a terminal, need a backend"),
    setting(
        "validateOnce",
        Kind::Switch(|settings| &mut settings.validate_once),
        "Whether a result token is validated only once",
    )
    .protects(
        "A result token that was copied is never valid a second time; one session may still begin with it, whose tokens a \
         repeated call gets until it is refreshed",
    )
    .costs("A backend that lost the answer cannot ask again, and what `claimChallenge` gave is used by that call"),
    setting(
        "attestation",
        choice!(Attestation, attestation),
        "What becomes of a device's statement about where its key is kept; required is refused so far",
    )
    .protects("No key is enrolled that software can copy")
    .costs("Phones without such a statement cannot enrol"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{ActionRules, Settings};
    use super::*;
    use crate::action::ActionState;
    use crate::id::ClientId;

    #[test]
    fn the_table_names_every_setting_that_is_stored() {
        let stored = serde_json::to_value(Settings::default()).unwrap();
        let stored: BTreeSet<&str> = stored.as_object().unwrap().keys().map(String::as_str).collect();
        let named = SETTINGS.iter().map(|setting| setting.name).chain(["actionRules"]);
        assert_eq!(named.collect::<BTreeSet<_>>(), stored);
    }

    /// The default settings with another value of this one.
    fn changed(setting: &Setting) -> Settings {
        let mut settings = Settings::default();
        match setting.kind {
            Kind::Switch(field) => *field(&mut settings) ^= true,
            Kind::Count(field, bounds) | Kind::Kilometres(field, bounds) => {
                assert!(bounds.contain(field(&mut settings)), "{}", setting.name);
                *field(&mut settings) += 1;
            }
            Kind::Choice(choice) => {
                let before = (choice.get)(&settings);
                let other = (choice.texts)().into_iter().find(|text| *text != before).unwrap();
                (choice.set)(&mut settings, "no such text");
                assert_eq!((choice.get)(&settings), before);
                (choice.set)(&mut settings, other);
                assert_eq!((choice.get)(&settings), other);
            }
            Kind::Origins(field) => field(&mut settings).push("https://shop.example".to_owned()),
            Kind::Clients(field) => field(&mut settings).push(ClientId::parse("web").unwrap()),
            Kind::State(field) => *field(&mut settings) = ActionState::Allow,
            Kind::Lifetime(field, bounds) => {
                assert!(bounds.contain(field(&mut settings)), "{}", setting.name);
                *field(&mut settings) += 1;
            }
        }
        settings
    }

    #[test]
    fn each_row_of_the_table_leads_to_the_setting_of_its_name() {
        let before = serde_json::to_value(Settings::default()).unwrap();
        for setting in &SETTINGS {
            let after = serde_json::to_value(changed(setting)).unwrap();
            for name in SETTINGS.iter().map(|other| other.name) {
                assert_eq!(before[name] == after[name], name != setting.name, "{name}");
            }
        }
    }

    #[test]
    fn a_setting_is_copied_and_compared_alone() {
        for setting in &SETTINGS {
            let (from, mut to) = (changed(setting), Settings::default());
            for other in &SETTINGS {
                assert_eq!(other.differs(&from, &to), other.name == setting.name, "{}", other.name);
            }
            setting.copy(&from, &mut to);
            assert_eq!(to, from, "{}", setting.name);
        }
    }

    #[test]
    fn an_action_takes_the_rule_of_its_row_and_gives_it_back() {
        let mut names = BTreeSet::new();
        for (setting, own) in SETTINGS.iter().filter_map(|setting| Some((setting, setting.per_action?))) {
            let (settings, mut rules) = (changed(setting), ActionRules::default());
            assert!(!(own.is_own)(&rules));
            (own.take)(&mut rules, &settings);
            assert!((own.is_own)(&rules));
            let stored = serde_json::to_value(rules).unwrap();
            assert_eq!(
                stored,
                serde_json::json!({ setting.name: serde_json::to_value(&settings).unwrap()[setting.name] })
            );
            (own.inherit)(&mut rules);
            assert!(rules.is_empty());
            names.insert(setting.name);
        }
        assert_eq!(names, BTreeSet::from(["backendChallengesOnly", "claimFirst", "distance", "numberEntry"]));
    }

    #[test]
    fn every_setting_says_what_it_protects_and_what_it_costs() {
        for Setting { name, meaning, protects, costs, .. } in &SETTINGS {
            for text in [meaning, protects, costs] {
                assert!(!text.is_empty() && !text.ends_with('.') && !text.contains('|'), "{name}: {text}");
            }
        }
    }
}
