use scanlatch_protocol::Refusal;

/// A dependency did not do its part; the caller may try again. Nothing of it reaches a caller.
#[derive(Debug, thiserror::Error)]
#[error("{what} is unavailable: {why}")]
pub struct Unavailable {
    /// The dependency, such as `DynamoDB`.
    pub what: &'static str,
    /// For the log; never holds a secret.
    pub why: String,
}

impl Unavailable {
    /// `what` failed because of `why`.
    pub fn new(what: &'static str, why: impl Into<String>) -> Self {
        Self { what, why: why.into() }
    }
}

/// Why a use case gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller is refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A dependency failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What use cases and transitions return; look-ups say that only [`Unavailable`] can happen to them.
pub type Result<T, E = Error> = std::result::Result<T, E>;
