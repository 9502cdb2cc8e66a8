//! A phone with a fresh P-256 key, as the mobile SDKs drive it.

use scanlatch_client::{Device, SoftwareKey};
use scanlatch_service::port::Clock as _;
use scanlatch_service::system::System;

use crate::commands::smoke::error::{SmokeError, check_member};
use crate::commands::smoke::site::Site;

/// A phone.
pub struct Phone(Device);

impl Phone {
    /// A phone of the site's tenant, not enrolled.
    pub fn new(site: &Site) -> Self {
        Self(Device::new(site.service.clone(), &site.secret.tenant().to_string(), SoftwareKey::generate()))
    }

    /// Enrols with a user token.
    pub async fn enrol(&self, token: &str) -> Result<(), SmokeError> {
        self.0.enrol(token, "Smoke test", "android").await?;
        Ok(())
    }

    /// Claims a challenge.
    pub async fn claim(&self, challenge: &str) -> Result<(), SmokeError> {
        let claimed = self.0.claim(challenge).await?;
        check_member("success", &claimed.success, &true)
    }

    /// Approves a challenge, with the number that its screen shows, if it shows one.
    pub async fn approve(&self, challenge: &str, number: Option<&str>) -> Result<(), SmokeError> {
        let decided = match number {
            Some(number) => self.0.approve_with(challenge, number).await?,
            None => self.0.decide(challenge, true).await?,
        };
        check_member("isVerified", &decided.is_verified, &true)
    }

    /// Removes its key.
    pub async fn remove(&self) -> Result<(), SmokeError> {
        self.0.remove(System.now()).await?;
        Ok(())
    }
}
