//! Reading and writing the maps of a statement. A map is split into its members first, each then read by who knows it;
//! whatever order or length its writer chose, [`crate::ledger::SignedEntry::parse`] accepts the one encoding only.

use mapae_cose::cbor::{CborError, Key, Reader, Writer};
use mapae_crypto::{Curve, PublicKey};
use mapae_types::{Id, IdKind, Timestamp};
use mapae_x509::{Certificate, TrustAnchor};

use super::{EntryError, Fingerprint};
use crate::Names;

/// The members of a map that were not taken yet.
pub(super) struct Members<'b>(Vec<(&'b str, &'b [u8])>);

impl<'b> Members<'b> {
    /// Splits a map whose keys are text.
    pub(super) fn read(reader: &mut Reader<'b>) -> Result<Self, EntryError> {
        let mut members = Vec::new();
        reader.map(|reader, key| {
            let Key::Text(name) = key else { return Err(CborError::KeyKind(reader.position())) };
            members.push((name, reader.skip()?));
            Ok(())
        })?;
        Ok(Self(members))
    }

    /// Splits the one map that `bytes` consist of.
    pub(super) fn split(bytes: &'b [u8]) -> Result<Self, EntryError> {
        Reader::read_all(bytes, Self::read)
    }

    /// Takes a member that must be there.
    pub(super) fn take<T, E>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'b>) -> Result<T, E>,
    ) -> Result<T, EntryError>
    where
        E: From<CborError>,
        EntryError: From<E>,
    {
        self.optional(name, read)?.ok_or(EntryError::MemberMissing { name })
    }

    /// Takes a member that may be there.
    pub(super) fn optional<T, E>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'b>) -> Result<T, E>,
    ) -> Result<Option<T>, EntryError>
    where
        E: From<CborError>,
        EntryError: From<E>,
    {
        self.remove(name).map(|raw| Ok(Reader::read_all(raw, read)?)).transpose()
    }

    fn remove(&mut self, name: &str) -> Option<&'b [u8]> {
        let at = self.0.iter().position(|(known, _)| *known == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// Nothing may be left: a later version says so by its number.
    pub(super) fn end(self) -> Result<(), EntryError> {
        if self.0.is_empty() { Ok(()) } else { Err(EntryError::MemberUnknown) }
    }
}

/// The one item as received.
pub(super) fn raw<'b>(reader: &mut Reader<'b>) -> Result<&'b [u8], CborError> {
    reader.skip()
}

pub(super) fn text(reader: &mut Reader<'_>) -> Result<String, CborError> {
    reader.text().map(str::to_owned)
}

pub(super) fn unsigned(reader: &mut Reader<'_>) -> Result<u64, CborError> {
    reader.unsigned()
}

pub(super) fn id<K: IdKind>(reader: &mut Reader<'_>) -> Result<Id<K>, CborError> {
    let at = reader.position();
    reader.text()?.parse().map_err(|_| CborError::Unexpected(at))
}

pub(super) fn names(reader: &mut Reader<'_>) -> Result<Names, CborError> {
    Names::read(reader)
}

pub(super) fn hash(reader: &mut Reader<'_>) -> Result<[u8; 32], CborError> {
    let at = reader.position();
    reader.bytes()?.try_into().map_err(|_| CborError::Unexpected(at))
}

pub(super) fn fingerprint(reader: &mut Reader<'_>) -> Result<Fingerprint, CborError> {
    hash(reader).map(Fingerprint)
}

/// Whole seconds since 1970.
pub(super) fn time(reader: &mut Reader<'_>) -> Result<Timestamp, CborError> {
    let at = reader.position();
    i64::try_from(reader.unsigned()?)
        .ok()
        .and_then(|seconds| Timestamp::from_unix(seconds).ok())
        .ok_or(CborError::Range(at))
}

/// A key as `SubjectPublicKeyInfo`, on the one curve that entries are signed with.
pub(super) fn key(reader: &mut Reader<'_>) -> Result<PublicKey, EntryError> {
    let key = PublicKey::from_spki_der(reader.bytes()?).map_err(|_| EntryError::KeyUnfit)?;
    if key.curve() == Curve::P256 { Ok(key) } else { Err(EntryError::KeyUnfit) }
}

pub(super) fn certificate(reader: &mut Reader<'_>) -> Result<Certificate, EntryError> {
    Ok(Certificate::from_der(reader.bytes()?)?)
}

pub(super) fn root(reader: &mut Reader<'_>) -> Result<TrustAnchor, EntryError> {
    Ok(TrustAnchor::new(certificate(reader)?)?)
}

/// Writes a time. Those before 1970 are not read back.
pub(super) fn write_time(writer: &mut Writer, time: Timestamp) {
    writer.int(time.unix());
}

/// Writes `{ name: … }`, to which the caller adds the value.
pub(super) fn only<'w>(writer: &'w mut Writer, name: &str) -> &'w mut Writer {
    writer.map(1).text(name)
}
