//! HTTP calls, over TLS where the URL says so.

use std::error::Error;
use std::time::Duration;

use ::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};

/// How long an answer may take: a function that has not run for a while needs a moment.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Makes calls.
#[derive(Clone, Debug)]
pub struct Http(Client<HttpsConnector<HttpConnector>, String>);

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

impl Http {
    /// Trusts whom this machine trusts; where it trusts nobody, calls without TLS still work.
    pub fn new() -> Self {
        let trusting = ClientConfig::builder().with_native_roots();
        let trusting =
            trusting.unwrap_or_else(|_| ClientConfig::builder().with_root_certificates(RootCertStore::empty()));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(trusting.with_no_client_auth())
            .https_or_http()
            .enable_http1()
            .build();
        Self(Client::builder(TokioExecutor::new()).build(connector))
    }

    /// Makes a call.
    ///
    /// # Errors
    /// Why no answer came.
    pub async fn call(&self, request: Request<String>) -> Result<Answer, String> {
        let answer = async {
            let response = self.0.request(request).await.map_err(|error| whole(&error))?;
            let (head, body) = response.into_parts();
            let body = body.collect().await.map_err(|error| whole(&error))?;
            Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes().into() })
        };
        tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(|_| Err("it took too long".to_owned()))
    }
}

/// An error with what caused it.
fn whole(error: &dyn Error) -> String {
    let cause = error.source().map(|cause| format!(": {}", whole(cause)));
    format!("{error}{}", cause.unwrap_or_default())
}
