//! `mapae serve issuer` as a process, its clerk as `mapae office`, and the citizen's text messages as the outbox that stands for
//! them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};

use super::authority::Authority;
use super::process::Process;
use super::{folder, free_url, succeed};
use crate::document::Document;
use crate::pki::{Root, Signer, SignerProfile};
use crate::register::Person;

/// Sample people: enough that each test has some of its own.
const PEOPLE: &str = "60";

/// An issuer that answers. It ends with this process, or when it is dropped.
pub struct Issuer {
    /// The authority that it issues for.
    pub authority: Authority,
    /// A wallet provider whose attestations count.
    pub provider: Provider,
    folder: PathBuf,
    url: String,
    office: String,
    people: Mutex<Vec<(Document, Vec<Person>)>>,
    _process: Process,
}

/// What an issuer is told beside its defaults: `--set` of `mapae issuer init`.
pub type Settings<'s> = &'s [&'s str];

/// A wallet provider, with its files in the hands of a wallet of others.
#[derive(Clone)]
pub struct Provider {
    signer: Signer,
    client_id: String,
}

/// An offer as the clerk's screen shows it, and the code that went another way.
pub struct Offer {
    /// `openid-credential-offer://` with the whole offer.
    pub by_value: String,
    /// The same with a reference to it.
    pub by_reference: String,
    /// The transaction code.
    pub tx_code: String,
    /// Whom it is for.
    pub person: Person,
    /// What is offered.
    pub document: Document,
    document_id: String,
}

impl Issuer {
    /// An issuer of both documents, with everybody in its registers.
    pub fn start(settings: Settings) -> Result<Self> {
        Self::start_with(settings, |_| Ok(()))
    }

    /// The same with more in its directory before it starts.
    pub fn start_with(settings: Settings, prepare: impl FnOnce(&Path) -> Result<()>) -> Result<Self> {
        let (authority, folder) = (Authority::shared()?, folder()?);
        let provider = Provider::new(&folder.join("provider"))?;
        let (url, office) = (free_url(), free_url());
        init(&folder, &authority, &url, settings)?;
        prepare(&folder.join("issuer"))?;
        let registers = folder.join("registers");
        succeed(&[&"people", &"sample", &"--count", &PEOPLE, &"--seed", &"11", &"--out", &registers])?;
        let process = serve(&folder, &registers, &url, &office)?;
        let everybody = |document| anyhow::Ok((document, Person::all(&register(&registers, document))?));
        let people = Mutex::new(vec![everybody(Document::Licence)?, everybody(Document::Resident)?]);
        Ok(Self { authority, provider, folder, url, office, people, _process: process })
    }

    /// The credential issuer's identifier.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where its office answers.
    pub fn office_url(&self) -> &str {
        &self.office
    }

    /// The file with what opens the office.
    pub fn office_token(&self) -> PathBuf {
        self.folder.join("issuer/office.token")
    }

    /// Somebody to whom no other test offers anything.
    pub fn somebody(&self, document: Document) -> Result<Person> {
        let mut people = self.people.lock().map_err(|_| anyhow!("another test failed"))?;
        let of_document = people.iter_mut().find(|(other, _)| *other == document);
        of_document.and_then(|(_, people)| people.pop()).ok_or_else(|| anyhow!("nobody is left"))
    }

    /// An offer to somebody who may have the document.
    pub fn offer(&self, document: Document) -> Result<Offer> {
        self.offer_to_somebody(document, &[])
    }

    /// An offer whose copies wait for [`Issuer::approve`].
    pub fn held_offer(&self, document: Document) -> Result<Offer> {
        self.offer_to_somebody(document, &[&"--hold"])
    }

    /// Lets the wallet fetch what was held.
    pub fn approve(&self, offer: &Offer) -> Result<Value> {
        self.office(&[&"approve", &offer.document_id, &"--reason", &"checked"])
    }

    /// Ends the document for a while, so that its wallet may fetch new copies afterwards.
    pub fn suspend_and_resume(&self, offer: &Offer) -> Result<()> {
        self.office(&[&"suspend", &offer.document_id, &"--reason", &"lost"])?;
        self.office(&[&"resume", &offer.document_id, &"--reason", &"found"])?;
        Ok(())
    }

    /// In which state the person's newest document is.
    pub fn state(&self, person: &Person) -> Result<String> {
        let answer = self.office(&[&"documents", &"--person", &person.id()?])?;
        let newest = answer["documents"].as_array().and_then(|all| all.last());
        let state = newest.and_then(|newest| newest["state"].as_str());
        state.map(str::to_owned).with_context(|| format!("no state in {answer}"))
    }

    /// A bundle with the status lists that it publishes.
    pub fn bundle(&self) -> Result<PathBuf> {
        let (keys, bundle) = (self.authority.keys(), folder()?.join("trust.bundle"));
        let lists = self.folder.join("issuer/lists");
        succeed(&[&"bundle", &"build", &"--authority", &keys, &"--lists", &lists, &"--out", &bundle])?;
        Ok(bundle)
    }

    /// What the service wrote on its standard error.
    pub fn complaints(&self) -> String {
        std::fs::read_to_string(complaints(&self.folder)).unwrap_or_default()
    }

    fn offer_to_somebody(&self, document: Document, more: &[&dyn AsRef<OsStr>]) -> Result<Offer> {
        loop {
            match self.offer_to(self.somebody(document)?, document, more) {
                Err(error) if format!("{error:#}").contains("not_eligible") => {}
                offer => return offer,
            }
        }
    }

    fn offer_to(&self, person: Person, document: Document, more: &[&dyn AsRef<OsStr>]) -> Result<Offer> {
        let (id, name) = (person.id()?.to_owned(), document.name());
        let mut arguments: Vec<&dyn AsRef<OsStr>> = vec![&"offer", &"--person", &id, &"--document", &name];
        arguments.extend(more);
        let answer = self.office(&arguments)?;
        let text = |field: &str| answer[field].as_str().map(str::to_owned).with_context(|| format!("no {field}"));
        let (by_value, by_reference) = (text("credential_offer")?, text("credential_offer_uri")?);
        let (tx_code, document_id) = (self.message(&text("offer_id")?, &id)?, text("document_id")?);
        Ok(Offer { by_value, by_reference, tx_code, person, document, document_id })
    }

    /// The code in the message to that person.
    fn message(&self, offer: &str, to: &str) -> Result<String> {
        let message = std::fs::read_to_string(self.folder.join(format!("issuer/outbox/{offer}.txt")))?;
        let (recipient, code) = message.trim_end().split_once('\n').context("no message")?;
        if recipient == to { Ok(code.to_owned()) } else { Err(anyhow!("the code went to {recipient}")) }
    }

    fn office(&self, arguments: &[&dyn AsRef<OsStr>]) -> Result<Value> {
        let token = self.office_token();
        let mut all: Vec<&dyn AsRef<OsStr>> = vec![&"office"];
        all.extend(arguments);
        all.extend([&"--office" as &dyn AsRef<OsStr>, &self.office, &"--token-file", &token]);
        succeed(&all)
    }
}

impl Provider {
    fn new(folder: &Path) -> Result<Self> {
        let client_id = "https://wallet.example/app".to_owned();
        let base_url = "https://wallet.example";
        succeed(&[
            &"wallet-provider",
            &"init",
            &"--dir",
            &folder,
            &"--base-url",
            &base_url,
            &"--client-id",
            &client_id,
        ])?;
        let read = |name: &str| std::fs::read_to_string(folder.join(name));
        Ok(Self { signer: Signer::from_pem(&read("signer.pem")?, &read("signer.key")?)?, client_id })
    }

    /// As the wallet's job takes it.
    pub fn job(&self) -> Result<Value> {
        Ok(json!({
            "issuer": "https://wallet.example",
            "key": self.signer.key.private_jwk(),
            "x5c": [self.signer.x5c()?],
            "clientId": self.client_id,
            "keyStorage": ["iso_18045_moderate"],
        }))
    }

    /// Another provider of that name, below a root that the issuer does not trust.
    pub fn stranger(&self) -> Result<Value> {
        let signer = Root::new()?.signer(&SignerProfile::default())?;
        let mut job = self.job()?;
        job["key"] = signer.key.private_jwk();
        job["x5c"] = json!([signer.x5c()?]);
        Ok(job)
    }
}

/// Starts the service, which answers at `url` and, for its office, at `office`.
fn serve(folder: &Path, registers: &Path, url: &str, office: &str) -> Result<Process> {
    let dir = folder.join("issuer");
    let rows = |document: Document| format!("{}={}", document.name(), register(registers, document).display());
    let (licences, residents) = (rows(Document::Licence), rows(Document::Resident));
    let (at, office) = (address(url), address(office));
    let mut arguments: Vec<&dyn AsRef<OsStr>> = vec![&"serve", &"issuer", &"--dir", &dir, &"--listen", &at];
    arguments.extend([&"--office-listen" as &dyn AsRef<OsStr>, &office]);
    arguments.extend([&"--register" as &dyn AsRef<OsStr>, &licences, &"--register", &residents]);
    Ok(Process::start(&arguments, &complaints(folder))?.0)
}

fn complaints(folder: &Path) -> PathBuf {
    folder.join("complaints")
}

fn init(folder: &Path, authority: &Authority, url: &str, settings: Settings) -> Result<()> {
    let (dir, keys, root) = (folder.join("issuer"), authority.keys(), folder.join("provider/root.pem"));
    let mut arguments: Vec<&dyn AsRef<OsStr>> = vec![
        &"issuer",
        &"init",
        &"--dir",
        &dir,
        &"--authority",
        &keys,
        &"--base-url",
        &url,
        &"--document",
        &"licence",
        &"--document",
        &"resident",
        &"--wallet-provider",
        &root,
        &"--set",
        &"rate=100000/s burst 100000",
    ];
    for setting in settings {
        arguments.extend([&"--set" as &dyn AsRef<OsStr>, setting]);
    }
    succeed(&arguments)?;
    Ok(())
}

fn address(url: &str) -> &str {
    url.trim_start_matches("http://")
}

fn register(registers: &Path, document: Document) -> PathBuf {
    registers.join(document.name()).with_extension("csv")
}
