//! What a CBOR file is called, by its content.

use mapae_cose::cbor::{CborError, Key, Reader};

use crate::{
    cose::Cose,
    item::{Data, Item},
};

pub(crate) const TAG_SIGN1: u64 = 18;
const TYP: Key<'_> = Key::Int(16);

/// A bundle that its signer vouches for.
pub(crate) const SIGNED_BUNDLE: &str = "trust bundle (signed)";
/// A bundle that a ledger vouches for.
pub(crate) const LOGGED_BUNDLE: &str = "trust bundle (logged)";
/// A bundle for which nobody vouches yet.
pub(crate) const DRAFT: &str = "draft of a bundle";

/// Maps by a member.
const BY_MEMBER: [(&str, &str); 5] = [
    // Before presentations: its documents are what may be asked for.
    ("purposes", "registration of a relying party"),
    ("documents", "presentation (DeviceResponse)"),
    ("docRequests", "request (DeviceRequest)"),
    ("issuerAuth", "credential (IssuerSigned)"),
    ("seal", "delta of a bundle"),
];

/// The title of a file that consists of this item.
pub(crate) fn title(item: &Item<'_>) -> &'static str {
    match &item.data {
        Data::Map(entries) => of_map(entries),
        Data::Array(items) => bundle(items).or_else(|| message(items)).unwrap_or("CBOR"),
        Data::Tag(_, inner) => match &inner.data {
            Data::Array(items) => message(items).unwrap_or("CBOR"),
            _ => "CBOR",
        },
        _ => "CBOR",
    }
}

fn of_map(entries: &[(Key<'_>, Item<'_>)]) -> &'static str {
    let has = |name: &str| entries.iter().any(|(key, _)| *key == Key::Text(name));
    BY_MEMBER.iter().find(|(member, _)| has(member)).map_or("CBOR", |(_, title)| title)
}

/// Two things, of which the second is a list of byte strings: what vouches, and parts.
fn bundle(items: &[Item<'_>]) -> Option<&'static str> {
    let [first, parts] = items else { return None };
    let Data::Array(parts) = &parts.data else { return None };
    if !parts.iter().all(|part| matches!(part.data, Data::Bytes(_) | Data::CutOff)) {
        return None;
    }
    match &first.data {
        Data::Bytes(_) => Some(DRAFT),
        Data::Tag(TAG_SIGN1, _) => Some(SIGNED_BUNDLE),
        Data::Array(pieces) if pieces.len() == 4 => Some(LOGGED_BUNDLE),
        _ => None,
    }
}

/// A COSE structure: by its `typ` (RFC 9596), else by its payload.
fn message(items: &[Item<'_>]) -> Option<&'static str> {
    let cose = Cose::of(items)?;
    let is_typ = |typ: &str| matches!(typ_of(cose.protected), Some(found) if found == typ);
    Some(if is_typ("application/mapae-entry+cbor") {
        "entry of the ledger"
    } else if is_typ("application/mapae-order+cbor") {
        "continuity order"
    } else if cose.is_by_several() {
        "signed message (COSE_Sign)"
    } else if has_member(cose.payload, "vicalProvider") {
        "VICAL"
    } else {
        "signed message (COSE_Sign1)"
    })
}

fn typ_of<'b>(protected: &Item<'b>) -> Option<&'b str> {
    let Data::Bytes(bytes) = protected.data else { return None };
    let mut typ = None;
    members(bytes, |key, value| {
        if key == TYP {
            typ = Reader::new(value).text().ok();
        }
    })?;
    typ
}

fn has_member(payload: &Item<'_>, name: &str) -> bool {
    let Data::Bytes(bytes) = payload.data else { return false };
    let mut found = false;
    members(bytes, |key, _| found |= key == Key::Text(name)).is_some_and(|()| found)
}

/// The members of an encoded map, if it is one.
fn members<'b>(bytes: &'b [u8], mut each: impl FnMut(Key<'b>, &'b [u8])) -> Option<()> {
    Reader::read_all(bytes, |reader| {
        reader.map(|reader, key| {
            each(key, reader.skip()?);
            Ok::<_, CborError>(())
        })
    })
    .ok()
}
