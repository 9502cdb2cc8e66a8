//! `scanlatch client delete`.

use scanlatch_service::port::RegistersClients as _;
use serde_json::json;

use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::flags::named::NamedClient;
use crate::work::Work;

/// Deletes the application with its secrets.
pub async fn run(work: &Work, named: &NamedClient) -> Result<(), CommandError> {
    let (tenant, client) = work.client(named).await?;
    let what = format!("application {} ({}) of tenant {}", client.registration.name, client.id, tenant.name);
    let question = format!("Delete {what} for ever: nobody can log in to it, and its sessions cannot be refreshed");
    work.confirm(&question, "yes")?;
    work.cloud.forget_client(&tenant.id, &client.id).await?;
    tell(&format!("Deleted {what}."));
    let document = json!({ "tenantId": tenant.id.to_string(), "clientId": client.id.as_str(), "deleted": true });
    work.output.answer(&document, String::new)
}
