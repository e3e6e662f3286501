//! Whether anything of what changed may have been because of a presentation. Whatever a clock does not explain, may.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    time::Duration,
};

use crate::{
    needles::Needles,
    observation::{Changes, Row},
    relying_party::LOOKS_EVERY,
};

/// By what it judges.
pub(crate) struct Audit<'a> {
    /// What changed while nothing was shown.
    pub(crate) quiet: &'a Changes,
    pub(crate) needles: &'a Needles,
    /// The bundle's host: the one that verifiers may call.
    pub(crate) mirror: SocketAddr,
    /// Whom wallets may ask.
    pub(crate) relying_parties: BTreeSet<String>,
}

/// What nobody explains: a party, and what it did or was told.
pub(crate) type Findings = BTreeSet<String>;

impl Audit<'_> {
    /// Judges a period in which something was shown.
    pub(crate) fn judge(&self, busy: &Changes) -> Findings {
        let mut findings = Findings::new();
        self.traffic(busy, &mut findings);
        self.rows(busy, &mut findings);
        self.files(busy, &mut findings);
        self.lines(busy, &mut findings);
        self.fetches(busy, &mut findings);
        self.calls(busy, &mut findings);
        findings
    }

    /// Judges a log from its first line on.
    pub(crate) fn judge_log(&self, service: &str, log: &str) -> Findings {
        let mut findings = Findings::new();
        self.search(&format!("{service}: its log"), without_times(log).as_bytes(), &mut findings);
        findings
    }

    /// No job by a clock sends anything in so short a time: not one byte may pass.
    fn traffic(&self, busy: &Changes, findings: &mut Findings) {
        for (service, traffic) in &busy.traffic {
            if traffic.connections > 0 || traffic.bytes > 0 {
                findings.insert(format!("{service}: was called: {}", traffic.first_line()));
            }
            self.search(&format!("{service}: what it was told"), &traffic.said, findings);
        }
    }

    fn rows(&self, busy: &Changes, findings: &mut Findings) {
        for row in busy.rows.iter().filter(|row| !is_heartbeat(row)) {
            findings.insert(format!("{}: rows of {} changed", row.service, row.table));
        }
        for row in busy.rows.iter().filter(|row| row.is_new) {
            self.search(&format!("{}: a row of {}", row.service, row.table), row.text.as_bytes(), findings);
        }
    }

    /// The files of a database may change where some did without a presentation, too: the rows say what is in them.
    fn files(&self, busy: &Changes, findings: &mut Findings) {
        for file in &busy.files {
            let name = file.path.file_name().unwrap().to_string_lossy();
            let anyway =
                self.quiet.files.iter().any(|quiet| quiet.database.is_some() && quiet.database == file.database);
            if !anyway {
                findings.insert(format!("{}: the file {name} changed", file.service));
            }
            // A database moves what it has had from file to file.
            let had = self.needles.found_in(&file.before);
            let found = self
                .needles
                .found_in(&file.new)
                .into_iter()
                .filter(|found| !had.iter().any(|had| had.is_same_text(found)));
            findings.extend(found.map(|found| format!("{}: the file {name} has {found}", file.service)));
        }
    }

    /// The same kinds of lines as before, and no more of them than by the clock.
    fn lines(&self, busy: &Changes, findings: &mut Findings) {
        let (before, now) = (kinds(self.quiet), kinds(busy));
        for ((service, kind), count) in now {
            let usual = before.get(&(service.clone(), kind.clone())).copied().unwrap_or_default();
            if usual == 0 {
                findings.insert(format!("{service}: its log has a new kind of line: {kind}"));
            } else if count > at_most(usual, self.quiet.lasted, busy.lasted) {
                findings.insert(format!("{service}: its log has more lines than by the clock: {kind}"));
            }
        }
        for (service, line) in &busy.lines {
            self.search(&format!("{service}: its log"), without_times(line).as_bytes(), findings);
        }
    }

    /// Each request is byte for byte one that is made without presentations as well, and there are no more of them.
    fn fetches(&self, busy: &Changes, findings: &mut Findings) {
        let known: BTreeSet<&String> = self.quiet.fetches.iter().collect();
        for fetch in busy.fetches.iter().filter(|fetch| !known.contains(fetch)) {
            findings
                .insert(format!("bundle's host: was asked otherwise: {}", fetch.lines().next().unwrap_or_default()));
        }
        if busy.fetches.len() > self.looks(busy) {
            findings.insert("bundle's host: was asked more often than by the clock".to_owned());
        }
    }

    fn calls(&self, busy: &Changes, findings: &mut Findings) {
        let mirror = self.mirror.to_string();
        for (who, whom) in busy.calls.iter().filter(|(_, whom)| *whom != mirror) {
            findings.insert(format!("{who}: called {whom}"));
        }
        if busy.calls.iter().filter(|(_, whom)| *whom == mirror).count() > self.looks(busy) {
            findings.insert("bundle's host: was called more often than by the clock".to_owned());
        }
        for host in busy.asked.difference(&self.relying_parties) {
            findings.insert(format!("a wallet asked {host}"));
        }
    }

    /// How often the bundle is looked for by the clock, at most.
    fn looks(&self, busy: &Changes) -> usize {
        let each = busy.lasted.as_secs() / LOOKS_EVERY + 2;
        self.relying_parties.len() * usize::try_from(each).unwrap()
    }

    fn search(&self, place: &str, bytes: &[u8], findings: &mut Findings) {
        findings.extend(self.needles.found_in(bytes).into_iter().map(|found| format!("{place} has {found}")));
    }
}

/// What the issuer's health writes every few seconds: a time, and eight bytes of the same time again and again
/// (`services/mapae-issuer/src/store/tasks/health.rs`). Nothing else fits in.
pub(crate) fn is_heartbeat(row: &Row) -> bool {
    let cells: Vec<&str> = row.text.split('|').collect();
    let ["1", time, bytes] = cells[..] else { return false };
    let Ok(time) = time.parse::<u64>() else { return false };
    let bytes = bytes.trim_start_matches("X'").trim_end_matches('\'');
    row.table == "probe" && bytes.replace(&format!("{time:016X}"), "").is_empty()
}

/// So many by the clock, and some for where the periods begin and end.
fn at_most(usual: usize, quiet: Duration, busy: Duration) -> usize {
    let periods = busy.as_millis().div_ceil(quiet.as_millis().max(1)) + 1;
    usual * usize::try_from(periods).unwrap() + 3
}

/// Lines without their numbers, by service: how many there are of each.
fn kinds(changes: &Changes) -> BTreeMap<(String, String), usize> {
    let mut kinds = BTreeMap::new();
    for (service, line) in changes.lines.iter().filter(|(_, line)| !is_of_a_slow_disk(line)) {
        let kind: String = line.chars().filter(|character| !character.is_ascii_digit()).collect();
        *kinds.entry((service.clone(), kind)).or_default() += 1;
    }
    kinds
}

/// What comes by the clock as well, and says so when a disk keeps it waiting: the heartbeat of a service's health, and a
/// transaction's bounds.
fn is_of_a_slow_disk(line: &str) -> bool {
    let statements = ["INSERT INTO probe", "SELECT bytes FROM probe", "\"BEGIN", "\"COMMIT"];
    line.contains("a probe failed")
        || line.contains("slow statement") && statements.iter().any(|statement| line.contains(statement))
}

/// Of a log, without the times at the beginnings of lines: their fractions of a second are six digits, as places in lists are.
fn without_times(log: &str) -> String {
    let bare = |line: &str| match line.split_once('Z') {
        Some((time, rest)) if time.len() < 32 => rest.to_owned(),
        _ => line.to_owned(),
    };
    log.lines().map(bare).collect::<Vec<_>>().join("\n")
}
