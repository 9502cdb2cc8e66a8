//! `scanlatch tenant update`.

use clap::Args;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_service::port::Clock as _;

use crate::commands::tenant::view::{TenantView, text};
use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::flags::named::{NamedTenant, tenant_name};
use crate::flags::settings::SettingsFlags;
use crate::work::Work;

/// `tenant update`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    #[command(flatten)]
    named: NamedTenant,
    /// What operators call the tenant; never shown to users
    #[arg(long, value_parser = tenant_name)]
    name: Option<String>,
    #[command(flatten)]
    settings: SettingsFlags,
}

/// Changes the name and the settings that the flags give.
pub async fn run(work: &Work, flags: Flags) -> Result<(), CommandError> {
    let before = work.tenant(&flags.named.tenant).await?;
    let name = flags.name.unwrap_or_else(|| before.name.clone());
    let after = Tenant { name, settings: flags.settings.apply(&before.settings), ..before.clone() };
    if after == before {
        tell("Nothing to change.");
    } else {
        work.check(&before.settings, &after.settings)?;
        work.change(&before, &after).await?;
    }
    work.output.answer(&TenantView::from(&after), || text(&after, work.cloud.now()))
}
