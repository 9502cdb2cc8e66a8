//! `scanlatch user list`.

use clap::Args;
use scanlatch_protocol::id::UserId;
use scanlatch_protocol::user::UserFilter;
use scanlatch_service::port::ListsUsers as _;
use serde_json::json;

use crate::commands::user::view::UserView;
use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::console::table::Table;
use crate::flags::id::user_id;
use crate::flags::named::NamedTenant;
use crate::work::Work;

/// `user list`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    #[command(flatten)]
    named: NamedTenant,
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

/// Lists the users that match all filters.
pub async fn run(work: &Work, flags: Flags) -> Result<(), CommandError> {
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
