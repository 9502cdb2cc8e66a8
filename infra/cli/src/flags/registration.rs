//! What an application is registered with, as flags.

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::openid::client::{AccessTokenType, Grant, MAX_URIS, Registration};
use scanlatch_protocol::openid::redirect::RedirectUri;
use scanlatch_protocol::openid::scope::Scopes;
use scanlatch_protocol::openid::signed::Algorithm;
use scanlatch_protocol::tenant::settings::Bounds;
use scanlatch_protocol::tenant::{MAX_ACCESS_TOKEN_LIFETIME_MS, MAX_SESSION_LIFETIME_MS};

use crate::console::failure::CommandError;
use crate::flags::lifetime;

#[cfg(test)]
mod tests;

/// The bounds of the tenant's setting for access tokens.
const TOKEN: Bounds<i64> = Bounds { least: 60_000, most: MAX_ACCESS_TOKEN_LIFETIME_MS };

/// The bounds of the tenant's setting for sessions.
const REFRESH: Bounds<i64> = Bounds { least: 3_600_000, most: MAX_SESSION_LIFETIME_MS };

/// What a command changes; the rest stays as it is.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Registration")]
pub struct RegistrationFlags {
    /// Where the application may get codes: https, http on its own machine, or a scheme of its own with a dot; repeat it
    /// for several
    #[arg(long = "redirect-uri", value_name = "URI", value_parser = uri)]
    redirect_uris: Option<Vec<RedirectUri>>,
    /// Where the browser may go after a logout; repeat it for several
    #[arg(long = "logout-uri", value_name = "URI", value_parser = uri)]
    logout_uris: Option<Vec<RedirectUri>>,
    /// How the application may get tokens, `authorization_code` unless said; `refresh_token` needs the scope
    /// `offline_access`; repeat it for several
    #[arg(long = "grant", value_name = "GRANT", value_parser = grant())]
    grants: Option<Vec<Grant>>,
    /// What the application may ask for, every standard scope unless said; repeat it for several
    #[arg(long = "scope", value_name = "SCOPE", value_parser = scopes)]
    scopes: Option<Vec<Scopes>>,
    /// What signs its ID tokens, RS256 unless said
    #[arg(long, value_name = "ALGORITHM", value_parser = algorithm())]
    id_token_algorithm: Option<Algorithm>,
    /// What signs its access tokens, RS256 unless said
    #[arg(long, value_name = "ALGORITHM", value_parser = algorithm())]
    access_token_algorithm: Option<Algorithm>,
    /// The `typ` of its access tokens, at+jwt unless said; JWT for gateways that know no other
    #[arg(long, value_name = "TYPE", value_parser = access_token_type())]
    access_token_type: Option<AccessTokenType>,
    /// How long its tokens serve, 15m unless said (1m to 1d)
    #[arg(long, value_name = "TIME", value_parser = |text: &str| lifetime::within(text, TOKEN))]
    token_lifetime: Option<i64>,
    /// How long its refresh tokens serve from the login, 30d unless said (1h to 365d)
    #[arg(long, value_name = "TIME", value_parser = |text: &str| lifetime::within(text, REFRESH))]
    refresh_lifetime: Option<i64>,
}

impl RegistrationFlags {
    /// Applies the flags to `before`. A list replaces the list before.
    ///
    /// # Errors
    /// If nobody could log in to an application that is registered so; it says what to give.
    pub fn apply(self, before: &Registration) -> Result<Registration, CommandError> {
        let scopes = match self.scopes {
            Some(several) => joined(&several)?,
            None => before.scopes.clone(),
        };
        let after = Registration {
            name: before.name.clone(),
            redirect_uris: self.redirect_uris.map_or_else(|| before.redirect_uris.clone(), once_each),
            logout_uris: self.logout_uris.map_or_else(|| before.logout_uris.clone(), once_each),
            grants: self.grants.map_or_else(|| before.grants.clone(), once_each),
            scopes,
            id_token_algorithm: self.id_token_algorithm.unwrap_or(before.id_token_algorithm),
            access_token_algorithm: self.access_token_algorithm.unwrap_or(before.access_token_algorithm),
            access_token_type: self.access_token_type.unwrap_or(before.access_token_type),
            token_lifetime_ms: self.token_lifetime.unwrap_or(before.token_lifetime_ms),
            refresh_lifetime_ms: self.refresh_lifetime.unwrap_or(before.refresh_lifetime_ms),
        };
        check(&after)?;
        Ok(after)
    }
}

fn check(registration: &Registration) -> Result<(), CommandError> {
    for (kind, uris) in [("redirect", &registration.redirect_uris), ("logout", &registration.logout_uris)] {
        if uris.len() > MAX_URIS {
            return Err(CommandError::misused(format!(
                "an application has at most {MAX_URIS} {kind} URIs, and these are {}; leave some out",
                uris.len()
            )));
        }
    }
    let gets_codes = registration.grants.contains(&Grant::AuthorizationCode);
    if gets_codes && registration.redirect_uris.is_empty() {
        return Err(CommandError::misused(
            "the application has nowhere to get its codes; give --redirect-uri, or --grant device_code for a device \
             without a browser",
        ));
    }
    if !gets_codes && !registration.grants.contains(&Grant::DeviceCode) {
        return Err(CommandError::misused(
            "a refresh token follows another grant; give --grant authorization_code or --grant device_code too",
        ));
    }
    Ok(())
}

fn joined(several: &[Scopes]) -> Result<Scopes, CommandError> {
    let text = several.iter().map(Scopes::to_text).collect::<Vec<_>>().join(" ");
    Scopes::parse(&text).map_err(|_| CommandError::misused("the scopes are too long together; leave some out"))
}

fn once_each<T: PartialEq>(values: Vec<T>) -> Vec<T> {
    let mut list = Vec::new();
    for value in values {
        if !list.contains(&value) {
            list.push(value);
        }
    }
    list
}

fn uri(text: &str) -> Result<RedirectUri, String> {
    RedirectUri::parse(text).map_err(|refusal| match refusal {
        // The flag's name is said already.
        Refusal::Malformed { why, .. } => why.to_owned(),
        other => other.to_string(),
    })
}

fn scopes(text: &str) -> Result<Scopes, String> {
    let scopes = Scopes::parse(text).map_err(|refusal| refusal.to_string())?;
    if scopes.is_empty() { Err("names no scope".to_owned()) } else { Ok(scopes) }
}

/// The grant as people type it: its `grant_type`, without what precedes the name.
pub const fn grant_name(grant: Grant) -> &'static str {
    match grant {
        Grant::DeviceCode => "device_code",
        other => other.as_str(),
    }
}

/// `--json` has a grant's whole `grant_type`, so that is read too.
fn grant() -> impl TypedValueParser<Value = Grant> {
    let value = |grant: Grant| PossibleValue::new(grant_name(grant)).alias(grant.as_str());
    let read =
        |text: String| Grant::ALL.into_iter().find(|grant| [grant_name(*grant), grant.as_str()].contains(&&*text));
    PossibleValuesParser::new(Grant::ALL.map(value)).try_map(move |text| read(text).ok_or("is no grant"))
}

fn algorithm() -> impl TypedValueParser<Value = Algorithm> {
    one_of([Algorithm::Rs256, Algorithm::Es256], Algorithm::as_str)
}

fn access_token_type() -> impl TypedValueParser<Value = AccessTokenType> {
    one_of([AccessTokenType::AtJwt, AccessTokenType::Jwt], AccessTokenType::as_str)
}

fn one_of<T>(all: [T; 2], name: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    let read = move |text: String| all.into_iter().find(|value| name(*value) == text);
    PossibleValuesParser::new(all.map(name)).try_map(move |text| read(text).ok_or("is none of these"))
}
