//! An application and the browser that it sends, which log in by OpenID.

use http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderValue, Method, Request};
use scanlatch_client::Answer;
use scanlatch_protocol::base64::{decode, encode_url};
use scanlatch_protocol::rsa::RsaPublicKey;
use scanlatch_protocol::secret::Digest;
use scanlatch_service::port::Entropy as _;
use scanlatch_service::system::System;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::{Serializer, parse};

use crate::commands::smoke::error::{SmokeError, check_member};
use crate::commands::smoke::site::Site;

/// Where the application is: an address of this machine that nobody opens. Its port does not count (RFC 8252 section 7.3).
pub const REDIRECT_URI: &str = "http://127.0.0.1/callback";

/// What the provider says of itself, as far as a login needs it.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
}

/// What the login page shows.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// The challenge.
    pub challenge_id: String,
    /// What a screen polls with.
    pub device_code: String,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    id_token: String,
}

/// A public application in the middle of a login.
pub struct Application<'a> {
    site: &'a Site,
    client: &'a str,
    provider: Discovery,
    verifier: String,
    nonce: String,
    cookies: Vec<String>,
    request: String,
}

impl<'a> Application<'a> {
    /// Discovers the provider.
    pub async fn discover(site: &'a Site, client: &'a str) -> Result<Self, SmokeError> {
        let issuer = format!("{}/t/{}", site.base_url, site.secret.tenant());
        let provider: Discovery = read(&get(site, &format!("{issuer}/.well-known/openid-configuration")).await?)?;
        check_member("issuer", provider.issuer.as_str(), &*issuer)?;
        let random = || Ok::<_, SmokeError>(encode_url(&System.random::<32>().map_err(silence)?));
        let (verifier, nonce) = (random()?, random()?);
        Ok(Self { site, client, provider, verifier, nonce, cookies: Vec::new(), request: String::new() })
    }

    /// Sends the browser to the provider, which sends it to the login page, and opens that.
    pub async fn ask(&mut self) -> Result<(), SmokeError> {
        let challenge = Digest::of(self.verifier.as_bytes()).to_text();
        let query = form(&[
            ("client_id", self.client),
            ("redirect_uri", REDIRECT_URI),
            ("response_type", "code"),
            ("scope", "openid"),
            ("nonce", &self.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("prompt", "login"),
        ]);
        let answer = get(self.site, &format!("{}?{query}", self.provider.authorization_endpoint)).await?;
        self.keep(&answer);
        let location =
            answer.headers.get(LOCATION).and_then(|to| to.to_str().ok()).ok_or_else(|| self.unsent(&answer))?;
        let page = Url::parse(location).map_err(silence)?;
        let handle = parse(page.fragment().unwrap_or_default().as_bytes()).find(|(name, _)| name == "r");
        self.request = handle.map(|(_, value)| value.into_owned()).ok_or_else(|| not_the_page(location))?;
        let shown = get(self.site, page.as_str()).await?;
        if shown.status.is_success() { Ok(()) } else { Err(SmokeError::Stranger(shown.status.to_string())) }
    }

    fn unsent(&self, answer: &Answer) -> SmokeError {
        SmokeError::Answer(format!(
            "{} instead of a redirect; {} must be an application without a secret whose redirect URI is {REDIRECT_URI}: \
             `scanlatch client create --public` makes one",
            answer.status, self.client
        ))
    }

    /// The page asks for a challenge.
    pub async fn shown(&mut self) -> Result<Shown, SmokeError> {
        read(&self.page("sign-in", json!({ "request": self.request, "showsNumber": true })).await?)
    }

    /// The page brings the approval; returns the code.
    pub async fn complete(&mut self, token: &str) -> Result<String, SmokeError> {
        let answer = self.page("sign-in/complete", json!({ "request": self.request, "token": token })).await?;
        let to = read::<Value>(&answer)?["redirectTo"].as_str().unwrap_or_default().to_owned();
        let url = Url::parse(&to).ok().filter(|_| to.starts_with(REDIRECT_URI)).ok_or_else(|| not_the_page(&to))?;
        let answer =
            |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        check_member("iss", &answer("iss").as_deref(), &Some(self.provider.issuer.as_str()))?;
        answer("code").ok_or_else(|| SmokeError::Answer("the application got no code".to_owned()))
    }

    /// Exchanges the code, and checks that the tokens are of `user`; returns the access token.
    pub async fn exchange(&self, code: &str, user: &str) -> Result<String, SmokeError> {
        let body = form(&[
            ("grant_type", "authorization_code"),
            ("client_id", self.client),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", &self.verifier),
        ]);
        let request = Request::post(&self.provider.token_endpoint)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
            .map_err(silence)?;
        let tokens: Tokens = read(&self.site.service.transport().call(request).await?)?;
        let claims = self.verified(&tokens.id_token).await?;
        for (name, wanted) in
            [("iss", &*self.provider.issuer), ("aud", self.client), ("sub", user), ("nonce", &*self.nonce)]
        {
            check_member(name, &claims[name].as_str(), &Some(wanted))?;
        }
        Ok(tokens.access_token)
    }

    /// The claims of an ID token that a published key has signed by RS256.
    async fn verified(&self, token: &str) -> Result<Value, SmokeError> {
        const WRONG: &str = "no published RSA key has signed the ID token";
        let keys: Value = read(&get(self.site, &self.provider.jwks_uri).await?)?;
        let mut parts = token.rsplitn(2, '.');
        let (signature, message) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let signature = decode(signature).unwrap_or_default();
        let keys = keys["keys"].as_array().cloned().unwrap_or_default();
        let is_signed =
            keys.iter().filter_map(rsa_key).any(|key| scanlatch_rsa::has_signed(&key, message.as_bytes(), &signature));
        let claims = message.split('.').nth(1).and_then(decode).and_then(|claims| serde_json::from_slice(&claims).ok());
        claims.filter(|_| is_signed).ok_or_else(|| SmokeError::Answer(WRONG.to_owned()))
    }

    /// Asks who the access token is of.
    pub async fn userinfo(&self, access_token: &str, user: &str) -> Result<(), SmokeError> {
        let request = Request::get(&self.provider.userinfo_endpoint);
        let request = request.header("authorization", format!("Bearer {access_token}")).body(String::new());
        let told: Value = read(&self.site.service.transport().call(request.map_err(silence)?).await?)?;
        check_member("sub", &told["sub"].as_str(), &Some(user))
    }

    async fn page(&mut self, path: &str, body: Value) -> Result<Answer, SmokeError> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}/{path}", self.provider.issuer))
            .header(CONTENT_TYPE, "application/json")
            .header(COOKIE, self.cookies.join("; "))
            .body(body.to_string())
            .map_err(silence)?;
        let answer = self.site.service.transport().call(request).await?;
        self.keep(&answer);
        Ok(answer)
    }

    fn keep(&mut self, answer: &Answer) {
        let set = answer.headers.get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        self.cookies.extend(set.filter_map(|cookie| cookie.split(';').next()).map(str::to_owned));
    }
}

fn rsa_key(key: &Value) -> Option<RsaPublicKey> {
    let part = |name: &str| key[name].as_str().and_then(decode);
    RsaPublicKey::new(part("n")?, part("e")?)
}

fn form(parameters: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(parameters).finish()
}

async fn get(site: &Site, url: &str) -> Result<Answer, SmokeError> {
    // A fragment stays in the browser.
    let request = Request::get(url.split('#').next().unwrap_or_default()).body(String::new()).map_err(silence)?;
    Ok(site.service.transport().call(request).await?)
}

/// The answer, if it succeeded; what the provider refuses, it says in the words of OAuth.
fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, SmokeError> {
    let is_json = answer.headers.get(CONTENT_TYPE) == Some(&HeaderValue::from_static("application/json"));
    let document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match document["error"].as_str() {
        Some(error) => {
            let why = document["error_description"].as_str().or(document["errorDescription"].as_str());
            Err(SmokeError::Answer(format!("{} {error}: {}", answer.status, why.unwrap_or_default())))
        }
        None if is_json && answer.status.is_success() => {
            serde_json::from_value(document).map_err(|error| SmokeError::Answer(error.to_string()))
        }
        None => Err(SmokeError::Stranger(answer.status.to_string())),
    }
}

fn silence(error: impl std::fmt::Display) -> SmokeError {
    SmokeError::Silence(error.to_string())
}

fn not_the_page(location: &str) -> SmokeError {
    // A query may hold a code.
    let place = location.split(['?', '#']).next().unwrap_or_default();
    SmokeError::Answer(format!("the browser was sent to {place}, which is not where it should go"))
}
