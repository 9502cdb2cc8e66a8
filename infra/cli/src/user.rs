//! `scanlatch user`.

use clap::{Args, Subcommand};
use scanlatch_protocol::credential::Credential;
use scanlatch_protocol::id::UserId;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::user::{Channel, User, UserFilter, VerifiedMethod};
use scanlatch_protocol::wire::user::Attributes;
use scanlatch_service::port::{Forgets as _, ListsCredentials as _, ListsUsers as _, Users as _};
use serde::Serialize;
use serde_json::json;

use crate::device::{self, DeviceView};
use crate::failure::CommandError;
use crate::options::user_id;
use crate::output::tell;
use crate::table::{Table, pairs};
use crate::tenant::Named;
use crate::work::Work;

/// What to do with users.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// List a tenant's users in the order of their ids
    #[command(after_help = "\
Several conditions must all hold; each is an exact match.

Examples:
  scanlatch user list Acme --local
  scanlatch user list Acme --email ann@example.com --local
  scanlatch user list Acme --limit 100 --after ann --local --json")]
    List(List),
    /// Show a user's profile, devices and verified methods
    #[command(after_help = "Examples:\n  scanlatch user show Acme ann --local")]
    Show(One),
    /// Delete a user with their devices, actions and sessions
    #[command(after_help = "Examples:\n  scanlatch user delete Acme ann --local --yes")]
    Delete(One),
}

/// `user list`.
#[derive(Clone, Debug, Args)]
pub struct List {
    #[command(flatten)]
    named: Named,
    /// Only users with this e-mail address
    #[arg(long)]
    email: Option<String>,
    /// Only users with this user name
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Only users with this phone number
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// At most this many, up to 1000
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Only users whose ids come after this one
    #[arg(long, value_name = "USER", value_parser = user_id)]
    after: Option<UserId>,
}

/// A user.
#[derive(Clone, Debug, Args)]
pub struct One {
    #[command(flatten)]
    pub named: Named,
    /// The user's id
    #[arg(value_parser = user_id)]
    pub user: UserId,
}

/// Does it.
///
/// # Errors
/// Why not, in one sentence.
pub async fn run(work: &Work, command: Command) -> Result<(), CommandError> {
    match command {
        Command::List(flags) => list(work, flags).await,
        Command::Show(one) => show(work, &one).await,
        Command::Delete(one) => delete(work, &one).await,
    }
}

async fn list(work: &Work, flags: List) -> Result<(), CommandError> {
    let tenant = work.tenant(&flags.named.tenant).await?;
    let wanted = UserFilter { username: flags.username, email: flags.email, phone_number: flags.phone };
    let (users, more) = work.cloud.users(&tenant.id, &wanted, flags.after.as_ref(), flags.limit).await?;
    let next = if more { users.last().map(|user| user.id.to_string()) } else { None };
    if let Some(next) = &next {
        tell(&format!("There are more: --after {next}"));
    }
    let views: Vec<UserView> = users.iter().map(UserView::from).collect();
    work.output.answer(&json!({ "users": views, "next": next }), || {
        let mut table = Table::new(&["ID", "EMAIL", "USERNAME", "PHONE", "AUTHENTICATORS", "CREATED"]);
        for user in &users {
            let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
            let profile = &user.profile;
            table.row([
                user.id.as_str(),
                &text(&profile.email),
                &text(&profile.username),
                &text(&profile.phone_number),
                &user.authenticators().to_string(),
                &user.created_at.iso(),
            ]);
        }
        table.text("There are no such users.")
    })
}

/// The user, who must be there.
///
/// # Errors
/// If there is no such user.
pub async fn find(work: &Work, tenant: &Tenant, id: &UserId) -> Result<User, CommandError> {
    let found = work.cloud.user(&tenant.id, id).await?;
    found.ok_or_else(|| CommandError::failed(format!("tenant {} has no user {id}", tenant.name)))
}

async fn show(work: &Work, one: &One) -> Result<(), CommandError> {
    let tenant = work.tenant(&one.named.tenant).await?;
    let user = find(work, &tenant, &one.user).await?;
    let devices = work.cloud.credentials_of(&tenant.id, &user.id).await?;
    let whole = Whole {
        user: UserView::from(&user),
        devices: devices.iter().map(DeviceView::from).collect(),
        verified_methods: user.verified.iter().map(MethodView::from).collect(),
    };
    work.output.answer(&whole, || text(&user, &devices))
}

async fn delete(work: &Work, one: &One) -> Result<(), CommandError> {
    let tenant = work.tenant(&one.named.tenant).await?;
    let user = find(work, &tenant, &one.user).await?;
    let question = format!("Delete user {} of tenant {} with all devices, for ever", user.id, tenant.name);
    work.confirm(&question, "yes")?;
    work.cloud.forget(&tenant.id, &user.id).await?;
    tell(&format!("Deleted user {} of tenant {}.", user.id, tenant.name));
    let document = json!({ "tenantId": tenant.id.to_string(), "userId": user.id.as_str(), "deleted": true });
    work.output.answer(&document, String::new)
}

fn text(user: &User, devices: &[Credential]) -> String {
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
        ("Custom", profile.custom.as_ref().map(scanlatch_protocol::custom::Custom::to_text)),
    ]);
    text.push('\n');
    text.push_str(&device::table(devices));
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
struct UserView {
    user_id: String,
    created_at: String,
    authenticators: u32,
    #[serde(flatten)]
    profile: Attributes,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Whole {
    #[serde(flatten)]
    user: UserView,
    devices: Vec<DeviceView>,
    verified_methods: Vec<MethodView>,
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
