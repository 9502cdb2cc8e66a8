//! `scanlatch client list`.

use scanlatch_service::port::{Clock as _, RegistersClients as _};
use serde_json::json;

use crate::commands::client::view::{ClientView, grants};
use crate::console::ago::ago;
use crate::console::failure::CommandError;
use crate::console::table::Table;
use crate::work::Work;

/// Lists a tenant's applications.
pub async fn run(work: &Work, wanted: &str) -> Result<(), CommandError> {
    let tenant = work.tenant(wanted).await?;
    let clients = work.cloud.clients(&tenant.id).await?;
    let views: Vec<ClientView> = clients.iter().map(ClientView::from).collect();
    work.output.answer(&json!({ "tenantId": tenant.id.to_string(), "clients": views }), || {
        let mut table = Table::new(&["ID", "NAME", "SECRETS", "GRANTS", "CREATED"]);
        for client in &clients {
            let secrets = if client.is_public() { "public".to_owned() } else { client.secrets.len().to_string() };
            let created = ago(client.created_at, work.cloud.now());
            let registration = &client.registration;
            table.row([client.id.as_str(), &registration.name, &secrets, &grants(registration), &created]);
        }
        table.text("The tenant has no applications.")
    })
}
