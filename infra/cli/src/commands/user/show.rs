//! `scanlatch user show`.

use scanlatch_service::port::{Clock as _, ListsCredentials as _};

use crate::commands::user::view::{WholeView, text};
use crate::console::failure::CommandError;
use crate::flags::named::NamedUser;
use crate::work::Work;

/// Shows the user.
pub async fn run(work: &Work, one: &NamedUser) -> Result<(), CommandError> {
    let tenant = work.tenant(&one.named.tenant).await?;
    let user = work.user(&tenant, &one.user).await?;
    let devices = work.cloud.credentials_of(&tenant.id, &user.id).await?;
    let whole = WholeView::of(&user, &devices);
    work.output.answer(&whole, || text(&user, &devices, work.cloud.now()))
}
