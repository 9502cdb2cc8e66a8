//! DynamoDB keeps the contract: the built-in database, or whatever answers at `DYNAMODB_ENDPOINT`, KMS included if `WRAPPING_KEY`
//! is one of its keys.

#![expect(clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use std::sync::Once;

use aws::{Cloud, Settings, WrappingKey};
use tokio::sync::OnceCell;

/// What wraps the signing keys unless `WRAPPING_KEY` names something else.
const FILE: &str = concat!("file:", env!("CARGO_TARGET_TMPDIR"), "/wrapping.key");

/// A database in this process, started once.
async fn built_in() -> String {
    static URL: OnceCell<String> = OnceCell::const_new();
    let start = || async {
        // A runtime of its own: each test's runtime ends with the test.
        let (tell, told) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
                dynoxide::server::serve_on(listener, dynoxide::Database::memory().unwrap()).await;
            });
        });
        told.await.unwrap()
    };
    URL.get_or_init(start).await.clone()
}

/// Tables of this run's own.
async fn store() -> Cloud {
    static RUN: OnceCell<String> = OnceCell::const_new();
    cloud(RUN.get_or_init(fresh).await).await
}

/// Tables of one test's own.
async fn store_alone() -> Cloud {
    cloud(&fresh().await).await
}

async fn fresh() -> String {
    service::contract::scene::tenant().to_string()
}

async fn cloud(run: &str) -> Cloud {
    static WRITTEN: Once = Once::new();
    WRITTEN.call_once(|| std::fs::write(FILE.trim_start_matches("file:"), "07".repeat(32)).unwrap());
    let endpoint = match std::env::var("DYNAMODB_ENDPOINT") {
        Ok(url) => url,
        Err(_) => built_in().await,
    };
    let key = std::env::var("WRAPPING_KEY").unwrap_or_else(|_| FILE.to_owned());
    let settings = Settings {
        live_table: format!("live-{run}"),
        directory_table: format!("directory-{run}"),
        wrapping_key: WrappingKey::parse(&key).unwrap(),
        callback_url: "http://127.0.0.1:9".to_owned(),
    };
    let cloud = Cloud::at_endpoint(&endpoint, settings);
    cloud.create_tables().await.unwrap();
    cloud
}

service::store_contract!(store(), store_alone());
