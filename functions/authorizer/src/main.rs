//! Starts [`scanlatch_authorizer::handle`] on Lambda.

use scanlatch_runtime::authorizer::{self, Admission};
use scanlatch_runtime::{Config, required};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let cloud = scanlatch_aws::Cloud::connect(required(scanlatch_aws::Settings::from_env()));
    let config = required(Config::from_env());
    let admission = required(Admission::from_env());
    authorizer::serve(|event| scanlatch_authorizer::handle(&cloud, &config, &admission, event)).await
}
