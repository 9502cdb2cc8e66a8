//! Wraps the private halves of the signing keys with KMS.

use aws_sdk_kms::config::Builder;
use aws_sdk_kms::primitives::Blob;
use scanlatch_service::Unavailable;
use zeroize::Zeroizing;

use crate::Cloud;
use crate::failure::describe;

const KMS: &str = "KMS";

/// KMS unwraps only with the same purpose, so a ciphertext from elsewhere in the account is useless here.
const PURPOSE: (&str, &str) = ("purpose", "scanlatch signing key");

impl Cloud {
    pub(crate) async fn wrap_key(&self, secret: &[u8]) -> Result<Vec<u8>, Unavailable> {
        let call = self.kms().encrypt().key_id(&self.settings.wrapping_key).plaintext(Blob::new(secret));
        let output = call.encryption_context(PURPOSE.0, PURPOSE.1).send().await;
        let output = output.map_err(|error| Unavailable::new(KMS, describe(&error)))?;
        output.ciphertext_blob.map(Blob::into_inner).ok_or_else(|| Unavailable::new(KMS, "it gave nothing"))
    }

    pub(crate) async fn unwrap_key(&self, wrapped: Vec<u8>) -> Result<Zeroizing<Vec<u8>>, Unavailable> {
        let call = self.kms().decrypt().key_id(&self.settings.wrapping_key).ciphertext_blob(Blob::new(wrapped));
        let output = call.encryption_context(PURPOSE.0, PURPOSE.1).send().await;
        let output = output.map_err(|error| Unavailable::new(KMS, describe(&error)))?;
        let secret = output.plaintext.map(|plaintext| Zeroizing::new(plaintext.into_inner()));
        secret.ok_or_else(|| Unavailable::new(KMS, "it gave nothing"))
    }

    fn kms(&self) -> aws_sdk_kms::Client {
        let mut config = Builder::from(&self.sdk);
        if let Some(url) = &self.kms_endpoint {
            config = config.endpoint_url(url.as_ref());
        }
        aws_sdk_kms::Client::from_conf(config.build())
    }
}
