//! `mapae relying-party register`: an access certificate, and what its holder may ask for.

use std::{path::PathBuf, str::FromStr};

use clap::Args;
use mapae_dcql::{ClaimPath, PathSegment};
use mapae_document::{Attribute, DocumentType};
use mapae_trust::{
    Names, NewRegistration, RegisteredDocument, RegisteredKind, Registration,
    ledger::{Change, Statement},
};
use mapae_types::{DocumentName, IdError, RelyingPartyId, Timestamp, UseClass};

use super::words;
use crate::{
    commands::{
        entry::{self, EntryArgs},
        request::{find_attribute, find_document, load_catalogue},
    },
    draft::Draft,
    environment::now,
    failure::{Failure, OrUsage as _, Outcome},
    output::Output,
    registrar::Registrar,
};

#[derive(Args)]
pub(crate) struct RegisterArgs {
    /// The registrar's directory
    #[arg(long)]
    registrar: PathBuf,
    /// By which the ledger names it: letters, digits, hyphens and underscores
    #[arg(long)]
    id: RelyingPartyId,
    /// What citizens know it by, in Korean
    #[arg(long)]
    name_ko: String,
    /// What citizens know it by, in English
    #[arg(long)]
    name_en: String,
    /// Its class of use, such as low, substantial or high
    #[arg(long)]
    class: UseClass,
    /// What it asks for, in Korean; once for each purpose
    #[arg(long, required = true)]
    purpose_ko: Vec<String>,
    /// The same in English, in the same order
    #[arg(long, required = true)]
    purpose_en: Vec<String>,
    /// The statute that allows it to ask for the resident registration number, in Korean
    #[arg(long, requires = "legal_basis_en")]
    legal_basis_ko: Option<String>,
    /// The same in English
    #[arg(long, requires = "legal_basis_ko")]
    legal_basis_en: Option<String>,
    /// A document of the catalogue and the elements of it that it may ask for, in both formats; once for each document
    #[arg(long, required = true, value_name = "NAME=ELEMENT,ELEMENT")]
    document: Vec<DocumentElements>,
    /// Directory for access.pem, access.key and registration.cbor
    #[arg(long)]
    out: PathBuf,
    /// A directory of catalogue files (TOML) instead of the built-in ones
    #[arg(long)]
    catalogue: Option<PathBuf>,
    #[command(flatten)]
    entry: EntryArgs,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
}

/// A document and elements of it, as the command line has them.
#[derive(Clone)]
struct DocumentElements {
    document: DocumentName,
    elements: Vec<String>,
}

impl FromStr for DocumentElements {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "expected NAME=ELEMENT,ELEMENT, such as resident=age_over_19,portrait".to_owned();
        let (document, elements) =
            text.split_once('=').filter(|(_, elements)| !elements.is_empty()).ok_or_else(form)?;
        let document = document.parse().map_err(|error: IdError| error.to_string())?;
        Ok(Self { document, elements: elements.split(',').map(str::to_owned).collect() })
    }
}

/// Registers a relying party in a directory that holds none.
pub(super) fn register(args: &RegisterArgs, output: &Output) -> Outcome<()> {
    let registrar = Registrar::open(&args.registrar)?;
    if args.out.join("registration.cbor").exists() || args.out.join("access.key").exists() {
        let out = args.out.display();
        return Err(Failure::usage(format!("{out} already holds a relying party; nothing was changed")));
    }
    let at = now(args.at)?;
    let mut draft = Draft::default();
    let registration = registration(args, &registrar, &mut draft, at)?;
    let statement = Statement::RelyingParty(Change::Enter(Box::new(registration.clone())));
    let entry = args.entry.sign(&statement, at)?;
    // Last, since its presence says that all the rest is there.
    draft.binary("registration.cbor", &registration.to_bytes());
    draft.write(&args.out)?;
    entry.as_ref().map_or(Ok(()), entry::NewEntry::write)?;
    let mut document = words::registration(&args.out, &registration);
    document["entry"] = entry::place(entry.as_ref());
    output.answer(&document, || {
        format!("{}\n  {}", words::registration_text(&args.out, &registration), entry::next(entry.as_ref()))
    });
    Ok(())
}

fn registration(args: &RegisterArgs, registrar: &Registrar, draft: &mut Draft, at: Timestamp) -> Outcome<Registration> {
    let names = names(&args.name_ko, &args.name_en, "--name-ko and --name-en")?;
    let documents = documents(args)?;
    let (purposes, legal_basis) = (purposes(args)?, legal_basis(args)?);
    let certificate = registrar.certify(draft, "access", (names.en(), args.id.as_str()), at)?;
    let (id, use_class) = (args.id.clone(), args.class.clone());
    let new = NewRegistration { id, names, certificate, use_class, purposes, legal_basis, documents };
    Registration::new(new).or_usage(|| "such a registration is refused".to_owned())
}

fn names(ko: &str, en: &str, arguments: &str) -> Outcome<Names> {
    Names::new(ko, en).or_usage(|| arguments.to_owned())
}

fn purposes(args: &RegisterArgs) -> Outcome<Vec<Names>> {
    let (korean, english) = (&args.purpose_ko, &args.purpose_en);
    if korean.len() != english.len() {
        return Err(Failure::usage("--purpose-ko and --purpose-en are given equally often, in the same order"));
    }
    korean.iter().zip(english).map(|(ko, en)| names(ko, en, "--purpose-ko and --purpose-en")).collect()
}

fn legal_basis(args: &RegisterArgs) -> Outcome<Option<Names>> {
    let given = args.legal_basis_ko.as_ref().zip(args.legal_basis_en.as_ref());
    given.map(|(ko, en)| names(ko, en, "--legal-basis-ko and --legal-basis-en")).transpose()
}

/// Every document in both formats: a citizen may answer by either.
fn documents(args: &RegisterArgs) -> Outcome<Vec<RegisteredDocument>> {
    let catalogue = load_catalogue(args.catalogue.as_deref())?;
    let mut documents = Vec::new();
    for given in &args.document {
        let document = find_document(&catalogue, &given.document)?;
        let attributes: Vec<&Attribute> =
            given.elements.iter().map(|id| find_attribute(document, id)).collect::<Outcome<_>>()?;
        documents.extend(in_both_formats(document, &attributes)?);
    }
    Ok(documents)
}

fn in_both_formats(document: &DocumentType, attributes: &[&Attribute]) -> Outcome<[RegisteredDocument; 2]> {
    let refused = || format!("--document {}", document.name());
    let elements = attributes.iter().map(|a| ClaimPath::element(a.namespace(), a.element())).collect();
    let mdoc = RegisteredKind::Mdoc(document.doctype().to_owned());
    let claims = attributes.iter().map(|a| claim_path(a)).collect::<Outcome<_>>()?;
    let sd_jwt = RegisteredKind::SdJwtVc(document.vct().to_owned());
    Ok([
        RegisteredDocument::new(mdoc, elements).or_usage(refused)?,
        RegisteredDocument::new(sd_jwt, claims).or_usage(refused)?,
    ])
}

fn claim_path(attribute: &Attribute) -> Outcome<ClaimPath> {
    let names = attribute.claim_path().iter().cloned().map(PathSegment::Key);
    Ok(ClaimPath::new(names.collect())?)
}
