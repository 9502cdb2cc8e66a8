//! A backend's users: `users/{userId}` and `users`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Refusal;
use crate::custom::{Custom, SentCustom};
use crate::id::UserId;
use crate::secret::redacted;
use crate::user::{MAX_USERS, Profile, ProfileChange, User, UserFilter, UserList, UserListParams};
use crate::wire::method::{VERIFICATION_METHOD, method};
use crate::wire::text::{given, profile_text};

/// `PATCH` or `POST /users/{userId}`. Every member is optional, and `null` counts as absent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserRequest {
    email: Option<String>,
    email_verified: Option<bool>,
    phone_number: Option<String>,
    phone_number_verified: Option<bool>,
    username: Option<String>,
    display_name: Option<String>,
    locale: Option<String>,
    custom: Option<SentCustom>,
}

impl UserRequest {
    /// The checked request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<ProfileChange, Refusal> {
        Ok(ProfileChange {
            email: profile_text("email", self.email)?,
            email_verified: self.email_verified,
            phone_number: profile_text("phoneNumber", self.phone_number)?,
            phone_number_verified: self.phone_number_verified,
            username: profile_text("username", self.username)?,
            display_name: profile_text("displayName", self.display_name)?,
            locale: profile_text("locale", self.locale)?,
            custom: Custom::accept_of_backend(self.custom)?,
        })
    }
}

/// A user's enrolled methods.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Enrolment {
    is_enrolled: bool,
    enrolled_verification_methods: Vec<&'static str>,
    allowed_verification_methods: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_verification_method: Option<&'static str>,
}

impl Enrolment {
    /// The enrolled methods of a user.
    pub fn of(user: &User) -> Self {
        let mut methods: Vec<&'static str> = (user.devices > 0).then_some(VERIFICATION_METHOD).into_iter().collect();
        for verified in &user.verified {
            if !methods.contains(&method(&verified.channel)) {
                methods.push(method(&verified.channel));
            }
        }
        Self {
            is_enrolled: user.is_enrolled(),
            default_verification_method: methods.first().copied(),
            enrolled_verification_methods: methods,
            allowed_verification_methods: vec![VERIFICATION_METHOD],
        }
    }
}

/// A profile; absent texts are left out.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attributes {
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    email_verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    phone_number_verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<Custom>,
}

impl From<&Profile> for Attributes {
    fn from(profile: &Profile) -> Self {
        Self {
            email: profile.email.clone(),
            email_verified: profile.email_verified,
            phone_number: profile.phone_number.clone(),
            phone_number_verified: profile.phone_number_verified,
            username: profile.username.clone(),
            display_name: profile.display_name.clone(),
            locale: profile.locale.clone(),
            custom: profile.custom.clone(),
        }
    }
}

/// Answer to `GET /users/{userId}`.
#[derive(Clone, Debug, Serialize)]
pub struct UserResponse {
    #[serde(flatten)]
    enrolment: Enrolment,
    #[serde(flatten)]
    attributes: Attributes,
}

impl From<&User> for UserResponse {
    fn from(user: &User) -> Self {
        Self { enrolment: Enrolment::of(user), attributes: Attributes::from(&user.profile) }
    }
}

/// The answer of a call without a result. Several SDKs require an object.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Done {
    success: bool,
}

/// The only [`Done`].
pub const DONE: Done = Done { success: true };

/// The query of `GET /users`.
#[derive(Clone, Default)]
pub struct UsersQuery {
    /// `username`
    pub username: Option<String>,
    /// `email`
    pub email: Option<String>,
    /// `phoneNumber`
    pub phone_number: Option<String>,
    /// `token`
    pub token: Option<String>,
    /// `limit`
    pub limit: Option<String>,
    /// `lastEvaluatedUserId`
    pub last_evaluated_user_id: Option<String>,
}
redacted!(UsersQuery);

impl UsersQuery {
    /// The checked query. The limit is 20 if absent.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for an empty condition, and for a limit outside of 1 to [`MAX_USERS`].
    pub fn accept(self) -> Result<UserListParams, Refusal> {
        let limit = match given(self.limit) {
            None => 20,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| (1..=MAX_USERS).contains(limit))
                .ok_or(Refusal::malformed("limit", "is not a number from 1 to 100"))?,
        };
        let filter = UserFilter {
            username: condition("username", self.username)?,
            email: condition("email", self.email)?,
            phone_number: condition("phoneNumber", self.phone_number)?,
        };
        Ok(UserListParams { filter, token: self.token, limit, after: given(self.last_evaluated_user_id) })
    }
}

/// Refuses an empty condition, which would otherwise list everybody.
fn condition(field: &'static str, text: Option<String>) -> Result<Option<String>, Refusal> {
    match text {
        Some(text) if text.is_empty() => Err(Refusal::malformed(field, "is empty")),
        text => Ok(text),
    }
}

/// Answer to `GET /users`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UsersResponse {
    users: Vec<ListedUser>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_evaluated_user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_payload: Option<Value>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ListedUser {
    user_id: String,
    #[serde(flatten)]
    attributes: Attributes,
}

impl From<UserList> for UsersResponse {
    fn from(UserList { users, next, token_payload }: UserList) -> Self {
        let listed = |user: &User| ListedUser {
            user_id: UserId::to_string(&user.id),
            attributes: Attributes::from(&user.profile),
        };
        Self { users: users.iter().map(listed).collect(), last_evaluated_user_id: next, token_payload }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn a_user_of_whom_nothing_is_known_has_no_absent_texts() {
        let user = User::unknown(UserId::parse("ann").unwrap(), Timestamp::from_millis(0));
        let expected = json!({
            "isEnrolled": false,
            "enrolledVerificationMethods": [],
            "allowedVerificationMethods": ["DEVICE"],
            "emailVerified": false,
            "phoneNumberVerified": false,
        });
        assert_eq!(to_value(UserResponse::from(&user)).unwrap(), expected);
    }

    #[test]
    fn control_characters_and_over_long_texts_are_refused() {
        let accept = |email: &str| from_value::<UserRequest>(json!({ "email": email })).unwrap().accept();
        assert!(accept("ann@example.com").is_ok());
        assert!(accept("ann\u{0}@example.com").is_err());
        assert!(accept(&"a".repeat(257)).is_err());
    }

    #[test]
    fn a_limit_is_from_one_to_a_hundred() {
        let limit = |text: &str| UsersQuery { limit: Some(text.to_owned()), ..UsersQuery::default() }.accept();
        assert_eq!(limit("").unwrap().limit, 20);
        assert_eq!(limit("100").unwrap().limit, 100);
        for bad in ["0", "101", "-1", "ten", "1e2", "99999999999"] {
            assert!(limit(bad).is_err(), "{bad}");
        }
    }
}
