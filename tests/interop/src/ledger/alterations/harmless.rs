//! What does not matter, and where Mapae asks for more than the specifications do.

use anyhow::Result;

use crate::ledger::Handed;
use crate::ledger::alterations::{Case, SIZE, body, case, good, signatures_of, signed_by_all, with_note};
use crate::ledger::forgery::cosignature;
use crate::ledger::log::{Log, ORIGIN, Party, policy};

/// What does not matter to anybody.
pub fn harmless() -> Result<Vec<Case>> {
    let good = good()?;
    Ok([vec![case("nothing", good.clone())], notes(&good)?, order(&good)?, policies(&good)?].concat())
}

/// More lines than are needed.
fn notes(good: &Handed) -> Result<Vec<Case>> {
    let (log, text) = (Log::of(SIZE)?, good.text()?);
    let again = log.cosignature(0, "2026-11-22T00:00:01Z")?;
    // As long as ML-DSA-44 lines are, which are of a type that neither side verifies.
    let unknown = format!("\u{2014} agency0.example/witness {}\n", "AAAA".repeat(811));
    let mut cases = vec![case("extra data", good.with_proof(text.replacen("index", "extra YW55\nindex", 1)))];
    for (name, note) in [
        ("a third cosignature", log.cosigned(&[0, 1, 2])?.to_string()),
        ("two other witnesses", log.cosigned(&[2, 1])?.to_string()),
        ("strangers' cosignatures", log.cosigned(&[7, 0, 8, 1, 9])?.to_string()),
        ("a witness that cosigned twice", format!("{}{again}", log.cosigned(&[0, 1])?)),
        ("a line of another type", format!("{}{unknown}", log.cosigned(&[0, 1])?)),
        ("extension lines", signed_by_all(&format!("{}an extension\nand another\n", body(&log)))?),
    ] {
        cases.push(case(name, with_note(good, &note)?));
    }
    Ok(cases)
}

/// Signature lines twice, and in another order.
fn order(good: &Handed) -> Result<Vec<Case>> {
    let lines: Vec<&str> = good.text()?.split_inclusive('\n').collect();
    let mut cases = Vec::new();
    for at in signatures_of(&lines)?..lines.len() {
        let (mut doubled, mut last) = (lines.clone(), lines.clone());
        doubled.insert(at, lines[at]);
        let line = last.remove(at);
        last.push(line);
        cases.push(case(format!("line {at} stands twice"), good.with_proof(doubled.concat())));
        cases.push(case(format!("line {at} stands last"), good.with_proof(last.concat())));
    }
    Ok(cases)
}

fn policies(good: &Handed) -> Result<Vec<Case>> {
    let text = policy(ORIGIN, 2, 3)?;
    let spaced = text.replace(' ', "\t ").replace('\n', " \n\n  # quorum none\n");
    let first = Party::witness(0)?.verifier;
    let mut cases = Vec::new();
    for (name, policy) in [
        ("comments and space", spaced),
        ("addresses", text.replace("\nwitness", " https://agency.example/\nwitness")),
        ("two of two", policy(ORIGIN, 2, 2)?),
        ("all of two", policy(ORIGIN, 2, 2)?.replacen("agencies 2", "agencies all", 1)),
        ("a name that is not ASCII", text.replace("agencies", "\u{ae30}\u{ad00}")),
        ("one witness", format!("log {}\nwitness w {first}\nquorum w\n", Party::log(ORIGIN)?.verifier)),
        ("the log last", moved_last(&text)),
    ] {
        cases.push(case(format!("policy: {name}"), good.with_policy(policy)));
    }
    Ok(cases)
}

fn moved_last(text: &str) -> String {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    format!("{rest}{first}\n")
}

/// What the specifications accept or leave open, and Mapae refuses.
pub fn stricter() -> Result<Vec<Case>> {
    let (good, log) = (good()?, Log::of(SIZE)?);
    let text = policy(ORIGIN, 2, 3)?;
    let second_log = Party::log("ledger.example/other")?;
    // Two logs may not have one key (tlog-policy, "Defining a log").
    let second_log = Party::new(second_log.verifier.name().as_str(), mapae_ledger::SignatureType::Ed25519, 2)?.verifier;
    let far = cosignature(&Party::witness(1)?, &body(&log), 253_402_300_800)?;
    let many = format!("{}{}", log.cosigned(&[0, 1])?, "\u{2014} stranger.example AAAAAAA=\n".repeat(62));
    let mut cases = vec![
        case("a cosignature of the year 10000", with_note(&good, &format!("{}{far}", log.cosigned(&[0])?))?),
        case("65 signatures", with_note(&good, &many)?),
    ];
    for (name, policy) in [
        ("one of three, which is no majority", policy(ORIGIN, 1, 3)?),
        ("two logs", format!("log {second_log}\n{text}")),
        ("nobody", format!("log {}\nquorum none\n", Party::log(ORIGIN)?.verifier)),
        ("a witness outside the group", format!("{text}witness w9 {}\n", Party::witness(9)?.verifier)),
    ] {
        cases.push(case(format!("policy: {name}"), good.with_policy(policy)));
    }
    Ok(cases)
}
