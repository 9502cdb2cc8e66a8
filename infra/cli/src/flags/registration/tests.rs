use clap::{Command, FromArgMatches as _};

use super::*;

fn flags(words: &[&str]) -> Result<RegistrationFlags, clap::Error> {
    let words = [&["set"], words].concat();
    let command = RegistrationFlags::augment_args(Command::new("set"));
    RegistrationFlags::from_arg_matches(&command.try_get_matches_from(words)?)
}

fn registered() -> Registration {
    let uri = RedirectUri::parse("https://a.example/cb").unwrap();
    Registration { name: "A".to_owned(), redirect_uris: vec![uri], ..Registration::default() }
}

fn applied(words: &[&str]) -> Result<Registration, CommandError> {
    flags(words).unwrap().apply(&registered())
}

fn why(words: &[&str]) -> String {
    applied(words).unwrap_err().to_string()
}

#[test]
fn no_flag_changes_nothing() {
    let before = Registration {
        name: "A".to_owned(),
        redirect_uris: vec![uri("https://a.example/cb").unwrap()],
        logout_uris: vec![uri("https://a.example/bye").unwrap()],
        grants: vec![Grant::AuthorizationCode, Grant::DeviceCode],
        scopes: scopes("openid orders.read").unwrap(),
        id_token_algorithm: Algorithm::Es256,
        access_token_algorithm: Algorithm::Es256,
        access_token_type: AccessTokenType::Jwt,
        token_lifetime_ms: 61_000,
        refresh_lifetime_ms: 7_200_000,
    };
    assert_eq!(flags(&[]).unwrap().apply(&before), Ok(before));
}

#[test]
fn a_list_replaces_the_one_before_and_holds_nothing_twice() {
    let three = ["https://c.example", "https://b.example", "https://c.example"].map(|uri| ["--redirect-uri", uri]);
    let after = applied(three.as_flattened()).unwrap();
    assert_eq!(after.redirect_uris, [uri("https://c.example").unwrap(), uri("https://b.example").unwrap()]);
}

#[test]
fn scopes_are_given_one_by_one_or_as_applications_send_them() {
    let after = applied(&["--scope", "openid email", "--scope", "orders.read"]).unwrap();
    assert_eq!(after.scopes.to_text(), "openid email orders.read");
}

#[test]
fn a_grant_has_the_name_that_documents_give_it_too() {
    for name in ["device_code", "urn:ietf:params:oauth:grant-type:device_code"] {
        assert_eq!(applied(&["--grant", name]).unwrap().grants, [Grant::DeviceCode], "{name}");
    }
}

#[test]
fn only_32_uris_of_a_kind_are_taken() {
    for (flag, kind) in [("--redirect-uri", "redirect"), ("--logout-uri", "logout")] {
        let uris: Vec<String> = (0..=MAX_URIS).map(|n| format!("https://a.example/{n}")).collect();
        let words: Vec<&str> = uris.iter().flat_map(|uri| [flag, uri]).collect();
        assert!(applied(&words[..2 * MAX_URIS]).is_ok(), "{flag}");
        assert!(why(&words).contains(&format!("at most 32 {kind} URIs, and these are 33")), "{flag}");
    }
}

#[test]
fn whoever_gets_codes_says_where() {
    let nowhere = Registration { redirect_uris: Vec::new(), ..registered() };
    let refused = |words| flags(words).unwrap().apply(&nowhere);
    let why = refused(&[]).unwrap_err().to_string();
    assert!(why.contains("give --redirect-uri"), "{why}");
    assert!(refused(&["--grant", "device_code"]).is_ok());
    assert!(refused(&["--grant", "device_code", "--grant", "authorization_code"]).is_err());
}

#[test]
fn a_refresh_follows_another_grant() {
    assert!(why(&["--grant", "refresh_token"]).contains("follows another grant"));
    assert!(applied(&["--grant", "refresh_token", "--grant", "device_code"]).is_ok());
}

#[test]
fn scopes_that_are_too_long_together_are_refused() {
    let (one, other) = ("a".repeat(600), "b".repeat(600));
    assert!(why(&["--scope", &one, "--scope", &other]).contains("too long together"));
}

#[test]
fn lifetimes_have_the_bounds_of_the_tenants_settings() {
    for (flag, good, bad) in
        [("--token-lifetime", ["1m", "24h"], ["59s", "1441m"]), ("--refresh-lifetime", ["1h", "365d"], ["59m", "366d"])]
    {
        for text in good {
            assert!(flags(&[flag, text]).is_ok(), "{flag} {text}");
        }
        for text in bad {
            assert!(flags(&[flag, text]).unwrap_err().to_string().contains("must be from"), "{flag} {text}");
        }
    }
}

#[test]
fn the_help_says_the_defaults_and_bounds() {
    let help = RegistrationFlags::augment_args(Command::new("set")).render_long_help().to_string();
    let default = Registration::default();
    let token = (default.token_lifetime_ms, TOKEN);
    let refresh = (default.refresh_lifetime_ms, REFRESH);
    for (default, Bounds { least, most }) in [token, refresh] {
        let said = [default, least, most].map(lifetime::text);
        assert!(help.contains(&format!("{} unless said ({} to {})", said[0], said[1], said[2])), "{help}");
    }
    for said in [default.id_token_algorithm.as_str(), default.access_token_type.as_str(), grant_name(default.grants[0])]
    {
        assert!(help.replace('`', "").contains(&format!("{said} unless said")), "{said}: {help}");
    }
}
