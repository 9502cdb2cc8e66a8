//! What a command works with.

use scanlatch_aws::Cloud;
use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::{TenantId, UserId};
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::user::User;
use scanlatch_service::Error;
use scanlatch_service::port::{Administers as _, Tenants as _, Users as _};

use crate::console::confirm;
use crate::console::failure::CommandError;
use crate::console::output::Output;

/// The tables, and the way back to whoever called.
#[derive(Debug)]
pub struct Work {
    /// The tables.
    pub cloud: Cloud,
    /// Where SDKs reach the service, if anybody said so.
    pub api_url: Option<String>,
    /// Where answers go.
    pub output: Output,
    /// Whether everything is confirmed beforehand.
    pub yes: bool,
}

impl Work {
    /// The tenant of this id, or the only one of this name.
    ///
    /// # Errors
    /// If there is none, or several have the name.
    pub async fn tenant(&self, wanted: &str) -> Result<Tenant, CommandError> {
        if let Ok(id) = TenantId::parse(wanted) {
            let found = self.cloud.tenant(&id).await?;
            return found.ok_or_else(|| CommandError::failed(format!("there is no tenant {id}")));
        }
        let mut named: Vec<Tenant> = self.cloud.tenants().await?;
        named.retain(|tenant| tenant.name == wanted);
        match named.len() {
            0 => Err(CommandError::failed(format!("there is no tenant with the id or name {wanted:?}"))),
            1 => Ok(named.remove(0)),
            n => Err(CommandError::failed(format!("{n} tenants are called {wanted:?}; name the one by its id"))),
        }
    }

    /// The user of this id.
    ///
    /// # Errors
    /// If there is no such user.
    pub async fn user(&self, tenant: &Tenant, id: &UserId) -> Result<User, CommandError> {
        let found = self.cloud.user(&tenant.id, id).await?;
        found.ok_or_else(|| CommandError::failed(format!("tenant {} has no user {id}", tenant.name)))
    }

    /// Changes the tenant as it was read, and not as somebody else has changed it since.
    ///
    /// # Errors
    /// If somebody has, or another tenant has the new name.
    pub async fn change(&self, seen: &Tenant, to: &Tenant) -> Result<(), CommandError> {
        let changed = self.cloud.change_tenant(seen, to).await;
        if changed.map_err(|error| name_taken(error, &to.name))? {
            return Ok(());
        }
        Err(CommandError::failed("somebody else changed the tenant at the same time; look at it and try again"))
    }

    /// Asks whether `what` is to be done, unless it was said beforehand.
    ///
    /// # Errors
    /// If nobody agrees.
    pub fn confirm(&self, what: &str, word: &str) -> Result<(), CommandError> {
        if self.yes { Ok(()) } else { confirm::ask(what, word) }
    }
}

/// Why a tenant was not given this name.
pub fn name_taken(error: Error, name: &str) -> CommandError {
    match error {
        Error::Refused(Refusal::NameTaken) => {
            CommandError::failed(format!("another tenant is called {name}; choose another name"))
        }
        other => other.into(),
    }
}
