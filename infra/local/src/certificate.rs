//! The certificate of `--host`. It is made once for each address and data folder, so that a person accepts it once.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::private;
use crate::system::now_ms;

/// How long a certificate is good. Apple's systems take none that is good for more than 825 days.
const LIFETIME: Duration = Duration::days(397);
/// A certificate with less than this ahead is made anew.
const LEAST_MS: i64 = 24 * 60 * 60 * 1000;
/// Clocks of phones may be behind.
const BEFORE: Duration = Duration::days(1);

/// A certificate with its key.
#[derive(Debug)]
pub struct Certificate {
    kept: Kept,
    file: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    address: IpAddr,
    expires_at: i64,
    certificate: String,
    key: String,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a certificate for {}", self.address)
    }
}

impl Certificate {
    /// The certificate that this folder keeps for the address, or a new one.
    ///
    /// # Errors
    /// If the folder cannot be used.
    pub fn in_folder(data: &Path, address: IpAddr) -> Result<Self> {
        let path = data.join("host.json");
        let kept = std::fs::read_to_string(&path).ok().and_then(|text| serde_json::from_str::<Kept>(&text).ok());
        let kept = kept.filter(|kept| kept.address == address && kept.expires_at - now_ms() > LEAST_MS);
        let kept = if let Some(kept) = kept {
            kept
        } else {
            let made = Kept::make(address, now_ms()).context("the certificate of --host cannot be made")?;
            private::write(&path, &serde_json::to_string_pretty(&made)?)
                .with_context(|| format!("{} cannot be written", path.display()))?;
            made
        };
        let file = data.join("host.crt");
        private::write(&file, &kept.certificate).with_context(|| format!("{} cannot be written", file.display()))?;
        Ok(Self { kept, file })
    }

    /// Where the certificate is, without its key.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// A server with this certificate.
    ///
    /// # Errors
    /// If the file that keeps it is damaged.
    pub fn server(&self) -> Result<ServerConfig> {
        let damaged = "the certificate of --host is damaged; delete host.json in the folder of --data";
        let certificate = CertificateDer::from_pem_slice(self.kept.certificate.as_bytes()).context(damaged)?;
        let key = PrivateKeyDer::from_pem_slice(self.kept.key.as_bytes()).context(damaged)?;
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .context(damaged)
    }
}

impl Kept {
    fn make(address: IpAddr, now_ms: i64) -> Result<Self> {
        let now = OffsetDateTime::from_unix_timestamp(now_ms.div_euclid(1000))?;
        let mut params = CertificateParams::new([address.to_string()])?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, format!("Scanlatch on {address}"));
        params.not_before = now - BEFORE;
        params.not_after = now - BEFORE + LIFETIME;
        params.is_ca = IsCa::ExplicitNoCa;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let expires_at = params.not_after.unix_timestamp() * 1000;
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self { address, expires_at, certificate, key: key.serialize_pem() })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 5));
    const WORK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 5));

    fn certificate(data: &Path, address: IpAddr) -> String {
        let certificate = Certificate::in_folder(data, address).unwrap();
        certificate.server().unwrap();
        std::fs::read_to_string(certificate.file()).unwrap()
    }

    #[test]
    fn a_folder_keeps_the_certificate_of_an_address() {
        let data = tempfile::tempdir().unwrap();
        let first = certificate(data.path(), HOME);
        assert!(first.starts_with("-----BEGIN CERTIFICATE-----"), "{first}");
        assert_eq!(certificate(data.path(), HOME), first);
        assert_ne!(certificate(data.path(), WORK), first);
    }

    #[test]
    fn a_certificate_that_is_about_to_expire_is_made_anew() {
        let data = tempfile::tempdir().unwrap();
        let old = Kept::make(HOME, now_ms() - i64::try_from(LIFETIME.whole_milliseconds()).unwrap()).unwrap();
        std::fs::write(data.path().join("host.json"), serde_json::to_string(&old).unwrap()).unwrap();
        assert_ne!(certificate(data.path(), HOME), old.certificate);
    }

    #[test]
    fn only_its_owner_reads_the_key_and_the_certificate_is_handed_out_without_it() {
        let data = tempfile::tempdir().unwrap();
        let handed_out = certificate(data.path(), HOME);
        for name in ["host.json", "host.crt"] {
            let mode = std::fs::metadata(data.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        assert!(!handed_out.contains("PRIVATE"), "{handed_out}");
        assert!(!format!("{:?}", Certificate::in_folder(data.path(), HOME)).contains("PRIVATE"));
    }

    #[test]
    fn a_damaged_file_is_replaced() {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join("host.json"), "{").unwrap();
        certificate(data.path(), HOME);
    }
}
