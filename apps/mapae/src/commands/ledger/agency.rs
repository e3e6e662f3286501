//! `mapae ledger agency`: the keys of a new agency.

use std::path::PathBuf;

use clap::Args;
use mapae_crypto::SigningKey;
use mapae_trust::{Names, ledger::Right};
use mapae_types::AgencyId;
use serde_json::json;

use crate::{
    agency::{AgencyFile, AgencyKey},
    draft::Draft,
    environment::SystemEntropy,
    failure::{Failure, OrUsage as _, Outcome},
    output::Output,
};

#[derive(Args)]
pub(crate) struct AgencyArgs {
    /// Directory to create it in
    #[arg(long)]
    dir: PathBuf,
    /// By which entries name it: small letters, digits and hyphens
    #[arg(long)]
    id: AgencyId,
    /// Its name in Korean
    #[arg(long)]
    name_ko: String,
    /// Its name in English
    #[arg(long)]
    name_en: String,
    /// The kinds of entries that it asks to be allowed, separated by commas; `all` for every kind. Without any it votes
    /// and cosigns, and enters nothing alone
    #[arg(long, value_delimiter = ',')]
    rights: Vec<String>,
}

/// Creates an agency in a directory that has none.
pub(crate) fn agency(args: &AgencyArgs, output: &Output) -> Outcome<()> {
    if args.dir.join("agency.toml").exists() || args.dir.join("agency.key").exists() {
        let dir = args.dir.display();
        return Err(Failure::usage(format!("{dir} already holds an agency; nothing was changed")));
    }
    let file = file(args)?;
    let mut draft = Draft::default();
    for which in [AgencyKey::Entries, AgencyKey::Orders] {
        create_pair(&mut draft, which)?;
    }
    // Last, since its presence says that all the rest is there.
    draft.public("agency.toml", file.to_toml()?);
    draft.write(&args.dir)?;
    answer(args, &file, output);
    Ok(())
}

fn file(args: &AgencyArgs) -> Outcome<AgencyFile> {
    Names::new(&*args.name_ko, &*args.name_en).or_usage(|| "--name-ko and --name-en".to_owned())?;
    let (name_ko, name_en) = (args.name_ko.clone(), args.name_en.clone());
    let rights = rights(&args.rights)?.into_iter().map(|right| right.as_str().to_owned()).collect();
    Ok(AgencyFile { id: args.id.as_str().to_owned(), name_ko, name_en, rights })
}

fn rights(words: &[String]) -> Outcome<Vec<Right>> {
    if words == ["all"] {
        return Ok(Right::ALL.to_vec());
    }
    let known = || format!("--rights takes `all`, or some of {}", Right::ALL.map(Right::as_str).join(", "));
    words.iter().map(|word| word.parse::<Right>()).collect::<Result<_, _>>().or_usage(known)
}

fn create_pair(draft: &mut Draft, which: AgencyKey) -> anyhow::Result<()> {
    let key = SigningKey::generate(&mut SystemEntropy)?;
    draft.secret(&format!("{}.key", which.file()), key.to_pkcs8_pem().as_bytes());
    draft.public(&format!("{}.pem", which.file()), key.public().to_spki_pem());
    Ok(())
}

fn answer(args: &AgencyArgs, file: &AgencyFile, output: &Output) {
    let dir = args.dir.display().to_string();
    let document = json!({
        "dir": dir,
        "id": file.id,
        "names": { "ko": file.name_ko, "en": file.name_en },
        "rights": file.rights,
    });
    output.answer(&document, || {
        let rights = if file.rights.is_empty() { "none".to_owned() } else { file.rights.join(", ") };
        let AgencyFile { id, name_ko, name_en, .. } = file;
        format!(
            "Agency {id} ({name_ko}, {name_en}) in {dir}\n  asks for rights: {rights}\n  \
             others need {dir}/agency.toml, agency.pem and order.pem; order.key belongs in a safe"
        )
    });
}
