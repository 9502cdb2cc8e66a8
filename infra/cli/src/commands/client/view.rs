//! An application for people and scripts.

use scanlatch_protocol::openid::client::{Client, Registration};
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::tenant::SecretKeyRecord;
use scanlatch_protocol::time::Timestamp;
use serde::Serialize;

use crate::commands::key::view::KeyView;
use crate::console::ago::dated;
use crate::console::table::pairs;
use crate::flags::{lifetime, registration};
use crate::work::Work;

/// Where the discovery document is, below the issuer (`OpenID` Connect Discovery section 4).
const DISCOVERY: &str = ".well-known/openid-configuration";

type Row = (&'static str, Option<String>);

/// An application as JSON, without its secrets.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientView {
    tenant_id: String,
    client_id: String,
    created_at: String,
    public: bool,
    #[serde(flatten)]
    registration: Registration,
    secrets: Vec<KeyView>,
}

impl From<&Client> for ClientView {
    fn from(client: &Client) -> Self {
        Self {
            tenant_id: client.tenant.to_string(),
            client_id: client.id.to_string(),
            created_at: client.created_at.iso(),
            public: client.is_public(),
            registration: client.registration.clone(),
            secrets: client.secrets.iter().map(KeyView::from).collect(),
        }
    }
}

/// The same with what the application is configured with.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Configuration {
    #[serde(flatten)]
    client: ClientView,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discovery_url: Option<String>,
    /// The issuer below the base URL.
    issuer_path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
}

impl Configuration {
    /// Without a secret.
    pub fn of(work: &Work, client: &Client) -> Self {
        Self::with(work, client, None)
    }

    /// With a secret that was just made.
    pub fn with(work: &Work, client: &Client, secret: Option<&str>) -> Self {
        let issuer = base_url(work).map(|base| OpenIdIssuer::of(base, &client.tenant));
        Self {
            client: ClientView::from(client),
            discovery_url: issuer.as_ref().map(|issuer| issuer.at(DISCOVERY)),
            issuer: issuer.map(|issuer| issuer.as_str().to_owned()),
            issuer_path: OpenIdIssuer::of("", &client.tenant).as_str().to_owned(),
            client_secret: secret.map(str::to_owned),
        }
    }
}

fn base_url(work: &Work) -> Option<&str> {
    work.api_url.as_deref().map(|url| url.trim_end_matches('/'))
}

/// What the application is configured with, for people.
pub fn setup(work: &Work, client: &Client, secret: Option<&str>) -> String {
    let mut rows = addresses(work, client);
    rows.push(("Client secret", secret.map(str::to_owned)));
    rows.extend(redirect_uris(&client.registration));
    pairs(&rows)
}

/// Everything about it, for people.
pub fn text(work: &Work, client: &Client, now: Timestamp) -> String {
    let registration = &client.registration;
    let secrets: Vec<String> = client.secrets.iter().map(SecretKeyRecord::name).collect();
    let secrets = if client.is_public() { "none, it is public".to_owned() } else { secrets.join(", ") };
    let mut rows = addresses(work, client);
    rows.push(("Name", Some(registration.name.clone())));
    rows.push(("Created", Some(dated(&client.created_at.iso(), now))));
    rows.push(("Secrets", Some(secrets)));
    rows.extend(redirect_uris(registration));
    rows.extend(registration.logout_uris.iter().map(|uri| ("Logout URI", Some(uri.as_str().to_owned()))));
    rows.extend([
        ("Grants", Some(grants(registration))),
        ("Scopes", Some(registration.scopes.to_text())),
        ("ID token algorithm", Some(registration.id_token_algorithm.as_str().to_owned())),
        ("Access token algorithm", Some(registration.access_token_algorithm.as_str().to_owned())),
        ("Access token type", Some(registration.access_token_type.as_str().to_owned())),
        ("Token lifetime", Some(lifetime::text(registration.token_lifetime_ms))),
        ("Refresh lifetime", Some(lifetime::text(registration.refresh_lifetime_ms))),
    ]);
    pairs(&rows)
}

/// The grants as the command line names them.
pub fn grants(registration: &Registration) -> String {
    registration.grants.iter().map(|grant| registration::grant_name(*grant)).collect::<Vec<_>>().join(", ")
}

fn addresses(work: &Work, client: &Client) -> Vec<Row> {
    let issuer = OpenIdIssuer::of(base_url(work).unwrap_or("<base URL>"), &client.tenant);
    vec![
        ("Issuer", Some(issuer.as_str().to_owned())),
        ("Discovery URL", Some(issuer.at(DISCOVERY))),
        ("Client ID", Some(client.id.to_string())),
    ]
}

fn redirect_uris(registration: &Registration) -> impl Iterator<Item = Row> {
    registration.redirect_uris.iter().map(|uri| ("Redirect URI", Some(uri.as_str().to_owned())))
}
