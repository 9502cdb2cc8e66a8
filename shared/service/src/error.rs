use scanlatch_protocol::Refusal;

/// A dependency failed. The caller may try again, but never sees these details.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{what} is unavailable: {why}")]
pub struct Unavailable {
    /// The dependency, such as `DynamoDB`.
    pub what: &'static str,
    /// The reason, for the log. It never holds a secret.
    pub why: String,
}

impl Unavailable {
    /// `what` failed because of `why`.
    pub fn new(what: &'static str, why: impl Into<String>) -> Self {
        Self { what, why: why.into() }
    }
}

/// Why a use case failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller is refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A dependency failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What use cases and transitions return. Look-ups name [`Unavailable`] as their only error.
pub type Result<T, E = Error> = std::result::Result<T, E>;
