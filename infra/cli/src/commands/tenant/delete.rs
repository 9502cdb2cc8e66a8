//! `scanlatch tenant delete`: deletes a tenant and everything that belongs to it. Each step may be repeated, so the
//! same command finishes an interrupted deletion.

use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::user::{MAX_USERS, UserFilter};
use scanlatch_service::port::{Administers as _, Forgets as _, ListsUsers as _, RegistersClients as _};
use serde_json::json;

use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::work::Work;

/// Disables the tenant, deletes its applications and its users, then deletes the tenant.
///
/// # Errors
/// One sentence that says why it failed, or what is left.
pub async fn run(work: &Work, wanted: &str) -> Result<(), CommandError> {
    let tenant = work.tenant(wanted).await?;
    let question = format!(
        "Delete tenant {} ({}) with its secret keys, applications, users and devices, for ever",
        tenant.name, tenant.id
    );
    work.confirm(&question, &tenant.name)?;
    let id = tenant.id;
    // A disabled tenant serves no application and gets no new users.
    work.change(&tenant, &Tenant { enabled: false, ..tenant.clone() }).await?;
    let forgotten = async { Ok((forget_clients(work, &tenant).await?, forget_users(work, &tenant).await?)) };
    let (clients, users) = forgotten.await.map_err(|why: CommandError| {
        CommandError::failed(format!("{why}; the tenant is disabled, and the same command deletes what is left"))
    })?;
    work.cloud.forget_tenant(&id).await?;
    tell(&format!("Deleted tenant {} ({id}), its applications: {clients}, and its users: {users}.", tenant.name));
    let document = json!({ "tenantId": id.to_string(), "deleted": true, "clients": clients, "users": users });
    work.output.answer(&document, String::new)
}

async fn forget_clients(work: &Work, tenant: &Tenant) -> Result<usize, CommandError> {
    let clients = work.cloud.clients(&tenant.id).await?;
    for client in &clients {
        work.cloud.forget_client(&tenant.id, &client.id).await?;
    }
    Ok(clients.len())
}

async fn forget_users(work: &Work, tenant: &Tenant) -> Result<usize, CommandError> {
    let mut forgotten = 0;
    loop {
        let (users, _) = work.cloud.users(&tenant.id, &UserFilter::default(), None, MAX_USERS).await?;
        if users.is_empty() {
            return Ok(forgotten);
        }
        for user in &users {
            work.cloud.forget(&tenant.id, &user.id).await?;
        }
        forgotten += users.len();
        tell(&format!("Users deleted so far: {forgotten}."));
    }
}
