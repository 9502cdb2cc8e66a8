//! The `$disconnect` route: a screen has left, if API Gateway noticed.

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest as Event;
use scanlatch_runtime::Problem;
use scanlatch_runtime::socket::{self, Reply};
use scanlatch_service::disconnect;

/// Answers one event.
pub async fn handle(deps: &impl disconnect::Deps, event: Event) -> Result<Reply, Problem> {
    disconnect::run(deps, &socket::connection(&event)?).await?;
    Ok(Reply::Quiet)
}
