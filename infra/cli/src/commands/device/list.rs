//! `scanlatch device list`.

use scanlatch_service::port::{Clock as _, ListsCredentials as _};
use serde_json::json;

use crate::commands::device::view::{DeviceView, table};
use crate::console::failure::CommandError;
use crate::flags::named::NamedUser;
use crate::work::Work;

/// Lists a user's devices.
pub async fn run(work: &Work, one: &NamedUser) -> Result<(), CommandError> {
    let tenant = work.tenant(&one.named.tenant).await?;
    let user = work.user(&tenant, &one.user).await?;
    let devices = work.cloud.credentials_of(&tenant.id, &user.id).await?;
    let views: Vec<DeviceView> = devices.iter().map(DeviceView::from).collect();
    work.output.answer(&json!({ "userId": user.id.as_str(), "devices": views }), || table(&devices, work.cloud.now()))
}
