//! Where a run happens: the processes, what kills them, and who brings them back.

use std::{
    collections::BTreeMap,
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use mapae_types::Duration as Span;

use crate::{
    agency,
    auditor::{Audit, wait_for},
    country::{AGENCIES, Country, Statements, now},
    dice::Dice,
    party::{End, Party},
    watch::{Board, watch},
};

const LOG_POINTS: [&str; 9] = [
    "before-append",
    "after-append",
    "mid-tiles",
    "after-tiles",
    "after-sign",
    "before-publish",
    "after-publish",
    "after-rotation",
    "before-seal",
];
const WITNESS_POINTS: [&str; 4] = ["after-check", "after-record", "after-high-water", "after-cosign"];

/// How often each thing happened.
pub(crate) type Tally = BTreeMap<String, u64>;

/// One ledger and its parties: the sequencers first, then the three witnesses.
pub(crate) struct Stage {
    pub(crate) country: Arc<Country>,
    pub(crate) dir: PathBuf,
    pub(crate) dice: Dice,
    pub(crate) board: Board,
    pub(crate) parties: Vec<Party>,
    /// Those that are to stay down.
    pub(crate) down: Vec<bool>,
    pub(crate) sequencers: usize,
    /// The log's store, as the command takes it.
    pub(crate) store: String,
    pub(crate) tally: Tally,
    /// How far the agencies' clock is ahead.
    ahead: Span,
    address: IpAddr,
}

/// Who takes part, and how they differ.
pub(crate) struct Cast {
    pub(crate) sequencers: usize,
    pub(crate) store: String,
    /// Whether both serve one directory.
    pub(crate) one_dir: bool,
    /// Whether their clocks differ.
    pub(crate) clocks: bool,
}

impl Stage {
    /// Everybody has a directory and an address, and nobody runs.
    pub(crate) fn set(country: &Arc<Country>, dir: &Path, dice: Dice, slot: u8, cast: &Cast) -> Self {
        country.copy(dir);
        let mut stage = Self {
            country: Arc::clone(country),
            dir: dir.to_owned(),
            dice,
            board: Board::new(Arc::clone(country)),
            parties: Vec::new(),
            down: vec![false; cast.sequencers + AGENCIES.len()],
            sequencers: cast.sequencers,
            store: cast.store.clone(),
            tally: Tally::new(),
            ahead: Span::seconds(0),
            address: address(slot),
        };
        let clocks: Vec<i64> =
            (0..stage.down.len()).map(|_| if cast.clocks { *stage.dice.pick(&[-1, 0, 1]) } else { 0 }).collect();
        stage.set_clocks(&clocks);
        for (nth, hours) in clocks[..cast.sequencers].iter().enumerate() {
            stage.add_sequencer(nth, cast.one_dir, *hours);
        }
        for (witness, hours) in clocks[cast.sequencers..].iter().enumerate() {
            stage.add_witness(witness, *hours);
        }
        stage
    }

    /// The log lets entries be an hour ahead of its clock; the agencies' is no further from it.
    fn set_clocks(&mut self, clocks: &[i64]) {
        let slowest = clocks[..self.sequencers].iter().min().copied().unwrap_or_default();
        let everybody = || clocks.iter().copied();
        if everybody().max() == Some(1) && everybody().min() == Some(-1) {
            self.count("clocks two hours apart");
        }
        let spread = everybody().any(|hours| hours != 0);
        self.ahead = Span::hours(if spread { self.dice.pick(&[-1, 0, 1]).min(&(slowest + 1)).to_owned() } else { 0 });
    }

    fn add_sequencer(&mut self, nth: usize, one_dir: bool, hours: i64) {
        let dir = if nth == 0 || one_dir { "log".to_owned() } else { format!("log-{nth}") };
        if !self.dir.join(&dir).exists() {
            crate::country::copy_dir(&self.dir.join("log"), &self.dir.join(&dir));
        }
        let witnesses: Vec<String> = AGENCIES
            .iter()
            .enumerate()
            .map(|(witness, id)| format!("--witness {id}.example/witness=http://{}", self.witness_at(witness)))
            .collect();
        let arguments = format!(
            "serve ledger --dir {dir} --store {} --policy policy.txt --founding founding.cbor {}{}",
            self.store,
            witnesses.join(" "),
            clock(hours)
        );
        let at = SocketAddr::new(self.address, 7000 + u16::try_from(nth).unwrap());
        self.parties.push(Party::new(&format!("log-{nth}"), at, self.dir.clone(), &arguments));
    }

    fn add_witness(&mut self, witness: usize, hours: i64) {
        let id = AGENCIES[witness];
        let arguments = format!(
            "serve witness --dir witness-{id} --log-vkey log/log.vkey --audit --log-url http://{} --founding \
             founding.cbor{}",
            self.parties[0].at,
            clock(hours)
        );
        self.parties.push(Party::new(&format!("witness-{id}"), self.witness_at(witness), self.dir.clone(), &arguments));
    }

    fn witness_at(&self, witness: usize) -> SocketAddr {
        SocketAddr::new(self.address, 7010 + u16::try_from(witness).unwrap())
    }

    /// The place of a witness among the parties.
    pub(crate) const fn witness(&self, witness: usize) -> usize {
        self.sequencers + witness
    }

    pub(crate) fn witness_dir(&self, witness: usize) -> PathBuf {
        self.dir.join(format!("witness-{}", AGENCIES[witness]))
    }

    pub(crate) fn count(&mut self, what: &str) {
        *self.tally.entry(what.to_owned()).or_default() += 1;
    }

    /// The agencies' time.
    pub(crate) fn now(&self) -> mapae_types::Timestamp {
        now(self.ahead)
    }

    /// What the agencies are going to say.
    pub(crate) fn statements(&mut self) -> [Statements; 3] {
        let now = self.now();
        self.country.statements(&mut self.dice, now)
    }

    pub(crate) fn log_at(&self) -> SocketAddr {
        self.parties[0].at
    }

    pub(crate) fn logs(&self) -> Vec<SocketAddr> {
        self.parties[..self.sequencers].iter().map(|log| log.at).collect()
    }

    /// Crash points for everybody's next lives.
    pub(crate) fn arm(&mut self) {
        for at in 0..self.parties.len() {
            let (points, most) = if at < self.sequencers { (&LOG_POINTS[..], 3) } else { (&WITNESS_POINTS[..], 2) };
            for _ in 0..self.dice.roll(most) {
                let point = *self.dice.pick(points);
                let nth = if point == "after-rotation" { 1 } else { self.dice.between(1, 3) };
                self.parties[at].crashes.push(format!("{point}:{nth}"));
            }
        }
    }

    /// Starts whoever is not up and is not to stay down.
    pub(crate) fn start(&mut self) {
        for at in 0..self.parties.len() {
            if !self.down[at] && !self.parties[at].is_up() {
                self.start_one(at);
            }
        }
    }

    pub(crate) fn start_one(&mut self, at: usize) {
        if let Err(why) = self.parties[at].start() {
            self.board.find(why);
            self.down[at] = true;
        }
    }

    pub(crate) fn stop(&mut self, at: usize) {
        self.parties[at].kill();
        self.down[at] = true;
    }

    pub(crate) fn bring_back(&mut self, at: usize) {
        self.down[at] = false;
        self.start_one(at);
    }

    /// The agencies say these things, while so many parties are killed at any moment and others come to their crash points.
    pub(crate) fn work(&mut self, statements: &[Statements], mut kills: u64) {
        let (logs, stop) = (self.logs(), AtomicBool::new(false));
        let witnesses: Vec<SocketAddr> = (0..AGENCIES.len()).map(|witness| self.witness_at(witness)).collect();
        // Moved out for as long as the threads look at it.
        let board = std::mem::replace(&mut self.board, Board::new(Arc::clone(&self.country)));
        thread::scope(|scope| {
            let watching = scope.spawn(|| watch(&board, &logs, &witnesses, &stop));
            let agencies: Vec<_> = statements
                .iter()
                .map(|entries| {
                    let (mut dice, board, logs) = (self.dice.fork(), &board, &logs);
                    scope.spawn(move || agency::submit(board, entries, logs, &mut dice))
                })
                .collect();
            let mut pause = self.dice.between(5, 60);
            while agencies.iter().any(|agency| !agency.is_finished()) || kills > 0 {
                self.look_after();
                pause = pause.saturating_sub(1);
                if kills > 0 && pause == 0 {
                    kills -= 1;
                    pause = self.dice.between(5, 60);
                    self.kill_one();
                }
                thread::sleep(Duration::from_millis(5));
            }
            self.disarm();
            stop.store(true, Ordering::Relaxed);
            watching.join().unwrap();
        });
        board.findings.lock().unwrap().append(&mut self.board.findings.lock().unwrap());
        self.board = board;
    }

    /// Counts who crashed, and brings them back.
    fn look_after(&mut self) {
        for at in 0..self.parties.len() {
            match self.parties[at].end() {
                Some(End::Crashed(point)) => self.count(&point),
                Some(End::Otherwise(how)) => self.board.find(how),
                None => continue,
            }
            self.start_one(at);
        }
    }

    fn kill_one(&mut self) {
        let up: Vec<usize> = (0..self.parties.len()).filter(|at| self.parties[*at].is_up()).collect();
        if up.is_empty() {
            return;
        }
        let at = *self.dice.pick(&up);
        self.parties[at].kill();
        self.count("SIGKILL");
        thread::sleep(Duration::from_millis(self.dice.roll(100)));
        self.start_one(at);
    }

    /// Whoever has not come to its point gets another life without one.
    fn disarm(&mut self) {
        for at in 0..self.parties.len() {
            self.parties[at].crashes.clear();
            self.look_after();
            if self.parties[at].is_armed() {
                self.parties[at].kill();
                self.start_one(at);
            }
        }
    }

    /// Until everything that was promised is published.
    pub(crate) fn settle(&mut self) {
        let promised = self.board.acknowledged.lock().unwrap().iter().map(|one| one.index + 1).max().unwrap_or(0);
        let (board, at) = (&self.board, self.log_at());
        let waited = wait_for(board, "for the publication of everything promised", || {
            let answer = crate::http::get(at, "checkpoint");
            answer.is_ok_and(|answer| answer.status == 200 && board.publish(&answer.body, "the log") >= promised)
        });
        if !waited {
            for party in &self.parties {
                self.board.find(format!("{} last said: {}", party.name, party.last_words()));
            }
        }
    }

    /// The same, and every witness knows of it: a quorum suffices for publication.
    pub(crate) fn settle_everywhere(&mut self) {
        self.settle();
        let published = self.board.largest();
        wait_for(&self.board, "for all witnesses to catch up", || (0..3).all(|w| self.high_water(w) >= published));
    }

    pub(crate) fn audit(&mut self) {
        self.settle();
        let dir = self.dir.clone();
        Audit { board: &self.board, log: self.log_at(), store: &self.store, dir: &dir }.run();
        let refused = std::mem::take(&mut *self.board.refused.lock().unwrap());
        for code in refused {
            self.board.find(format!("an agency was refused: {code}"));
        }
    }

    /// What happened, and what was found.
    pub(crate) fn end(mut self) -> (Tally, Vec<String>) {
        let (entries, seen) =
            (self.board.acknowledged.lock().unwrap().len(), self.board.published.lock().unwrap().len());
        self.tally.insert("entries".to_owned(), u64::try_from(entries).unwrap());
        self.tally.insert("checkpoints".to_owned(), u64::try_from(seen).unwrap());
        let findings = std::mem::take(&mut *self.board.findings.lock().unwrap());
        (self.tally, findings)
    }

    /// What a witness has noted that it cosigned.
    pub(crate) fn high_water(&self, witness: usize) -> u64 {
        let origin: mapae_ledger::Origin = crate::country::ORIGIN.parse().unwrap();
        let file = self.witness_dir(witness).join("high-water").join(origin.hash());
        let text = fs::read_to_string(file).unwrap_or_default();
        text.lines().next().and_then(|size| size.parse().ok()).unwrap_or(0)
    }
}

fn clock(hours: i64) -> &'static str {
    match hours {
        1 => " --clock-ahead 1h",
        -1 => " --clock-behind 1h",
        _ => "",
    }
}

/// Each run has an address of its own on the loopback, so that none meets another's ports.
fn address(slot: u8) -> IpAddr {
    let [.., high, low] = std::process::id().to_be_bytes();
    IpAddr::V4(Ipv4Addr::new(127, high.max(1), low, slot + 1))
}
