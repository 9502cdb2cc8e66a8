//! A registered application, and how it proves itself.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::base64::encode_url;
use crate::id::{ClientId, TenantId};
use crate::secret::{Digest, Randomness, redacted};
use crate::tenant::SecretKeyRecord;
use crate::time::Timestamp;

use super::fault::OAuthError;
use super::redirect::RedirectUri;
use super::scope::{self, Scopes};
use super::signed::Algorithm;

/// The name under which the provider keeps its own sessions with browsers. No application can have it.
pub const BROWSER: &str = "openid-browser";

/// How many secrets an application may have at once: the one in use and its replacement.
pub const MAX_SECRETS: usize = 2;

/// How many URIs of a kind an application may register.
pub const MAX_URIS: usize = 32;

/// An application that logs its users in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its id.
    pub id: ClientId,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Its secrets, the oldest first. An application without one is public (RFC 6749 section 2.1).
    pub secrets: Vec<SecretKeyRecord>,
    /// What its operator says of it.
    pub registration: Registration,
}

/// What an operator registers. Stores keep its serialized form. A missing member has its default, since an application
/// may be older than the member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Registration {
    /// What page and phone call it.
    pub name: String,
    /// Where it may get codes.
    pub redirect_uris: Vec<RedirectUri>,
    /// Where the browser may go after a logout.
    pub logout_uris: Vec<RedirectUri>,
    /// Which grants it may use.
    pub grants: Vec<Grant>,
    /// What it may ask for.
    pub scopes: Scopes,
    /// What signs its ID tokens.
    pub id_token_algorithm: Algorithm,
    /// What signs its access tokens.
    pub access_token_algorithm: Algorithm,
    /// The `typ` of its access tokens.
    pub access_token_type: AccessTokenType,
    /// How long its ID tokens and access tokens serve, in milliseconds.
    pub token_lifetime_ms: i64,
    /// How long its refresh tokens serve, in milliseconds from the login.
    pub refresh_lifetime_ms: i64,
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            name: String::new(),
            redirect_uris: Vec::new(),
            logout_uris: Vec::new(),
            grants: vec![Grant::AuthorizationCode],
            scopes: Scopes::parse(&scope::STANDARD.join(" ")).unwrap_or_default(),
            id_token_algorithm: Algorithm::Rs256,
            access_token_algorithm: Algorithm::Rs256,
            access_token_type: AccessTokenType::AtJwt,
            token_lifetime_ms: 15 * 60_000,
            refresh_lifetime_ms: 30 * 24 * 3_600_000,
        }
    }
}

/// A way to get tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grant {
    /// RFC 6749 section 4.1.
    #[serde(rename = "authorization_code")]
    AuthorizationCode,
    /// RFC 6749 section 6.
    #[serde(rename = "refresh_token")]
    RefreshToken,
    /// RFC 8628.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode,
}

impl Grant {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AuthorizationCode, Self::RefreshToken, Self::DeviceCode];

    /// `grant_type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
        }
    }

    /// The grant of this `grant_type`.
    ///
    /// # Errors
    /// [`OAuthError::UnsupportedGrantType`].
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        const WHY: &str = "The grant_type is not one that the discovery document lists.";
        let grant = Self::ALL.into_iter().find(|grant| grant.as_str() == text);
        grant.ok_or(OAuthError::UnsupportedGrantType.because(WHY))
    }
}

/// The `typ` of access tokens. Some gateways know only the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessTokenType {
    /// RFC 9068 section 2.1.
    #[default]
    #[serde(rename = "at+jwt")]
    AtJwt,
    /// RFC 7519 section 5.1.
    #[serde(rename = "JWT")]
    Jwt,
}

impl AccessTokenType {
    /// The header's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtJwt => "at+jwt",
            Self::Jwt => "JWT",
        }
    }
}

/// An application's secret: `cs_` and 256 random bits. Only its digest is stored.
#[derive(Clone)]
pub struct ClientSecret(String);
redacted!(ClientSecret);

impl ClientSecret {
    /// A fresh secret.
    pub fn from_random(bytes: Randomness) -> Self {
        Self(format!("cs_{}", encode_url(&bytes)))
    }

    /// The text, for the one answer that hands it out.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The digest, which is stored.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

/// How an application names and proves itself.
#[derive(Clone)]
pub struct ClientProof {
    /// The application.
    pub id: ClientId,
    /// Its secret, unless it is public.
    pub secret: Option<String>,
}
redacted!(ClientProof);

impl Client {
    /// Whether it has no secret.
    pub fn is_public(&self) -> bool {
        self.secrets.is_empty()
    }

    /// Whether it may use this grant.
    pub fn may(&self, grant: Grant) -> bool {
        self.registration.grants.contains(&grant)
    }

    /// What it may get of the scopes that it asks for. `offline_access` means a refresh token, which needs its grant.
    pub fn grantable(&self, asked: &Scopes) -> Scopes {
        let within = asked.within(&self.registration.scopes);
        if self.may(Grant::RefreshToken) { within } else { within.without(scope::OFFLINE_ACCESS) }
    }

    /// Checks that a caller is this application, and that it may use the grant, if one is named.
    ///
    /// # Errors
    /// [`OAuthError::InvalidClient`] and [`OAuthError::UnauthorizedClient`].
    pub fn check(&self, proof: &ClientProof, grant: Option<Grant>) -> Result<(), Refusal> {
        let is_proven = match &proof.secret {
            None => self.is_public(),
            Some(secret) => {
                let digest = Digest::of(secret.as_bytes());
                self.secrets.iter().any(|known| known.digest == digest)
            }
        };
        if proof.id != self.id || !is_proven {
            return Err(unknown_client());
        }
        if grant.is_none_or(|grant| self.may(grant)) {
            Ok(())
        } else {
            Err(OAuthError::UnauthorizedClient.because("The application is not registered for this grant_type."))
        }
    }
}

/// The refusal of an application that is unknown or not proven; it is not told which.
pub fn unknown_client() -> Refusal {
    OAuthError::InvalidClient.because("The client_id or its secret is wrong.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(n: u8) -> ClientSecret {
        ClientSecret::from_random([n; 32])
    }

    fn client(secrets: &[ClientSecret]) -> Client {
        let record =
            |secret: &ClientSecret| SecretKeyRecord { digest: secret.digest(), created_at: Timestamp::from_millis(0) };
        Client {
            tenant: TenantId::from_random([1; 16]),
            id: ClientId::parse("grafana").unwrap(),
            created_at: Timestamp::from_millis(0),
            secrets: secrets.iter().map(record).collect(),
            registration: Registration::default(),
        }
    }

    fn proof(id: &str, secret: Option<&ClientSecret>) -> ClientProof {
        ClientProof { id: ClientId::parse(id).unwrap(), secret: secret.map(|secret| secret.expose().to_owned()) }
    }

    #[test]
    fn either_secret_proves_an_application_and_no_other_does() {
        let client = client(&[secret(1), secret(2)]);
        for good in [secret(1), secret(2)] {
            assert!(client.check(&proof("grafana", Some(&good)), None).is_ok());
        }
        for bad in [proof("grafana", Some(&secret(3))), proof("grafana", None), proof("other", Some(&secret(1)))] {
            assert_eq!(client.check(&bad, None), Err(unknown_client()));
        }
    }

    #[test]
    fn a_public_application_shows_no_secret() {
        assert!(client(&[]).check(&proof("grafana", None), None).is_ok());
        assert_eq!(client(&[]).check(&proof("grafana", Some(&secret(1))), None), Err(unknown_client()));
    }

    #[test]
    fn a_grant_that_is_not_registered_is_refused() {
        let refused = client(&[]).check(&proof("grafana", None), Some(Grant::DeviceCode)).unwrap_err();
        assert!(matches!(refused, Refusal::OAuth { error: OAuthError::UnauthorizedClient, .. }));
    }

    #[test]
    fn a_registration_that_is_older_than_a_member_has_its_default() {
        let old: Registration = serde_json::from_str(r#"{"name":"Grafana"}"#).unwrap();
        assert_eq!(old, Registration { name: "Grafana".to_owned(), ..Registration::default() });
        assert!(old.scopes.has("openid"));
    }

    #[test]
    fn every_grant_has_its_name() {
        for grant in Grant::ALL {
            assert_eq!(Grant::parse(grant.as_str()), Ok(grant));
            assert_eq!(serde_json::to_value(grant).unwrap(), grant.as_str());
        }
        assert!(Grant::parse("password").is_err());
    }
}
