//! The phones that the command line keeps.

use scanlatch_client::{Device, SoftwareKey};
use scanlatch_protocol::base64;
use serde::{Deserialize, Serialize};

use crate::console::failure::CommandError;
use crate::kept;
use crate::site::Site;

const FILE: &str = "phones.json";

/// All phones.
#[derive(Default, Serialize, Deserialize)]
pub struct Pocket {
    phones: Vec<Phone>,
}

/// A phone that is enrolled.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Phone {
    /// The base URL where it is enrolled.
    pub base_url: String,
    /// Its tenant.
    pub tenant_id: String,
    /// Its user.
    pub user_id: String,
    /// Its key, as PKCS #8 in base64.
    key: String,
}

impl Pocket {
    /// Those that are kept.
    pub fn read() -> Result<Self, CommandError> {
        kept::read(FILE)
    }

    /// Keeps one more in place of the user's one before.
    pub fn add(site: &Site, user: &str, key: &SoftwareKey) -> Result<(), CommandError> {
        let key = key.to_bytes().map_err(|error| CommandError::failed(error.to_string()))?;
        let phone = Phone {
            base_url: site.base_url.clone(),
            tenant_id: site.tenant.to_string(),
            user_id: user.to_owned(),
            key: base64::encode(&key),
        };
        kept::update(FILE, |pocket: &mut Self| {
            pocket.phones.retain(|phone| !(phone.is_of(site) && phone.user_id == user));
            pocket.phones.push(phone);
            Ok(())
        })?;
        Ok(())
    }

    /// The phone of this user at the site, or the only one there.
    pub fn find(self, site: &Site, user: Option<&str>) -> Result<Phone, CommandError> {
        let mut phones: Vec<Phone> = self.phones.into_iter().filter(|phone| phone.is_of(site)).collect();
        phones.retain(|phone| user.is_none_or(|user| phone.user_id == user));
        match (phones.len(), user) {
            (1, _) => Ok(phones.remove(0)),
            (0, Some(user)) => Err(CommandError::failed(format!(
                "{user} has no phone here for this tenant; `scanlatch phone enrol {user}` makes one"
            ))),
            (0, None) => Err(CommandError::failed(
                "there is no phone here for this tenant; `scanlatch phone enrol USER` makes one",
            )),
            _ => {
                let users: Vec<&str> = phones.iter().map(|phone| phone.user_id.as_str()).collect();
                Err(CommandError::misused(format!("say whose phone with --of: {}", users.join(", "))))
            }
        }
    }
}

impl Phone {
    fn is_of(&self, site: &Site) -> bool {
        self.base_url == site.base_url && self.tenant_id == site.tenant.to_string()
    }

    /// The phone as a device at the site.
    pub fn device(&self, site: &Site) -> Result<Device, CommandError> {
        let key = base64::decode(&self.key).and_then(|key| SoftwareKey::from_bytes(&key).ok());
        let key = key.ok_or_else(|| {
            CommandError::failed(format!(
                "the key of this phone is damaged; `scanlatch phone enrol {}` makes another",
                self.user_id
            ))
        })?;
        Ok(Device::new(site.service.clone(), &self.tenant_id, key))
    }
}
