//! What everybody was told, held against each other. It asks nobody: what it is given is what there was.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    hooks::Hook,
    people,
    visit::{Learns, Manner, Visit},
};

/// Findings; none is what is hoped for.
pub(crate) fn audit(visits: &[Visit], hooks: &[Hook]) -> Vec<String> {
    let mut by_session: BTreeMap<&str, Vec<&Hook>> = BTreeMap::new();
    for hook in hooks {
        by_session.entry(hook.session()).or_default().push(hook);
    }
    let mut findings = messages(hooks);
    let begun: BTreeSet<&str> = visits.iter().map(|visit| visit.id.as_str()).collect();
    let strangers = by_session.keys().filter(|session| !begun.contains(*session));
    findings.extend(strangers.map(|session| format!("a webhook of a session that nobody began: {session}")));
    for visit in visits {
        let hooks = by_session.get(visit.id.as_str()).map_or(&[][..], Vec::as_slice);
        let found = [answers(visit), told(visit, hooks), heard(visit), results(visit, hooks)].concat();
        findings.extend(found.into_iter().map(|what| format!("visit {} ({:?}): {what}", visit.number, visit.manner)));
    }
    findings
}

/// One id is one message, and every one is signed.
fn messages(hooks: &[Hook]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut first: BTreeMap<&str, &Value> = BTreeMap::new();
    for hook in hooks {
        if !hook.signed {
            findings.push(format!("a webhook that is not signed: {}", hook.id));
        }
        if *first.entry(&hook.id).or_insert(&hook.body) != &hook.body {
            findings.push(format!("two messages under one id: {}", hook.id));
        }
    }
    findings
}

/// Of all answers to a request one was accepted at most; the others were told that one was.
fn answers(visit: &Visit) -> Vec<String> {
    let mut findings = visit.troubles.clone();
    if visit.id.is_empty() {
        findings.push("no session was begun".to_owned());
    }
    let accepted = visit.said.iter().filter(|(_, said)| said.status == 200).count();
    if accepted > 1 {
        findings.push("two answers were accepted".to_owned());
    }
    let others =
        visit.said.iter().map(|(_, said)| said).filter(|said| said.status != 200 && said.code != "answer_taken");
    findings.extend(others.map(|said| format!("an answer was told {} {}", said.status, said.code)));
    if !visit.is_taken() && visit.manner != Manner::Leaves {
        findings.push("an answer was not taken".to_owned());
    }
    findings
}

/// The library was told, by one message, however often it came; and by asking, if it asked.
fn told(visit: &Visit, hooks: &[&Hook]) -> Vec<String> {
    let mut findings = Vec::new();
    let ids: BTreeSet<&str> = hooks.iter().map(|hook| hook.id.as_str()).collect();
    match (visit.is_taken(), ids.len()) {
        (true, 1) | (false, 0) => {}
        (true, 0) => findings.push("no webhook came".to_owned()),
        (true, count) => findings.push(format!("{count} webhooks came, each under an id of its own")),
        (false, _) => findings.push("a webhook came of what nobody answered".to_owned()),
    }
    if !hooks.is_empty() && !hooks.iter().any(|hook| hook.taken) {
        findings.push("a webhook was given up".to_owned());
    }
    if visit.is_same_device() && hooks.iter().any(|hook| hook.body["data"].get("result").is_some()) {
        findings.push("the webhook tells what is for the browser that comes back".to_owned());
    }
    if visit.asks() && visit.is_taken() && !visit.is_out_of_reach() && visit.results.is_empty() {
        findings.push("a result got lost".to_owned());
    }
    findings
}

/// Whoever listened heard of no step back, on whatever replica, and of the end.
fn heard(visit: &Visit) -> Vec<String> {
    const STEPS: [&str; 3] = ["waiting", "fetched", "done"];
    let steps = visit.heard.states.iter().map(|state| STEPS.iter().position(|step| step == state));
    let steps: Vec<Option<usize>> = steps.collect();
    let mut findings = Vec::new();
    if steps.contains(&None) {
        findings.push("an event tells a state of nowhere".to_owned());
    }
    if !steps.is_sorted() {
        findings.push(format!("events went back: {:?}", visit.heard.states));
    }
    if visit.learns == Learns::Events && visit.is_taken() && steps.last() != Some(&Some(STEPS.len() - 1)) {
        findings.push("events did not tell the end".to_owned());
    }
    findings
}

/// There is one result, and it is that of the answer that was accepted.
fn results(visit: &Visit, hooks: &[&Hook]) -> Vec<String> {
    let mut all: Vec<&Value> = visit.results.iter().collect();
    all.extend(hooks.iter().filter_map(|hook| hook.body["data"].get("result")));
    let Some(first) = all.first() else { return Vec::new() };
    let mut findings = Vec::new();
    if all.iter().any(|result| result != first) {
        findings.push("two results".to_owned());
    }
    findings.extend(all.iter().filter_map(|result| wrong(visit, result)));
    findings
}

fn wrong(visit: &Visit, result: &Value) -> Option<String> {
    let verdict = result["verdict"].as_str().unwrap_or_default();
    let expected = match visit.manner {
        Manner::Once | Manner::Twice | Manner::Rivals => "held",
        Manner::Declines => "declined",
        Manner::Replays => "refused",
        Manner::Leaves => "none",
    };
    if verdict != expected {
        return Some(format!("the result is {verdict:?}: {}", result["reason"]));
    }
    let claims = &result["credentials"][0]["claims"];
    let right = if expected == "held" {
        whose(visit).into_iter().any(|person| *claims == people::claims(person))
    } else {
        result.get("credentials").is_none()
    };
    (!right).then(|| "claims of somebody else".to_owned())
}

/// Whose answer may have become the result: the one who was told so, else any who was not.
fn whose(visit: &Visit) -> Vec<usize> {
    let accepted = |(_, said): &&(usize, super::wallet::Said)| said.status == 200;
    let told: Vec<usize> = visit.said.iter().filter(accepted).map(|(who, _)| *who).collect();
    if told.is_empty() { visit.said.iter().map(|(who, _)| *who).collect() } else { told }
}
