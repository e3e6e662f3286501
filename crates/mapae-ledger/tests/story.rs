//! A log and three witnesses over many days: crashes between any two steps, rivals, witnesses that are down or die after
//! they wrote. Never a fork is published, and never is an acknowledged entry lost.

use mapae_ledger::{
    AddCheckpoint, Answer, Collecting, Entry, Integrated, MajorityPolicy, NoteSignature, Published, Refusal, Sequencer,
    Submission, TlogProof, TreeHead, Witness, WitnessFault, WitnessRecord,
};
use proptest::{collection::vec, prelude::*};

use crate::parties::{Files, log, now, origin, policy, witness};

/// Where a day's work is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stop {
    BeforeCommit,
    BeforeServing,
    BeforeSigning,
    BeforeWitnesses,
    Never,
}

#[derive(Debug, Clone)]
struct Day {
    entries: usize,
    stop: Stop,
    /// Another sequencer starts from the same store and commits first.
    rival: bool,
    /// Which witnesses answer; one that does not may have written all the same.
    up: [bool; 3],
    dies_after_writing: bool,
    /// What the log remembers of the witnesses' sizes is wrong.
    forgets: bool,
}

struct World {
    head: TreeHead,
    committed: Files,
    served: Files,
    acknowledged: Vec<Entry>,
    records: Vec<WitnessRecord>,
    published: Option<Published>,
    policy: MajorityPolicy,
    drawn: u64,
}

impl World {
    fn new() -> Self {
        Self {
            head: TreeHead::EMPTY,
            committed: Files::default(),
            served: Files::default(),
            acknowledged: Vec::new(),
            records: vec![WitnessRecord::new(origin()); 3],
            published: None,
            policy: MajorityPolicy::parse(policy(2, 3).as_bytes()).unwrap(),
            drawn: 0,
        }
    }

    fn draw(&mut self, count: usize) -> Vec<Entry> {
        let numbers = self.drawn..self.drawn + count as u64;
        self.drawn = numbers.end;
        numbers.map(crate::parties::entry).collect()
    }

    /// Compare-and-swap, with the files in the same transaction, and only then an acknowledgement.
    fn commit(&mut self, integrated: &Integrated, entries: Vec<Entry>) -> bool {
        if integrated.before() != self.head {
            return false;
        }
        self.head = integrated.after();
        self.committed.0.extend(integrated.files().iter().map(|file| (file.path, file.bytes.clone())));
        self.acknowledged.extend(entries);
        true
    }

    fn live(&mut self, day: &Day) {
        let (sequencer, left_over) = self.resume();
        let entries = self.draw(day.entries);
        let integrated = sequencer.integrate(&entries).unwrap();
        if day.rival {
            let (rival, _) = self.resume();
            let others = self.draw(3);
            assert!(self.commit(&rival.integrate(&others).unwrap(), others));
        }
        if day.stop == Stop::BeforeCommit {
            return;
        }
        let committed = if self.commit(&integrated, entries) { integrated.committed().1 } else { left_over };
        assert!(!day.rival || committed.files().is_empty(), "the rival was faster");
        if day.stop == Stop::BeforeServing {
            return;
        }
        self.served = self.committed.clone();
        // Whoever lost against the rival takes the log up from what the rival left.
        let committed = if day.rival { self.resume().1 } else { committed };
        if day.stop == Stop::BeforeSigning {
            return;
        }
        let unsigned = committed.written().unwrap();
        let signature = log().signing.sign(unsigned.to_be_signed()).unwrap();
        let collecting = Collecting::new(unsigned.attach(&signature).unwrap());
        if day.stop > Stop::BeforeWitnesses {
            self.publish(day, collecting);
        }
    }

    fn resume(&mut self) -> (Sequencer, mapae_ledger::Committed) {
        Sequencer::resume(log().verifier, self.head, |path| self.committed.get(path)).unwrap()
    }

    fn publish(&mut self, day: &Day, mut collecting: Collecting) {
        for number in 0..3 {
            let known = if day.forgets { 0 } else { self.records[number].head().size() };
            let submission = collecting.submit_to(witness(u8::try_from(number).unwrap()).verifier, known);
            if let Some(line) = self.ask(submission, number, day) {
                collecting = collecting.with_cosignature(line).unwrap();
            }
        }
        let Ok(published) = collecting.publish(&self.policy) else { return };
        let newer = published.checkpoint().unverified().head();
        if let Some(older) = &self.published {
            let older = older.checkpoint().unverified().head();
            let proof = self.served.consistency(older.size(), newer.size());
            assert_eq!(newer.extends(older, &proof), Ok(()), "a fork was published");
        }
        self.published = Some(published);
    }

    fn ask(&mut self, submission: Submission, number: usize, day: &Day) -> Option<NoteSignature> {
        let proof = submission.query().unwrap().answer(|path| self.served.get(path)).unwrap();
        let request = submission.request(proof).to_string();
        let (status, body) = match self.serve(&request, number, day) {
            None => return None,
            Some(Ok(line)) => (200, line.to_string()),
            Some(Err(refusal)) => (refusal.status(), refusal.size_body().unwrap_or_default()),
        };
        match submission.answered(status, body.as_bytes()) {
            Ok(Answer::Cosigned(line)) => Some(line),
            Ok(Answer::Again(again)) => self.ask(*again, number, day),
            Err(fault) => panic!("an honest witness of an honest log: {fault:?}"),
        }
    }

    fn serve(&mut self, body: &str, number: usize, day: &Day) -> Option<Result<NoteSignature, Refusal>> {
        if !day.up[number] && !day.dies_after_writing {
            return None;
        }
        let own = witness(u8::try_from(number).unwrap());
        let service = Witness::new(own.verifier, vec![log().verifier]).unwrap();
        let request = AddCheckpoint::parse(body.as_bytes()).unwrap();
        let to_persist = match service.check(request, &self.records[number]) {
            Ok(to_persist) => to_persist,
            Err(refusal) => return Some(Err(refusal)),
        };
        assert_eq!(to_persist.before(), &self.records[number]);
        self.records[number] = to_persist.after();
        if !day.up[number] {
            return None;
        }
        let unsigned = to_persist.persisted(now()).unwrap();
        let signature = own.signing.sign(unsigned.to_be_signed()).unwrap();
        Some(Ok(unsigned.attach(&signature).unwrap()))
    }

    /// Every acknowledged entry is where it was put, and the policy's holder believes it.
    fn prove_all(&self) {
        let checkpoint = self.published.as_ref().unwrap().checkpoint();
        let size = checkpoint.unverified().size();
        assert_eq!(size, self.acknowledged.len() as u64);
        for (index, entry) in (0..).zip(&self.acknowledged) {
            let proof = TlogProof::new(index, self.served.inclusion(index, size), checkpoint.clone());
            let proven = proof.verify(&self.policy, entry.leaf()).unwrap();
            assert_eq!(proven.index(), index);
        }
    }
}

fn days() -> impl Strategy<Value = Vec<Day>> {
    let stops = [Stop::BeforeCommit, Stop::BeforeServing, Stop::BeforeSigning, Stop::BeforeWitnesses, Stop::Never];
    let stop = prop_oneof![2 => Just(Stop::Never), 3 => prop::sample::select(stops.to_vec())];
    let day = (0_usize..40, stop, any::<bool>(), any::<[bool; 3]>(), any::<bool>(), any::<bool>());
    let day = day.prop_map(|(entries, stop, rival, up, dies_after_writing, forgets)| Day {
        entries,
        stop,
        rival,
        up,
        dies_after_writing,
        forgets,
    });
    vec(day, 1..10)
}

/// A day on which nothing goes wrong.
const FAIR: Day =
    Day { entries: 1, stop: Stop::Never, rival: false, up: [true; 3], dies_after_writing: false, forgets: false };

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_fork_is_published_and_no_acknowledged_entry_is_lost(days in days()) {
        let mut world = World::new();
        for day in &days {
            world.live(day);
        }
        world.live(&FAIR);
        world.prove_all();
        prop_assert!(world.records.iter().all(|record| record.head() == world.head));
    }
}

/// The operator shows another history to a second reader: no witness that saw the first goes along, and one is too few.
#[test]
fn an_operator_cannot_show_two_histories() {
    let mut world = World::new();
    world.live(&Day { entries: 20, up: [true, true, false], ..FAIR });
    let seen = world.published.clone().unwrap();

    let fork: Vec<Entry> = (1000..1030).map(crate::parties::entry).collect();
    let (_, committed) = Sequencer::new(log().verifier).unwrap().integrate(&fork).unwrap().committed();
    let mut files = Files::default();
    files.store(&committed);
    let unsigned = committed.written().unwrap();
    let signature = log().signing.sign(unsigned.to_be_signed()).unwrap();
    let mut collecting = Collecting::new(unsigned.attach(&signature).unwrap());
    world.served = files;
    for number in 0..3_usize {
        let known = world.records[number].head().size();
        let submission = collecting.submit_to(witness(u8::try_from(number).unwrap()).verifier, known);
        let request = submission.request(world.served.consistency(known, 30)).to_string();
        let answer = world.serve(&request, number, &FAIR);
        match answer.unwrap() {
            Ok(line) => collecting = collecting.with_cosignature(line).unwrap(),
            Err(refusal) => assert_eq!(
                submission.answered(refusal.status(), b"").err(),
                Some(WitnessFault::Refused { status: 422 })
            ),
        }
    }
    assert!(collecting.publish(&world.policy).is_err());
    assert!(world.policy.accept(seen.checkpoint()).is_ok());
}
