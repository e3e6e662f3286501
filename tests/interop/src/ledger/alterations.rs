//! One proof of one entry in which one thing is changed: what nobody may believe ([`refused`]), what does not matter
//! ([`harmless`](harmless::harmless)), and where Mapae asks for more than the specifications do
//! ([`stricter`](harmless::stricter)).

pub mod harmless;
mod policies;

use anyhow::{Context, Result};

use crate::ledger::Handed;
use crate::ledger::forgery::{cosignature, signature, timed};
use crate::ledger::log::{AT, Log, ORIGIN, Party, entry};

/// A change in words, and what is handed over then.
pub type Case = (String, Handed);

/// Leaves of the log, and the entry that is proved.
const SIZE: u64 = 300;
const INDEX: u64 = 5;

/// When forged cosignatures say that they were made.
const THEN: u64 = 1_795_305_600;

/// The proof that is altered: entry 5 of 300, cosigned by 2 of 3 and by no more.
pub fn good() -> Result<Handed> {
    Log::of(SIZE)?.handed(INDEX, 2, 3)
}

/// What nobody may believe.
pub fn refused() -> Result<Vec<Case>> {
    let good = good()?;
    Ok([lines(&good)?, octets(&good), claims(&good)?, texts(&good)?, quorums(&good)?, policies::refused(&good)?]
        .concat())
}

fn case(name: impl Into<String>, handed: Handed) -> Case {
    (name.into(), handed)
}

/// Every line left out, and every line but signatures doubled, emptied and exchanged with the next.
fn lines(good: &Handed) -> Result<Vec<Case>> {
    let lines: Vec<&str> = good.text()?.split_inclusive('\n').collect();
    let mut cases = Vec::new();
    for at in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(at);
        cases.push(case(format!("line {at} left out"), good.with_proof(without.concat())));
    }
    for at in 0..signatures_of(&lines)? {
        let (mut doubled, mut exchanged) = (lines.clone(), lines.clone());
        doubled.insert(at, lines[at]);
        exchanged.swap(at, at + 1);
        cases.push(case(format!("line {at} stands twice"), good.with_proof(doubled.concat())));
        cases.push(case(format!("line {at} stands after the next"), good.with_proof(exchanged.concat())));
    }
    Ok(cases)
}

/// Where the signature lines begin.
fn signatures_of(lines: &[&str]) -> Result<usize> {
    Ok(lines.iter().rposition(|line| *line == "\n").context("a note has an empty line")? + 1)
}

/// Every octet changed in its lowest bit, in the bit of letters' case, and left out.
fn octets(good: &Handed) -> Vec<Case> {
    let mut cases = Vec::new();
    for at in 0..good.proof.len() {
        for bit in [0x01, 0x20] {
            let mut proof = good.proof.clone();
            proof[at] ^= bit;
            cases.push(case(format!("octet {at} with {bit:#04x} flipped"), good.with_proof(proof)));
        }
        let mut proof = good.proof.clone();
        proof.remove(at);
        cases.push(case(format!("octet {at} left out"), good.with_proof(proof)));
    }
    cases
}

/// Another entry, another index, another tree.
fn claims(good: &Handed) -> Result<Vec<Case>> {
    let text = good.text()?;
    let index = |index: &str| good.with_proof(text.replacen("index 5\n", &format!("index {index}\n"), 1));
    let mut cases = Vec::new();
    for other in
        ["0", "4", "6", "05", "-5", "+5", "5 ", "261", "299", "300", "9223372036854775808", "99999999999999999999"]
    {
        cases.push(case(format!("index {other}"), index(other)));
    }
    let claim = |entry: Vec<u8>| Handed { entry, ..good.clone() };
    cases.push(case("another entry of the log", claim(entry(6))));
    cases.push(case("an entry that is not in the log", claim(b"entry 5 ".to_vec())));
    cases.push(case("no entry", claim(Vec::new())));
    cases.push(case("the entry as it is hashed", claim([&[0], entry(INDEX).as_slice()].concat())));
    cases.push(case("a node for an entry", node_for_entry(good)?));
    // Well signed and well cosigned, each of them; but not the tree of this path.
    for (name, log) in
        [("an older tree", Log::of(SIZE - 1)?), ("a newer tree", Log::of(SIZE + 1)?), ("a rival", rival()?)]
    {
        cases.push(case(name, with_note(good, &log.cosigned(&[0, 1])?.to_string())?));
    }
    cases.push(case("a newer tree's path", good.with_proof(other_path(&Log::of(1000)?)?)));
    let elsewhere = Log::diverging("ledger.example/other", u64::MAX, SIZE)?;
    cases.push(case("another log of the same entries", with_note(good, &elsewhere.cosigned(&[0, 1])?.to_string())?));
    Ok(cases)
}

/// Hashes of an inner node's halves in place of an entry, with the path from that node.
fn node_for_entry(good: &Handed) -> Result<Handed> {
    let log = Log::of(SIZE)?;
    let sibling = log.inclusion(INDEX)?.first().copied().context("a sibling")?;
    let own = mapae_ledger::leaf_hash(&entry(INDEX));
    let text = good.text()?.replacen(&format!("index 5\n{sibling}\n"), "index 2\n", 1);
    Ok(Handed { entry: [*sibling.as_bytes(), *own.as_bytes()].concat(), ..good.with_proof(text) })
}

/// A log of the same name and as many entries, of which those from 7 on are others.
fn rival() -> Result<Log> {
    Log::diverging(ORIGIN, 7, SIZE)
}

/// The path in another log, with our log's checkpoint.
fn other_path(log: &Log) -> Result<String> {
    let proof = log.proof(INDEX, &[0, 1])?.to_string();
    let head = proof.split_once("\n\n").context("a proof has a head")?.0;
    Ok(format!("{head}\n\n{}", Log::of(SIZE)?.cosigned(&[0, 1])?))
}

/// What a checkpoint or a proof may not be, though log and witnesses sign it.
fn texts(good: &Handed) -> Result<Vec<Case>> {
    let log = Log::of(SIZE)?;
    let (body, root) = (body(&log), log.head.root().to_string());
    let mut cases = Vec::new();
    for (name, text) in [
        ("a size with a leading zero", body.replacen("\n300\n", "\n0300\n", 1)),
        ("a size with a sign", body.replacen("\n300\n", "\n+300\n", 1)),
        ("a size with a space", body.replacen("\n300\n", "\n300 \n", 1)),
        ("a root without padding", body.replacen(&root, root.trim_end_matches('='), 1)),
        ("a root in base64url", body.replacen(&root, &root.replace('+', "-").replace('/', "_"), 1)),
        ("a root of 31 octets", body.replacen(&root, &format!("{}A==", &root[..41]), 1)),
        ("no root", body.replacen(&format!("{root}\n"), "", 1)),
        ("an empty extension line", format!("{body}\nan extension\n")),
        ("another origin", body.replacen("ledger", "Ledger", 1)),
        ("a carriage return", body.replacen('\n', "\r\n", 1)),
    ] {
        // Some roots have neither of the two letters.
        if text != body {
            cases.push(case(name, with_note(good, &signed_by_all(&text)?)?));
        }
    }
    let text = good.text()?;
    for (name, proof) in [
        ("carriage returns", text.replace('\n', "\r\n")),
        ("no last newline", text.trim_end().to_owned()),
        ("an empty line at the end", format!("{text}\n")),
        ("text at the end", format!("{text}text\n")),
        ("a byte order mark", format!("\u{feff}{text}")),
        ("another version", text.replacen("@v1", "@v2", 1)),
        ("empty extra data", text.replacen("index", "extra \nindex", 1)),
        ("extra data after the index", text.replacen("index 5\n", "index 5\nextra YW55\n", 1)),
        ("extra data twice", text.replacen("index", "extra YW55\nextra YW55\nindex", 1)),
        ("extra data that are not base64", text.replacen("index", "extra YW5\nindex", 1)),
        ("nothing", String::new()),
    ] {
        cases.push(case(name, good.with_proof(proof)));
    }
    Ok(cases)
}

/// Too few witnesses, or none that saw this tree; and a signature of a known key that is wrong, which spoils the rest.
fn quorums(good: &Handed) -> Result<Vec<Case>> {
    let log = Log::of(SIZE)?;
    let (rival_body, body) = (body(&rival()?), body(&log));
    let first = log.cosigned(&[0])?.to_string();
    let second = Party::witness(1)?;
    let later = log.cosignature(0, "2026-11-22T00:00:01Z")?.to_string();
    let renamed = |from: u8, to: u8| -> Result<String> {
        let (from, to) = (format!("agency{from}"), format!("agency{to}"));
        Ok(log.cosignature(1, AT)?.to_string().replacen(&from, &to, 1))
    };
    let other = |log: Log, witness| -> Result<String> { Ok(log.cosignature(witness, AT)?.to_string()) };
    let impostor = Party { signing: Party::witness(9)?.signing, verifier: Party::witness(1)?.verifier };
    let false_log = Party { signing: Party::witness(9)?.signing, verifier: Party::log(ORIGIN)?.verifier };
    let mut cases = Vec::new();
    for (name, more) in [
        ("one witness too few", String::new()),
        ("one witness at two times", later),
        ("a witness whom the policy does not know", other(Log::of(SIZE)?, 3)?),
        ("a cosignature of an older tree", other(Log::of(SIZE - 1)?, 1)?),
        ("a cosignature of a newer tree", other(Log::of(SIZE + 1)?, 1)?),
        ("a cosignature of a rival tree", other(rival()?, 1)?),
        ("a cosignature under another's name", renamed(1, 2)?),
        ("a cosignature by another key under the witness's name and id", cosignature(&impostor, &body, THEN)?),
        ("a witness's plain signature", signature(&second, &body)?),
        ("a witness's plain signature that says to be a cosignature", plain_as_cosignature(&second, &body)?),
        ("no time", cosignature(&second, &body, 0)?),
        ("a time of 2^63", cosignature(&second, &body, 1 << 63)?),
        ("the last of all times", cosignature(&second, &body, u64::MAX)?),
    ] {
        cases.push(case(name, with_note(good, &format!("{first}{more}"))?));
    }
    let enough = log.cosigned(&[0, 1])?.to_string();
    let spoilt = format!("{enough}{}", other(rival()?, 2)?);
    cases.push(case("a quorum, and a third witness's cosignature of a rival tree", with_note(good, &spoilt)?));
    let lines = enough.strip_prefix(&log.checkpoint()?.to_string()).context("signatures follow")?.to_owned();
    for (name, by_log) in [
        ("no signature of the log", String::new()),
        ("the log's signature by another key", signature(&false_log, &body)?),
        ("the log's signature of a rival tree", signature(&Party::log(ORIGIN)?, &rival_body)?),
        ("the log's signature as a cosignature", cosignature(&Party::log(ORIGIN)?, &body, THEN)?),
        ("another log's signature", signature(&Party::log("ledger.example/other")?, &body)?),
    ] {
        cases.push(case(name, with_note(good, &format!("{body}\n{by_log}{lines}"))?));
    }
    Ok(cases)
}

/// A plain signature behind a time, under the id of cosignatures.
fn plain_as_cosignature(party: &Party, body: &str) -> Result<String> {
    Ok(timed(party, THEN, party.signing.sign(body.as_bytes())?.as_bytes()))
}

/// The text of a log's checkpoint.
fn body(log: &Log) -> String {
    format!("{ORIGIN}\n{}\n{}\n", log.head.size(), log.head.root())
}

/// Any text as a note by the log and two witnesses.
fn signed_by_all(text: &str) -> Result<String> {
    let by_log = signature(&Party::log(ORIGIN)?, text)?;
    let first = cosignature(&Party::witness(0)?, text, THEN)?;
    Ok(format!("{text}\n{by_log}{first}{}", cosignature(&Party::witness(1)?, text, THEN)?))
}

/// The same proof with another note as its checkpoint.
fn with_note(good: &Handed, note: &str) -> Result<Handed> {
    let head = good.text()?.split_once("\n\n").context("a proof has a head")?.0;
    Ok(good.with_proof(format!("{head}\n\n{note}")))
}
