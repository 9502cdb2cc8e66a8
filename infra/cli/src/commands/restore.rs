//! `scanlatch restore`: what the directory lost, from a table that was restored from a backup.

use clap::Args;
use scanlatch_protocol::id::TenantId;
use serde_json::json;

use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::flags::id::tenant_id;
use crate::work::Work;

/// What to bring back.
#[derive(Clone, Debug, Args)]
pub struct Command {
    /// The restored table's name
    from: String,
    /// Only what belongs to this tenant, by its id
    #[arg(long, value_name = "ID", value_parser = tenant_id)]
    tenant: Option<TenantId>,
}

/// Copies what the directory lacks; what it has stays as it is.
///
/// # Errors
/// Why not, or not yet all, in one sentence.
pub async fn run(work: &Work, command: Command) -> Result<(), CommandError> {
    let whose = command.tenant.map_or_else(String::new, |tenant| format!(" of tenant {tenant}"));
    let question = format!(
        "Copy everything{whose} that the directory lacks from table {}, with what was deleted since the backup: \
         users and devices that were removed come back",
        command.from
    );
    work.confirm(&question, &command.from)?;
    let restored = work.cloud.restore(&command.from, command.tenant.as_ref()).await.map_err(|why| {
        CommandError::failed(format!(
            "{why}; is {} the restored table? What was copied stays, and the same command goes on",
            command.from
        ))
    })?;
    tell(&format!("Brought back: {}. Left as they are: {}.", restored.brought, restored.kept));
    work.output.answer(&json!({ "broughtBack": restored.brought, "left": restored.kept }), String::new)
}
