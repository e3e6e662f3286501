//! Where a token is and how it is opened.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use zeroize::Zeroizing;

/// A token in a PKCS#11 module.
#[derive(Debug, Clone)]
pub struct Pkcs11Config {
    /// The module: the maker's shared library.
    pub module: PathBuf,
    /// The token's label, as it was initialised. Slot numbers change with every restart of some modules.
    pub token: String,
    /// The user's PIN.
    pub pin: Pin,
    /// How many signatures the module may work on at once. Each takes a thread here and a session there; more than the
    /// module has cores gain nothing.
    pub sessions: NonZeroUsize,
}

/// A PIN; wiped when it is dropped, and never printed.
#[derive(Clone)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Takes a PIN.
    pub fn new(pin: impl Into<String>) -> Self {
        Self(Zeroizing::new(pin.into()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin([redacted])")
    }
}
