//! A registration for programs and for people.

use std::path::Path;

use mapae_dcql::{ClaimPath, PathSegment};
use mapae_trust::{Names, RegisteredDocument, Registration};
use mapae_types::hex;
use mapae_x509::x509_hash_client_id;
use serde_json::{Value, json};

/// The registration in a relying party's directory.
pub(super) fn registration(dir: &Path, registration: &Registration) -> Value {
    let certificate = registration.certificate();
    json!({
        "dir": dir.display().to_string(),
        "id": registration.id().as_str(),
        "names": names(registration.names()),
        "class": registration.use_class().as_str(),
        "purposes": registration.purposes().iter().map(names).collect::<Vec<_>>(),
        "legal_basis": registration.legal_basis().map(names),
        "documents": registration.documents().iter().map(document).collect::<Vec<_>>(),
        "client_id": x509_hash_client_id(certificate),
        "certificate": { "subject": certificate.subject(), "sha256": hex::encode(&certificate.fingerprint()) },
    })
}

/// The same for people.
pub(super) fn registration_text(dir: &Path, registration: &Registration) -> String {
    let names = both(registration.names());
    let mut lines = vec![format!("Relying party {} ({names}) in {}", registration.id(), dir.display())];
    lines.push(format!("  client id {}", x509_hash_client_id(registration.certificate())));
    lines.push(format!("  class of use {}", registration.use_class()));
    lines.extend(registration.purposes().iter().map(|purpose| format!("  purpose: {}", both(purpose))));
    lines.extend(registration.legal_basis().map(|basis| format!("  legal basis: {}", both(basis))));
    for document in registration.documents() {
        let elements: Vec<String> = document.elements().iter().map(short).collect();
        lines.push(format!("  {}: {}", document.kind().type_name(), elements.join(", ")));
    }
    lines.join("\n")
}

/// Both wordings for programs.
pub(super) fn names(names: &Names) -> Value {
    json!({ "ko": names.ko(), "en": names.en() })
}

/// Both wordings for people.
pub(super) fn both(names: &Names) -> String {
    format!("{}, {}", names.ko(), names.en())
}

/// A path as DCQL writes it.
pub(super) fn path(path: &ClaimPath) -> Value {
    path.segments().iter().map(segment).collect()
}

fn document(document: &RegisteredDocument) -> Value {
    json!({
        "format": document.kind().format(),
        "type": document.kind().type_name(),
        "elements": document.elements().iter().map(path).collect::<Vec<_>>(),
    })
}

fn segment(segment: &PathSegment) -> Value {
    match segment {
        PathSegment::Key(key) => json!(key),
        PathSegment::Index(index) => json!(index),
        PathSegment::All => Value::Null,
    }
}

/// An element without its namespace, a claim with dots.
fn short(path: &ClaimPath) -> String {
    let text = |segment: &PathSegment| match segment {
        PathSegment::Key(key) => key.clone(),
        PathSegment::Index(index) => index.to_string(),
        PathSegment::All => "*".to_owned(),
    };
    path.segments().iter().map(text).collect::<Vec<_>>().join(".")
}
