//! A sample authority of Mapae, and what it issued to one person.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow};
use base64::Engine;

use super::{folder, mapae_request, succeed};
use crate::BASE64URL;
use crate::document::Document;
use crate::install::once;
use crate::key::Key;
use crate::pki::Signer;
use crate::register::Person;
use crate::request::Request;
use crate::sd_jwt::jws::Jws;

/// How many sample people: enough that some hold both documents.
const PEOPLE: &str = "12";

/// An authority with its register and its issued documents, in one folder.
#[derive(Clone, Debug)]
pub struct Authority {
    folder: PathBuf,
}

/// One person's document.
pub struct Holding {
    /// Who holds it, as the register has it.
    pub person: Person,
    document: Document,
    folder: PathBuf,
}

/// A copy in one format.
pub struct Copy {
    /// The file as a job carries it: base64url of an mdoc, an SD-JWT as it is.
    pub text: String,
    /// The holder's key.
    pub key: Key,
}

impl Authority {
    /// The one that tests share: they read it and change nothing.
    pub fn shared() -> Result<Self> {
        static MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
        Ok(Self { folder: once(&MADE, || Ok(Self::new()?.folder))? })
    }

    /// One of its own, with both documents issued.
    pub fn new() -> Result<Self> {
        let authority = Self { folder: folder()? };
        let registers = authority.folder.join("registers");
        succeed(&[&"authority", &"init", &"--dir", &authority.keys()])?;
        succeed(&[&"people", &"sample", &"--count", &PEOPLE, &"--seed", &"7", &"--out", &registers])?;
        authority.issue(Document::Licence)?;
        authority.issue(Document::Resident)?;
        Ok(authority)
    }

    /// Folder of keys, certificates and status lists.
    pub fn keys(&self) -> PathBuf {
        self.folder.join("authority")
    }

    /// Folder of issued documents.
    pub fn issued(&self) -> PathBuf {
        self.folder.join("issued")
    }

    /// The root certificate as PEM.
    pub fn root(&self) -> Result<String> {
        Ok(fs::read_to_string(self.keys().join("iaca.pem"))?)
    }

    /// One of its signers: `document-signer`, `mdl-signer`, `sd-jwt-signer` or `status-signer`.
    pub fn signer(&self, name: &str) -> Result<Signer> {
        let read = |extension| fs::read_to_string(self.keys().join(name).with_extension(extension));
        Signer::from_pem(&read("pem")?, &read("key")?)
    }

    /// The status token that it publishes under the URI.
    pub fn status_token(&self, uri: &str) -> Result<String> {
        let number = uri.rsplit('/').next().ok_or_else(|| anyhow!("no number in {uri}"))?;
        Ok(fs::read_to_string(self.keys().join("status").join(number).with_extension("jwt"))?)
    }

    /// A bundle with the status lists of now, that also trusts the given roots.
    pub fn bundle(&self, roots: &[String]) -> Result<PathBuf> {
        let folder = folder()?;
        let (bundle, trusted) = (folder.join("trust.bundle"), folder.join("roots.pem"));
        let (keys, issued) = (self.keys(), self.issued());
        let mut arguments: Vec<&dyn AsRef<OsStr>> =
            vec![&"bundle", &"build", &"--authority", &keys, &"--issued", &issued, &"--out", &bundle];
        if !roots.is_empty() {
            fs::write(&trusted, roots.concat())?;
            arguments.extend([&"--trust" as &dyn AsRef<OsStr>, &trusted]);
        }
        succeed(&arguments)?;
        Ok(bundle)
    }

    /// What the first person in the register holds who was issued the document.
    pub fn holding(&self, document: Document) -> Result<Holding> {
        let register = self.register(document);
        for person in Person::all(&register)? {
            let folder = self.issued().join(person.id()?).join(document.name());
            if folder.exists() {
                return Ok(Holding { person, document, folder });
            }
        }
        Err(anyhow!("nobody holds a {}", document.name()))
    }

    /// Revokes every copy of a person's document.
    pub fn revoke(&self, holding: &Holding) -> Result<()> {
        let (keys, issued) = (self.keys(), self.issued());
        let (person, document) = (holding.person.id()?, holding.document.name());
        succeed(&[
            &"revoke",
            &"--authority",
            &keys,
            &"--issued",
            &issued,
            &"--person",
            &person,
            &"--document",
            &document,
        ])?;
        Ok(())
    }

    fn issue(&self, document: Document) -> Result<()> {
        let (keys, issued, register) = (self.keys(), self.issued(), self.register(document));
        succeed(&[
            &"issue",
            &"--authority",
            &keys,
            &"--document",
            &document.name(),
            &"--register",
            &register,
            &"--out",
            &issued,
            &"--copies",
            &"1",
        ])?;
        Ok(())
    }

    fn register(&self, document: Document) -> PathBuf {
        self.folder.join("registers").join(document.name()).with_extension("csv")
    }
}

impl Holding {
    /// The copy as an mdoc.
    pub fn mdoc(&self) -> Result<Copy> {
        let text = BASE64URL.encode(fs::read(self.file("copy-01.mdoc"))?);
        Ok(Copy { text, key: self.key("copy-01.mdoc.key")? })
    }

    /// The copy as an SD-JWT VC.
    pub fn sd_jwt(&self) -> Result<Copy> {
        let text = fs::read_to_string(self.file("copy-01.sd-jwt"))?.trim_end().to_owned();
        Ok(Copy { text, key: self.key("copy-01.sd-jwt.key")? })
    }

    /// What `mapae request` asks for of this document.
    pub fn request(&self) -> Result<Request> {
        asked_of(self.document)
    }

    /// Its folder, from which `mapae present` takes copies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn key(&self, name: &str) -> Result<Key> {
        let pem = fs::read_to_string(self.file(name))?;
        Key::from_pkcs8_pem(&pem).with_context(|| format!("{name} is no PKCS#8 key"))
    }
}

impl Copy {
    /// Where the status list of an SD-JWT is published.
    pub fn status_uri(&self) -> Result<String> {
        let credential = Jws::parse(self.text.split('~').next().unwrap_or_default())?;
        let uri = credential.payload()?["status"]["status_list"]["uri"].as_str().map(str::to_owned);
        uri.ok_or_else(|| anyhow!("the copy names no status list"))
    }
}

/// What `mapae request` asks for of a document.
pub(crate) fn asked_of(document: Document) -> Result<Request> {
    Request::from_json(mapae_request(document.name(), document.asked_of_ours())?)
}
