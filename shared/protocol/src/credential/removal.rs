/// Who removes a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovedBy {
    /// Its own device, which signed the removal.
    Device,
    /// The backend, or another user who took the key over.
    Backend,
}
