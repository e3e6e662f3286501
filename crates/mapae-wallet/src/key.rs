//! Keys of the device, which are elsewhere: only their names and public halves are here.

use core::fmt;

use mapae_crypto::PublicKey;
use mapae_jose::{Jwk, Object};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The name under which whoever keeps the keys finds one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldKey {
    /// Its name.
    pub handle: KeyHandle,
    /// Its public half.
    #[serde(serialize_with = "write_jwk", deserialize_with = "read_jwk")]
    pub public: PublicKey,
}

fn write_jwk<S: Serializer>(key: &PublicKey, serializer: S) -> Result<S::Ok, S::Error> {
    Jwk::from(key.clone()).to_object().serialize(serializer)
}

fn read_jwk<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PublicKey, D::Error> {
    let object = Object::deserialize(deserializer)?;
    Ok(Jwk::from_object(&object).map_err(D::Error::custom)?.public_key().clone())
}
