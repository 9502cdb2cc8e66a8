//! `scanlatch user delete`.

use scanlatch_service::port::Forgets as _;
use serde_json::json;

use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::flags::named::NamedUser;
use crate::work::Work;

/// Deletes the user with everything that belongs to them.
pub async fn run(work: &Work, one: &NamedUser) -> Result<(), CommandError> {
    let tenant = work.tenant(&one.named.tenant).await?;
    let user = work.user(&tenant, &one.user).await?;
    let question = format!("Delete user {} of tenant {} with all devices, for ever", user.id, tenant.name);
    work.confirm(&question, "yes")?;
    work.cloud.forget(&tenant.id, &user.id).await?;
    tell(&format!("Deleted user {} of tenant {}.", user.id, tenant.name));
    let document = json!({ "tenantId": tenant.id.to_string(), "userId": user.id.as_str(), "deleted": true });
    work.output.answer(&document, String::new)
}
