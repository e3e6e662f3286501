//! Policies that do not load, or that the proof does not meet.

use anyhow::Result;

use crate::ledger::Handed;
use crate::ledger::alterations::{Case, case};
use crate::ledger::log::{ORIGIN, Party, policy};

pub(super) fn refused(good: &Handed) -> Result<Vec<Case>> {
    let text = policy(ORIGIN, 2, 3)?;
    let all = " w0 w1 w2\n";
    let (first, fourth) = (Party::witness(0)?.verifier, Party::witness(3)?.verifier);
    let changed = |from: &str, to: &str| text.replacen(from, to, 1);
    let id = first.id().to_string();
    let mut cases = Vec::new();
    for (name, policy) in [
        ("three of three", policy(ORIGIN, 3, 3)?),
        ("another log", policy("ledger.example/other", 2, 3)?),
        ("a witness listed twice", changed(all, " w0 w0 w1\n")),
        ("a witness listed twice beside all", changed(all, " w0 w1 w2 w0\n")),
        ("a witness's key given twice", text.replacen("witness w1", &format!("witness w9 {first}\nwitness w1"), 1)),
        ("a name defined twice", text.replacen("witness w1", &format!("witness w0 {fourth}\nwitness w1"), 1)),
        ("a name of its own for nobody", text.replacen("witness w1", &format!("witness none {fourth}\nwitness w1"), 1)),
        ("four of three", changed("agencies 2", "agencies 4")),
        ("none of three", changed("agencies 2", "agencies 0")),
        ("a threshold with a leading zero", changed("agencies 2", "agencies 02")),
        ("a threshold in a word", changed("agencies 2", "agencies two")),
        ("a member that is not defined", changed(all, " w0 w1 w4\n")),
        ("a group of nobody", changed(all, "\n")),
        ("a quorum that is not defined", changed("quorum agencies", "quorum agency")),
        ("a quorum before its group", format!("quorum agencies\n{}", changed("quorum agencies\n", ""))),
        ("no quorum", changed("quorum agencies\n", "")),
        ("two quorums", format!("{text}quorum agencies\n")),
        ("two names in the quorum", changed("quorum agencies", "quorum w0 w1")),
        ("no last newline", text.trim_end().to_owned()),
        ("carriage returns", text.replace('\n', "\r\n")),
        ("an unknown line", format!("{text}threshold 1\n")),
        ("a keyword in capitals", changed("log ", "LOG ")),
        ("a log's key for a witness", changed(&first.to_string(), &Party::log(ORIGIN)?.verifier.to_string())),
        ("a witness's key for the log", changed(&Party::log(ORIGIN)?.verifier.to_string(), &fourth.to_string())),
        ("a key under another's id", changed(&id, &Party::witness(1)?.verifier.id().to_string())),
        ("an id in capitals", changed(&id, &id.to_uppercase())),
        ("a key under another name", changed("agency0.example", "agency9.example")),
        ("no log", text.split_inclusive('\n').skip(1).collect()),
        ("nothing", String::new()),
    ] {
        cases.push(case(format!("policy: {name}"), good.with_policy(policy)));
    }
    Ok(cases)
}
