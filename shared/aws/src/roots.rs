//! The certificate authorities that are trusted for AWS endpoints.

use std::env;

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};

/// The certificates of `roots.txt`.
const AMAZON: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/amazon-roots.pem"));

/// Which certificate authorities are trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Roots {
    /// Only Amazon's. The functions talk only to AWS. A start without this system's whole store reads and parses some
    /// 150 certificates less.
    #[default]
    Amazon,
    /// All that this system trusts. For use behind a proxy that inspects TLS, or if AWS's endpoints have other
    /// authorities.
    System,
}

impl Roots {
    /// [`Roots::System`] if `TRUST_SYSTEM_ROOTS` is `true`, else [`Roots::Amazon`].
    pub fn from_env() -> Self {
        Self::read(env::var("TRUST_SYSTEM_ROOTS").ok().as_deref())
    }

    fn read(variable: Option<&str>) -> Self {
        if variable == Some("true") { Self::System } else { Self::Amazon }
    }

    /// The HTTP client that trusts them; `None` for the SDK's own client, which trusts the system's.
    pub(crate) fn http_client(self) -> Option<SharedHttpClient> {
        match self {
            Self::Amazon => Some(client(AMAZON)),
            Self::System => None,
        }
    }
}

/// The SDK's own HTTP client, which trusts only the certificates of this PEM text.
#[expect(clippy::expect_used, reason = "a context of a trust store is always valid")]
fn client(trusted: &[u8]) -> SharedHttpClient {
    let store = TrustStore::empty().with_pem_certificate(trusted);
    let context = TlsContext::builder().with_trust_store(store).build().expect("a valid context");
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(context.clone())
            .proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(aws_sdk_dynamodb::config::RuntimeComponents::sleep_impl));
        connector.build()
    })
}

#[cfg(test)]
mod tests;
