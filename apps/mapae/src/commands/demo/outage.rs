//! A revocation, and then the centre is gone.

use mapae_types::Duration;

use super::{
    cast::{COPIES, Cast},
    ledger::Ledger,
    stage::{Case, Expected, Stage},
};
use crate::{
    cli::{FormatArg, RevokeArgs},
    commands::revoke,
    failure::{Failure, Outcome},
    output::Output,
};

/// The classes of use, and for how many days evidence serves each (`mapae_trust::Classes::standard`).
const CLASSES: [(&str, i64); 3] = [("low", 35), ("substantial", 7), ("high", 1)];
pub(super) const LAST: &str = "last.bundle";

/// The last moment of the centre.
pub(super) struct LastBundle {
    pub(super) minute: i64,
}

/// A person dies; the register says so, the card is revoked, the next bundle knows.
pub(super) fn revoke(stage: &mut Stage<'_>, cast: &Cast, ledger: &Ledger) -> Outcome<LastBundle> {
    stage.tale.step("A citizen dies: every copy of the card is revoked, and the next bundle says so");
    let name = "revoked";
    stage.ask(name, stage.minute(16))?;
    stage.answer(name, &cast.deceased, FormatArg::Mdoc, 1, stage.minute(16))?;
    let before = Case::new(name, "day-00.bundle", stage.minute(17), "substantial");
    let verdict = stage.check(&before, Expected::Held)?;
    stage
        .tale
        .say(&format!("with the bundle of 17 minutes ago   {verdict}, and its age says what it may not know yet"));
    let person = cast.deceased.parent().and_then(|dir| dir.file_name()).and_then(|name| name.to_str());
    let person = person.ok_or_else(|| Failure::Failed(anyhow::anyhow!("a card stands below its person")))?;
    let args = RevokeArgs {
        authority: stage.path("authority"),
        issued: stage.path("issued"),
        person: person.parse()?,
        document: "resident".parse()?,
        at: Some(stage.minute(10)),
    };
    revoke::run(&args, &Output::silent())?;
    let last = LastBundle { minute: 15 };
    ledger.publish(stage, LAST, last.minute)?;
    let after = Case { bundle: LAST, remembers: true, ..before };
    let verdict = stage.check(&after, Expected::Refused("revoked"))?;
    stage.tale.say(&format!("with the bundle of 2 minutes ago    {verdict}"));
    roll_back(stage)?;
    Ok(last)
}

/// Somebody puts the old bundle back; somebody sets the clock back.
fn roll_back(stage: &mut Stage<'_>) -> Outcome<()> {
    let old = Case { remembers: true, ..Case::new("revoked", "day-00.bundle", stage.minute(17), "substantial") };
    let verdict = stage.check(&old, Expected::Undecided("bundle_rolled_back"))?;
    stage.tale.say(&format!("the old bundle put back             {verdict}"));
    let early = Case { bundle: LAST, at: stage.minute(-60), ..old };
    let verdict = stage.check(&early, Expected::Undecided("clock_behind"))?;
    stage.tale.say(&format!("a clock set back                    {verdict}"));
    Ok(())
}

/// No issuer, no publication, no network: only phones, readers, and the last bundle.
pub(super) fn centre_gone(stage: &mut Stage<'_>, cast: &Cast, ledger: Ledger, last: &LastBundle) -> Outcome<()> {
    stage.tale.step(
        "The data centre burns, the issuer's keys and the ledger with it. Phones and readers have what they need",
    );
    ledger.burn(stage)?;
    for day in 0..=35 {
        let name = format!("day-{day:02}");
        let at = stage.minute(last.minute + 5) + Duration::days(day);
        let format = if day % 2 == 0 { FormatArg::Mdoc } else { FormatArg::SdJwt };
        stage.ask(&name, at)?;
        stage.answer(&name, &cast.citizen, format, copy_of(day), at)?;
        for (class, usable) in CLASSES {
            let check = Case::new(&name, LAST, at, class);
            let verdict = stage.check(&check, on_day(day, usable))?;
            if tells(day, class, usable) {
                stage.tale.say(&format!("day {:>2}, use of class {class:<12} {verdict}", day + 1));
            }
        }
    }
    stage.tale.say("(34 days marked in the class low: longer than the 32 days that issuance was out in 2025)");
    Ok(())
}

/// The phone has ten copies, and goes round them.
pub(super) fn copy_of(day: i64) -> u16 {
    1 + u16::try_from(day).unwrap_or_default() % COPIES
}

/// The checks are some minutes younger than a whole number of days.
const fn on_day(day: i64, usable: i64) -> Expected {
    match day {
        0 => Expected::Held,
        day if day < usable => Expected::Marked,
        _ => Expected::Refused("bundle_too_old"),
    }
}

/// The days on which something changes.
fn tells(day: i64, class: &str, usable: i64) -> bool {
    day == usable || day == usable - 1 || (class == "low" && (day <= 1 || day % 10 == 0))
}
