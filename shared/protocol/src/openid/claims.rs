//! What is told of a user, by scope (OpenID Connect Core section 5.4).

use serde::{Deserialize, Serialize};

use crate::user::{Profile, User};

use super::scope::{EMAIL, PHONE, PROFILE, Scopes};

/// Claims of a user. What the backend has not set is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserClaims {
    /// What the user is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the user logs in as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// Language tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the backend verified it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    /// Phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// Whether the backend verified it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number_verified: Option<bool>,
}

impl UserClaims {
    /// What these scopes let an application know.
    pub fn of(user: &User, scopes: &Scopes) -> Self {
        let Profile { email, phone_number, username, display_name, locale, .. } = user.profile.clone();
        let (profile, mail, phone) = (scopes.has(PROFILE), scopes.has(EMAIL), scopes.has(PHONE));
        Self {
            name: display_name.filter(|_| profile),
            preferred_username: username.filter(|_| profile),
            locale: locale.filter(|_| profile),
            email_verified: email.as_ref().filter(|_| mail).map(|_| user.profile.email_verified),
            email: email.filter(|_| mail),
            phone_number_verified: phone_number.as_ref().filter(|_| phone).map(|_| user.profile.phone_number_verified),
            phone_number: phone_number.filter(|_| phone),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::id::UserId;
    use crate::time::Timestamp;

    fn told(scopes: &str) -> serde_json::Value {
        let profile = Profile {
            email: Some("ann@example.com".to_owned()),
            email_verified: true,
            phone_number: Some("+441632960001".to_owned()),
            username: Some("ann".to_owned()),
            display_name: Some("Ann".to_owned()),
            locale: Some("en-GB".to_owned()),
            ..Profile::default()
        };
        let unknown = User::unknown(UserId::parse("u1").unwrap(), Timestamp::from_millis(0));
        serde_json::to_value(UserClaims::of(&User { profile, ..unknown }, &Scopes::parse(scopes).unwrap())).unwrap()
    }

    #[test]
    fn an_application_is_told_what_it_asked_for_and_nothing_else() {
        assert_eq!(told("openid"), json!({}));
        assert_eq!(told("profile"), json!({ "name": "Ann", "preferred_username": "ann", "locale": "en-GB" }));
        assert_eq!(told("email"), json!({ "email": "ann@example.com", "email_verified": true }));
        assert_eq!(told("phone"), json!({ "phone_number": "+441632960001", "phone_number_verified": false }));
    }
}
