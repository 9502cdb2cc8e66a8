//! Starts [`challenge_pending::handle`] on Lambda.

use runtime::{Config, http, required};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let cloud = aws::Cloud::connect(required(aws::Settings::from_env())).await;
    let config = required(Config::from_env());
    http::serve(|request| challenge_pending::handle(&cloud, &config, request)).await
}
