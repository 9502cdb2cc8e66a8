//! Starts [`socket_disconnect::handle`] on Lambda.

use runtime::{required, socket};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let cloud = aws::Cloud::connect(required(aws::Settings::from_env())).await;
    socket::serve(|event| socket_disconnect::handle(&cloud, event)).await
}
