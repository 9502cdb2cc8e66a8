//! What every command needs.

use scanlatch_aws::Cloud;
use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::{TenantId, UserId};
use scanlatch_protocol::openid::client::Client;
use scanlatch_protocol::tenant::settings::Contradiction;
use scanlatch_protocol::tenant::{Settings, Tenant};
use scanlatch_protocol::user::User;
use scanlatch_service::Error;
use scanlatch_service::port::{Administers as _, Clients as _, Tenants as _, Users as _};

use crate::console::confirm;
use crate::console::failure::CommandError;
use crate::console::output::{Output, tell};
use crate::flags::named::NamedClient;

/// The tables and the output.
#[derive(Debug)]
pub struct Work {
    /// The tables.
    pub cloud: Cloud,
    /// The local stack's URL, if it is one.
    pub local: Option<String>,
    /// The base URL of the SDKs, if it is known.
    pub api_url: Option<String>,
    /// Whether an edge tells where screens and phones are.
    pub places: bool,
    /// Where answers go.
    pub output: Output,
    /// Whether everything was confirmed with `--yes`.
    pub yes: bool,
}

impl Work {
    /// The tenant with this id, or the only one with this name.
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

    /// The user with this id.
    ///
    /// # Errors
    /// If there is no such user.
    pub async fn user(&self, tenant: &Tenant, id: &UserId) -> Result<User, CommandError> {
        let found = self.cloud.user(&tenant.id, id).await?;
        found.ok_or_else(|| CommandError::failed(format!("tenant {} has no user {id}", tenant.name)))
    }

    /// The application of this id, and its tenant.
    ///
    /// # Errors
    /// If there is no such tenant or application.
    pub async fn client(&self, named: &NamedClient) -> Result<(Tenant, Client), CommandError> {
        let (tenant, id) = (self.tenant(&named.of.tenant).await?, &named.id);
        match self.cloud.client(&tenant.id, id).await? {
            Some(client) => Ok((tenant, client)),
            None => Err(CommandError::failed(format!(
                "tenant {} has no application {id}; `scanlatch client list --tenant {}` lists them",
                tenant.name, tenant.id
            ))),
        }
    }

    /// Refuses a change of settings that contradicts itself, and warns of what it costs. Nothing is written yet.
    ///
    /// # Errors
    /// The sentence that says why.
    pub fn check(&self, before: &Settings, after: &Settings) -> Result<(), CommandError> {
        after.check_change(before, self.places).map_err(|why| {
            CommandError::misused(match why {
                Contradiction::NoPlaces(_) => {
                    format!("{why}; --places says that the stack has one, as its output EdgeHost shows")
                }
                why => why.to_string(),
            })
        })?;
        if let Some(warning) = after.warning(before) {
            tell(&format!("warning: {warning}"));
        }
        Ok(())
    }

    /// Changes the tenant, unless somebody has changed it since it was read.
    ///
    /// # Errors
    /// If somebody has, or if another tenant has the new name.
    pub async fn change(&self, seen: &Tenant, to: &Tenant) -> Result<(), CommandError> {
        let changed = self.cloud.change_tenant(seen, to).await;
        if changed.map_err(|error| name_taken(error, &to.name))? {
            return Ok(());
        }
        Err(CommandError::failed("somebody else changed the tenant at the same time; look at it and try again"))
    }

    /// Asks for confirmation of `what`, unless `--yes` was given.
    ///
    /// # Errors
    /// If nobody confirms.
    pub fn confirm(&self, what: &str, word: &str) -> Result<(), CommandError> {
        if self.yes { Ok(()) } else { confirm::ask(what, word) }
    }
}

/// Explains why a tenant was not given this name.
pub fn name_taken(error: Error, name: &str) -> CommandError {
    match error {
        Error::Refused(Refusal::NameTaken) => {
            CommandError::failed(format!("another tenant is called {name}; choose another name"))
        }
        other => other.into(),
    }
}
