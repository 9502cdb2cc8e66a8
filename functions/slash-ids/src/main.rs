//! Starts [`slash_ids::handle`] on Lambda.

use runtime::{Config, http, required};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let cloud = aws::Cloud::connect(required(aws::Settings::from_env())).await;
    let config = required(Config::from_env());
    http::serve(|request| slash_ids::handle(&cloud, &config, request)).await
}
