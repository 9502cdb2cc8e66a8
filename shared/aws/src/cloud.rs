use std::fmt;
use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Credentials, SharedAsyncSleep, SharedCredentialsProvider};
use scanlatch_protocol::rsa::RsaSigningKey;
use scanlatch_protocol::signing::SigningKey;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Unavailable;
use scanlatch_service::port::{Clock, Entropy};
use scanlatch_service::system::System;
use tokio::sync::OnceCell;

use crate::batch::Gathering;
use crate::patience::{Sleep, retries, timeouts};
use crate::remembered::Remembered;
use crate::{Roots, Settings, environment};

/// Every port of the service, on AWS. It is cheap to clone. Build one per process, before the first request.
#[derive(Clone)]
pub struct Cloud {
    pub(crate) sdk: SdkConfig,
    pub(crate) db: Client,
    pub(crate) reads: Arc<Gathering>,
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
    /// On AWS as Lambda's variables describe it, trusting [`Roots`].
    pub fn connect(settings: Settings) -> Self {
        let sdk = environment::config(Roots::from_env());
        let mut db = aws_sdk_dynamodb::config::Builder::from(&sdk);
        if let Some(url) = environment::endpoint("DYNAMODB") {
            db = db.endpoint_url(url);
        }
        let kms_endpoint = environment::endpoint("KMS").map(Arc::from);
        Self { kms_endpoint, ..Self::on(sdk, Client::from_conf(db.build()), settings) }
    }

    /// On AWS for whoever runs this program, with their profile if they have one, trusting what their system trusts.
    pub async fn connect_as_user(settings: Settings) -> Self {
        let loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts()).retry_config(retries());
        let sdk = loader.load().await;
        let db = Client::new(&sdk);
        Self::on(sdk, db, settings)
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
            .retry_config(retries())
            .sleep_impl(SharedAsyncSleep::new(Sleep))
            .build();
        let db = Client::new(&sdk);
        Self::on(sdk, db, settings)
    }

    /// The same with KMS at `url`, because a database such as DynamoDB Local has no KMS.
    #[must_use]
    pub fn with_kms_at(self, url: &str) -> Self {
        Self { kms_endpoint: Some(url.into()), ..self }
    }

    fn on(sdk: SdkConfig, db: Client, settings: Settings) -> Self {
        Self {
            sdk,
            db,
            reads: Arc::default(),
            settings: Arc::new(settings),
            screens: Arc::default(),
            remembered_key_set: Arc::default(),
            remembered_rsa_keys: Arc::default(),
            kms_endpoint: None,
        }
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
