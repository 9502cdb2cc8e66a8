//! `scanlatch tenant enable` and `scanlatch tenant disable`.

use scanlatch_protocol::tenant::Tenant;

use crate::commands::tenant::view::{TenantView, status};
use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::work::Work;

/// Enables or disables the tenant; only disabling asks for confirmation.
pub async fn run(work: &Work, wanted: &str, enabled: bool) -> Result<(), CommandError> {
    let before = work.tenant(wanted).await?;
    if before.enabled && !enabled {
        let question =
            format!("Disable tenant {} ({}): its screens, phones and backends are refused", before.name, before.id);
        work.confirm(&question, "yes")?;
    }
    let after = Tenant { enabled, ..before.clone() };
    work.change(&before, &after).await?;
    tell(&format!("Tenant {} ({}) is {}.", after.name, after.id, status(&after)));
    work.output.answer(&TenantView::from(&after), String::new)
}
