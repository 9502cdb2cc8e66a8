use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use scanlatch_protocol::rsa::RsaSigningKey;
use scanlatch_protocol::signing::SigningKey;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Unavailable;
use scanlatch_service::port::{Clock, Entropy};
use scanlatch_service::system::System;
use tokio::sync::OnceCell;

use crate::remembered::Remembered;
use crate::{Roots, Settings};

/// Every port of the service, on AWS. It is cheap to clone. Build one per process, before the first request.
#[derive(Clone)]
pub struct Cloud {
    pub(crate) sdk: SdkConfig,
    pub(crate) db: Client,
    pub(crate) settings: Arc<Settings>,
    pub(crate) screens: Arc<OnceCell<aws_sdk_apigatewaymanagement::Client>>,
    pub(crate) remembered_key_set: Arc<Remembered<SigningKey>>,
    pub(crate) remembered_rsa_keys: Arc<Remembered<RsaSigningKey>>,
    pub(crate) kms_endpoint: Option<Arc<str>>,
}

impl fmt::Debug for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cloud").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Cloud {
    /// On AWS as the environment describes it: region, credentials, endpoints and [`Roots`].
    pub async fn connect(settings: Settings) -> Self {
        Self::connect_trusting(Roots::from_env(), settings).await
    }

    /// On AWS as the environment describes it, except for `roots`.
    pub async fn connect_trusting(roots: Roots, settings: Settings) -> Self {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .timeout_config(timeouts())
            .retry_config(RetryConfig::standard().with_max_attempts(3));
        if let Some(client) = roots.http_client() {
            loader = loader.http_client(client);
        }
        Self::on(loader.load().await, settings)
    }

    /// On a database at `url` that checks no credentials, such as DynamoDB Local.
    pub fn at_endpoint(url: &str, settings: Settings) -> Self {
        let nobody = Credentials::new("local", "local", None, None, "local");
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(nobody))
            .endpoint_url(url)
            .timeout_config(timeouts())
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .sleep_impl(aws_sdk_dynamodb::config::SharedAsyncSleep::new(Sleep))
            .build();
        Self::on(sdk, settings)
    }

    /// The same with KMS at `url`, because a database such as DynamoDB Local has no KMS.
    #[must_use]
    pub fn with_kms_at(self, url: &str) -> Self {
        Self { kms_endpoint: Some(url.into()), ..self }
    }

    fn on(sdk: SdkConfig, settings: Settings) -> Self {
        let db = Client::new(&sdk);
        Self {
            sdk,
            db,
            settings: Arc::new(settings),
            screens: Arc::default(),
            remembered_key_set: Arc::default(),
            remembered_rsa_keys: Arc::default(),
            kms_endpoint: None,
        }
    }
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(2))
        .operation_timeout(Duration::from_secs(6))
        .build()
}

#[derive(Debug)]
struct Sleep;

impl aws_sdk_dynamodb::config::AsyncSleep for Sleep {
    fn sleep(&self, duration: Duration) -> aws_sdk_dynamodb::config::Sleep {
        aws_sdk_dynamodb::config::Sleep::new(tokio::time::sleep(duration))
    }
}

impl Clock for Cloud {
    fn now(&self) -> Timestamp {
        System.now()
    }
}

impl Entropy for Cloud {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Unavailable> {
        System.fill(bytes)
    }
}
