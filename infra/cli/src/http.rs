//! HTTP calls, over TLS where the URL says so.

use ::http::Request;
use scanlatch_client::{Answer, ClientError, Transport};

pub use scanlatch_client::transport::PATIENCE;

/// Makes calls.
#[derive(Clone, Debug)]
pub struct Http(Transport);

impl Http {
    /// Trusts the machine's root certificates.
    pub fn new() -> Self {
        Self(Transport::new())
    }

    /// Makes a call.
    ///
    /// # Errors
    /// Why there was no answer.
    pub async fn call(&self, request: Request<String>) -> Result<Answer, String> {
        self.0.call(request).await.map_err(|error| match error {
            ClientError::NoAnswer(why) => why,
            other => other.to_string(),
        })
    }
}
