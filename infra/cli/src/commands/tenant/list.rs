//! `scanlatch tenant list`.

use scanlatch_service::port::{Administers as _, Clock as _};
use serde_json::json;

use crate::commands::tenant::view::{TenantView, status};
use crate::console::ago::ago;
use crate::console::failure::CommandError;
use crate::console::table::Table;
use crate::work::Work;

/// Lists all tenants.
pub async fn run(work: &Work) -> Result<(), CommandError> {
    let tenants = work.cloud.tenants().await?;
    let views: Vec<TenantView> = tenants.iter().map(TenantView::from).collect();
    work.output.answer(&json!({ "tenants": views }), || {
        let mut table = Table::new(&["ID", "NAME", "STATUS", "KEYS", "CREATED"]);
        for tenant in &tenants {
            let keys = tenant.secret_keys.len().to_string();
            let created = ago(tenant.created_at, work.cloud.now());
            table.row([&tenant.id.to_string(), &tenant.name, status(tenant), &keys, &created]);
        }
        table.text("There are no tenants.")
    })
}
