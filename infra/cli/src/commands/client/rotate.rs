//! `scanlatch client rotate`: a second secret, and the end of the first.

use clap::Args;
use scanlatch_protocol::openid::client::Client;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_service::port::RegistersClients as _;
use serde_json::json;

use crate::commands::client::secret;
use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::console::table::pairs;
use crate::flags::named::NamedClient;
use crate::work::Work;

/// `client rotate`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    #[command(flatten)]
    named: NamedClient,
    /// Make no secret, but drop the one of this name, as `scanlatch client show` lists it
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    drop: Option<String>,
}

/// Makes a secret, or drops one.
pub async fn run(work: &Work, flags: &Flags) -> Result<(), CommandError> {
    let (tenant, client) = work.client(&flags.named).await?;
    if client.is_public() {
        return Err(CommandError::failed(format!(
            "application {} is public and has no secrets; delete it and create it again without --public",
            client.id
        )));
    }
    match &flags.drop {
        None => add(work, &tenant, &client).await,
        Some(name) => remove(work, &tenant, &client, name).await,
    }
}

async fn add(work: &Work, tenant: &Tenant, client: &Client) -> Result<(), CommandError> {
    let made = secret::make(work, tenant, &client.id).await?;
    let (name, secret) = (made.record.name(), made.secret.expose());
    tell(&format!("Made secret {name} of application {}. It is shown this once; keep it safe.", client.id));
    let document = json!({
        "tenantId": tenant.id.to_string(),
        "clientId": client.id.as_str(),
        "name": name,
        "createdAt": made.record.created_at.iso(),
        "clientSecret": secret,
    });
    work.output.answer(&document, || {
        pairs(&[("Client ID", Some(client.id.to_string())), ("Client secret", Some(secret.to_owned()))])
    })
}

async fn remove(work: &Work, tenant: &Tenant, client: &Client, name: &str) -> Result<(), CommandError> {
    let (id, of) = (&client.id, tenant.id);
    let found = client.secrets.iter().find(|secret| secret.name() == name);
    let secret = found.ok_or_else(|| {
        CommandError::failed(format!(
            "application {id} has no secret {name}; `scanlatch client show {id} --tenant {of}` lists them"
        ))
    })?;
    let last = || {
        CommandError::failed(format!(
            "secret {name} is the only one of application {id} and stays; `scanlatch client rotate {id} --tenant {of}` \
             makes another first"
        ))
    };
    if client.secrets.len() == 1 {
        return Err(last());
    }
    let question =
        format!("Drop secret {name} of application {id} of tenant {}: whoever uses it is refused", tenant.name);
    work.confirm(&question, "yes")?;
    if !work.cloud.remove_client_secret(&of, id, &secret.digest).await? {
        return Err(last());
    }
    tell(&format!("Dropped secret {name} of application {id}."));
    let document = json!({ "tenantId": of.to_string(), "clientId": id.as_str(), "name": name, "dropped": true });
    work.output.answer(&document, String::new)
}
