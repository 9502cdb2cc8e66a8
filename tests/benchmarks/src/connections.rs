//! A stand-in for API Gateway's `@connections` that accepts every push.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html>

use anyhow::{Context as _, Result};
use axum::Router;
use axum::http::StatusCode;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The stand-in; it ends when this value is dropped.
#[derive(Debug)]
pub struct Connections {
    url: String,
    server: JoinHandle<()>,
}

impl Connections {
    /// Listens on a free port.
    ///
    /// # Errors
    /// If there is none.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port for @connections")?;
        let url = format!("http://{}/stage", listener.local_addr()?);
        let routes = Router::new().fallback(|| async { StatusCode::OK });
        let server = tokio::spawn(async move {
            let _ended = axum::serve(listener, routes).await;
        });
        Ok(Self { url, server })
    }

    /// `WEBSOCKET_CALLBACK_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Connections {
    fn drop(&mut self) {
        self.server.abort();
    }
}
