use serde::{Deserialize, Serialize};

/// The kind of SDK calls that enrolled a key, and its path. A credential serves all kinds alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// The older calls.
    Device,
    /// The newer calls.
    QrCode,
    /// The calls for keys that verify for one app.
    InApp,
}

impl CredentialKind {
    const ALL: [Self; 3] = [Self::Device, Self::QrCode, Self::InApp];

    /// Its segment of a path.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::QrCode => "qr-code",
            Self::InApp => "in-app",
        }
    }

    /// Reads a segment of a path.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
