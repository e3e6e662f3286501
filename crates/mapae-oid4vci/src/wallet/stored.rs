//! What was kept of an exchange, read again.

use mapae_jose::{Object, Value};
use mapae_types::Timestamp;

use super::OurFault;

/// The members of what was kept. The first that cannot be read is remembered.
pub(super) struct Stored<'o> {
    object: &'o Object,
    fault: Option<&'static str>,
}

impl<'o> Stored<'o> {
    pub(super) const fn of(object: &'o Object) -> Self {
        Self { object, fault: None }
    }

    /// A text that must be there.
    pub(super) fn text(&mut self, name: &'static str) -> String {
        let text = self.object.get(name).and_then(Value::as_str);
        self.fault = self.fault.or(text.is_none().then_some(name));
        text.unwrap_or_default().to_owned()
    }

    /// Until when it serves.
    pub(super) fn expires_at(&mut self) -> Option<Timestamp> {
        let at = self.object.get("expires_at").and_then(Value::as_i64).and_then(|at| Timestamp::from_unix(at).ok());
        self.fault = self.fault.or(at.is_none().then_some("expires_at"));
        at
    }

    /// What was read, if all of it was there.
    pub(super) fn read<T>(self, read: Option<T>) -> Result<T, OurFault> {
        match (self.fault, read) {
            (None, Some(read)) => Ok(read),
            (fault, _) => Err(OurFault::StoredMalformed(fault.unwrap_or("?"))),
        }
    }
}
