//! The directory in which the story happens, its clock, and the cases that it consists of.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use mapae_types::{Duration, Timestamp, UseClass};
use serde_json::{Value, json};

use super::tale::Tale;
use crate::{
    cli::{FormatArg, PresentArgs, RequestArgs, VerifyArgs},
    commands::{present, request, script::Script, verify},
    failure::{Failure, Outcome},
    files::{self, Access},
    output::Output,
    pinned::AnchorArgs,
};

/// What a citizen shows in this story.
const ASKED: [&str; 3] = ["family_name", "age_over_19", "portrait"];

/// What readers of this story hold.
const POLICY: &str = "policy.txt";

pub(super) struct Stage<'a> {
    script: Script,
    /// When the story begins.
    pub(super) start: Timestamp,
    pub(super) tale: Tale<'a>,
    cases: Vec<Value>,
    judging: std::time::Duration,
}

/// The files of one check, and when and what for it is made.
pub(super) struct Case<'c> {
    pub(super) name: &'c str,
    pub(super) bundle: &'c str,
    pub(super) at: Timestamp,
    pub(super) class: &'c str,
    pub(super) remembers: bool,
    pub(super) order: Option<&'c str>,
}

impl<'c> Case<'c> {
    /// A check by who remembers nothing and has no order.
    pub(super) const fn new(name: &'c str, bundle: &'c str, at: Timestamp, class: &'c str) -> Self {
        Self { name, bundle, at, class, remembers: false, order: None }
    }
}

/// The verdict that the story needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Held,
    Marked,
    /// Accepted under the order of that name.
    Ordered(&'static str),
    Refused(&'static str),
    Undecided(&'static str),
}

impl<'a> Stage<'a> {
    pub(super) const fn new(dir: PathBuf, start: Timestamp, tale: Tale<'a>) -> Self {
        Self { script: Script::new(dir), start, tale, cases: Vec::new(), judging: std::time::Duration::ZERO }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.script.path(name)
    }

    /// The time that many minutes into the story.
    pub(super) fn minute(&self, minutes: i64) -> Timestamp {
        self.start + Duration::seconds(60 * minutes)
    }

    /// A relying party asks; the request is `<name>/request.json`.
    pub(super) fn ask(&self, name: &str, at: Timestamp) -> Outcome<()> {
        files::create_dir(&self.path(name))?;
        let args = RequestArgs {
            document: "resident".parse()?,
            elements: ASKED.map(str::to_owned).to_vec(),
            purpose: "open an account".to_owned(),
            out: self.path(&format!("{name}/request.json")),
            response_uri: "https://bank.example/response".to_owned(),
            catalogue: None,
            at: Some(at),
        };
        request::run(&args, &Output::silent())
    }

    /// A phone answers from a directory of copies; the presentation is `<name>/presentation`.
    pub(super) fn answer(
        &self,
        name: &str,
        from: &Path,
        format: FormatArg,
        copy: u16,
        at: Timestamp,
    ) -> Outcome<Vec<u8>> {
        let out = self.path(&format!("{name}/presentation"));
        let args = PresentArgs {
            from: from.to_owned(),
            request: self.path(&format!("{name}/request.json")),
            format,
            out: out.clone(),
            copy,
            at: Some(at),
        };
        present::run(&args, &Output::silent())?;
        Ok(files::read(&out)?)
    }

    /// Puts other bytes in the presentation's place.
    pub(super) fn replace(&self, name: &str, presentation: &[u8]) -> Outcome<()> {
        Ok(files::write(&self.path(&format!("{name}/presentation")), presentation, Access::Public)?)
    }

    /// Runs a command line of `mapae` in the directory of the story.
    pub(super) fn mapae(&self, line: &str) -> Outcome<()> {
        self.script.mapae(line)
    }

    /// The directory of the story, for command lines.
    pub(super) const fn script(&self) -> &Script {
        &self.script
    }

    /// Judges a case by `mapae verify`, and gives the verdict in words. Another verdict than the story needs ends it.
    pub(super) fn check(&mut self, case: &Case<'_>, expected: Expected) -> Outcome<String> {
        let class: UseClass = case.class.parse()?;
        let args = VerifyArgs {
            bundle: self.path(case.bundle),
            anchor: AnchorArgs { bundle_key: None, policy: Some(self.path(POLICY)) },
            order: case.order.map(|order| self.path(order)),
            request: self.path(&format!("{}/request.json", case.name)),
            presentation: self.path(&format!("{}/presentation", case.name)),
            at: Some(case.at),
            use_class: Some(class),
            memory: case.remembers.then(|| self.path("reader.memory")),
            accept_age: None,
        };
        let started = Instant::now();
        let judged = verify::judge(&args)?;
        self.judging += started.elapsed();
        let found = found(&judged);
        self.cases.push(record(case, &found, judged.exit()));
        if found != expected.words() {
            let Case { name, .. } = case;
            return Err(Failure::Failed(anyhow::anyhow!("{name}: expected {}, found {found}", expected.words())));
        }
        Ok(told(&judged, found))
    }

    /// Closes the story, and says where its files are if they stay.
    pub(super) fn finish(self, keep: Option<&Path>) -> Outcome<()> {
        let checks = self.cases.len();
        let each = self.judging.as_secs_f64() * 1e3 / f64::from(u32::try_from(checks.max(1))?);
        let mut closing =
            vec![format!("{checks} checks, {each:.1} ms each with their files read, and none asked anybody.")];
        if let Some(keep) = keep {
            files::write(&keep.join("cases.json"), format!("{:#}\n", json!(self.cases)).as_bytes(), Access::Public)?;
            let commands = self.cases.iter().map(command).collect::<String>();
            files::write(&keep.join("cases.txt"), commands.as_bytes(), Access::Public)?;
            closing.push(format!(
                "All files are in {0}. Each line of {0}/cases.txt is a command to run there, with its verdict.",
                keep.display()
            ));
        } else {
            closing.push("`mapae demo --keep DIR` leaves the files, for `mapae verify` to judge again.".to_owned());
        }
        self.tale.end(&self.cases, &closing);
        Ok(())
    }
}

impl Expected {
    fn words(self) -> String {
        match self {
            Self::Held => "held".to_owned(),
            Self::Marked => "held, marked as not fresh".to_owned(),
            Self::Ordered(order) => format!("held under order {order}"),
            Self::Refused(code) => format!("refused: {code}"),
            Self::Undecided(code) => format!("undecided: {code}"),
        }
    }
}

fn found(judged: &verify::Judged) -> String {
    use mapae_verify::NotVerified;
    match &judged.verdict {
        Ok(verified) if verified.credentials().iter().any(|c| c.evidence().order().is_some()) => ordered(verified),
        Ok(verified) if verified.credentials().iter().any(|c| c.evidence().marked()) => Expected::Marked.words(),
        Ok(_) => Expected::Held.words(),
        Err(NotVerified::Refused(refusal)) => format!("refused: {}", refusal.code()),
        Err(NotVerified::Undecided(undecided)) => format!("undecided: {}", undecided.code()),
    }
}

fn ordered(verified: &mapae_verify::Verified) -> String {
    let order = verified.credentials().iter().find_map(|credential| credential.evidence().order());
    order.map(|order| format!("held under order {order}")).unwrap_or_default()
}

/// The verdict, with the clause of the rule that decided it.
fn told(judged: &verify::Judged, found: String) -> String {
    match &judged.verdict {
        Ok(_) => found,
        Err(reason) => format!("{found} ({})", reason.rule().enforced_in(judged.format).0),
    }
}

/// A case as `cases.json` has it; paths are relative to its directory.
fn record(case: &Case<'_>, found: &str, exit: u8) -> Value {
    json!({
        "name": case.name,
        "bundle": case.bundle,
        "policy": POLICY,
        "request": format!("{}/request.json", case.name),
        "presentation": format!("{}/presentation", case.name),
        "at": case.at.to_string(),
        "use": case.class,
        "order": case.order,
        "memory": case.remembers.then_some("reader.memory"),
        "verdict": found,
        "exit": exit,
    })
}

fn command(case: &Value) -> String {
    let text = |name: &str| case[name].as_str().unwrap_or_default().to_owned();
    let order = case["order"].as_str().map(|file| format!(" --order {file}")).unwrap_or_default();
    let memory = case["memory"].as_str().map(|file| format!(" --memory {file}")).unwrap_or_default();
    format!(
        "mapae verify --bundle {} --policy {} --request {} --at {} --use {}{order}{memory} {}  # {} (exit {})\n",
        text("bundle"),
        text("policy"),
        text("request"),
        text("at"),
        text("use"),
        text("presentation"),
        text("verdict"),
        case["exit"]
    )
}
