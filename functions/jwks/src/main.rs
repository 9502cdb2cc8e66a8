//! Starts [`scanlatch_jwks::handle`] on Lambda.

use scanlatch_runtime::{http, required};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let cloud = scanlatch_aws::Cloud::connect(required(scanlatch_aws::Settings::from_env()));
    http::serve(|request| scanlatch_jwks::handle(&cloud, request)).await
}
