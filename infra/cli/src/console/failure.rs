//! Why a command failed, in one sentence, and its exit code.

use std::fmt;
use std::process::ExitCode;

use scanlatch_service::{Error, Unavailable};

/// The command failed, or did only part of its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// It failed, or what was named does not exist: exit code 1.
    Failed(String),
    /// It was used wrongly or not confirmed: exit code 2, as in clap.
    Misused(String),
}

impl CommandError {
    /// It failed, or what was named does not exist.
    pub fn failed(why: impl Into<String>) -> Self {
        Self::Failed(why.into())
    }

    /// It was used wrongly or not confirmed.
    pub fn misused(why: impl Into<String>) -> Self {
        Self::Misused(why.into())
    }

    /// The exit code for the shell.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Failed(_) => ExitCode::from(1),
            Self::Misused(_) => ExitCode::from(2),
        }
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(why) | Self::Misused(why) => f.write_str(why),
        }
    }
}

/// A code or phrase in a failed call's description, and advice for it.
const ADVICE: [(&str, &str); 7] = [
    ("ResourceNotFoundException", "one of the two tables is not there; check their names and the region"),
    ("AccessDenied", "these credentials may not do it; the command needs to read and write both tables"),
    ("UnrecognizedClient", "AWS does not know these credentials; check AWS_PROFILE"),
    ("ExpiredToken", "these credentials have expired; log in to AWS again"),
    ("timed out", "check the endpoint, the region and the network"),
    ("could not be reached", "check the endpoint, or on AWS that credentials (AWS_PROFILE) and AWS_REGION are set"),
    ("could not be built", "check that AWS_REGION and credentials (AWS_PROFILE) are set"),
];

impl From<Unavailable> for CommandError {
    fn from(unavailable: Unavailable) -> Self {
        let advice = ADVICE.iter().find(|(sign, _)| unavailable.why.contains(sign));
        Self::Failed(match advice {
            Some((_, advice)) => format!("{unavailable}; {advice}"),
            None => unavailable.to_string(),
        })
    }
}

impl From<Error> for CommandError {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => Self::Failed(refusal.to_string()),
            Error::Unavailable(unavailable) => unavailable.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_table_comes_with_advice() {
        let why = "it answered with an error: ResourceNotFoundException";
        let CommandError::Failed(sentence) = Unavailable::new("DynamoDB", why).into() else { panic!("it failed") };
        assert!(sentence.ends_with("check their names and the region"), "{sentence}");
    }
}
