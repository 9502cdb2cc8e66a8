//! The environments of functions.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::iam::principal;
use crate::lambda::function::Function;
use crate::private;

/// What the template cannot know: where things are on this machine.
#[derive(Clone, Copy, Debug)]
pub struct Environment<'a> {
    /// Where the database answers.
    pub dynamodb_endpoint: &'a str,
    /// `@connections` of the WebSocket API.
    pub callback_url: &'a str,
    /// Where screens open sockets.
    pub socket_url: &'a str,
    /// Where the key service answers.
    pub kms_endpoint: &'a str,
    /// `AWS_LAMBDA_LOG_LEVEL`.
    pub log_level: Option<&'a str>,
    /// Region and credentials for a database that is not on this machine.
    pub aws: &'a [(&'static str, String)],
}

impl Environment<'_> {
    /// A function's whole environment, except `AWS_LAMBDA_RUNTIME_API`; it signs its calls with this access key.
    pub fn of(&self, access_key: &str, function: &Function) -> BTreeMap<String, String> {
        let mut environment = function.environment.clone();
        let mut set = |name: &str, value: &str| environment.insert(name.to_owned(), value.to_owned());
        set("WEBSOCKET_CALLBACK_URL", self.callback_url);
        set("SOCKET_URL", self.socket_url);
        set("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb_endpoint);
        set("AWS_ENDPOINT_URL_KMS", self.kms_endpoint);
        set("AWS_LAMBDA_FUNCTION_NAME", &function.binary);
        set("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &function.memory.to_string());
        set("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
        set("AWS_LAMBDA_LOG_FORMAT", "JSON");
        if let Some(level) = self.log_level {
            set("AWS_LAMBDA_LOG_LEVEL", level);
        }
        if is_here(self.dynamodb_endpoint) {
            set("AWS_REGION", "us-east-1");
            set("AWS_ACCESS_KEY_ID", access_key);
            set("AWS_SECRET_ACCESS_KEY", "local");
        } else {
            for (name, value) in self.aws {
                set(name, value);
            }
        }
        environment
    }

    /// The same for any function, as `cargo lambda watch --env-file` reads it. That tool sets Lambda's own variables
    /// itself.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, function: &Function, path: &Path) -> Result<()> {
        let environment = self.of(principal::NOBODY, function);
        let lines = environment.iter().filter(|(name, _)| !name.starts_with("AWS_LAMBDA_"));
        let lines: Vec<String> = lines.map(|(name, value)| format!("{name}={value}\n")).collect();
        private::write(path, &lines.concat()).with_context(|| format!("{} cannot be written", path.display()))
    }
}

/// Whether a URL leads to this machine.
pub fn is_here(url: &str) -> bool {
    ["http://127.", "http://localhost", "http://[::1]"].iter().any(|prefix| url.starts_with(prefix))
}
