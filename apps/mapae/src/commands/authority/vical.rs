//! `mapae authority vical`: the list by which foreign readers, who do not know our ledger, learn our roots
//! (ISO/IEC 18013-5 Annex C).

use std::path::PathBuf;

use clap::Args;
use mapae_crypto::SigningKey;
use mapae_trust::{NewVical, NewVicalEntry, Vical};
use mapae_types::{Duration, Entropy as _, Timestamp};
use mapae_x509::{Certificate, SignerParams, vical_signer};
use serde_json::json;

use crate::{
    authority::Authority,
    certify::{pair, sign},
    commands::request::load_catalogue,
    draft::Draft,
    environment::{SystemEntropy, now},
    failure::{Failure, OrUsage as _, Outcome},
    files::{self, Access},
    output::Output,
};

const SIGNER: &str = "vical-signer";
/// A list's signer serves as long as a reader may (tables B.7 and B.9); Annex C names no end.
const SIGNER_DAYS: i64 = 1187;
/// By when readers may expect the next list.
const LIST_DAYS: i64 = 30;

#[derive(Args)]
pub(crate) struct VicalArgs {
    /// The directory of an authority to list; the first one provides the list, and foreign readers trust its root for it
    #[arg(long, required = true)]
    authority: Vec<PathBuf>,
    /// The list to write
    #[arg(long)]
    out: PathBuf,
    /// A directory of catalogue files (TOML) instead of the built-in ones: the documents that the roots stand for
    #[arg(long)]
    catalogue: Option<PathBuf>,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
}

/// Signs the roots of all the authorities, old and new, into a list.
pub(crate) fn vical(args: &VicalArgs, output: &Output) -> Outcome<()> {
    let authorities = args.authority.iter().map(|dir| Authority::open(dir)).collect::<Outcome<Vec<_>>>()?;
    let Some(provider) = authorities.first() else { return Err(Failure::usage("--authority is missing")) };
    let at = now(args.at)?;
    let list = NewVical {
        provider: provider.profile().name.clone(),
        date: at,
        // Seconds grow as the standard wants it, and need no counter.
        issue_id: u64::try_from(at.unix())?,
        next_update: at + Duration::days(LIST_DAYS),
        entries: entries(args, &authorities)?,
    };
    let (certificate, key) = signer(provider, &args.authority[0], at)?;
    let unsigned = list.prepare(&certificate, &[])?;
    let signature = key.sign(unsigned.to_be_signed())?;
    let bytes = unsigned.attach(&signature);
    let root = provider.root()?;
    Vical::parse(&*bytes)?
        .verify(&[root], at)
        .or_usage(|| format!("the signer in {SIGNER}.pem cannot sign a list now; remove it, and a new one is made"))?;
    files::write(&args.out, &bytes, Access::Public)?;
    answer(args, &list, output);
    Ok(())
}

fn entries(args: &VicalArgs, authorities: &[Authority]) -> Outcome<Vec<NewVicalEntry>> {
    let catalogue = load_catalogue(args.catalogue.as_deref())?;
    let doc_types: Vec<String> = catalogue.documents().iter().map(|document| document.doctype().to_owned()).collect();
    let mut entries: Vec<NewVicalEntry> = Vec::new();
    for authority in authorities {
        for root in authority.roots()? {
            if entries.iter().any(|entry| entry.root == *root.anchor()) {
                return Err(Failure::usage("--authority names one directory twice"));
            }
            entries.push(NewVicalEntry { root: root.anchor().clone(), doc_types: doc_types.clone() });
        }
    }
    Ok(entries)
}

/// The provider's signer of lists, made when the first list is.
fn signer(provider: &Authority, dir: &std::path::Path, at: Timestamp) -> Outcome<(Certificate, SigningKey)> {
    if !provider.path(&format!("{SIGNER}.pem")).exists() {
        create_signer(provider, dir, at)?;
    }
    Ok((provider.certificate(SIGNER)?, provider.key(SIGNER)?))
}

fn create_signer(provider: &Authority, dir: &std::path::Path, at: Timestamp) -> Outcome<()> {
    let (root, key) = (provider.root()?, SigningKey::generate(&mut SystemEntropy)?);
    let (name, from) = (&provider.profile().name, at.start_of_day());
    let unsigned = vical_signer(
        &root,
        &SignerParams {
            organization: Some(name),
            common_name: &format!("{name} vical signer"),
            public_key: key.public(),
            serial: SystemEntropy.array()?,
            not_before: from,
            not_after: root.certificate().not_after().min(from + Duration::days(SIGNER_DAYS)),
            alternative_names: &[],
        },
    );
    let unsigned = unsigned.or_usage(|| "no signer of lists can be made at that time".to_owned())?;
    let mut draft = Draft::default();
    pair(&mut draft, SIGNER, &sign(unsigned, &provider.key("iaca")?)?, &key);
    Ok(draft.write(dir)?)
}

fn answer(args: &VicalArgs, list: &NewVical, output: &Output) {
    let (out, provider) = (args.out.display().to_string(), &list.provider);
    let subjects: Vec<&str> = list.entries.iter().map(|entry| entry.root.certificate().subject()).collect();
    let document = json!({
        "vical": out,
        "provider": provider,
        "issue_id": list.issue_id,
        "date": list.date.to_string(),
        "next_update": list.next_update.to_string(),
        "roots": subjects,
    });
    output.answer(&document, || {
        let next = list.next_update;
        format!("VICAL of {provider} in {out}, the next one by {next}\n  {}", subjects.join("\n  "))
    });
}
