//! HTTP calls, over TLS where the URL says so.

use std::error::Error;
use std::io::Cursor;
use std::sync::OnceLock;
use std::time::Duration;

use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use scanlatch_protocol::wire::error::ErrorBody;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::ClientError;

/// How long an answer may take: a function that has not run for a while needs a moment.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Makes calls.
#[derive(Clone, Debug)]
pub struct Transport {
    client: Client<HttpsConnector<HttpConnector>, Full<Cursor<Vec<u8>>>>,
    patience: Duration,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The typed answer, or the refusal as an error.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        let status = self.status;
        if let Ok(ErrorBody { error, error_description, .. }) = serde_json::from_slice(&self.body) {
            return Err(ClientError::Refused { status, code: error, description: error_description });
        }
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(json) if status.is_success() => serde_json::from_value(json)
                .map_err(|error| ClientError::Unexpected(format!("the answer cannot be read: {error}"))),
            _ => Err(ClientError::Foreign(status)),
        }
    }
}

impl Transport {
    /// Trusts the machine's root certificates; without any, calls without TLS still work.
    pub fn new() -> Self {
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(trust().clone()).https_or_http().enable_http1().build();
        Self { client: Client::builder(TokioExecutor::new()).build(connector), patience: PATIENCE }
    }

    /// The same with another limit on waiting for an answer.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Sends any request.
    ///
    /// # Errors
    /// [`ClientError::NoAnswer`].
    pub async fn call<B: Into<Vec<u8>>>(&self, request: Request<B>) -> Result<Answer, ClientError> {
        let answer = async {
            let request = request.map(|body| Full::new(Cursor::new(body.into())));
            let response = self.client.request(request).await.map_err(|error| whole(&error))?;
            let (head, body) = response.into_parts();
            let body = body.collect().await.map_err(|error| whole(&error))?;
            Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes().into() })
        };
        let answer = tokio::time::timeout(self.patience, answer).await;
        answer.unwrap_or_else(|_| Err("it took too long".to_owned())).map_err(ClientError::NoAnswer)
    }
}

impl Default for Transport {
    fn default() -> Self {
        Self::new()
    }
}

/// The machine's root certificates, read once.
fn trust() -> &'static ClientConfig {
    static TRUST: OnceLock<ClientConfig> = OnceLock::new();
    TRUST.get_or_init(|| {
        let trusting = ClientConfig::builder().with_native_roots();
        let trusting =
            trusting.unwrap_or_else(|_| ClientConfig::builder().with_root_certificates(RootCertStore::empty()));
        trusting.with_no_client_auth()
    })
}

/// An error and its causes in one line.
fn whole(error: &dyn Error) -> String {
    let cause = error.source().map(|cause| format!(": {}", whole(cause)));
    format!("{error}{}", cause.unwrap_or_default())
}
