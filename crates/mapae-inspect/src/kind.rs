//! What things are called in their standards: by the members of a map, else by where it stands.

use mapae_cose::cbor::{Key, Value};

use crate::{
    item::{Data, Item},
    title::{DRAFT, LOGGED_BUNDLE, SIGNED_BUNDLE},
};

/// Maps by members that no other has (ISO/IEC 18013-5 §8.3.2.1, §9.1.2.4, §C.1.7; Token Status List §4.3; the CDDL of
/// `mapae-trust`).
const BY_MEMBERS: [(&str, &[&str]); 20] = [
    ("Manifest", &["as_of", "issuers", "relying_parties"]),
    ("BundleDelta", &["base", "seal", "manifest"]),
    ("Statement", &["at", "body", "kind"]),
    ("ContinuityOrder", &["until", "classes", "compromised"]),
    ("Registration", &["documents", "purposes", "certificate"]),
    ("VICAL", &["vicalProvider", "certificateInfos"]),
    ("CertificateInfo", &["certificate", "docType"]),
    ("DeviceResponse", &["documents", "version"]),
    ("DeviceRequest", &["docRequests"]),
    ("DocRequest", &["itemsRequest"]),
    ("ItemsRequest", &["docType", "nameSpaces"]),
    ("Document", &["docType", "issuerSigned"]),
    ("IssuerSigned", &["issuerAuth"]),
    ("DeviceSigned", &["deviceAuth"]),
    ("IssuerSignedItem", &["digestID", "elementIdentifier"]),
    ("MobileSecurityObject", &["digestAlgorithm", "valueDigests"]),
    ("ValidityInfo", &["validFrom", "validUntil"]),
    ("DeviceKeyInfo", &["deviceKey"]),
    ("StatusList", &["bits", "lst"]),
    ("StatusListInfo", &["idx", "uri"]),
];

/// Things by what holds them and, unless it is empty, their label.
const BY_HOLDER: [(&str, &str, &str); 47] = [
    ("", LOGGED_BUNDLE, "Bundle"),
    ("", SIGNED_BUNDLE, "Bundle"),
    ("", DRAFT, "DraftBundle"),
    ("Bundle", "seal", "Seal"),
    ("Bundle", "parts", "Parts"),
    ("DraftBundle", "manifest", "Manifest"),
    ("DraftBundle", "parts", "Parts"),
    ("BundleDelta", "seal", "Seal"),
    ("BundleDelta", "manifest", "Manifest"),
    ("BundleDelta", "registrations", "Registrations"),
    ("Seal", "manifest", "Manifest"),
    ("Seal", "entry", "Entry"),
    ("Seal", "proof", "tlog-proof"),
    ("Seal", "rotations", "Rotations"),
    ("Rotations", "", "Rotation"),
    ("Rotation", "entry", "Entry"),
    ("Rotation", "proof", "tlog-proof"),
    ("Parts", "registrations", "Registrations"),
    ("Parts", "", "StatusListToken"),
    ("Statement", "body", "Body"),
    ("Body", "policy", "tlog-policy"),
    ("Body", "order", "OrderFile"),
    ("protected header", "alg", "alg"),
    ("unprotected header", "alg", "alg"),
    ("protected header", "kid", "kid"),
    ("unprotected header", "kid", "kid"),
    ("IssuerSigned", "nameSpaces", "IssuerNameSpaces"),
    ("IssuerSigned", "issuerAuth", "IssuerAuth"),
    ("DeviceSigned", "nameSpaces", "DeviceNameSpaces"),
    ("DeviceSigned", "deviceAuth", "DeviceAuth"),
    ("DeviceAuth", "deviceSignature", "DeviceSignature"),
    ("DeviceAuth", "deviceMac", "DeviceMac"),
    ("IssuerNameSpaces", "", "NameSpace"),
    ("MobileSecurityObject", "docType", "DocType"),
    ("Document", "docType", "DocType"),
    ("MobileSecurityObject", "valueDigests", "ValueDigests"),
    ("ValueDigests", "", "DigestIDs"),
    ("DigestIDs", "", "Digest"),
    ("DeviceKeyInfo", "deviceKey", "COSE_Key"),
    ("DeviceKeyInfo", "keyAuthorizations", "KeyAuthorizations"),
    ("COSE_Key", "1", "kty"),
    ("COSE_Key", "-1", "crv"),
    ("COSE_Key", "-2", "x"),
    ("COSE_Key", "-3", "y"),
    ("ValidityInfo", "", "tdate"),
    ("IssuerSignedItem", "digestID", "DigestID"),
    ("IssuerSignedItem", "elementValue", "DataElementValue"),
];

/// Elements of arrays that stand for something by their place, by kind and number of elements.
const ELEMENTS: [(&str, &[&str]); 5] = [
    ("Bundle", &["seal", "parts"]),
    ("DraftBundle", &["manifest", "parts"]),
    ("Seal", &["manifest", "entry", "proof", "rotations"]),
    // A delta's, which has the manifest elsewhere.
    ("Seal", &["entry", "proof", "rotations"]),
    ("Rotation", &["entry", "proof"]),
];

/// What a string of some kind holds.
pub(crate) enum Inside {
    /// Encoded CBOR.
    Cbor,
    /// A text of a log ([`crate::tlog`]).
    Log,
    /// A name.
    Name,
    /// It may be a certificate.
    Unknown,
}

/// What a string of that kind holds.
pub(crate) fn inside(kind: &str) -> Inside {
    match kind {
        "Manifest" | "Entry" | "OrderFile" | "Registrations" | "StatusListToken" => Inside::Cbor,
        "tlog-proof" | "tlog-policy" => Inside::Log,
        "kid" => Inside::Name,
        _ => Inside::Unknown,
    }
}

/// What the element `index` of an array with that many is called.
pub(crate) fn element(kind: &str, elements: usize, index: usize) -> String {
    let names = ELEMENTS.iter().find(|(of, names)| *of == kind && names.len() == elements).map(|(_, names)| *names);
    match names.and_then(|names| names.get(index)) {
        Some(name) => (*name).to_owned(),
        // The parts of a bundle: registrations, and a list on each of the others.
        None if kind == "Parts" && index == 0 => "registrations".to_owned(),
        None => format!("[{index}]"),
    }
}

/// The kind of an item under `label` in a thing of kind `holder`.
pub(crate) fn kind(holder: &str, label: &str, item: &Item<'_>) -> &'static str {
    let placed = |(of, name, _): &&(&str, &str, &str)| *of == holder && (name.is_empty() || *name == label);
    if let Some((_, _, kind)) = BY_HOLDER.iter().find(placed) {
        return kind;
    }
    match &item.data {
        Data::Map(entries) => by_members(entries).unwrap_or("map"),
        Data::Array(_) => "array",
        Data::Bytes(_) => "bstr",
        Data::Text(_) => "tstr",
        Data::Tag(_, inner) => kind(holder, label, inner),
        Data::Scalar(value) => scalar(value),
        Data::CutOff => "cut off",
    }
}

fn by_members(entries: &[(Key<'_>, Item<'_>)]) -> Option<&'static str> {
    let has = |member: &str| entries.iter().any(|(key, _)| *key == Key::Text(member));
    BY_MEMBERS.iter().find(|(_, members)| members.iter().all(|member| has(member))).map(|(kind, _)| *kind)
}

/// Names of RFC 8610, appendix D.
const fn scalar(value: &Value) -> &'static str {
    match value {
        Value::Int(_) => "int",
        Value::Bool(_) => "bool",
        Value::Float(_) => "float",
        _ => "nil",
    }
}

/// Names of the COSE header parameters in use here (RFC 9052 §3.1, RFC 9360 §2).
pub(crate) fn header_parameter(label: &Key<'_>) -> String {
    named(label, &[(1, "alg"), (2, "crit"), (3, "content type"), (4, "kid"), (16, "typ"), (33, "x5chain")])
}

/// Names of the CWT claims in use here (RFC 8392 §3.1, Token Status List §5.2).
pub(crate) fn claim(label: &Key<'_>) -> String {
    named(label, &[(2, "sub"), (4, "exp"), (5, "nbf"), (6, "iat"), (65_533, "status_list"), (65_534, "ttl")])
}

/// A key as it stands.
pub(crate) fn key(key: &Key<'_>) -> String {
    named(key, &[])
}

fn named(label: &Key<'_>, names: &[(i64, &str)]) -> String {
    match label {
        Key::Text(text) => (*text).to_owned(),
        Key::Int(number) => names
            .iter()
            .find(|(known, _)| known == number)
            .map_or_else(|| number.to_string(), |(_, name)| (*name).to_owned()),
    }
}
