//! The library's two replicas, each with a supervisor that lets it die again and again; and the same two in peace.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::sleep,
    time::{Duration, Instant},
};

use mapae_types::Duration as Ahead;

use super::library::Library;
use crate::{
    dice::Dice,
    party::{End, Party},
};

const POINTS: [&str; 6] = ["before-finish", "after-finish", "after-webhook", "after-end", "after-spend", "after-grant"];
const TICK: Duration = Duration::from_millis(5);
/// What a start takes on a machine that has nothing else to do.
const USUAL_START: Duration = Duration::from_millis(300);

/// Deaths, by what they were of.
pub(crate) type Deaths = Mutex<Vec<String>>;

fn party(library: &Library, number: usize, ahead: Ahead) -> Party {
    let arguments = library.arguments(number, ahead);
    Party::new(&format!("replica-{number}"), library.replicas[number], library.dir.clone(), &arguments)
}

/// Lets one replica die and starts it again, until the others are done.
pub(crate) fn supervise(
    library: &Library,
    number: usize,
    mut dice: Dice,
    done: &AtomicBool,
    deaths: &Deaths,
) -> Result<(), String> {
    let mut party = party(library, number, Ahead::seconds(0));
    while !done.load(Ordering::Relaxed) {
        if !dice.once_in(3) {
            party.crashes.push(format!("{}:{}", dice.pick(&POINTS), dice.between(1, 15)));
        }
        let begin = Instant::now();
        party.start()?;
        // On a slow machine lives are longer, or nothing would be done in them.
        let slowness = begin.elapsed().div_duration_f64(USUAL_START).max(1.0);
        // Some live long enough to take on what the dead have left.
        let longest = if dice.once_in(6) { dice.between(5_500, 9_000) } else { dice.between(50, 1_500) };
        if let Some(death) = live(&mut party, Duration::from_millis(longest).mul_f64(slowness), done)? {
            deaths.lock().unwrap().push(death);
        }
    }
    Ok(())
}

/// One life, of what it died, if not of the run's end.
fn live(party: &mut Party, longest: Duration, done: &AtomicBool) -> Result<Option<String>, String> {
    let mut lived = Duration::ZERO;
    while !done.load(Ordering::Relaxed) {
        match party.end() {
            Some(End::Crashed(point)) => return Ok(Some(point)),
            Some(End::Otherwise(how)) => return Err(how),
            None if lived > longest => {
                party.kill();
                return Ok(Some("SIGKILL".to_owned()));
            }
            None => {}
        }
        sleep(TICK);
        lived += TICK;
    }
    Ok(None)
}

/// Both, and nobody kills them before the end.
pub(crate) struct Calm([Party; 2]);

impl Calm {
    /// With clocks that are so much ahead of the world's: what waits for time to pass waits no longer.
    pub(crate) fn start(library: &Library, ahead: Ahead) -> Result<Self, String> {
        let mut parties = [0, 1].map(|number| party(library, number, ahead));
        parties.iter_mut().try_for_each(Party::start)?;
        Ok(Self(parties))
    }

    /// Those that have ended of themselves.
    pub(crate) fn ended(&mut self) -> Vec<String> {
        let how = |end| match end {
            End::Crashed(point) => format!("a crash at {point} that nobody asked for"),
            End::Otherwise(how) => how,
        };
        self.0.iter_mut().filter_map(Party::end).map(how).collect()
    }
}
