//! The `$connect` route: who the screen is and where. Only here can a refusal have a status.

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest as Event;
use scanlatch_runtime::edge::{self, Source};
use scanlatch_runtime::socket::{self, Reply};
use scanlatch_runtime::{Config, Problem};
use scanlatch_service::connect;

/// Answers one event.
///
/// # Errors
/// The refusals of [`connect::run`]; each becomes the handshake's status.
pub async fn handle(
    deps: &impl connect::Deps,
    config: &Config,
    event: Event,
    source: Source,
) -> Result<Reply, Problem> {
    let screen = socket::identity(&event)?;
    let id = socket::connection(&event)?;
    let (headers, source_ip) = socket::observation(&event);
    let viewer = edge::seen(headers, source_ip, source);
    connect::run(deps, &config.issuer, &screen, socket::origin(&event), id, viewer).await?;
    Ok(Reply::Accept)
}
