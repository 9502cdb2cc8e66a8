//! Starts [`scanlatch_signing_key_rotate::handle`] on Lambda.

use scanlatch_runtime::{required, rotation_period, schedule};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let cloud = scanlatch_aws::Cloud::connect(required(scanlatch_aws::Settings::from_env()));
    let period = required(rotation_period());
    schedule::serve(|event| scanlatch_signing_key_rotate::handle(&cloud, period, event)).await
}
