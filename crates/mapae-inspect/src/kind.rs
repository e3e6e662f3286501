//! What things are called in their standards: by the members of a map, else by where it stands.

use mapae_cose::cbor::{Key, Value};

use crate::item::{Data, Item};

/// Maps by members that no other has (ISO/IEC 18013-5 §8.3.2.1, §9.1.2.4; Token Status List §4.3).
const BY_MEMBERS: [(&str, &[&str]); 13] = [
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
const BY_HOLDER: [(&str, &str, &str); 21] = [
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
