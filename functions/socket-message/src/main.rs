//! Starts [`scanlatch_socket_message::handle`] on Lambda.

use scanlatch_runtime::{Config, required, socket};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let cloud = scanlatch_aws::Cloud::connect(required(scanlatch_aws::Settings::from_env()));
    let config = required(Config::from_env());
    socket::serve(|event, _| scanlatch_socket_message::handle(&cloud, &config, event)).await
}
