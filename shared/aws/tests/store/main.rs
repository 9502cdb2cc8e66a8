//! DynamoDB passes the store contract: the built-in database, or the one at `DYNAMODB_ENDPOINT`. The wrapping key is
//! the KMS key `WRAPPING_KEY` at the same place, or the fake one of this test.

#![expect(clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

mod batches;
mod database;
mod differential;
mod halves;
mod kms;
mod older;

use scanlatch_aws::{Cloud, Settings};
use scanlatch_protocol::key_set::Cause;
use scanlatch_protocol::key_set::Period;
use scanlatch_service::port::{Clock as _, MakesKeys as _, Rotates as _};
use scanlatch_service::rotate;
use scanlatch_service::system::System;
use tokio::sync::OnceCell;

/// The URLs of a database and a KMS in this process, started once.
async fn built_in() -> &'static (String, String) {
    static URLS: OnceCell<(String, String)> = OnceCell::const_new();
    let start = || async {
        // They need a runtime of their own, because each test's runtime ends with the test.
        let (tell, told) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let listen = || tokio::net::TcpListener::bind("127.0.0.1:0");
                let (database, keys) = (listen().await.unwrap(), listen().await.unwrap());
                let url = |of: &tokio::net::TcpListener| format!("http://{}", of.local_addr().unwrap());
                tell.send((url(&database), url(&keys))).unwrap();
                tokio::spawn(kms::serve(keys));
                dynoxide::server::serve_on(database, dynoxide::Database::memory().unwrap()).await;
            });
        });
        told.await.unwrap()
    };
    URLS.get_or_init(start).await
}

/// A store on tables of this run.
async fn store() -> Cloud {
    static RUN: OnceCell<String> = OnceCell::const_new();
    cloud(RUN.get_or_init(fresh).await).await
}

/// A store on tables of one test.
async fn store_alone() -> Cloud {
    cloud(&fresh().await).await
}

async fn fresh() -> String {
    scanlatch_testkit::scene::tenant().to_string()
}

async fn cloud(run: &str) -> Cloud {
    let (database, keys) = built_in().await;
    let endpoint = std::env::var("DYNAMODB_ENDPOINT").unwrap_or_else(|_| database.clone());
    let (key, keys) = match std::env::var("WRAPPING_KEY") {
        Ok(key) => (key, &endpoint),
        Err(_) => (kms::KEY.to_owned(), keys),
    };
    let settings = Settings {
        live_table: format!("live-{run}"),
        directory_table: format!("directory-{run}"),
        wrapping_key: key,
        callback_url: "http://127.0.0.1:9".to_owned(),
    };
    let cloud = Cloud::at_endpoint(&endpoint, settings).with_kms_at(keys);
    cloud.create_tables().await.unwrap();
    cloud
}

scanlatch_testkit::store_contract!(store(), store_alone());

#[tokio::test]
async fn a_restored_table_brings_no_signing_key_back_beside_one_that_stands() {
    let (now, run) = (System.now(), fresh().await);
    let backup = cloud(&run).await;
    backup.signing_key_or_first(now).await.unwrap();
    let directory = store_alone().await;
    directory.signing_key_or_first(now).await.unwrap();
    rotate::run(&directory, Cause::Leak, Period::default(), now).await.unwrap();
    let after = directory.key_set().await.unwrap();
    let restored = directory.restore(&format!("directory-{run}"), None).await.unwrap();
    assert_eq!((restored.brought, restored.kept), (0, 1));
    assert_eq!(directory.key_set().await.unwrap(), after);
}

#[tokio::test]
async fn a_restored_table_brings_signing_keys_back_where_there_are_none() {
    let (now, run) = (System.now(), fresh().await);
    let backup = cloud(&run).await;
    backup.signing_key_or_first(now).await.unwrap();
    let directory = store_alone().await;
    directory.restore(&format!("directory-{run}"), None).await.unwrap();
    assert_eq!(directory.key_set().await.unwrap(), backup.key_set().await.unwrap());
}
