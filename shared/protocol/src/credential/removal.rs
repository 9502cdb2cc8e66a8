/// Who removes a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovedBy {
    /// Its own device, which signed the removal.
    Device,
    /// The backend or an operator.
    Backend,
    /// Another user, who enrolled the same key.
    OtherUser,
}

impl RemovedBy {
    const ALL: [Self; 3] = [Self::Device, Self::Backend, Self::OtherUser];

    /// Whether somebody else than the device removed it. Nobody then enrols a first device without the scope.
    pub fn is_revocation(self) -> bool {
        self != Self::Device
    }

    /// The form in stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Backend => "backend",
            Self::OtherUser => "otherUser",
        }
    }

    /// Reads the form of [`RemovedBy::as_str`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_device_that_leaves_by_itself_is_no_revocation() {
        for by in RemovedBy::ALL {
            assert_eq!(RemovedBy::from_text(by.as_str()), Some(by));
            assert_eq!(by.is_revocation(), by != RemovedBy::Device);
        }
        assert_eq!(RemovedBy::from_text("Device"), None);
    }
}
