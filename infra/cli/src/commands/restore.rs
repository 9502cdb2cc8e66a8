//! `scanlatch restore`: copies from a restored backup what the directory lacks.

use clap::Args;
use scanlatch_protocol::id::TenantId;
use serde_json::json;

use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::flags::id::tenant_id;
use crate::work::Work;

/// The arguments of `restore`.
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
/// One sentence that says why it failed, or what is still missing.
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
