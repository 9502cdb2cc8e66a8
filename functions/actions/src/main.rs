//! Starts [`actions::handle`] on Lambda.

use runtime::{http, required};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let cloud = aws::Cloud::connect(required(aws::Settings::from_env())).await;
    http::serve(|request| actions::handle(&cloud, request)).await
}
