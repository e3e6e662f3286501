//! Day 36 and after: what was refused as too old is accepted again, where enough agencies order it.

use mapae_types::{Duration, Timestamp};

use super::{
    cast::{Cast, words},
    outage::{LAST, LastBundle, copy_of},
    stage::{Case, Expected, Stage},
};
use crate::{cli::FormatArg, failure::Outcome, files};

/// The order of day 36, and that of day 50, when a stolen key is known.
const FIRE: &str = "2026-fire";
const THEFT: &str = "2026-theft";
/// The certificate of the signer whose key is stolen, as the agencies have it at their desks.
const STOLEN: &str = "desk/document-signer.pem";

/// What does not burn: a copy of a public certificate.
pub(super) fn keep_what_an_order_needs(stage: &Stage<'_>) -> Outcome<()> {
    files::create_dir(&stage.path("desk"))?;
    std::fs::copy(stage.path("authority/document-signer.pem"), stage.path(STOLEN))?;
    Ok(())
}

/// Two of three agencies sign, each at its own desk; a file is all that travels.
pub(super) fn given(stage: &mut Stage<'_>, cast: &Cast, last: &LastBundle) -> Outcome<()> {
    stage
        .tale
        .step("Day 36: two of the three agencies order that uses of class low go on. Nothing needs to run for that");
    let day = |day: i64| stage.minute(last.minute + 5) + Duration::days(day);
    let (day_36, day_50) = (day(35), day(49));
    sign(stage, FIRE, day_36, "")?;
    let check = |order: &'static str, class| Case { order: Some(order), ..Case::new("day-35", LAST, day_36, class) };
    let verdicts = [
        ("by one agency alone", check("desk/2026-fire-interior.order", "low"), Expected::Refused("order_invalid")),
        ("by two, class low", check("2026-fire.order", "low"), Expected::Ordered(FIRE)),
        ("by two, class substantial", check("2026-fire.order", "substantial"), Expected::Refused("bundle_too_old")),
    ];
    for (what, case, expected) in verdicts {
        let verdict = stage.check(&case, expected)?;
        stage.tale.say(&format!("{what:<28} {verdict}"));
    }
    stage
        .tale
        .step("Day 50: a signer's key turns out to be stolen. A new order knows it, and a compromise always wins");
    sign(stage, THEFT, day_50, &format!("--compromised @/{STOLEN}"))?;
    for (name, format, expected) in [
        ("theft-mdoc", FormatArg::Mdoc, Expected::Refused("signer_compromised")),
        ("theft-sd-jwt", FormatArg::SdJwt, Expected::Ordered(THEFT)),
    ] {
        stage.ask(name, day_50)?;
        stage.answer(name, &cast.citizen, format, copy_of(49), day_50)?;
        let theft = Case { order: Some("2026-theft.order"), ..Case::new(name, LAST, day_50, "low") };
        let verdict = stage.check(&theft, expected)?;
        stage.tale.say(&format!("{:<8} {verdict}", words(format)));
    }
    Ok(())
}

/// `mapae order sign` twice, and `combine`.
fn sign(stage: &Stage<'_>, id: &str, at: Timestamp, known: &str) -> Outcome<()> {
    let newest = format!("--bundle @/{LAST} --policy @/policy.txt");
    let part = |agency: &str| format!("@/desk/{id}-{agency}.order");
    stage.mapae(&format!(
        "order sign --agency @/agencies/interior --id {id} --class low=70d --from {at} --until {} --reason-ko 전산실\u{a0}화재 \
         --reason-en Fire\u{a0}in\u{a0}the\u{a0}data\u{a0}centre {known} {newest} --out {} --at {at}",
        at + Duration::days(30),
        part("interior")
    ))?;
    stage.mapae(&format!(
        "order sign --agency @/agencies/privacy --same-as {} {newest} --out {}",
        part("interior"),
        part("privacy")
    ))?;
    stage.mapae(&format!("order combine {} {} {newest} --out @/{id}.order", part("interior"), part("privacy")))
}
