//! What an application asks of the login page.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::id::UserId;

use super::client::{Client, Grant};
use super::fault::OAuthError;
use super::parameters::Parameters;
use super::pkce::CodeChallenge;
use super::scope::Scopes;

/// The longest `state`, in bytes.
const MAX_TEXT: usize = 4_096;
/// The longest `nonce`, in bytes. The ID token holds it and must stay below [`crate::jwt::MAX_TOKEN_BYTES`].
const MAX_NONCE: usize = 512;
/// The longest time that `max_age` can name, in milliseconds.
const MAX_AGE_MS: i64 = 366 * 24 * 3_600_000;

/// Where the answer goes. Until it is known, a fault is told to the person, for it might lead to a stranger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    /// The URI, as the request named it.
    pub redirect_uri: String,
    /// The application's own text, given back unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

impl Destination {
    /// Where the answer to these parameters goes.
    ///
    /// # Errors
    /// [`OAuthError::InvalidRequest`] if the application has not registered the URI; [`OAuthError::UnauthorizedClient`]
    /// if it may not use the code flow at all.
    pub fn of(parameters: &Parameters, client: &Client) -> Result<Self, Refusal> {
        if !client.may(Grant::AuthorizationCode) {
            return Err(OAuthError::UnauthorizedClient.because("The application is not registered for the code flow."));
        }
        let uri = parameters.get("redirect_uri").ok_or(missing("The redirect_uri is missing."))?;
        let state = parameters.get("state").filter(|state| state.len() <= MAX_TEXT);
        let destination = Self { redirect_uri: uri.to_owned(), state: state.map(str::to_owned) };
        if destination.is_of(client) {
            Ok(destination)
        } else {
            Err(missing("The redirect_uri is not one that the application has registered, to the letter."))
        }
    }

    /// Whether the application has this address registered now.
    pub fn is_of(&self, client: &Client) -> bool {
        client.registration.redirect_uris.iter().any(|registered| registered.matches(&self.redirect_uri))
    }
}

/// Whether the person may be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Prompt {
    /// If they are not logged in.
    #[default]
    IfNeeded,
    /// Never.
    Never,
    /// Always.
    Always,
}

/// What an application asks. Stores keep its serialized form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorization {
    /// Where the answer goes.
    pub destination: Destination,
    /// What it may know, already without what it may not ask for.
    pub scopes: Scopes,
    /// Comes back in the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Who asks must exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_challenge: Option<CodeChallenge>,
    /// Whether the person may be asked.
    #[serde(default)]
    pub prompt: Prompt,
    /// How long ago the login may have been, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_ms: Option<i64>,
    /// Who is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<UserId>,
    /// Whose ID token the application brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_hint: Option<UserId>,
    /// The languages that the person reads, the best first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui_locales: Option<String>,
}

impl Authorization {
    /// What these parameters ask.
    ///
    /// # Errors
    /// With the error codes of RFC 6749 section 4.1.2.1 and OpenID Connect Core section 3.1.2.6.
    pub fn accept(parameters: &Parameters, client: &Client, destination: Destination) -> Result<Self, Refusal> {
        if parameters.get("request").is_some() {
            return Err(OAuthError::RequestNotSupported.because("Request objects are not supported."));
        }
        if parameters.get("registration").is_some() {
            return Err(OAuthError::RegistrationNotSupported.because("Registration by a request is not supported."));
        }
        match parameters.get("response_type") {
            Some("code") => {}
            None => return Err(missing("The response_type is missing; it must be code.")),
            Some(_) => return Err(OAuthError::UnsupportedResponseType.because("The response_type must be code.")),
        }
        if parameters.get("response_mode").is_some_and(|mode| mode != "query") {
            return Err(missing("The response_mode must be query."));
        }
        let is_longer = |name: &str, most: usize| parameters.get(name).is_some_and(|text| text.len() > most);
        if is_longer("state", MAX_TEXT) || is_longer("nonce", MAX_NONCE) {
            return Err(missing("The state may have at most 4096 bytes, the nonce 512."));
        }
        let code_challenge = match (parameters.get("code_challenge"), parameters.get("code_challenge_method")) {
            (Some(challenge), method) => Some(CodeChallenge::parse(challenge, method)?),
            (None, Some(_)) => return Err(missing("The code_challenge is missing.")),
            (None, None) if client.is_public() => {
                return Err(missing("An application without a secret must send a code_challenge."));
            }
            (None, None) => None,
        };
        Ok(Self {
            destination,
            scopes: client.grantable(&Scopes::parse(parameters.get("scope").unwrap_or_default())?),
            nonce: parameters.get("nonce").map(str::to_owned),
            code_challenge,
            prompt: prompt(parameters.get("prompt"))?,
            max_age_ms: parameters.get("max_age").map(max_age).transpose()?,
            login_hint: parameters.get("login_hint").and_then(|hint| UserId::parse(hint).ok()),
            id_token_hint: None,
            ui_locales: parameters.get("ui_locales").filter(|locales| is_locales(locales)).map(str::to_owned),
        })
    }

    /// The same for an application that brought an ID token, of this user. A token that nobody can read any more names
    /// nobody, so the person is asked whatever login their browser has.
    ///
    /// # Errors
    /// [`OAuthError::LoginRequired`] if the token names nobody and the person may not be asked.
    pub fn hinted(self, user: Option<UserId>) -> Result<Self, Refusal> {
        match (user, self.prompt) {
            (Some(user), _) => Ok(Self { id_token_hint: Some(user), ..self }),
            (None, Prompt::Never) => {
                Err(OAuthError::LoginRequired.because("The id_token_hint is no ID token of this provider."))
            }
            (None, _) => Ok(Self { prompt: Prompt::Always, ..self }),
        }
    }

    /// Whether this user may log in. A `login_hint` is a wish, an ID token is not (OpenID Connect Core section 3.1.2.2).
    pub fn allows(&self, user: &UserId) -> bool {
        self.id_token_hint.as_ref().is_none_or(|hinted| hinted == user)
    }

    /// Who is expected: the user of the ID token, else the one whom the application names.
    pub fn expected(&self) -> Option<&UserId> {
        self.id_token_hint.as_ref().or(self.login_hint.as_ref())
    }
}

const fn missing(why: &'static str) -> Refusal {
    OAuthError::InvalidRequest.because(why)
}

/// Every approval is also a consent and a choice of the account, because the phone shows who asks and decides.
fn prompt(text: Option<&str>) -> Result<Prompt, Refusal> {
    let words: Vec<&str> = text.unwrap_or_default().split(' ').filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [] => Ok(Prompt::IfNeeded),
        ["none"] => Ok(Prompt::Never),
        words if words.iter().all(|word| matches!(*word, "login" | "consent" | "select_account")) => Ok(Prompt::Always),
        _ => Err(missing("The prompt must be none alone, or words of login, consent and select_account.")),
    }
}

fn max_age(text: &str) -> Result<i64, Refusal> {
    let is_number = text.bytes().all(|b| b.is_ascii_digit());
    let seconds = text.parse::<i64>().ok().filter(|_| is_number);
    seconds.map(|seconds| seconds.saturating_mul(1_000).min(MAX_AGE_MS)).ok_or(missing("The max_age must be seconds."))
}

fn is_locales(text: &str) -> bool {
    text.len() <= 256 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{ClientId, TenantId};
    use crate::openid::client::Registration;
    use crate::openid::redirect::RedirectUri;
    use crate::time::Timestamp;

    const CHALLENGE: &str = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

    fn client() -> Client {
        Client {
            tenant: TenantId::from_random([1; 16]),
            id: ClientId::parse("grafana").unwrap(),
            created_at: Timestamp::from_millis(0),
            secrets: Vec::new(),
            registration: Registration {
                redirect_uris: vec![RedirectUri::parse("https://app.example/cb").unwrap()],
                ..Registration::default()
            },
        }
    }

    fn asked(query: &str) -> Result<Authorization, Refusal> {
        let all = format!("redirect_uri=https://app.example/cb&{query}");
        let parameters = Parameters::read(all.as_bytes()).unwrap();
        Authorization::accept(&parameters, &client(), Destination::of(&parameters, &client())?)
    }

    fn error(query: &str) -> OAuthError {
        match asked(query).unwrap_err() {
            Refusal::OAuth { error, .. } => error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_request_is_read_with_all_that_it_says() {
        let asked = asked(&format!(
            "response_type=code&scope=openid+email+root&state=s&nonce=n&prompt=login&max_age=60&login_hint=ann&ui_locales=de+en&{CHALLENGE}"
        ))
        .unwrap();
        assert_eq!(asked.scopes.to_text(), "openid email");
        assert_eq!((asked.prompt, asked.max_age_ms), (Prompt::Always, Some(60_000)));
        assert_eq!((asked.nonce.as_deref(), asked.destination.state.as_deref()), (Some("n"), Some("s")));
        assert_eq!((asked.login_hint.unwrap().as_str(), asked.ui_locales.as_deref()), ("ann", Some("de en")));
    }

    #[test]
    fn an_id_token_says_who_is_expected_and_one_that_nobody_can_read_asks_again() {
        let plain = |more: &str| asked(&format!("response_type=code&login_hint=ann&{CHALLENGE}{more}")).unwrap();
        let ben = UserId::parse("ben").unwrap();
        assert_eq!(plain("").expected().unwrap().as_str(), "ann");
        assert_eq!(plain("").hinted(Some(ben.clone())).unwrap().expected(), Some(&ben));
        assert_eq!(plain("").hinted(None).unwrap().prompt, Prompt::Always);
        let never = plain("&prompt=none").hinted(None).unwrap_err();
        assert!(matches!(never, Refusal::OAuth { error: OAuthError::LoginRequired, .. }));
    }

    #[test]
    fn each_mistake_has_its_code() {
        for (query, code) in [
            (String::new(), OAuthError::InvalidRequest),
            (CHALLENGE.to_owned(), OAuthError::InvalidRequest),
            (format!("response_type=token&{CHALLENGE}"), OAuthError::UnsupportedResponseType),
            (format!("response_type=code+id_token&{CHALLENGE}"), OAuthError::UnsupportedResponseType),
            ("response_type=code".to_owned(), OAuthError::InvalidRequest),
            (
                "response_type=code&code_challenge=abc&code_challenge_method=plain".to_owned(),
                OAuthError::InvalidRequest,
            ),
            ("response_type=code&code_challenge_method=S256".to_owned(), OAuthError::InvalidRequest),
            (format!("response_type=code&response_mode=fragment&{CHALLENGE}"), OAuthError::InvalidRequest),
            (format!("response_type=code&request=x&{CHALLENGE}"), OAuthError::RequestNotSupported),
            (format!("response_type=code&registration=x&{CHALLENGE}"), OAuthError::RegistrationNotSupported),
            (format!("response_type=code&prompt=none+login&{CHALLENGE}"), OAuthError::InvalidRequest),
            (format!("response_type=code&prompt=now&{CHALLENGE}"), OAuthError::InvalidRequest),
            (format!("response_type=code&max_age=-1&{CHALLENGE}"), OAuthError::InvalidRequest),
            (format!("response_type=code&scope=%22&{CHALLENGE}"), OAuthError::InvalidScope),
            (format!("response_type=code&state={}&{CHALLENGE}", "s".repeat(4_097)), OAuthError::InvalidRequest),
            (format!("response_type=code&nonce={}&{CHALLENGE}", "n".repeat(513)), OAuthError::InvalidRequest),
        ] {
            assert_eq!(error(&query), code, "{query}");
        }
    }

    #[test]
    fn an_answer_goes_only_where_the_application_has_registered() {
        for query in ["", "redirect_uri=https://app.example/cb/", "redirect_uri=https://evil.example/cb"] {
            let parameters = Parameters::read(query.as_bytes()).unwrap();
            assert!(Destination::of(&parameters, &client()).is_err(), "{query}");
        }
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let asked = asked(&format!("response_type=code&scope=openid&{CHALLENGE}")).unwrap();
        let stored = serde_json::to_string(&asked).unwrap();
        assert_eq!(serde_json::from_str::<Authorization>(&stored).unwrap(), asked);
    }
}
