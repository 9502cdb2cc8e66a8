use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::error::DisplayErrorContext;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

const TABLES: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 23\r\n\
                      connection: close\r\n\r\n{\"TableNames\":[\"Live\"]}";

/// Certificate and public key digests of `roots.txt`, in its order.
fn pins() -> Vec<(&'static str, &'static str)> {
    let lines = include_str!("../../roots.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| (&line[..64], &line[65..129])).collect()
}

fn certificates() -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(AMAZON).collect::<Result<_, _>>().unwrap()
}

#[test]
fn the_trusted_certificates_are_the_five_that_amazon_lists_and_no_others() {
    let digests: Vec<String> = certificates().iter().map(|root| format!("{:x}", Sha256::digest(root))).collect();
    assert_eq!(digests, pins().iter().map(|(certificate, _)| *certificate).collect::<Vec<_>>());
    assert_eq!(digests.len(), 5);
}

#[test]
fn their_keys_are_those_that_amazon_lists() {
    let mut store = RootCertStore::empty();
    for root in certificates() {
        store.add(root).unwrap();
    }
    let key = |content: &[u8]| {
        // A trust anchor keeps a key without its outer DER header.
        let length = content.len();
        let header = if length < 128 { vec![0x30, u8::try_from(length).unwrap()] } else { long_header(length) };
        format!("{:x}", Sha256::digest([&header, content].concat()))
    };
    let keys: Vec<String> = store.roots.iter().map(|root| key(&root.subject_public_key_info)).collect();
    assert_eq!(keys, pins().iter().map(|(_, key)| *key).collect::<Vec<_>>());
}

fn long_header(length: usize) -> Vec<u8> {
    let bytes: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    [&[0x30, 0x80 | u8::try_from(bytes.len()).unwrap()], bytes.as_slice()].concat()
}

#[test]
fn only_the_word_true_turns_to_the_systems_store() {
    for variable in [None, Some(""), Some("false"), Some("1")] {
        assert_eq!(Roots::read(variable), Roots::Amazon);
    }
    assert_eq!(Roots::read(Some("true")), Roots::System);
}

/// A certificate authority for this test.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Starts a database on this machine with a certificate of this authority. Returns its URL.
async fn database(authority: &CertifiedIssuer<'static, KeyPair>) -> String {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("localhost:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let _request = stream.read(&mut [0; 8192]).await;
            let _sent = stream.write_all(TABLES.as_bytes()).await;
            let _closed = stream.shutdown().await;
        }
    });
    format!("https://localhost:{port}")
}

/// The database's tables, as a client with this HTTP client reads them.
async fn tables(url: &str, trusted: SharedHttpClient) -> Result<Vec<String>, String> {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(url)
        .http_client(trusted)
        .build();
    let answer = Client::from_conf(config).list_tables().send().await;
    answer.map(|answer| answer.table_names().to_vec()).map_err(|error| DisplayErrorContext(error).to_string())
}

#[tokio::test]
async fn a_server_of_another_authority_is_refused() {
    let url = database(&authority()).await;
    let refused = tables(&url, Roots::Amazon.http_client().unwrap()).await.unwrap_err();
    assert!(refused.contains("UnknownIssuer"), "{refused}");
}

#[tokio::test]
async fn a_server_of_a_trusted_authority_is_believed() {
    let authority = authority();
    let url = database(&authority).await;
    assert_eq!(tables(&url, client(authority.pem().as_bytes())).await, Ok(vec!["Live".to_owned()]));
}

#[tokio::test]
async fn an_endpoint_without_tls_goes_on_working() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _request = stream.read(&mut [0; 8192]).await;
        stream.write_all(TABLES.as_bytes()).await.unwrap();
    });
    assert_eq!(tables(&url, Roots::Amazon.http_client().unwrap()).await, Ok(vec!["Live".to_owned()]));
}
