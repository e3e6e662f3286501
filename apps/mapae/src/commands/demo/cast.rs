//! A country, its register, its documents; and a citizen who shows one.

use std::{path::PathBuf, time::Instant};

use super::{
    ledger::Ledger,
    stage::{Case, Expected, Stage},
};
use crate::{
    cli::{FormatArg, InitArgs, IssueArgs, SampleArgs},
    commands::{authority, issue, people},
    failure::{Failure, Outcome},
    output::Output,
};

/// People in the register.
const PEOPLE: u64 = 24;
/// Copies of each format that a person gets (design D7).
pub(super) const COPIES: u16 = 10;

/// The people of the story, by the directories of their resident cards.
pub(super) struct Cast {
    pub(super) citizen: PathBuf,
    pub(super) thief: PathBuf,
    pub(super) deceased: PathBuf,
}

/// What the citizen showed, in both formats.
pub(super) struct Shown {
    pub(super) mdoc: Vec<u8>,
    pub(super) sd_jwt: Vec<u8>,
}

impl Cast {
    pub(super) fn assemble(stage: &mut Stage<'_>) -> Outcome<(Self, Ledger)> {
        stage.tale.step("A country begins: one root, and signers for each kind of document");
        found_authority(stage, "authority")?;
        let ledger = Ledger::found(stage)?;
        stage.tale.step("Its register becomes documents");
        let args = SampleArgs { count: PEOPLE, seed: 1, out: stage.path("register") };
        people::sample(&args, &Output::silent())?;
        let started = Instant::now();
        let cards = issue(stage, "authority", "issued")?;
        let (people, copies) = (cards.len(), cards.len() * 2 * usize::from(COPIES));
        let milliseconds = started.elapsed().as_millis();
        stage.tale.say(&format!(
            "{people} of {PEOPLE} people have the right to a resident card; the others are in issued/refused.csv"
        ));
        stage.tale.say(&format!(
            "{copies} copies in {milliseconds} ms: {COPIES} as ISO mdoc and {COPIES} as SD-JWT VC for each person,"
        ));
        stage
            .tale
            .say("each with a device key, salts and a status index of its own, so that two shops cannot match them");
        ledger.enter_journal(stage)?;
        stage.tale.step("One file tells every reader whom to trust, and who is revoked");
        let bytes = ledger.publish(stage, "day-00.bundle", 0)?;
        stage.tale.say(&format!(
            "day-00.bundle: {bytes} bytes, as of {}, with the proof that it is in the ledger",
            stage.start
        ));
        stage.tale.say("and that two of three agencies have seen it there; whoever hands it over, it proves itself");
        let mut cards = cards.into_iter();
        let mut next =
            || cards.next().ok_or_else(|| Failure::Failed(anyhow::anyhow!("the register has too few people")));
        Ok((Self { citizen: next()?, thief: next()?, deceased: next()? }, ledger))
    }
}

/// `mapae authority init`.
pub(super) fn found_authority(stage: &Stage<'_>, dir: &str) -> Outcome<()> {
    let args = InitArgs {
        dir: stage.path(dir),
        country: "KR".to_owned(),
        name: "Mapae Sample Authority".to_owned(),
        base_url: "https://id.example".to_owned(),
        at: Some(stage.start),
    };
    authority::init(&args, &Output::silent())
}

/// `mapae issue`, and the directories of all resident cards.
pub(super) fn issue(stage: &Stage<'_>, authority: &str, out: &str) -> Outcome<Vec<PathBuf>> {
    let args = IssueArgs {
        authority: stage.path(authority),
        document: "resident".parse()?,
        register: stage.path("register/resident.csv"),
        out: stage.path(out),
        copies: COPIES,
        batch: None,
        catalogue: None,
        at: Some(stage.start),
    };
    issue::run(&args, &Output::silent())?;
    let mut cards = Vec::new();
    for entry in stage.path(out).read_dir()? {
        let card = entry?.path().join("resident");
        if card.is_dir() {
            cards.push(card);
        }
    }
    cards.sort();
    Ok(cards)
}

/// The citizen shows the card, in both formats; the bank checks with no network.
pub(super) fn show(stage: &mut Stage<'_>, cast: &Cast) -> Outcome<Shown> {
    stage.tale.step("A citizen opens an account: family name, over 19, portrait; nothing else leaves the phone");
    let mut shown = Vec::new();
    for (name, format) in [("show-mdoc", FormatArg::Mdoc), ("show-sd-jwt", FormatArg::SdJwt)] {
        stage.ask(name, stage.minute(1))?;
        let presentation = stage.answer(name, &cast.citizen, format, 1, stage.minute(1))?;
        let check = Case::new(name, "day-00.bundle", stage.minute(2), "substantial");
        let verdict = stage.check(&check, Expected::Held)?;
        stage.tale.say(&format!("{:<8} {:>6} bytes   {verdict}", words(format), presentation.len()));
        shown.push(presentation);
    }
    let sd_jwt = shown.pop().unwrap_or_default();
    Ok(Shown { mdoc: shown.pop().unwrap_or_default(), sd_jwt })
}

pub(super) const fn words(format: FormatArg) -> &'static str {
    match format {
        FormatArg::Mdoc => "mdoc",
        FormatArg::SdJwt => "SD-JWT",
    }
}
