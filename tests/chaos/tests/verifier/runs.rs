//! The run: many sessions that are open at once, and what becomes of them.
//!
//! `MAPAE_VERIFIER_SESSIONS` sets how many, with a sign-in for every six; `MAPAE_CHAOS_SEED` the seed of who does what and of the deaths. What processes
//! do in what order is not the seed's to decide.

use std::{
    collections::BTreeMap,
    env,
    path::Path,
    slice,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, sleep},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use mapae_types::Duration as Ahead;
use scratch_postgres::Server;
use testkit::World;

use super::{
    audit::audit,
    hooks::{Hook, Receiver},
    library::{DELIVERED_FOR, Library},
    people::People,
    replicas::{Calm, Deaths, supervise},
    residue::{OF_SIGN_INS, Secrets, count, files, kept, kept_of_sign_ins, logs, rows},
    sign_ins::{self, CALM, Keys, STORM, SignIn},
    visit::{Around, Learns, Manner, Visit, Way},
    wallet::Bound,
    work::{Next, drive},
};
use crate::{country::temporary, dice::Dice};

/// How long what is to happen of itself may take.
const PATIENCE: Duration = Duration::from_secs(150);
/// Until the leases are over of webhooks that nobody sent, and those are due that were refused often: a quarter of an hour
/// at most.
const LEASES: i64 = 61 + 15 * 60;
/// Until everything is over.
const ALL: i64 = 3 * 3600;

/// A library with its visitors, and what was found so far.
pub(crate) struct Run<'s> {
    pub(crate) server: &'s Server,
    pub(crate) library: Library,
    pub(crate) visits: Vec<Mutex<Visit>>,
    pub(crate) sign_ins: Vec<Mutex<SignIn>>,
    pub(crate) findings: Vec<String>,
    receiver: Receiver,
    deaths: Deaths,
    /// What the replicas publish, once they are asked.
    pub(crate) keys: Option<Keys>,
}

/// Those who come.
pub(crate) struct Guests {
    pub(crate) visits: Vec<Visit>,
    pub(crate) sign_ins: Vec<SignIn>,
}

/// Says that it is over, also by a panic.
struct Ending<'d>(&'d AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<'s> Run<'s> {
    pub(crate) fn new(server: &'s Server, world: &World, dir: &Path, dice: &mut Dice, guests: Guests) -> Self {
        let receiver = Receiver::start(dice.fork());
        let library = Library::build(world, dir, server.database(), receiver.at);
        let visits = guests.visits.into_iter().map(Mutex::new).collect();
        let sign_ins = guests.sign_ins.into_iter().map(Mutex::new).collect();
        let (findings, deaths) = (Vec::new(), Deaths::default());
        Self { server, library, visits, sign_ins, findings, receiver, deaths, keys: None }
    }

    pub(crate) fn store(&self) -> &str {
        &self.library.store
    }

    pub(crate) fn seen(&self) -> Vec<Visit> {
        self.visits.iter().map(|visit| visit.lock().unwrap().clone()).collect()
    }

    pub(crate) fn signed_in(&self) -> Vec<SignIn> {
        self.sign_ins.iter().map(|sign_in| sign_in.lock().unwrap().clone()).collect()
    }

    fn secrets(&self) -> Secrets {
        Secrets::all(&self.seen(), &self.signed_in())
    }

    pub(crate) fn hooks(&self) -> Vec<Hook> {
        self.receiver.all()
    }

    /// The receiver takes whatever comes from now on.
    pub(crate) fn recover(&self) {
        self.receiver.recover();
    }

    /// The visits while replicas die; then what they have left is done.
    pub(crate) fn visit(&mut self, world: &World, dice: &mut Dice) {
        let (done, library, deaths) = (AtomicBool::new(false), &self.library, &self.deaths);
        let found: Vec<String> = thread::scope(|scope| {
            let supervise = |number| {
                let (dice, done) = (dice.fork(), &done);
                scope.spawn(move || supervise(library, number, dice, done, deaths))
            };
            let supervisors = [0, 1].map(supervise);
            let ending = Ending(&done);
            self.come_and_go(world);
            drop(ending);
            supervisors.into_iter().filter_map(|supervisor| supervisor.join().unwrap().err()).collect()
        });
        self.findings.extend(found);
    }

    /// All sessions are begun before the first is answered; then people sign in as well.
    pub(crate) fn come_and_go(&self, world: &World) {
        let (library, people) = (&self.library, People::of(world));
        let (roots, ahead) = (slice::from_ref(&world.pki.root), Ahead::seconds(0));
        let mut around = Around { library, people: &people, roots, ahead, foreign: None };
        drive(&self.visits, |visit| visit.begin(library));
        around.foreign = Some(foreign(&around));
        let around = &around;
        thread::scope(|scope| {
            scope.spawn(|| drive(&self.sign_ins, |sign_in| sign_in.go(around, STORM)));
            drive(&self.visits, |visit| {
                visit.answer(around);
                // As a page does that polls; what is not there yet is asked for later.
                (0..3).find(|_| matches!(visit.look(library), Next::Done));
                Next::Done
            });
        });
    }

    /// Those who have not signed in begin anew; and everybody asks which keys signed.
    pub(crate) fn sign_in_again(&mut self, world: &World, ahead: Ahead) -> Vec<String> {
        let (library, people) = (&self.library, People::of(world));
        let around = Around { library, people: &people, roots: slice::from_ref(&world.pki.root), ahead, foreign: None };
        drive(&self.sign_ins, |sign_in| sign_in.go(&around, CALM));
        match Keys::of(library.replicas) {
            Ok(keys) => self.keys = Some(keys),
            Err(trouble) => return vec![trouble],
        }
        let without_end: usize = self.signed_in().iter().map(SignIn::without_end).sum();
        let kept = kept_of_sign_ins(self.server, self.store());
        if kept > without_end as u64 {
            vec![format!("sign-ins that ended have left {kept} results")]
        } else {
            Vec::new()
        }
    }

    /// Nobody dies any more, and time passes: what was left is judged and told, and then forgotten.
    pub(crate) fn settle(&mut self, world: &World) {
        self.findings.extend(rows(self.server, self.store(), &self.secrets()));
        self.recover();
        let told_by = self.tell(world);
        self.later(told_by + DELIVERED_FOR + 1, Self::forgotten);
        self.findings.extend(files(self.server, self.store(), &Secrets::personal(&self.seen())));
        self.later(ALL, |run| {
            let count = |of| count(run.server, run.store(), of);
            wait("sessions or sign-ins are kept for ever", || count("sessions") + count(OF_SIGN_INS))
        });
        self.findings.extend(logs(&self.library, &self.secrets()));
        self.findings.extend(self.audit());
    }

    /// Everybody learns what they ask for, and every webhook is sent: those that failed in this peace, too, which are due
    /// only once their leases are over again. How far clocks were ahead at last.
    fn tell(&mut self, world: &World) -> i64 {
        let mut left = Vec::new();
        self.later(LEASES, |run| {
            drive(&run.visits, |visit| visit.look(&run.library));
            left = run.all_told();
            run.sign_in_again(world, Ahead::seconds(LEASES))
        });
        if left.is_empty() {
            return LEASES;
        }
        self.later(2 * LEASES, |run| run.all_told());
        2 * LEASES
    }

    /// Of everybody's records.
    pub(crate) fn audit(&self) -> Vec<String> {
        let of_sign_ins = sign_ins::audit(&self.signed_in(), self.keys.as_ref(), &self.library.issuer());
        [audit(&self.seen(), &self.hooks()), of_sign_ins].concat()
    }

    /// Until every webhook is sent.
    pub(crate) fn all_told(&self) -> Vec<String> {
        let count = |of| count(self.server, self.store(), of);
        wait("webhooks are left", || count("messages"))
    }

    /// Both replicas run with clocks that are so much ahead, for as long as that takes.
    fn later(&mut self, ahead: i64, wait: impl FnOnce(&mut Self) -> Vec<String>) {
        let found = match Calm::start(&self.library, Ahead::seconds(ahead)) {
            Ok(mut calm) => [wait(self), calm.ended()].concat(),
            Err(trouble) => vec![trouble],
        };
        self.findings.extend(found);
    }

    /// What was delivered is gone. What nobody can fetch is kept until the library does away with it.
    fn forgotten(&mut self) -> Vec<String> {
        let out_of_reach: Vec<Visit> =
            self.seen().into_iter().filter(|visit| visit.is_taken() && visit.is_out_of_reach()).collect();
        let kept = || {
            let mut kept = kept(self.server, self.store());
            kept.retain(|id| out_of_reach.iter().all(|visit| visit.id != *id));
            kept
        };
        let mut findings = wait("delivered results are kept", || kept().len() as u64);
        let (kept, hooks) = (kept(), self.hooks());
        for visit in self.seen().into_iter().filter(|visit| kept.contains(&visit.id)) {
            let taken: Vec<bool> =
                hooks.iter().filter(|hook| hook.session() == visit.id).map(|hook| hook.taken).collect();
            findings.push(format!("visit {} is kept: {:?}, webhooks {taken:?}", visit.number, visit.went()));
        }
        findings.extend(out_of_reach.into_iter().filter_map(|mut visit| visit.delete(&self.library).err()));
        findings
            .extend(wait("deleted results are kept", || super::residue::kept(self.server, self.store()).len() as u64));
        findings
    }

    fn counts(&self) -> String {
        let (visits, hooks) = (self.seen(), self.hooks());
        let mut tally: BTreeMap<String, usize> = BTreeMap::new();
        for death in self.deaths.lock().unwrap().iter() {
            *tally.entry(death.clone()).or_default() += 1;
        }
        let taken = visits.iter().filter(|visit| visit.is_taken());
        let untold = taken.clone().filter(|visit| visit.said.iter().all(|(_, said)| said.status != 200)).count();
        let ids: std::collections::BTreeSet<&str> = hooks.iter().map(|hook| hook.id.as_str()).collect();
        tally.extend([
            ("answers".to_owned(), visits.iter().map(|visit| visit.said.len()).sum()),
            ("taken".to_owned(), taken.count()),
            ("taken and nobody told".to_owned(), untold),
            ("begun and nobody told".to_owned(), visits.iter().map(|visit| visit.orphans).sum()),
            ("webhooks".to_owned(), ids.len()),
            ("webhooks that came".to_owned(), hooks.len()),
            ("told".to_owned(), visits.iter().filter(|visit| !visit.results.is_empty()).count()),
            ("by browsers".to_owned(), visits.iter().filter(|visit| visit.way == Way::Page).count()),
            ("listened".to_owned(), visits.iter().filter(|visit| visit.learns == Learns::Events).count()),
            ("listened to the dead".to_owned(), visits.iter().map(|visit| visit.heard.lost).sum()),
            ("sign-ins".to_owned(), self.sign_ins.len()),
            ("begun anew".to_owned(), self.signed_in().iter().map(|sign_in| sign_in.attempts.len() - 1).sum()),
        ]);
        tally.iter().map(|(what, count)| format!("{what} {count}")).collect::<Vec<_>>().join(", ")
    }
}

/// What a session's answers are bound to that nobody answers.
fn foreign(around: &Around<'_>) -> Bound {
    let mut visit = Visit::of(usize::MAX, Manner::Leaves, Dice::new(1));
    visit.way = Way::CrossDevice;
    visit.begin(around.library);
    visit.fetch(around, around.now()).unwrap().bound()
}

/// Until nothing is left; how much is, if it stays.
pub(crate) fn wait(what: &str, left: impl Fn() -> u64) -> Vec<String> {
    let end = Instant::now() + PATIENCE;
    loop {
        match left() {
            0 => return Vec::new(),
            left if Instant::now() > end => return vec![format!("{what}: {left}")],
            _ => sleep(Duration::from_millis(200)),
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok().map(|text| text.parse().unwrap())
}

fn fresh_seed() -> u64 {
    u64::from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos())
}

#[test]
fn killed_at_any_moment_replicas_consume_each_presentation_once_and_lose_none() {
    // What another test writes would be found here.
    let Some(server) = Server::start(&[]) else { return };
    let seed = number("MAPAE_CHAOS_SEED").unwrap_or_else(fresh_seed);
    let sessions = number("MAPAE_VERIFIER_SESSIONS").unwrap_or(300);
    let (mut dice, world, dir, begin) = (Dice::new(seed), World::new(), temporary(), Instant::now());
    let visits = (0..sessions).map(|number| Visit::new(usize::try_from(number).unwrap(), dice.fork())).collect();
    let sign_ins = (0..sessions / 6).map(|number| SignIn::new(usize::try_from(number).unwrap(), dice.fork())).collect();
    let mut run = Run::new(&server, &world, dir.path(), &mut dice, Guests { visits, sign_ins });
    run.visit(&world, &mut dice);
    run.settle(&world);
    let (findings, counts) = (&run.findings, run.counts());
    if !findings.is_empty() {
        let (count, first) = (findings.len(), findings.iter().take(20).cloned().collect::<Vec<_>>().join("\n  "));
        let kept = dir.keep();
        panic!("MAPAE_CHAOS_SEED={seed}, kept in {}, {count} findings:\n  {first}\n  {counts}", kept.display());
    }
    report(sessions, seed, begin.elapsed(), &counts);
}

#[expect(clippy::print_stdout, reason = "the counts")]
fn report(sessions: u64, seed: u64, took: Duration, counts: &str) {
    println!("verifier: {sessions} sessions at once from seed {seed} in {} s: {counts}", took.as_secs());
}
