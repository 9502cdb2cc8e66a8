//! `scanlatch phone enrol`.

use clap::Args;
use scanlatch_client::{Device, SoftwareKey};
use scanlatch_protocol::id::UserId;
use serde_json::json;

use crate::commands::phone::pocket::Pocket;
use crate::console::failure::CommandError;
use crate::console::output::Output;
use crate::contexts::Place;
use crate::environment::{USER_TOKEN, variable};
use crate::flags::id::user_id;
use crate::site::{self, in_path};

/// `phone enrol`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    /// The user
    #[arg(value_parser = user_id)]
    user: UserId,
    /// What the user's list of devices calls it
    #[arg(long, default_value = "scanlatch in a terminal")]
    name: String,
}

/// Makes a key and enrols it.
pub async fn run(output: Output, place: Place, flags: Flags) -> Result<(), CommandError> {
    let site = site::find(place, None).await?;
    // A damaged file is found before anything is enrolled.
    Pocket::read()?;
    let user = flags.user.as_str();
    let token = if let Some(token) = variable(USER_TOKEN) {
        token
    } else {
        let scope = json!({ "scope": "add:authenticators" });
        site.backend()?.track(&in_path(user), "enrol", &scope).await?.token
    };
    let key = SoftwareKey::generate();
    let device = Device::new(site.service.clone(), &site.tenant.to_string(), key.clone());
    let credential = device.enrol(&token, &flags.name, std::env::consts::OS).await?;
    if credential.user_id != user {
        return Err(CommandError::failed(format!(
            "{USER_TOKEN} is a token of {}, whose phone is enrolled now but not kept",
            credential.user_id
        )));
    }
    Pocket::add(&site, user, &key)?;
    let device = &credential.user_authenticator_id;
    output.answer(&json!({ "userId": user, "deviceId": device }), || format!("Enrolled a phone of {user}: {device}"))
}
