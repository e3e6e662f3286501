//! States that a store keeps between two requests: JSON of a version, written in one way.
//!
//! Records hold personal data and what codes are made of. Whoever keeps them seals them, and a record that comes back is
//! believed: what was verified before it was kept is not verified again.

use mapae_jose::{Object, Value, json};
use mapae_types::Timestamp;
use zeroize::Zeroizing;

use crate::RecordFault;

/// The version that is written, and the only one that is read.
const VERSION: u64 = 1;

/// The members of a record.
pub(crate) struct Record(Object);

impl Record {
    pub(crate) fn read(bytes: &[u8], kind: &str) -> Result<Self, RecordFault> {
        let object = json::parse_object(bytes).map_err(|_| RecordFault::Unreadable)?;
        let fits = object.get("v").and_then(Value::as_u64) == Some(VERSION)
            && object.get("kind").and_then(Value::as_str) == Some(kind);
        if fits { Ok(Self(object)) } else { Err(RecordFault::Unreadable) }
    }

    pub(crate) const fn of(object: Object) -> Self {
        Self(object)
    }

    pub(crate) fn optional(&self, name: &str) -> Result<Option<String>, RecordFault> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(RecordFault::Unreadable),
        }
    }

    pub(crate) fn text(&self, name: &str) -> Result<String, RecordFault> {
        self.optional(name)?.ok_or(RecordFault::Unreadable)
    }

    pub(crate) fn time(&self, name: &str) -> Result<Timestamp, RecordFault> {
        let seconds = self.0.get(name).and_then(Value::as_i64).ok_or(RecordFault::Unreadable)?;
        Timestamp::from_unix(seconds).map_err(|_| RecordFault::Unreadable)
    }

    pub(crate) fn object(&mut self, name: &str) -> Result<Object, RecordFault> {
        match self.0.remove(name) {
            Some(Value::Object(object)) => Ok(object),
            _ => Err(RecordFault::Unreadable),
        }
    }

    pub(crate) fn hash(&self, name: &str) -> Result<[u8; 32], RecordFault> {
        let bytes = mapae_types::hex::decode(&self.text(name)?);
        bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(RecordFault::Unreadable)
    }
}

/// Writes a record.
pub(crate) fn write<const N: usize>(kind: &str, members: [(&str, Option<Value>); N]) -> Zeroizing<Vec<u8>> {
    let head = [("kind", Some(kind.into())), ("v", Some(VERSION.into()))];
    Zeroizing::new(json::to_vec(&members_of(head.into_iter().chain(members))))
}

/// Members that are there.
pub(crate) fn members_of<'n>(members: impl IntoIterator<Item = (&'n str, Option<Value>)>) -> Object {
    json::object(members.into_iter().filter_map(|(name, value)| Some((name, value?))))
}
