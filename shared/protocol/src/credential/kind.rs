/// The generation of SDK calls that a key is enrolled by, and the path that stands for it. A credential serves all of
/// them alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CredentialKind {
    /// The older calls.
    Device,
    /// The newer ones.
    QrCode,
    /// Those of keys that verify for one app.
    InApp,
}

impl CredentialKind {
    const ALL: [Self; 3] = [Self::Device, Self::QrCode, Self::InApp];

    /// The part of the path.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::QrCode => "qr-code",
            Self::InApp => "in-app",
        }
    }

    /// Reads the part of a path.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
