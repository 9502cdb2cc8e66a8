//! Starts [`socket_message::handle`] on Lambda.

use runtime::{Config, required, socket};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let cloud = aws::Cloud::connect(required(aws::Settings::from_env())).await;
    let config = required(Config::from_env());
    socket::serve(|event| socket_message::handle(&cloud, &config, event)).await
}
