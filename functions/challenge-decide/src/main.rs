//! Starts [`scanlatch_challenge_decide::handle`] on Lambda.

use scanlatch_runtime::{Config, http, required};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let cloud = scanlatch_aws::Cloud::connect(required(scanlatch_aws::Settings::from_env()));
    let config = required(Config::from_env());
    http::serve(|request| scanlatch_challenge_decide::handle(&cloud, &config, request)).await
}
