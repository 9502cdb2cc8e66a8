//! Starts [`signing_key_rotate::handle`] on Lambda.

use runtime::{required, rotation_period, schedule};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let cloud = aws::Cloud::connect(required(aws::Settings::from_env())).await;
    let period = required(rotation_period());
    schedule::serve(|event| signing_key_rotate::handle(&cloud, period, event)).await
}
