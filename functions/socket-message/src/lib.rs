//! The `$default` route: a screen asks for a challenge, and again for each refresh.

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest as Event;
use protocol::wire::socket::Notice;
use runtime::Problem;
use runtime::socket::{self, Reply};
use service::message;
use service::port::{Clock, Connections, Entropy, Replaces, Tenants};

/// Answers one event; the reply goes back on the socket as the route's response.
///
/// # Errors
/// The refusals of [`message::run`].
pub async fn handle(
    deps: &(impl Connections + Tenants + Replaces + Clock + Entropy),
    event: Event,
) -> Result<Reply, Problem> {
    let id = socket::connection(&event)?;
    let wish = socket::message(&event)?.accept()?;
    let challenge = message::run(deps, &id, wish).await?;
    Ok(Reply::Say(Notice::created(&challenge)))
}
