//! Keys of the device, which are elsewhere: only their names and public halves are here.

use core::fmt;

use mapae_crypto::PublicKey;
use mapae_jose::{Jwk, Value};
use mapae_oid4vci::Fields;
use serde::{Serialize, Serializer};

/// The name under which whoever keeps the keys finds one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct KeyHandle(String);

impl KeyHandle {
    /// A name that the keeper of the keys chose.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key that a record refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldKey {
    /// Its name.
    pub handle: KeyHandle,
    /// Its public half.
    #[serde(serialize_with = "write_jwk")]
    pub public: PublicKey,
}

fn write_jwk<S: Serializer>(key: &PublicKey, serializer: S) -> Result<S::Ok, S::Error> {
    Jwk::from(key.clone()).to_object().serialize(serializer)
}

impl HeldKey {
    pub(crate) fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let public = fields.one("public", |jwk| Some(Jwk::from_object(jwk.as_object()?).ok()?.public_key().clone()))?;
        let read = Self { handle: KeyHandle(fields.text("handle")), public };
        fields.nothing_else(read)
    }
}
