//! Why a function gave no answer.

use std::fmt;

/// Why a function gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvokeError {
    /// The account's limit of concurrent calls is reached.
    Throttled,
    /// The event is larger than Lambda allows.
    TooLarge,
    /// The function took too long, ended, or reported this error.
    Function(String),
}

impl fmt::Display for InvokeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Throttled => "more functions would run at once than --concurrency allows",
            Self::TooLarge => "the event is larger than the 6 MB that Lambda takes",
            Self::Function(why) => why,
        })
    }
}
