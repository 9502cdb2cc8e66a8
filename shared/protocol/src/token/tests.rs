use super::*;

const LIFE: i64 = 600_000;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32]).unwrap()
}

fn keys() -> VerifyingKeys {
    VerifyingKeys::new(vec![key().public().clone()])
}

fn issuer() -> Issuer {
    Issuer::new("scanlatch")
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000)
}

fn user_token() -> UserToken {
    UserToken {
        id: TokenId::from_random([3; 16]),
        issued_at: now(),
        tenant: TenantId::from_random([1; 16]),
        user: UserId::parse("auth0|ann").unwrap(),
        action: ActionCode::parse("login").unwrap(),
        idempotency_key: IdempotencyKey::from_random([2; 16]),
        scope: Scope::accept(None).unwrap(),
    }
}

fn signed() -> String {
    user_token().sign(&key(), &issuer(), LIFE)
}

fn verify(text: &str, keys: &VerifyingKeys, issuer: &Issuer, now: Timestamp) -> Result<UserToken, Refusal> {
    UserToken::verify(&Token::read(text)?, keys, issuer, now)
}

#[test]
fn a_user_token_says_what_was_signed() {
    assert_eq!(verify(&signed(), &keys(), &issuer(), now()), Ok(user_token()));
}

#[test]
fn a_user_token_is_no_result_token() {
    assert_eq!(
        ResultToken::verify(&Token::read(&signed()).unwrap(), &keys(), &issuer(), now()),
        Err(Refusal::InvalidToken)
    );
}

#[test]
fn a_token_ends_with_the_second_of_its_exp() {
    let verified = |millis| verify(&signed(), &keys(), &issuer(), now().plus(millis)).map(|_| ());
    assert_eq!(verified(LIFE - 1), Ok(()));
    assert_eq!(verified(LIFE), Err(Refusal::ExpiredToken));
}

#[test]
fn another_deployment_or_key_is_refused() {
    assert_eq!(verify(&signed(), &keys(), &Issuer::new("other"), now()), Err(Refusal::InvalidToken));
    let others = VerifyingKeys::new(vec![SigningKey::from_bytes(&[8; 32]).unwrap().public().clone()]);
    assert_eq!(verify(&signed(), &others, &issuer(), now()), Err(Refusal::InvalidToken));
}

#[test]
fn whatever_a_spent_key_signs_has_expired() {
    let retired = VerifyingKeys::default().with_retired(vec![key().public().clone()]);
    assert_eq!(verify(&signed(), &retired, &issuer(), now()), Err(Refusal::ExpiredToken));
}

#[test]
fn no_flipped_character_survives() {
    let token = signed();
    for position in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(bytes).unwrap();
        if forged != token {
            assert!(verify(&forged, &keys(), &issuer(), now()).is_err(), "at {position}");
        }
    }
}

/// A token with this header and these claims, which the right key signed.
fn signed_parts(header: &str, claims: &str) -> String {
    let part = |text: &str| crate::base64::encode_url(text.as_bytes());
    let message = format!("{}.{}", part(&header.replace("KID", key().public().kid())), part(claims));
    let signature = crate::base64::encode_url(&key().sign(message.as_bytes()));
    format!("{message}.{signature}")
}

const HEADER: &str = r#"{"typ":"user+jwt","alg":"ES256","kid":"KID"}"#;

/// The claims of a good token as JSON.
fn good_claims() -> String {
    let token = signed();
    String::from_utf8(crate::base64::decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// The key has signed each of them, so that the signature alone would pass.
#[test]
fn a_header_that_says_more_or_other_is_refused() {
    assert_eq!(verify(&signed_parts(HEADER, &good_claims()), &keys(), &issuer(), now()), Ok(user_token()));
    for header in [
        r#"{"typ":"user+jwt","alg":"none","kid":"KID"}"#,
        r#"{"typ":"user+jwt","alg":"HS256","kid":"KID"}"#,
        r#"{"typ":"user+jwt","alg":"ES384","kid":"KID"}"#,
        r#"{"typ":"user+jwt","alg":"es256","kid":"KID"}"#,
        r#"{"typ":"user+jwt","alg":"ES256","kid":"KID","jku":"https://evil.example"}"#,
        r#"{"typ":"user+jwt","alg":"ES256","kid":"KID","x5u":"https://evil.example"}"#,
        r#"{"typ":"user+jwt","alg":"ES256","kid":"KID","jwk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}}"#,
        r#"{"typ":"user+jwt","alg":"ES256","kid":"KID","crit":["exp"]}"#,
        r#"{"typ":"user+jwt","alg":"ES256","kid":"KID","b64":false}"#,
        r#"{"typ":"JWT","alg":"ES256","kid":"KID"}"#,
        r#"{"alg":"ES256","kid":"KID"}"#,
        r#"{"typ":"user+jwt","alg":"ES256"}"#,
        r#"{"typ":"user+jwt","alg":"ES256","kid":"../KID"}"#,
    ] {
        let forged = signed_parts(header, &good_claims());
        assert_eq!(verify(&forged, &keys(), &issuer(), now()), Err(Refusal::InvalidToken), "{header}");
    }
}

#[test]
fn only_the_whole_scope_word_counts() {
    for (text, may) in [
        ("add:authenticators", true),
        ("read:authenticators add:authenticators", true),
        ("add:authenticatorsx", false),
        ("read:authenticators", false),
        ("", false),
    ] {
        assert_eq!(Scope::accept(Some(text.to_owned())).unwrap().may_add_authenticators(), may, "{text}");
    }
}

#[test]
fn claims_of_a_wrong_type_are_refused_though_the_key_signed_them() {
    let good = good_claims();
    assert_eq!(verify(&signed_parts(HEADER, &good), &keys(), &issuer(), now()), Ok(user_token()));
    let (iat, exp) = (now().seconds(), now().seconds() + LIFE / 1_000);
    for (claim, value) in [("iat", iat), ("exp", exp)] {
        let right = format!("\"{claim}\":{value}");
        assert!(good.contains(&right), "{good}");
        for wrong in [
            format!("\"{value}\""),
            format!("{value}.0"),
            format!("{value}.5"),
            format!("{value}e0"),
            "1e400".to_owned(),
            "9223372036854775808".to_owned(),
            "-9223372036854775809".to_owned(),
            "NaN".to_owned(),
            "Infinity".to_owned(),
            "null".to_owned(),
            "true".to_owned(),
            "[]".to_owned(),
            "{}".to_owned(),
            format!("[{value}]"),
            format!("0{value}"),
            format!("+{value}"),
        ] {
            let forged = signed_parts(HEADER, &good.replace(&right, &format!("\"{claim}\":{wrong}")));
            assert_eq!(verify(&forged, &keys(), &issuer(), now()), Err(Refusal::InvalidToken), "{claim}: {wrong}");
        }
        let absent = signed_parts(HEADER, &good.replace(&right, "\"x\":1"));
        assert_eq!(verify(&absent, &keys(), &issuer(), now()), Err(Refusal::InvalidToken), "{claim} is absent");
    }
    for past in ["0", "-1", "-9223372036854775808"] {
        let forged = signed_parts(HEADER, &good.replace(&format!("\"exp\":{exp}"), &format!("\"exp\":{past}")));
        assert!(verify(&forged, &keys(), &issuer(), now()).is_err(), "{past}");
    }
}

#[test]
fn a_claim_or_header_that_comes_twice_is_refused() {
    let good = good_claims();
    for twice in [r#""sub":"ben""#, r#""aud":"x""#, r#""iss":"x""#, r#""exp":9999999999"#, r#""other":{}"#] {
        for forged in [good.replacen('{', &format!("{{{twice},"), 1), format!("{},{twice}}}", &good[..good.len() - 1])]
        {
            let verified = verify(&signed_parts(HEADER, &forged), &keys(), &issuer(), now());
            assert_eq!(verified, Err(Refusal::InvalidToken), "{forged}");
        }
    }
    for header in [
        r#"{"typ":"user+jwt","typ":"user+jwt","alg":"ES256","kid":"KID"}"#,
        r#"{"typ":"user+jwt","alg":"none","alg":"ES256","kid":"KID"}"#,
        r#"{"typ":"user+jwt","alg":"ES256","kid":"other","kid":"KID"}"#,
    ] {
        let forged = signed_parts(header, &good);
        assert_eq!(verify(&forged, &keys(), &issuer(), now()), Err(Refusal::InvalidToken), "{header}");
    }
}

/// Otherwise a list of tokens that were seen would miss the other spellings of one.
#[test]
fn a_token_has_one_spelling() {
    let token = signed();
    let (head, signature) = token.rsplit_once('.').unwrap();
    let standard = signature.replace('-', "+").replace('_', "/");
    let last = signature.chars().last().unwrap();
    let stray = ('A'..='z')
        .filter(|c| c.is_ascii_alphabetic() && *c != last)
        .map(|c| format!("{head}.{}{c}", &signature[..signature.len() - 1]));
    let spelt = [
        format!("{token}="),
        format!("{token}=="),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{head}. {signature}"),
    ];
    for other in spelt.into_iter().chain(stray).chain((standard != signature).then(|| format!("{head}.{standard}"))) {
        assert!(verify(&other, &keys(), &issuer(), now()).is_err(), "{other}");
    }
}
