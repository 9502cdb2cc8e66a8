//! Two screens on the site's page: one that listens on a socket, one that polls.

use scanlatch_client::screen::{Notice, Opened, Standing};
use scanlatch_client::{
    Call, ClientError, Handshake, Method, PollingScreen as Polling, Service, SocketScreen as Socket, StatusCode,
};
use serde::de::DeserializeOwned;

use crate::commands::smoke::error::{SmokeError, check_member};
use crate::commands::smoke::page::Page;
use crate::commands::smoke::site::Site;

/// A screen that listens.
pub struct SocketScreen(Socket);

impl SocketScreen {
    /// Opens a socket from the site's page, as the browser SDK does.
    pub async fn open(site: &Site) -> Result<Self, SmokeError> {
        Ok(Self(handshake(site, &site.page).open().await?))
    }

    /// Checks that a page of another origin gets no socket.
    pub async fn refused(site: &Site, elsewhere: &Page) -> Result<(), SmokeError> {
        match handshake(site, elsewhere).open().await {
            Err(ClientError::NoSocket(StatusCode::FORBIDDEN)) => Ok(()),
            Err(other) => Err(other.into()),
            Ok(_) => Err(SmokeError::Answer(format!(
                "a page at {} opened one; the tenant must allow {} alone, and what stands before the API must pass `Origin` on",
                elsewhere.0, site.page.0
            ))),
        }
    }

    /// Asks for a challenge and returns its id.
    pub async fn challenge(&mut self, action: &str) -> Result<String, SmokeError> {
        Ok(self.0.challenge_with_number(action).await?)
    }

    /// Waits for the push of the claim; returns the number to show, where the tenant asks for one.
    pub async fn hears_claim(&mut self, challenge: &str) -> Result<Option<String>, SmokeError> {
        Ok(self.hears("claimed", challenge).await?.1)
    }

    /// Waits for the push of the approval; returns its token.
    pub async fn hears_approval(&mut self, challenge: &str) -> Result<String, SmokeError> {
        token(self.hears("approved", challenge).await?.0)
    }

    /// The token and the number that came with the push of `state`.
    async fn hears(&mut self, state: &str, challenge: &str) -> Result<(Option<String>, Option<String>), SmokeError> {
        let heard = match self.0.hear().await? {
            Notice::StateChange { challenge_id, state, access_token, verification_code } => {
                (challenge_id, state, (access_token, verification_code))
            }
            Notice::Error(error) => {
                return Err(SmokeError::Answer(format!("{}: {}", error.error, error.error_description)));
            }
            _ => return Err(SmokeError::Answer("the screen was not told of a change".to_owned())),
        };
        check_member("challengeId", heard.0.as_str(), challenge)?;
        check_member("state", heard.1.as_str(), state)?;
        Ok(heard.2)
    }

    /// Leaves.
    pub async fn leave(self) {
        // The screen expects nothing more, so an error does not matter.
        let _left = self.0.leave().await;
    }
}

fn handshake(site: &Site, page: &Page) -> Handshake {
    Handshake::anybody(&site.socket_url, &site.secret.tenant().to_string()).from_origin(&page.0)
}

fn token(found: Option<String>) -> Result<String, SmokeError> {
    found.ok_or_else(|| SmokeError::Answer("the answer has no `accessToken`".to_owned()))
}

const CREATE: &str = "/client/challenge/qr-code";
const POLL: &str = "/client/verify/qr-code";

/// A screen that polls.
pub struct PollingScreen {
    service: Service,
    screen: Polling,
    page: Page,
}

impl PollingScreen {
    /// A screen of the site's tenant, on its page.
    pub fn new(site: &Site) -> Self {
        Self::on(site, site.page.clone())
    }

    fn on(site: &Site, page: Page) -> Self {
        let service = site.service.clone();
        Self { screen: Polling::new(service.clone(), &site.secret.tenant().to_string()).with_numbers(), service, page }
    }

    /// Checks with preflights, as a browser does, that the page may make these calls.
    pub async fn may_call(&self) -> Result<(), SmokeError> {
        for path in [CREATE, POLL] {
            let request = self.page.preflight(&Method::POST, &format!("{}{path}", self.service.base_url()))?;
            let answer = self.service.transport().call(request).await?;
            self.page.may_call(&Method::POST, &answer)?;
        }
        Ok(())
    }

    /// Checks that a page of another origin gets no challenge.
    pub async fn refused(site: &Site, elsewhere: Page, action: &str) -> Result<(), SmokeError> {
        let unasked = format!("a page at {} got one; the tenant must allow {} alone", elsewhere.0, site.page.0);
        match Self::on(site, elsewhere).challenge(action).await {
            Err(SmokeError::Answer(why)) if why.starts_with("403 ") => Ok(()),
            Ok(_) => Err(SmokeError::Answer(unasked)),
            Err(other) => Err(other),
        }
    }

    /// Asks for a challenge; returns its id and device code.
    pub async fn challenge(&self, action: &str) -> Result<(String, String), SmokeError> {
        let opened: Opened = self.call(self.screen.open(action)).await?;
        Ok((opened.challenge_id, opened.device_code))
    }

    /// Checks that a phone has claimed the challenge; returns the number to show, where the tenant asks for one.
    pub async fn claimed(&self, challenge: &str, code: &str) -> Result<Option<String>, SmokeError> {
        let standing = self.poll(challenge, code).await?;
        check_member("isClaimed", &standing.is_claimed, &true)?;
        check_member("isConsumed", &standing.is_consumed, &false)?;
        Ok(standing.verification_code)
    }

    /// The token of the approved challenge.
    pub async fn token(&self, challenge: &str, code: &str) -> Result<String, SmokeError> {
        let standing = self.poll(challenge, code).await?;
        check_member("isVerified", &standing.is_verified, &true)?;
        token(standing.access_token)
    }

    async fn poll(&self, challenge: &str, code: &str) -> Result<Standing, SmokeError> {
        self.call(self.screen.poll(challenge, code)).await
    }

    /// Makes a call as the page's browser does, which shows the page only what it may read.
    async fn call<T: DeserializeOwned>(&self, call: Call<T>) -> Result<T, SmokeError> {
        let answer = call.header("origin", &self.page.0).send().await?;
        self.page.may_read(&answer.headers)?;
        Ok(answer.read()?)
    }
}
