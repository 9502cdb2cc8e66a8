//! A built-in database for one test, which can also read and write its items directly.

use dynoxide::Database;
use scanlatch_aws::{Cloud, Settings};
use tokio::net::TcpListener;

/// The table with tenants and users.
pub const DIRECTORY: &str = "directory";

/// A store on the database at this URL. It has no tables yet.
pub fn cloud(url: &str) -> Cloud {
    let settings = Settings {
        live_table: "live".to_owned(),
        directory_table: DIRECTORY.to_owned(),
        wrapping_key: "none".to_owned(),
        callback_url: "http://127.0.0.1:9".to_owned(),
    };
    Cloud::at_endpoint(url, settings)
}

/// Serves the database, and returns its URL.
pub async fn serve(database: Database) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    url
}
