use http::StatusCode;
use thiserror::Error;

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClientError {
    /// No answer came, for this reason.
    #[error("no answer came: {0}")]
    NoAnswer(String),
    /// The service refused.
    #[error("{status}, {code}: {description}")]
    Refused {
        /// The status of the answer.
        status: StatusCode,
        /// The refusal's code, for programs.
        code: String,
        /// The refusal in a sentence, for people.
        description: String,
    },
    /// Something other than the service answered.
    #[error("{0}, which the service itself did not say")]
    Foreign(StatusCode),
    /// The service answered something else than it should.
    #[error("{0}")]
    Unexpected(String),
    /// The service refused a socket with this status.
    #[error("the socket was refused: {0}")]
    NoSocket(StatusCode),
    /// The socket is closed or silent.
    #[error("nothing came on the socket: {0}")]
    Silent(String),
    /// The call cannot be sent.
    #[error("this cannot be sent: {0}")]
    Unsendable(String),
    /// The key did not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Why a key did not sign.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the key did not sign: {0}")]
pub struct KeyError(pub String);
