//! The two formats of every document.

use core::{fmt, str::FromStr};

/// A format in which a copy is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// ISO/IEC 18013-5 `IssuerSigned`.
    Mdoc,
    /// SD-JWT VC.
    SdJwt,
}

/// A name that is none of a format. It is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a format is mdoc or sd-jwt")]
pub struct FormatUnknown;

impl Format {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Mdoc, Self::SdJwt];

    /// In names of files and of credential configurations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mdoc => "mdoc",
            Self::SdJwt => "sd-jwt",
        }
    }

    /// The Credential Format Identifier (OpenID4VCI Appendix A.2.1, A.3.1).
    pub const fn identifier(self) -> &'static str {
        match self {
            Self::Mdoc => "mso_mdoc",
            Self::SdJwt => "dc+sd-jwt",
        }
    }
}

impl FromStr for Format {
    type Err = FormatUnknown;

    fn from_str(name: &str) -> Result<Self, FormatUnknown> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or(FormatUnknown)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
