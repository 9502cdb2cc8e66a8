//! The `$default` route: a screen asks for a challenge, again for each refresh, or for the one that it showed before.

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest as Event;
use scanlatch_protocol::wire::socket::{Answer, Asked};
use scanlatch_runtime::socket::{self, Reply};
use scanlatch_runtime::{Config, Problem};
use scanlatch_service::{message, resume};

/// Answers one event; the reply goes back on the socket as the route's response.
///
/// # Errors
/// The refusals of [`message::run`] and [`resume::run`].
pub async fn handle(
    deps: &(impl message::Deps + resume::Deps),
    config: &Config,
    event: Event,
) -> Result<Reply, Problem> {
    let id = socket::connection(&event)?;
    match socket::message(&event)?.accept()? {
        Asked::Challenge { params, resumable } => {
            let (challenge, code, short_code) = message::run(deps, &id, params, resumable).await?;
            Ok(Reply::Say(Answer::created(&challenge, code.as_ref(), short_code.as_ref())))
        }
        Asked::Resume(challenge, code) => {
            let (challenge, standing) = resume::run(deps, &config.issuer, &id, &challenge, &code).await?;
            Ok(Reply::Say(Answer::resumed(&challenge, &standing)))
        }
    }
}
