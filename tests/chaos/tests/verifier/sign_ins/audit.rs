//! What applications and browsers were told, held against each other. It asks nobody: what it is given is what there was.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    super::people,
    attempt::Attempt,
    keys::Keys,
    sign_in::{Manner, SignIn},
};

/// Findings; none is what is hoped for.
pub(crate) fn audit(sign_ins: &[SignIn], keys: Option<&Keys>, issuer: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let (mut codes, mut names) = (BTreeSet::new(), Names::default());
    for sign_in in sign_ins {
        let mut found = sign_in.troubles.clone();
        if !sign_in.has_ended {
            found.push(format!("it did not end in {} attempts", sign_in.attempts.len()));
        }
        for attempt in &sign_in.attempts {
            found.extend([backs(attempt, issuer), redeemed(attempt), told(attempt)].concat());
            found.extend(tokens(attempt, keys, issuer, &mut names));
            let own = attempt.backs.iter().filter_map(|back| back.parameter("code"));
            found.extend(own.filter(|code| !codes.insert(code.clone())).map(|_| "a code of another's".to_owned()));
        }
        found.extend(sign_in.attempts.last().filter(|_| sign_in.has_ended).and_then(unfinished));
        let plan = sign_in.plan;
        findings.extend(
            found.into_iter().map(|what| {
                format!("sign-in {} ({:?} at {}): {what}", sign_in.number, plan.manner, plan.application.id)
            }),
        );
    }
    findings
}

/// One browser gets one answer, which is its own.
fn backs(attempt: &Attempt, issuer: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let home: Vec<_> = attempt.backs.iter().filter(|back| back.home.is_some()).collect();
    if home.len() > 1 {
        findings.push("two answers to one browser".to_owned());
    }
    for back in &attempt.backs {
        if back.stranger && (back.home.is_some() || back.status != 403) {
            findings.push(format!("somebody else's browser is told {}", back.status));
        }
    }
    for back in home {
        if back.parameter("state").as_ref() != Some(&attempt.state) {
            findings.push("another sign-in's `state`".to_owned());
        }
        if back.parameter("iss").as_deref() != Some(issuer) {
            findings.push("another issuer's answer".to_owned());
        }
    }
    findings
}

/// A code gives tokens once at most; whoever brings it again is refused, on either replica.
fn redeemed(attempt: &Attempt) -> Vec<String> {
    let mut findings = Vec::new();
    let (given, refused): (Vec<_>, Vec<_>) = attempt.redeemed.iter().partition(|one| one.status == 200);
    if given.len() > 1 {
        findings.push("a code was redeemed twice".to_owned());
    }
    let others = refused.iter().filter(|one| one.status != 400 || one.body["error"] != "invalid_grant");
    findings.extend(others.map(|one| format!("a code was told {} {}", one.status, one.body["error"])));
    let tried: BTreeSet<usize> = refused.iter().map(|one| one.first).collect();
    if !given.is_empty() && tried.len() < 2 {
        findings.push("nobody tried the code again at both replicas".to_owned());
    }
    findings
}

/// What the person's document says, to who asks in time; and nothing once the code came again (RFC 6749 §4.1.2).
fn told(attempt: &Attempt) -> Vec<String> {
    let mut findings = Vec::new();
    let late = attempt.told_late.iter().filter(|status| **status != 401);
    findings.extend(late.map(|status| format!("a withdrawn token is told {status}")));
    for (status, claims) in &attempt.told {
        let mut claims = claims.clone();
        let subject = claims.as_object_mut().and_then(|claims| claims.remove("sub"));
        if *status != 200 || claims != expected(attempt.plan.person) {
            findings.push(format!("claims of somebody else, {status}"));
        }
        if subject.as_ref().and_then(Value::as_str).is_none_or(str::is_empty) {
            findings.push("claims of nobody".to_owned());
        }
    }
    findings
}

fn expected(person: usize) -> Value {
    let of = people::claims(person);
    let part = |id: &str| of[id].as_str().unwrap().to_owned();
    json!({ "name": part("family_name_hangul") + &part("given_name_hangul"), "birthdate": of["birth_date"] })
}

/// What people are called at applications.
#[derive(Default)]
struct Names {
    /// Where they are known again.
    returning: BTreeMap<usize, String>,
    all: BTreeMap<String, usize>,
}

impl Names {
    /// One name for one person where they are known again; else another name each time.
    fn note(&mut self, attempt: &Attempt, name: &str) -> Option<&'static str> {
        let (person, is_new) = (attempt.plan.person, !self.all.contains_key(name));
        let whose = *self.all.entry(name.to_owned()).or_insert(person);
        if !attempt.plan.application.returning {
            return (!is_new).then_some("a name that was used before");
        }
        if whose != person {
            return Some("a name of two people");
        }
        let known = self.returning.entry(person).or_insert_with(|| name.to_owned());
        (known != name).then_some("a second name of one person")
    }
}

/// Tokens are signed by what every replica publishes, for this application, for this sign-in, and of this person.
fn tokens(attempt: &Attempt, keys: Option<&Keys>, issuer: &str, names: &mut Names) -> Vec<String> {
    let Some(keys) = keys else { return vec!["nobody asked for keys".to_owned()] };
    let mut findings = Vec::new();
    for one in attempt.redeemed.iter().filter(|one| one.status == 200) {
        let claims = match keys.open(one.token("id_token").unwrap_or_default(), attempt.plan.application.algorithm) {
            Ok(claims) => claims,
            Err(what) => {
                findings.push(what);
                continue;
            }
        };
        let expected = [
            ("iss", issuer.to_owned()),
            ("aud", attempt.plan.application.id.to_owned()),
            ("nonce", attempt.nonce.clone()),
        ];
        let wrong = expected.iter().filter(|(name, value)| claims[name] != **value);
        findings.extend(wrong.map(|(name, _)| format!("a token with another's `{name}`")));
        let subject = claims["sub"].as_str().unwrap_or_default();
        if attempt.told.iter().any(|(_, told)| told["sub"] != subject) {
            findings.push("claims of another `sub`".to_owned());
        }
        findings.extend(names.note(attempt, subject).map(str::to_owned));
    }
    findings
}

/// The last attempt came to the end that was meant.
fn unfinished(attempt: &Attempt) -> Option<String> {
    let home = attempt.backs.iter().find(|back| back.home.is_some());
    let is_well = match attempt.plan.manner {
        Manner::Leaves => home.is_none(),
        Manner::Declines => home.is_some_and(|back| back.parameter("error").as_deref() == Some("access_denied")),
        Manner::Races => attempt.redeemed.len() == 4,
        Manner::Plain | Manner::Returns | Manner::Followed => {
            attempt.told.len() == 1 && attempt.told_late.len() == 1 && attempt.redeemed.len() == 3
        }
    };
    (!is_well).then(|| "it ended otherwise than it was meant".to_owned())
}
