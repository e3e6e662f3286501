//! Whether a directory of issued documents is what an issuer may answer for, judged from its files alone.
//!
//! Shares no code with `mapae issue`: journal, names and formats are read here anew.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use mapae_cose::cbor::{Value as Cbor, Writer};
use mapae_crypto::{Algorithm, PublicKey, SigningKey, sha256};
use mapae_jose::{Jwk, base64url};
use mapae_mdoc::HeldMdoc;
use mapae_sd_jwt::SdJwt;
use mapae_x509::Certificate;
use serde_json::Value;

/// What should be there.
pub(crate) struct Expected<'a> {
    pub(crate) authority: &'a Path,
    pub(crate) issued: &'a Path,
    /// Each document's people.
    pub(crate) people: &'a BTreeMap<String, BTreeSet<String>>,
    /// Copies of each format.
    pub(crate) copies: u16,
}

/// What was found, and what is wrong with it.
#[derive(Default)]
pub(crate) struct Audit {
    pub(crate) people: usize,
    pub(crate) copies: usize,
    pub(crate) voided: usize,
    pub(crate) findings: Vec<String>,
}

/// The certificates of those who sign.
struct Signers {
    mdoc: Certificate,
    mdl: Certificate,
    sd_jwt: Certificate,
}

/// A copy as its journal line has it.
type Line = HashMap<String, Value>;

/// Person, document and name of a file.
type Place = (String, String, String);

pub(crate) fn audit(expected: &Expected<'_>) -> Audit {
    let mut audit = Audit::default();
    audit.top_level(expected.issued);
    let lines = audit.journal(expected.issued);
    let files = audit.files(expected);
    for place in files.difference(&lines.keys().cloned().collect()) {
        audit.find(format!("{place:?} has no line in the journal"));
    }
    let signers = Signers::of(expected.authority);
    for (place, line) in &lines {
        if let Err(problem) = check_copy(expected.issued, place, line, &signers) {
            audit.find(format!("{place:?}: {problem}"));
        }
    }
    audit.copies = lines.len();
    audit
}

impl Audit {
    fn find(&mut self, finding: String) {
        self.findings.push(finding);
    }

    /// Nothing lies about, and the checkpoint is at the end.
    fn top_level(&mut self, issued: &Path) {
        for name in names(issued) {
            let known = ["journal.jsonl", "journal.checkpoint", "refused.csv"].contains(&&*name);
            if !known && !issued.join(&name).is_dir() || name.starts_with('.') {
                self.find(format!("{name} is left over"));
            }
        }
        let journal = fs::metadata(issued.join("journal.jsonl")).map_or(0, |file| file.len());
        let checkpoint = fs::read_to_string(issued.join("journal.checkpoint")).unwrap_or_default();
        if checkpoint.trim().parse() != Ok(journal) {
            self.find(format!("the checkpoint is {checkpoint:?}, the journal has {journal} bytes"));
        }
    }

    /// The lines that hold, by the file that each speaks of.
    fn journal(&mut self, issued: &Path) -> BTreeMap<Place, Line> {
        let (mut entries, mut open) = (HashSet::new(), HashMap::new());
        for text in fs::read_to_string(issued.join("journal.jsonl")).unwrap_or_default().lines() {
            let Ok(line) = serde_json::from_str::<Line>(text) else {
                self.find(format!("a damaged line: {text}"));
                continue;
            };
            if let Some(void) = line.get("void") {
                self.voided += 1;
                if open.remove(&entry(&void["uri"], &void["idx"])).is_none() {
                    self.find(format!("voids what is not there: {text}"));
                }
            } else if !entries.insert(entry(&line["uri"], &line["idx"])) {
                self.find(format!("a status entry for the second time: {text}"));
            } else {
                open.insert(entry(&line["uri"], &line["idx"]), line);
            }
        }
        self.by_place(open.into_values())
    }

    fn by_place(&mut self, lines: impl Iterator<Item = Line>) -> BTreeMap<Place, Line> {
        let mut places = BTreeMap::new();
        for line in lines {
            let text = |member: &str| line[member].as_str().unwrap().to_owned();
            let name = format!("copy-{:02}.{}", line["copy"].as_u64().unwrap(), text("format"));
            let place = (text("person"), text("document"), name);
            if places.insert(place.clone(), line).is_some() {
                self.find(format!("{place:?} is on record twice"));
            }
        }
        places
    }

    /// Every copy's file; each person has all or is not there.
    fn files(&mut self, expected: &Expected<'_>) -> BTreeSet<Place> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut files = BTreeSet::new();
        for person in names(expected.issued).into_iter().filter(|name| expected.issued.join(name).is_dir()) {
            for document in names(&expected.issued.join(&person)) {
                let copies = names(&expected.issued.join(&person).join(&document));
                if copies != complete(expected.copies) {
                    self.find(format!("{person}/{document} holds {copies:?}"));
                }
                let copies = copies.into_iter().filter(|name| !name.contains(".key"));
                files.extend(copies.map(|name| (person.clone(), document.clone(), name)));
                found.entry(document).or_default().insert(person.clone());
            }
        }
        if found != *expected.people {
            self.find(format!("other people than expected: {:?}", difference(&found, expected.people)));
        }
        self.people = found.values().map(BTreeSet::len).sum();
        files
    }
}

fn entry(uri: &Value, idx: &Value) -> (String, u64) {
    (uri.as_str().unwrap().to_owned(), idx.as_u64().unwrap())
}

fn names(dir: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(dir).into_iter().flatten();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn complete(copies: u16) -> BTreeSet<String> {
    let of_copy = |copy| ["mdoc", "mdoc.key", "sd-jwt", "sd-jwt.key"].map(|end| format!("copy-{copy:02}.{end}"));
    (1..=copies).flat_map(of_copy).collect()
}

fn difference(
    a: &BTreeMap<String, BTreeSet<String>>,
    b: &BTreeMap<String, BTreeSet<String>>,
) -> BTreeSet<(String, String)> {
    let pairs = |map: &BTreeMap<String, BTreeSet<String>>| -> BTreeSet<(String, String)> {
        map.iter().flat_map(|(document, people)| people.iter().map(|p| (document.clone(), p.clone()))).collect()
    };
    pairs(a).symmetric_difference(&pairs(b)).cloned().collect()
}

impl Signers {
    fn of(authority: &Path) -> Self {
        let read = |name: &str| Certificate::from_pem(&fs::read_to_string(authority.join(name)).unwrap()).unwrap();
        Self { mdoc: read("document-signer.pem"), mdl: read("mdl-signer.pem"), sd_jwt: read("sd-jwt-signer.pem") }
    }
}

/// What a copy says of itself.
struct Copy {
    signed: Vec<u8>,
    uri: String,
    idx: u64,
}

fn check_copy(issued: &Path, place: &Place, line: &Line, signers: &Signers) -> Result<(), String> {
    let path: PathBuf = [&place.0, &place.1, &place.2].iter().fold(issued.to_owned(), |path, part| path.join(part));
    let bytes = fs::read(&path).map_err(|error| error.to_string())?;
    let pem = fs::read_to_string(path.with_file_name(format!("{}.key", place.2))).map_err(|error| error.to_string())?;
    let holder = SigningKey::from_pkcs8_pem(&pem).map_err(|error| error.to_string())?;
    let copy = match line["format"].as_str() {
        Some("mdoc") if place.1 == "licence" => mdoc(&bytes, &signers.mdl, holder.public())?,
        Some("mdoc") => mdoc(&bytes, &signers.mdoc, holder.public())?,
        _ => sd_jwt(&bytes, &signers.sd_jwt, holder.public())?,
    };
    let thumbprint = base64url::encode(Jwk::from(holder.public().clone()).thumbprint());
    let pairs = [
        ("hash", Value::from(base64url::encode(sha256(&copy.signed)))),
        ("key_thumbprint", Value::from(thumbprint)),
        ("uri", Value::from(copy.uri)),
        ("idx", Value::from(copy.idx)),
    ];
    match pairs.iter().find(|(member, value)| line[*member] != *value) {
        Some((member, _)) => Err(format!("not what the journal says: {member}")),
        None => Ok(()),
    }
}

fn mdoc(bytes: &[u8], by: &Certificate, holder: &PublicKey) -> Result<Copy, String> {
    let held = HeldMdoc::parse(bytes).map_err(|error| error.to_string())?;
    let structure = Cbor::from_cbor(bytes).map_err(|error| error.to_string())?;
    let Some(Cbor::Array(parts)) = member(&structure, "issuerAuth") else { return Err("no issuerAuth".to_owned()) };
    let [Cbor::Bytes(protected), _, Cbor::Bytes(payload), Cbor::Bytes(signature)] = &**parts else {
        return Err("not a COSE_Sign1".to_owned());
    };
    let mut signed = Writer::new();
    signed.array(4).text("Signature1").bytes(protected).bytes(b"").bytes(payload);
    let signed = signed.into_bytes();
    by.public_key().verify(Algorithm::Es256, &signed, signature).map_err(|error| error.to_string())?;
    if held.device_key() != holder || held.x5chain().map_err(|error| error.to_string())? != [by.der()] {
        return Err("another device key, or another signer".to_owned());
    }
    check_digests(&structure, payload)?;
    let status = held.status().ok_or("no status")?;
    Ok(Copy { signed, uri: status.uri.clone(), idx: status.idx })
}

/// Every element's digest is among those signed.
fn check_digests(structure: &Cbor, payload: &[u8]) -> Result<(), String> {
    let Ok(Cbor::Tag(24, inner)) = Cbor::from_cbor(payload) else { return Err("no MSO".to_owned()) };
    let Cbor::Bytes(inner) = *inner else { return Err("no MSO".to_owned()) };
    let mso = Cbor::from_cbor(&inner).map_err(|error| error.to_string())?;
    let (Some(Cbor::Map(spaces)), Some(digests)) = (member(structure, "nameSpaces"), member(&mso, "valueDigests"))
    else {
        return Err("no elements".to_owned());
    };
    for (name, items) in spaces {
        let (Cbor::Text(name), Cbor::Array(items)) = (name, items) else { return Err("no namespace".to_owned()) };
        let Some(Cbor::Map(signed)) = member(digests, name) else { return Err(format!("{name} is not signed")) };
        let is_signed = |item: &Cbor| signed.iter().any(|(_, d)| *d == Cbor::Bytes(sha256(&item.to_cbor()).to_vec()));
        if !items.iter().all(is_signed) {
            return Err(format!("an element of {name} is not signed"));
        }
    }
    Ok(())
}

fn member<'c>(map: &'c Cbor, name: &str) -> Option<&'c Cbor> {
    let Cbor::Map(entries) = map else { return None };
    entries.iter().find(|(key, _)| *key == Cbor::text(name)).map(|(_, value)| value)
}

fn sd_jwt(bytes: &[u8], by: &Certificate, holder: &PublicKey) -> Result<Copy, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    SdJwt::accept(text, by.public_key(), holder).map_err(|error| error.to_string())?;
    let jwt = text.split('~').next().unwrap_or_default();
    let (signed, _) = jwt.rsplit_once('.').ok_or("not a JWT")?;
    let payload = signed.split('.').nth(1).and_then(|part| base64url::decode(part).ok()).ok_or("no payload")?;
    let payload: Value = serde_json::from_slice(&payload).map_err(|error| error.to_string())?;
    let (uri, idx) = entry(&payload["status"]["status_list"]["uri"], &payload["status"]["status_list"]["idx"]);
    Ok(Copy { signed: signed.as_bytes().to_vec(), uri, idx })
}
