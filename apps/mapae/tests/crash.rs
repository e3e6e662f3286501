//! `mapae issue`, killed and run again: nobody has two, no status entry is used twice, journal and files agree.
//!
//! `MAPAE_CRASH_RUNS` sets how many runs, `MAPAE_CRASH_SEED` repeats one's choices. What threads do in what order is not
//! the seed's to decide.

mod audit;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;
use tempfile::TempDir;

use self::audit::{Audit, Expected, audit};
use crate::sandbox::T0;

/// A point's name, and how often a run of some size comes to it.
type Point = (&'static str, fn(&Size) -> u64);

const POINTS: [Point; 12] = [
    ("after-reserve", |size| size.batches),
    ("before-journal", |size| size.batches),
    ("torn-journal", |size| size.batches),
    ("after-journal", |size| size.batches),
    ("after-sign", |size| size.people),
    ("mid-files", |size| size.files),
    // One sync serves many batches; nobody can say how many.
    ("before-sync", |_| 3),
    ("before-rename", |size| size.batches),
    ("mid-rename", |size| size.people),
    ("after-rename", |size| size.batches),
    ("before-checkpoint", |_| 3),
    ("after-checkpoint", |_| 3),
];

struct Size {
    batches: u64,
    people: u64,
    files: u64,
}

/// An authority, a register and what an uninterrupted run makes of it.
struct Scene {
    dir: TempDir,
    /// By the documents issued into one directory, in their order.
    references: BTreeMap<Vec<&'static str>, Reference>,
}

struct Reference {
    people: BTreeMap<String, BTreeSet<String>>,
    refused: String,
}

/// What one run is told to do.
struct Plan {
    documents: Vec<&'static str>,
    copies: u16,
    batch: u64,
    kills: Vec<Kill>,
}

#[derive(Clone)]
enum Kill {
    At(&'static str, u64),
    After(Duration),
}

/// Numbers from a seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }

    fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.roll(high - low + 1)
    }

    /// A seed for somebody else.
    fn fork(&mut self) -> u64 {
        self.roll(u64::MAX)
    }
}

impl Plan {
    fn new(dice: &mut Dice) -> Self {
        let documents = if dice.roll(3) == 0 { vec!["licence", "resident"] } else { vec!["resident"] };
        let copies = if dice.roll(3) == 0 { 2 } else { 1 };
        let batch = dice.between(3, 20);
        let (people, per_person) = (60, u64::from(copies) * 4);
        let size = Size { batches: people / batch + 1, people, files: people * per_person };
        let kills = (0..dice.between(1, 4)).map(|_| Kill::new(dice, &size)).collect();
        Self { documents, copies, batch, kills }
    }
}

impl Kill {
    fn new(dice: &mut Dice, size: &Size) -> Self {
        if dice.roll(4) == 0 {
            return Self::After(Duration::from_micros(dice.roll(120_000)));
        }
        let (point, most) = POINTS[usize::try_from(dice.roll(12)).unwrap()];
        Self::At(point, dice.between(1, most(size)))
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::At(point, _) => point,
            Self::After(_) => "SIGKILL",
        }
    }
}

impl Scene {
    /// Memory serves as well as a disk where only the process dies, and waits for nobody else's files.
    fn new(people: u32) -> Self {
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap();
        let scene = Self { dir, references: BTreeMap::new() };
        scene.ok(&format!("authority init --dir A --at {T0}"));
        scene.ok(&format!("people sample --count {people} --seed 11 --out R"));
        scene
    }

    /// A row that is none, one that cannot be read, and a person who is there twice.
    fn with_a_spoilt_register(self) -> Self {
        let path = self.path("R/resident.csv");
        let mut rows: Vec<String> = fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
        rows.insert(5, "too,few,cells".to_owned());
        rows.insert(9, rows[1].replacen("KR", "??", 1));
        rows.insert(20, rows[3].clone());
        rows.push(rows[8].clone());
        fs::write(path, rows.join("\n") + "\n").unwrap();
        self
    }

    /// What should come of it, from a run that nobody disturbs.
    fn with_reference(mut self, documents: &[&'static str]) -> Self {
        let out = format!("reference-{}", documents.join("-"));
        for document in documents {
            self.ok(&issue(document, &out, 1, 7));
        }
        let dir = self.path(&out);
        let mut people: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for entry in fs::read_dir(&dir).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir()) {
            for document in fs::read_dir(entry.path()).unwrap() {
                let document = document.unwrap().file_name().into_string().unwrap();
                people.entry(document).or_default().insert(entry.file_name().into_string().unwrap());
            }
        }
        let refused = fs::read_to_string(dir.join("refused.csv")).unwrap();
        self.references.insert(documents.to_vec(), Reference { people, refused });
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mapae"));
        command.args(arguments.split(' ')).current_dir(self.dir.path());
        command
    }

    fn ok(&self, arguments: &str) -> Value {
        let output = self.command(&format!("--json {arguments}")).output().unwrap();
        assert!(output.status.success(), "mapae {arguments}\n{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs until it is killed or done; tells whether it was killed.
    fn disturbed(&self, arguments: &str, kill: &Kill) -> bool {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        if let Kill::At(point, nth) = kill {
            command.env("MAPAE_CRASH_AT", format!("{point}:{nth}"));
        }
        let mut child = command.spawn().unwrap();
        if let Kill::After(time) = kill {
            thread::sleep(*time);
            child.kill().unwrap();
        }
        let status = child.wait().unwrap();
        assert!(status.success() || status.code().is_none(), "an error is no crash: {status}");
        !status.success()
    }

    /// Issues each document with interruptions and then without; audits; tells which kills struck.
    fn run(&self, plan: &Plan) -> (Audit, Vec<&'static str>) {
        let out = "I";
        let mut struck = Vec::new();
        for (at, document) in plan.documents.iter().enumerate() {
            let arguments = issue(document, out, plan.copies, plan.batch);
            let mine = plan.kills.iter().skip(at).step_by(plan.documents.len());
            struck.extend(mine.filter(|kill| self.disturbed(&arguments, kill)).map(Kill::name));
            self.ok(&arguments);
        }
        let mut audit = self.audit(plan, out);
        self.again(plan, out, &mut audit);
        fs::remove_dir_all(self.path(out)).unwrap();
        (audit, struck)
    }

    fn audit(&self, plan: &Plan, out: &str) -> Audit {
        let reference = &self.references[&plan.documents];
        let (authority, issued) = (self.path("A"), self.path(out));
        let expected =
            Expected { authority: &authority, issued: &issued, people: &reference.people, copies: plan.copies };
        let mut audit = audit(&expected);
        if fs::read_to_string(issued.join("refused.csv")).unwrap() != reference.refused {
            audit.findings.push("refused.csv differs from that of an undisturbed run".to_owned());
        }
        audit
    }

    /// A further run has nothing to do.
    fn again(&self, plan: &Plan, out: &str, audit: &mut Audit) {
        let journal = fs::read(self.path(out).join("journal.jsonl")).unwrap();
        for document in &plan.documents {
            let answer = self.ok(&issue(document, out, plan.copies, plan.batch));
            if answer["issued"] != 0 || answer["voided"] != 0 {
                audit.findings.push(format!("a further run did something: {answer}"));
            }
        }
        if fs::read(self.path(out).join("journal.jsonl")).unwrap() != journal {
            audit.findings.push("a further run wrote to the journal".to_owned());
        }
    }
}

fn issue(document: &str, out: &str, copies: u16, batch: u64) -> String {
    format!(
        "issue --authority A --document {document} --register R/{document}.csv --out {out} \
         --copies {copies} --batch {batch} --at {T0}"
    )
}

/// A number from the environment.
fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok().map(|text| text.parse().unwrap())
}

fn fresh_seed() -> u64 {
    u64::from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos())
}

#[test]
fn killed_at_any_moment_and_run_again_it_finishes_the_job() {
    let seed = number("MAPAE_CRASH_SEED").unwrap_or_else(fresh_seed);
    let runs = number("MAPAE_CRASH_RUNS").unwrap_or(50);
    let scene = Scene::new(60).with_a_spoilt_register();
    let scene = scene.with_reference(&["resident"]).with_reference(&["licence", "resident"]);
    let (mut dice, mut sum) = (Dice(seed), Audit::default());
    let mut struck: BTreeMap<&str, u64> = BTreeMap::new();
    for run in 0..runs {
        let plan = Plan::new(&mut Dice(dice.fork()));
        let (audit, kills) = scene.run(&plan);
        let findings = audit.findings.join("\n");
        assert!(findings.is_empty(), "run {run} of MAPAE_CRASH_SEED={seed}, killed at {kills:?}:\n{findings}");
        for kill in kills {
            *struck.entry(kill).or_default() += 1;
        }
        sum.people += audit.people;
        sum.copies += audit.copies;
        sum.voided += audit.voided;
    }
    let kills: u64 = struck.values().sum();
    let by_point: Vec<String> = struck.iter().map(|(point, count)| format!("{point} {count}")).collect();
    println!(
        "crash: {runs} runs, {kills} kills ({}), {} people, {} copies, {} voided, seed {seed}",
        by_point.join(", "),
        sum.people,
        sum.copies,
        sum.voided
    );
    assert!(kills >= runs / 2 && sum.voided > 0, "too few kills struck to show anything");
}

/// The place for which a test spoils what an undisturbed run made.
struct Spoilt {
    scene: Scene,
    plan: Plan,
}

impl Spoilt {
    fn new() -> Self {
        let scene = Scene::new(8).with_reference(&["resident"]);
        let plan = Plan { documents: vec!["resident"], copies: 1, batch: 3, kills: Vec::new() };
        scene.ok(&issue("resident", "I", plan.copies, plan.batch));
        let audit = scene.audit(&plan, "I");
        assert!(audit.findings.is_empty(), "{:?}", audit.findings);
        Self { scene, plan }
    }

    /// The directory of somebody who has the document.
    fn somebody(&self) -> PathBuf {
        let people = &self.scene.references[&self.plan.documents].people["resident"];
        self.scene.path("I").join(people.first().unwrap()).join("resident")
    }

    fn journal(&self, edit: impl FnOnce(Vec<String>) -> Vec<String>) {
        let path = self.scene.path("I/journal.jsonl");
        let lines = fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
        fs::write(path, edit(lines).join("\n") + "\n").unwrap();
        let length = fs::metadata(self.scene.path("I/journal.jsonl")).unwrap().len();
        fs::write(self.scene.path("I/journal.checkpoint"), format!("{length}\n")).unwrap();
    }

    /// The audit finds something that says this, of nothing else than that.
    fn finds(&self, what: &str) {
        let findings = self.scene.audit(&self.plan, "I").findings;
        assert!(!findings.is_empty() && findings.iter().all(|finding| finding.contains(what)), "{findings:#?}");
    }
}

#[test]
fn the_audit_finds_an_altered_copy_wherever_the_byte_is() {
    let spoilt = Spoilt::new();
    for name in ["copy-01.mdoc", "copy-01.sd-jwt"] {
        let path = spoilt.somebody().join(name);
        let whole = fs::read(&path).unwrap();
        for at in (0..whole.len()).step_by(whole.len() / 25) {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            fs::write(&path, bytes).unwrap();
            spoilt.finds(name);
        }
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn the_audit_finds_anothers_key() {
    let spoilt = Spoilt::new();
    let dir = spoilt.somebody();
    fs::copy(dir.join("copy-01.mdoc.key"), dir.join("copy-01.sd-jwt.key")).unwrap();
    spoilt.finds("copy-01.sd-jwt");
}

#[test]
fn the_audit_finds_a_missing_file_and_a_missing_directory() {
    let spoilt = Spoilt::new();
    let dir = spoilt.somebody();
    let person = dir.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    fs::remove_file(dir.join("copy-01.mdoc.key")).unwrap();
    spoilt.finds(&person);
    fs::remove_dir_all(dir.parent().unwrap()).unwrap();
    spoilt.finds(&person);
}

#[test]
fn the_audit_finds_a_doubled_status_entry() {
    let spoilt = Spoilt::new();
    spoilt.journal(|mut lines| {
        let last = lines.len() - 1;
        let voided = lines[last].clone();
        let line: Value = serde_json::from_str(&voided).unwrap();
        let void = serde_json::json!({ "void": { "uri": line["uri"], "idx": line["idx"] }, "voided_at": T0 });
        // Also where the first use of it was voided.
        lines.extend([void.to_string(), voided]);
        lines
    });
    let findings = spoilt.scene.audit(&spoilt.plan, "I").findings;
    assert!(findings.iter().any(|finding| finding.contains("for the second time")), "{findings:#?}");
}

#[test]
fn the_audit_finds_a_copy_that_is_not_on_record_and_one_on_record_twice() {
    let spoilt = Spoilt::new();
    spoilt.journal(|mut lines| {
        lines.pop();
        lines
    });
    spoilt.finds("no line in the journal");
    let spoilt = Spoilt::new();
    spoilt.journal(|mut lines| {
        let mut line: Value = serde_json::from_str(&lines[0]).unwrap();
        line["idx"] = 1_u64.into();
        lines.push(line.to_string());
        lines
    });
    let findings = spoilt.scene.audit(&spoilt.plan, "I").findings;
    assert!(findings.iter().any(|finding| finding.contains("on record twice")), "{findings:#?}");
}

#[test]
fn the_audit_finds_what_is_left_over_and_a_stale_checkpoint() {
    let spoilt = Spoilt::new();
    fs::create_dir(spoilt.scene.path("I/.issuing")).unwrap();
    spoilt.finds(".issuing is left over");
    fs::remove_dir(spoilt.scene.path("I/.issuing")).unwrap();
    fs::write(spoilt.scene.path("I/journal.checkpoint"), "0\n").unwrap();
    spoilt.finds("the checkpoint is");
}

#[test]
fn a_crash_point_that_does_not_exist_is_answered_with_those_that_do() {
    let scene = Scene::new(1);
    for wrong in ["after-lunch:1", "after-sign:0", "after-sign", "after-sign:x", ""] {
        let output = scene.command(&issue("resident", "I", 1, 1)).env("MAPAE_CRASH_AT", wrong).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(64), "{wrong}: {stderr}");
        assert!(POINTS.iter().all(|(point, _)| stderr.contains(point)), "{stderr}");
    }
    assert!(!scene.path("I").exists(), "nothing was begun");
}

#[test]
fn each_crash_point_is_one_that_a_run_comes_to() {
    let scene = Scene::new(12).with_reference(&["resident"]);
    for (point, _) in POINTS {
        let plan = Plan { documents: vec!["resident"], copies: 1, batch: 3, kills: vec![Kill::At(point, 1)] };
        let (audit, struck) = scene.run(&plan);
        assert_eq!((struck, audit.findings), (vec![point], Vec::new()));
    }
}
