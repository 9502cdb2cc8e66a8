//! Starts [`scanlatch_cognito_trigger::handle`] on Lambda.

use scanlatch_runtime::cognito::{self, SignIn};
use scanlatch_runtime::{Config, required};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let cloud = scanlatch_aws::Cloud::connect(required(scanlatch_aws::Settings::from_env()));
    let config = required(Config::from_env());
    let sign_in = required(SignIn::from_env());
    cognito::serve(|event| scanlatch_cognito_trigger::handle(&cloud, &config, &sign_in, event)).await
}
