//! API Gateway's `@connections`. The SDK tries a push only once and briefly: a silent second try could hide that the
//! first one may have arrived.

use std::time::Duration;

use aws_sdk_apigatewaymanagement::config::retry::RetryConfig;
use aws_sdk_apigatewaymanagement::config::timeout::TimeoutConfig;
use aws_sdk_apigatewaymanagement::operation::delete_connection::DeleteConnectionError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_apigatewaymanagement::{Client, config};
use scanlatch_protocol::id::ConnectionId;
use scanlatch_protocol::notice::Notice;
use scanlatch_service::Unavailable;
use scanlatch_service::port::{Closes, Pushed, Pushes};

use crate::Cloud;
use crate::failure::describe;

impl Cloud {
    async fn screens(&self) -> &Client {
        let client = async {
            let timeouts = TimeoutConfig::builder()
                .connect_timeout(Duration::from_millis(500))
                .operation_timeout(Duration::from_millis(1_500))
                .build();
            let config = config::Builder::from(&self.sdk)
                .endpoint_url(&self.settings.callback_url)
                .timeout_config(timeouts)
                .retry_config(RetryConfig::disabled())
                .build();
            Client::from_conf(config)
        };
        self.screens.get_or_init(|| client).await
    }
}

impl Pushes for Cloud {
    async fn push(&self, to: &ConnectionId, notice: &Notice) -> Pushed {
        let text = Blob::new(notice.to_text());
        let call = self.screens().await.post_to_connection().connection_id(to.as_str()).data(text);
        match call.send().await {
            Ok(_) => Pushed::Sent,
            Err(error) if matches!(error.as_service_error(), Some(PostToConnectionError::GoneException(_))) => {
                Pushed::Gone
            }
            Err(error) => {
                tracing::warn!(why = describe(&error), "a push was lost");
                Pushed::Lost
            }
        }
    }
}

impl Closes for Cloud {
    async fn close(&self, id: &ConnectionId) -> Result<bool, Unavailable> {
        match self.screens().await.delete_connection().connection_id(id.as_str()).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(DeleteConnectionError::is_gone_exception) => Ok(false),
            Err(error) => Err(Unavailable::new("@connections", describe(&error))),
        }
    }
}
