//! Four who would like to be somebody else, and the rule that stops each.

use std::path::Path;

use mapae_issue::Format;
use mapae_jose::base64url;
use serde_json::Value;

use super::{
    cast::{self, Cast, Shown, words},
    ledger::Ledger,
    stage::{Case, Expected, Stage},
};
use crate::{
    authority::SignerName,
    cli::FormatArg,
    commands::authority,
    failure::{Failure, Outcome},
    files,
    issued::{copy_file, key_file},
};

const BOTH: [FormatArg; 2] = [FormatArg::Mdoc, FormatArg::SdJwt];

pub(super) fn all(stage: &mut Stage<'_>, cast: &Cast, shown: &Shown) -> Outcome<()> {
    stage.tale.step("Forge: another name is written into the presentation");
    alter(stage, shown)?;
    stage.tale.step("Forge: an impostor with the authority's name and keys of its own issues the same card");
    impostor(stage)?;
    stage.tale.step("Replay: what was shown to one bank is sent to another");
    replay(stage, shown)?;
    stage.tale.step("Borrow: a thief has a copy of the card, but not the phone's key");
    borrow(stage, cast)
}

/// An operator of the log who adds an issuer, and one of the issuer's own who makes a signer in the night.
pub(super) fn insiders(stage: &mut Stage<'_>, ledger: &Ledger) -> Outcome<()> {
    stage.tale.step("Insiders: the log's operator enters an issuer of his own; a clerk makes a signer in the night");
    ledger.refuses_a_rogue_issuer(stage)?;
    make_signers_in_the_night(stage)?;
    let cards = cast::issue(stage, "night", "night-issued")?;
    let card = cards.first().ok_or_else(|| Failure::Failed(anyhow::anyhow!("nothing was issued in the night")))?;
    for format in BOTH {
        let name = &named("night", format);
        stage.ask(name, stage.minute(3))?;
        stage.answer(name, card, format, 1, stage.minute(3))?;
        judge(stage, name, format, Expected::Refused("signer_not_listed"))?;
    }
    Ok(())
}

/// The same authority, its root and all; only who signs is entered in no ledger.
fn make_signers_in_the_night(stage: &Stage<'_>) -> Outcome<()> {
    let night = stage.path("night");
    files::create_dir(&night)?;
    for entry in stage.path("authority").read_dir()? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            copy(&entry.path(), &night.join(entry.file_name()))?;
        }
    }
    let signers = [SignerName::Document, SignerName::SdJwt];
    for name in signers {
        std::fs::remove_file(night.join(format!("{}.pem", name.file())))?;
        std::fs::remove_file(night.join(format!("{}.key", name.file())))?;
    }
    authority::make_signers(&night, &signers, stage.start.start_of_day())
}

fn case<'c>(stage: &Stage<'_>, name: &'c str) -> Case<'c> {
    Case::new(name, "day-00.bundle", stage.minute(4), "substantial")
}

fn judge(stage: &mut Stage<'_>, name: &str, format: FormatArg, expected: Expected) -> Outcome<()> {
    let verdict = stage.check(&case(stage, name), expected)?;
    stage.tale.say(&format!("{:<8} {verdict}", words(format)));
    Ok(())
}

fn alter(stage: &mut Stage<'_>, shown: &Shown) -> Outcome<()> {
    for (format, altered, rule) in [
        (FormatArg::Mdoc, rename_in_mdoc(&shown.mdoc), "digest_mismatch"),
        (FormatArg::SdJwt, rename_in_sd_jwt(&shown.sd_jwt), "digest_missing"),
    ] {
        let name = &named("alter", format);
        copy_request(stage, &named("show", format), name)?;
        let altered = altered.ok_or_else(|| Failure::Failed(anyhow::anyhow!("{name}: no family name to alter")))?;
        stage.replace(name, &altered)?;
        judge(stage, name, format, Expected::Refused(rule))?;
    }
    Ok(())
}

/// Changes the first letter of the family name, where it stands in the element's value.
fn rename_in_mdoc(presentation: &[u8]) -> Option<Vec<u8>> {
    // Keys in deterministic order: the value stands before the identifier, a short text with one byte of head.
    let identifier = find(presentation, b"family_name")?;
    let label = b"elementValue";
    let value = presentation[..identifier].windows(label.len()).rposition(|window| window == label)? + label.len();
    let mut altered = presentation.to_vec();
    *altered.get_mut(value + 1)? ^= 1;
    Some(altered)
}

/// Writes another name into the disclosure of the family name.
fn rename_in_sd_jwt(presentation: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(presentation).ok()?;
    let altered: Vec<String> = text.split('~').map(|part| renamed(part).unwrap_or_else(|| part.to_owned())).collect();
    let altered = altered.join("~");
    (altered != text).then(|| altered.into_bytes())
}

fn renamed(part: &str) -> Option<String> {
    let mut disclosure: Vec<Value> = serde_json::from_slice(&base64url::decode(part).ok()?).ok()?;
    if disclosure.get(1)? != "family_name" {
        return None;
    }
    disclosure[2] = "HONG".into();
    Some(base64url::encode(serde_json::to_vec(&disclosure).ok()?))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn impostor(stage: &mut Stage<'_>) -> Outcome<()> {
    cast::found_authority(stage, "impostor")?;
    let cards = cast::issue(stage, "impostor", "impostor-issued")?;
    let card = cards.first().ok_or_else(|| Failure::Failed(anyhow::anyhow!("the impostor issued nothing")))?;
    for format in BOTH {
        let name = &named("impostor", format);
        stage.ask(name, stage.minute(3))?;
        stage.answer(name, card, format, 1, stage.minute(3))?;
        judge(stage, name, format, Expected::Refused("issuer_unknown"))?;
    }
    Ok(())
}

fn replay(stage: &mut Stage<'_>, shown: &Shown) -> Outcome<()> {
    for (format, presentation, rule) in
        [(FormatArg::Mdoc, &shown.mdoc, "holder_binding_invalid"), (FormatArg::SdJwt, &shown.sd_jwt, "wrong_nonce")]
    {
        let name = &named("replay", format);
        // Asked at the same minute: it is the nonce that tells the two apart.
        stage.ask(name, stage.minute(1))?;
        stage.replace(name, presentation)?;
        judge(stage, name, format, Expected::Refused(rule))?;
    }
    Ok(())
}

fn borrow(stage: &mut Stage<'_>, cast: &Cast) -> Outcome<()> {
    let loot = stage.path("stolen");
    files::create_dir(&loot)?;
    for format in Format::ALL {
        copy(&cast.citizen.join(copy_file(format, 2)), &loot.join(copy_file(format, 2)))?;
        copy(&cast.thief.join(key_file(format, 2)), &loot.join(key_file(format, 2)))?;
    }
    for format in BOTH {
        let name = &named("borrow", format);
        stage.ask(name, stage.minute(3))?;
        stage.answer(name, &loot, format, 2, stage.minute(3))?;
        judge(stage, name, format, Expected::Refused("holder_binding_invalid"))?;
    }
    Ok(())
}

/// The name of a case, hence of its directory.
fn named(what: &str, format: FormatArg) -> String {
    match format {
        FormatArg::Mdoc => format!("{what}-mdoc"),
        FormatArg::SdJwt => format!("{what}-sd-jwt"),
    }
}

fn copy_request(stage: &Stage<'_>, from: &str, to: &str) -> Outcome<()> {
    files::create_dir(&stage.path(to))?;
    copy(&stage.path(&format!("{from}/request.json")), &stage.path(&format!("{to}/request.json")))
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    std::fs::copy(from, to)?;
    Ok(())
}
