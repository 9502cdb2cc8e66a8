use std::fmt::Debug;

use scanlatch_client::ClientError;

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmokeError {
    /// No answer came.
    Silence(String),
    /// Something other than the service answered.
    Stranger(String),
    /// The service refused, or its answer was wrong.
    Answer(String),
}

/// Checks the value of a member of the answer.
pub fn check_member<T: Debug + PartialEq + ?Sized>(member: &str, found: &T, wanted: &T) -> Result<(), SmokeError> {
    if found == wanted {
        return Ok(());
    }
    Err(SmokeError::Answer(format!("`{member}` is {found:?} and not {wanted:?}")))
}

impl From<ClientError> for SmokeError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::NoAnswer(why) | ClientError::Unsendable(why) => Self::Silence(why),
            ClientError::Foreign(status) | ClientError::NoSocket(status) => Self::Stranger(status.to_string()),
            other => Self::Answer(other.to_string()),
        }
    }
}
