//! The OpenID provider's part of the story: an application sends a browser, which brings a code.

use anyhow::{Context as _, Result};
use scanlatch_client::Answer;
use scanlatch_tests::parameter;
use serde_json::Value;

use super::Story;

/// The text of a header.
fn header<'a>(answer: &'a Answer, name: &str) -> Result<&'a str> {
    answer.headers.get(name).with_context(|| format!("no {name}"))?.to_str().context("a header that is no text")
}

/// An address without its parameters' values.
fn form_of(address: &str) -> (String, Vec<String>) {
    let (place, parameters) = address.split_once(['?', '#']).unwrap_or((address, ""));
    let names = parameters.split('&').filter_map(|pair| pair.split('=').next()).map(str::to_owned);
    (place.to_owned(), names.collect())
}

impl Story {
    /// Everything that applications and the login page call. The user has a phone.
    pub(super) async fn log_in_by_openid(&mut self) -> Result<()> {
        self.show(&["getOpenIdConfiguration", "getServerMetadata", "getSessionIssuerConfiguration"]).await?;
        self.show(&["pushAuthorizationRequest", "authorizeDevice"]).await?;
        self.visit("authorizeByPost").await?;
        self.show(&["openSignIn"]).await?;
        self.bring("denySignIn").await?;
        self.visit("authorize").await?;
        self.show(&["openSignIn"]).await?;
        // The phone is told the application, so these answers have a member more than their examples.
        self.prepare(&["claimChallenge", "decideChallenge", "pollChallenge"]).await?;
        self.bring("completeSignIn").await?;
        self.show(&["getTokens", "getUserInfo", "getUserInfoByPost", "introspectToken", "getProviderKeySet"]).await?;
        self.leave(&["logOut", "logOutByPost"]).await?;
        let revoked = self.call("revokeToken").await?;
        assert!(revoked.body.is_empty(), "revokeToken answered {revoked:?}");
        self.shown.insert("revokeToken".to_owned());
        Ok(())
    }

    /// Sends the browser with the application's request. It keeps its cookie and learns the request of the login page.
    async fn visit(&mut self, id: &str) -> Result<()> {
        let answer = self.call(id).await?;
        let page = header(&answer, "location")?;
        assert!(page.contains("/sign-in#t="), "{id} leads to {page}");
        let cookie = header(&answer, "set-cookie")?.split(';').next().unwrap_or_default();
        cookie.clone_into(&mut self.cookies);
        let operation = self.described.operation("openSignIn")?;
        let (_, example) = operation.request().context("no example of a request")?;
        let example = example["request"].clone();
        self.learn(&example, &parameter(page, "r").context("no request")?.into());
        self.shown.insert(id.to_owned());
        Ok(())
    }

    /// Asks where the browser goes, which has the form of the example, and learns the code that it takes there.
    async fn bring(&mut self, id: &str) -> Result<()> {
        let (example, real) = self.send(id).await?;
        let to = |answer: &Value| answer["redirectTo"].as_str().unwrap_or_default().to_owned();
        let (example, real) = (to(&example), to(&real));
        assert_eq!(form_of(&real), form_of(&example), "{id}");
        if let (Some(example), Some(real)) = (parameter(&example, "code"), parameter(&real, "code")) {
            self.living.insert(example, real);
        }
        assert_eq!(parameter(&real, "error_description"), parameter(&example, "error_description"));
        self.shown.insert(id.to_owned());
        Ok(())
    }

    /// Sends the browser to log out, which leads where the example says.
    async fn leave(&mut self, ids: &[&str]) -> Result<()> {
        for id in ids {
            let answer = self.call(id).await?;
            let (_, response) = self.described.operation(id)?.success()?;
            assert_eq!(response["headers"]["location"]["example"], header(&answer, "location")?, "{id}");
            self.shown.insert((*id).to_owned());
        }
        Ok(())
    }
}
