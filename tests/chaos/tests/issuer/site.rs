//! An issuer's directory and process, with a supervisor that starts it again whenever it has died.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::sleep,
    time::Duration,
};

use testkit::ports;

use super::clerk::Clerk;
use crate::{
    country::temporary,
    dice::Dice,
    party::{End, Party},
    program,
};

/// The authority and the people, the same in every run.
pub(crate) struct Nation {
    dir: tempfile::TempDir,
    pub(crate) people: Vec<String>,
}

impl Nation {
    pub(crate) fn found() -> Self {
        let dir = temporary();
        program::ok(dir.path(), "authority init --dir A");
        program::ok(dir.path(), "people sample --count 24 --seed 1 --out R");
        let register = fs::read_to_string(dir.path().join("R/resident.csv")).unwrap();
        let people = register.lines().skip(1).filter_map(|line| line.split(',').next());
        let people = people.map(|person| person.trim_matches('"').to_owned()).filter(|id| id.len() == 26).collect();
        Self { dir, people }
    }
}

/// One issuer.
pub(crate) struct Site {
    pub(crate) at: SocketAddr,
    pub(crate) clerk: Clerk,
    /// As the command takes it.
    pub(crate) store: String,
    pub(crate) arguments: String,
    pub(crate) dir: PathBuf,
}

impl Site {
    pub(crate) fn build(nation: &Nation, dir: &Path, store: Option<String>) -> Self {
        let (at, office) = (ports::free(), ports::free());
        let nation = nation.dir.path().display();
        let store = store.unwrap_or_else(|| format!("sqlite:{}/I/issuer.db", dir.display()));
        program::ok(
            dir,
            &format!("issuer init --dir I --authority {nation}/A --base-url http://{at} --set store={store}"),
        );
        // One address asks for everybody here.
        let settings = fs::read_to_string(dir.join("I/issuer.toml")).unwrap();
        let settings = settings.replace("rate = \"20/s burst 200\"", "rate = \"100000/s burst 100000\"");
        fs::write(dir.join("I/issuer.toml"), settings).unwrap();
        let token = fs::read_to_string(dir.join("I/office.token")).unwrap().trim().to_owned();
        let clerk = Clerk { office, token, outbox: dir.join("I/outbox") };
        let register = format!("--register resident={nation}/R/resident.csv");
        let arguments = format!("serve issuer --dir I --office-listen {office} {register}");
        Self { at, clerk, store, arguments, dir: dir.to_owned() }
    }
}

const POINTS: [&str; 7] =
    ["after-reserve", "before-commit", "after-commit", "after-sign", "before-release", "after-release", "acknowledge"];

/// Deaths in a run, by what they were of.
pub(crate) type Deaths = Mutex<Vec<String>>;

/// Lets the process die again and again until the people have what they came for.
pub(crate) fn supervise(site: &Site, mut dice: Dice, done: &AtomicBool, deaths: &Deaths) -> Result<(), String> {
    let mut party = Party::new("issuer", site.at, site.dir.clone(), &site.arguments);
    let mut deaths_left = dice.between(3, 6);
    while !done.load(Ordering::Relaxed) {
        let mortal = deaths_left > 0;
        deaths_left = deaths_left.saturating_sub(1);
        let by_point = mortal && !dice.once_in(3);
        if by_point {
            let point = *dice.pick(&POINTS);
            // Numbers are reserved for many batches at once.
            let nth = if point == "after-reserve" { 1 } else { dice.between(1, 6) };
            party.crashes.push(format!("{point}:{nth}"));
        }
        party.start()?;
        let kill_after = (mortal && !by_point).then(|| dice.between(20, 1500));
        live(&mut party, kill_after, done, deaths)?;
    }
    party.kill();
    Ok(())
}

/// One life, until its end or that of the run.
fn live(party: &mut Party, kill_after: Option<u64>, done: &AtomicBool, deaths: &Deaths) -> Result<(), String> {
    let mut lived = 0;
    // A point that nobody comes to must not keep it alive.
    let longest = kill_after.unwrap_or(if party.is_armed() { 4000 } else { u64::MAX });
    while !done.load(Ordering::Relaxed) {
        match party.end() {
            Some(End::Crashed(point)) => {
                deaths.lock().unwrap().push(point);
                return Ok(());
            }
            Some(End::Otherwise(how)) => return Err(how),
            None if lived > longest => {
                party.kill();
                deaths.lock().unwrap().push("killed".to_owned());
                return Ok(());
            }
            None => {}
        }
        sleep(Duration::from_millis(5));
        lived += 5;
    }
    Ok(())
}
