//! A user for people and scripts.

use scanlatch_protocol::credential::Credential;
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::user::{Channel, User, VerifiedMethod};
use scanlatch_protocol::wire::user::Attributes;
use serde::Serialize;

use crate::commands::device::view::{DeviceView, table as devices_table};
use crate::console::table::{Table, pairs};

/// Everything about a user, for people.
pub fn text(user: &User, devices: &[Credential]) -> String {
    let profile = &user.profile;
    let marked = |text: &Option<String>, verified: bool| {
        text.as_ref().map(|text| if verified { format!("{text} (verified)") } else { text.clone() })
    };
    let mut text = pairs(&[
        ("ID", Some(user.id.to_string())),
        ("Created", Some(user.created_at.iso())),
        ("Email", marked(&profile.email, profile.email_verified)),
        ("Phone", marked(&profile.phone_number, profile.phone_number_verified)),
        ("Username", profile.username.clone()),
        ("Display name", profile.display_name.clone()),
        ("Locale", profile.locale.clone()),
        ("Custom", profile.custom.as_ref().map(Custom::to_text)),
    ]);
    text.push('\n');
    text.push_str(&devices_table(devices));
    if !user.verified.is_empty() {
        let mut table = Table::new(&["METHOD", "TO", "ID", "CREATED"]);
        for verified in &user.verified {
            let view = MethodView::from(verified);
            table.row([view.method, view.to.as_deref().unwrap_or("-"), &view.id, &view.created_at]);
        }
        text.push('\n');
        text.push_str(&table.text(""));
    }
    text
}

/// A user as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    user_id: String,
    created_at: String,
    authenticators: u32,
    #[serde(flatten)]
    profile: Attributes,
}

/// A user with devices and verified methods, as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WholeView {
    #[serde(flatten)]
    user: UserView,
    devices: Vec<DeviceView>,
    verified_methods: Vec<MethodView>,
}

impl WholeView {
    /// The user with devices and verified methods.
    pub fn of(user: &User, devices: &[Credential]) -> Self {
        Self {
            user: UserView::from(user),
            devices: devices.iter().map(DeviceView::from).collect(),
            verified_methods: user.verified.iter().map(MethodView::from).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MethodView {
    id: String,
    method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    created_at: String,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            user_id: user.id.to_string(),
            created_at: user.created_at.iso(),
            authenticators: user.authenticators(),
            profile: Attributes::from(&user.profile),
        }
    }
}

impl From<&VerifiedMethod> for MethodView {
    fn from(verified: &VerifiedMethod) -> Self {
        let channel = &verified.channel;
        Self {
            id: verified.id.to_string(),
            method: match channel {
                Channel::Sms(_) => "SMS",
                Channel::EmailOtp(_) => "EMAIL_OTP",
                Channel::EmailMagicLink(_) => "EMAIL_MAGIC_LINK",
                Channel::AuthenticatorApp => "AUTHENTICATOR_APP",
            },
            to: channel.email().or(channel.phone_number()).map(str::to_owned),
            created_at: verified.created_at.iso(),
        }
    }
}
