//! Starts [`scanlatch_socket_disconnect::handle`] on Lambda.

use scanlatch_runtime::{required, socket};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let cloud = scanlatch_aws::Cloud::connect(required(scanlatch_aws::Settings::from_env()));
    socket::serve(|event, _| scanlatch_socket_disconnect::handle(&cloud, event)).await
}
