//! What a copy says, as its holder sees it.

use mapae_dcql::{Candidate, PathSegment};
use mapae_document::DocumentType;
use mapae_jose::{Jws, base64url};
use mapae_mdoc::HeldMdoc;
use mapae_sd_jwt::SdJwt;
use mapae_types::Timestamp;
use mapae_x509::Certificate;
use serde_json::{Map, Value};

use crate::{Format, HeldCopy, words};

/// What says something of the credential and not of its subject (SD-JWT VC §3.2.2.2, RFC 7519 §4.1).
const ABOUT_THE_CREDENTIAL: [&str; 11] =
    ["vct", "vct#integrity", "iss", "iat", "nbf", "exp", "aud", "jti", "cnf", "status", "_sd_alg"];

/// A copy, read.
pub(crate) struct Contents {
    /// `docType` or `vct`.
    pub(crate) kind: String,
    /// Namespaces with their elements, or claims.
    pub(crate) values: Value,
    /// Claims that are shown whatever the holder chooses; none in an mdoc.
    pub(crate) always: Value,
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    /// Key identifiers of who certifies the issuer, in base64url (OpenID4VP 1.0 §6.1.1.1).
    authorities: Vec<String>,
    format: Format,
}

impl Contents {
    /// Reads a copy; nothing if it cannot be read, and so not be shown either.
    pub(crate) fn of(copy: &HeldCopy) -> Option<Self> {
        match copy.format {
            Format::Mdoc => of_mdoc(&copy.bytes()),
            Format::SdJwt => of_sd_jwt(&copy.credential),
        }
    }

    /// Whether it may be used at a time.
    pub(crate) fn is_valid_at(&self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    /// Calls `look` with what a query sees of it.
    pub(crate) fn with_candidate<T>(&self, look: impl FnOnce(&Candidate<'_>) -> T) -> T {
        let kind = [self.kind.as_str()];
        let candidate = match self.format {
            Format::Mdoc => Candidate::mdoc(&self.kind, &self.values),
            Format::SdJwt => Candidate::sd_jwt_vc(&kind, &self.values),
        };
        look(&self.authorities.iter().fold(candidate, |candidate, key| candidate.certified_by("aki", key)))
    }

    /// Everything that the copy says of its holder: paths to what the catalogue has a name for, or that has no parts.
    pub(crate) fn leaves(&self, document: Option<&DocumentType>) -> Vec<Vec<String>> {
        leaves(self.format, &self.values, document)
    }

    /// What is shown whatever the holder chooses.
    pub(crate) fn always(&self, document: Option<&DocumentType>) -> Vec<Vec<String>> {
        leaves(self.format, &self.always, document)
    }

    /// The value at a path of names and indices.
    pub(crate) fn value(&self, path: &[String]) -> Value {
        let step = |value: Value, name: &String| match value {
            Value::Array(items) => items.into_iter().nth(name.parse().ok()?),
            Value::Object(mut members) => members.remove(name),
            _ => None,
        };
        path.iter().try_fold(self.values.clone(), step).unwrap_or_default()
    }
}

fn leaves(format: Format, values: &Value, document: Option<&DocumentType>) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let Value::Object(members) = values else { return found };
    for (name, member) in members {
        match (format, member) {
            (Format::Mdoc, Value::Object(elements)) => {
                found.extend(elements.keys().map(|element| vec![name.clone(), element.clone()]));
            }
            (Format::SdJwt, _) if ABOUT_THE_CREDENTIAL.contains(&name.as_str()) => {}
            _ => below(&mut vec![name.clone()], member, document, &mut found),
        }
    }
    found
}

/// An object is a claim if the catalogue says so, else its members are.
fn below(path: &mut Vec<String>, value: &Value, document: Option<&DocumentType>, found: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(members) if words::attribute(document, path).is_none() => {
            for (name, member) in members {
                path.push(name.clone());
                below(path, member, document, found);
                path.pop();
            }
        }
        _ => found.push(path.clone()),
    }
}

/// A path of a selection, which leads to one value, as text.
pub(crate) fn names(segments: &[PathSegment]) -> Vec<String> {
    let name = |segment: &PathSegment| match segment {
        PathSegment::Key(name) => name.clone(),
        PathSegment::Index(index) => index.to_string(),
        PathSegment::All => "*".to_owned(),
    };
    segments.iter().map(name).collect()
}

fn of_mdoc(bytes: &[u8]) -> Option<Contents> {
    let held = HeldMdoc::parse(bytes).ok()?;
    let mut spaces = Map::new();
    for element in held.elements() {
        let space = spaces.entry(element.namespace).or_insert_with(|| Value::Object(Map::new()));
        space.as_object_mut()?.insert(element.identifier().to_owned(), element.value().to_json());
    }
    let (from, until) = (Some(held.validity().valid_from()), Some(held.validity().valid_until()));
    let authorities = held.x5chain().ok()?.iter().filter_map(|der| authority(der)).collect();
    let (kind, values, always) = (held.doc_type().to_owned(), Value::Object(spaces), Value::Null);
    Some(Contents { kind, values, always, from, until, authorities, format: Format::Mdoc })
}

fn of_sd_jwt(text: &str) -> Option<Contents> {
    let held = SdJwt::parse(text).ok()?;
    let jwt = text.split('~').next()?;
    // The same without any disclosure: what nobody can withhold.
    let bare = format!("{jwt}~");
    let always = Value::Object(SdJwt::parse(&bare).ok()?.claims().clone());
    let time = |name| held.claims().get(name)?.as_i64().and_then(|seconds| Timestamp::from_unix(seconds).ok());
    let chain = Jws::parse(jwt).ok()?;
    let authorities = chain.header().x5c().iter().filter_map(|der| authority(der)).collect();
    let (kind, values) = (held.vct().to_owned(), Value::Object(held.claims().clone()));
    Some(Contents { kind, values, always, from: time("nbf"), until: time("exp"), authorities, format: Format::SdJwt })
}

fn authority(der: &[u8]) -> Option<String> {
    Certificate::from_der(der).ok()?.authority_key_id().map(base64url::encode)
}
