//! The payload of an order. Deterministic CBOR.
//!
//! ```cddl
//! order = {
//!   "id": tstr, "from": uint, "until": uint,        ; Unix seconds
//!   "origin": tstr,                                 ; of the ledger
//!   "reason": { "en": tstr, "ko": tstr },
//!   "classes": [+ { "name": tstr, "usable_for": uint }],   ; seconds; ordered by name
//!   "version": 1,
//!   "issued_at": uint,
//!   "compromised": [* bstr .size 32],               ; SHA-256 of certificates, in order
//! }
//! ```

use mapae_cose::cbor::{CborError, Key, Reader, Writer};
use mapae_types::{Duration, Timestamp, UseClass};

use super::{NewOrder, OrderError};
use crate::Names;

const VERSION: u64 = 1;

impl NewOrder {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.map(9).text("id").text(self.id.as_str());
        writer.text("from").int(self.from.unix());
        writer.text("until").int(self.until.unix());
        writer.text("origin").text(&self.origin.to_string());
        self.reason.write(writer.text("reason"));
        writer.text("classes").array(self.classes.len());
        for (name, age) in &self.classes {
            writer.map(2).text("name").text(name.as_str()).text("usable_for").int(age.as_seconds());
        }
        writer.text("version").unsigned(VERSION);
        writer.text("issued_at").int(self.issued_at.unix());
        writer.text("compromised").array(self.compromised.len());
        for signer in &self.compromised {
            writer.bytes(signer);
        }
        writer.into_bytes()
    }

    pub(super) fn read(payload: &[u8]) -> Result<Self, OrderError> {
        let order = Reader::read_all(payload, |reader| {
            let mut members = Members::default();
            reader.map(|reader, key| members.read(reader, key))?;
            members.complete(reader)
        })?;
        // One order, one encoding: what agencies sign apart must be the same bytes.
        if order.write() == payload { Ok(order) } else { Err(OrderError::VersionUnsupported) }
    }
}

#[derive(Default)]
struct Members {
    version: Option<u64>,
    id: Option<mapae_types::OrderId>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    origin: Option<mapae_ledger::Origin>,
    reason: Option<Names>,
    classes: Option<Vec<(UseClass, Duration)>>,
    issued_at: Option<Timestamp>,
    compromised: Option<Vec<[u8; 32]>>,
}

impl Members {
    fn read(&mut self, reader: &mut Reader<'_>, key: Key<'_>) -> Result<(), OrderError> {
        let at = reader.position();
        match key {
            Key::Text("version") => self.version = Some(reader.unsigned()?),
            Key::Text("id") => self.id = Some(parsed(reader)?),
            Key::Text("from") => self.from = Some(read_time(reader)?),
            Key::Text("until") => self.until = Some(read_time(reader)?),
            Key::Text("origin") => self.origin = Some(parsed(reader)?),
            Key::Text("reason") => self.reason = Some(Names::read::<OrderError>(reader)?),
            Key::Text("classes") => self.classes = Some(reader.list(read_class)?),
            Key::Text("issued_at") => self.issued_at = Some(read_time(reader)?),
            Key::Text("compromised") => {
                let hash = |reader: &mut Reader<'_>| reader.bytes()?.try_into().map_err(|_| CborError::Unexpected(at));
                self.compromised = Some(reader.list(hash)?);
            }
            _ => return Err(OrderError::VersionUnsupported),
        }
        Ok(())
    }

    fn complete(self, reader: &Reader<'_>) -> Result<NewOrder, OrderError> {
        if self.version != Some(VERSION) {
            return Err(OrderError::VersionUnsupported);
        }
        let missing = |member| CborError::Missing(reader.position(), member);
        Ok(NewOrder {
            id: self.id.ok_or_else(|| missing("id"))?,
            reason: self.reason.ok_or_else(|| missing("reason"))?,
            origin: self.origin.ok_or_else(|| missing("origin"))?,
            issued_at: self.issued_at.ok_or_else(|| missing("issued_at"))?,
            from: self.from.ok_or_else(|| missing("from"))?,
            until: self.until.ok_or_else(|| missing("until"))?,
            classes: self.classes.ok_or_else(|| missing("classes"))?,
            compromised: self.compromised.ok_or_else(|| missing("compromised"))?,
        })
    }
}

fn parsed<T: core::str::FromStr>(reader: &mut Reader<'_>) -> Result<T, CborError> {
    let at = reader.position();
    reader.text()?.parse().map_err(|_| CborError::Unexpected(at))
}

fn read_time(reader: &mut Reader<'_>) -> Result<Timestamp, CborError> {
    let at = reader.position();
    Timestamp::from_unix(reader.int()?).map_err(|_| CborError::Range(at))
}

fn read_class(reader: &mut Reader<'_>) -> Result<(UseClass, Duration), CborError> {
    let at = reader.position();
    let (mut name, mut age) = (None, None);
    reader.map(|reader, key| {
        match key {
            Key::Text("name") => name = Some(parsed(reader)?),
            Key::Text("usable_for") => age = Some(Duration::seconds(reader.int()?)),
            _ => return Err(CborError::Unexpected(at)),
        }
        Ok(())
    })?;
    name.zip(age).ok_or(CborError::Unexpected(at))
}
