//! The audit finds what is wrong: the records of a quiet run, and what it left, spoilt in one way after the other; and
//! replicas whose database does not do as they say.

use std::{fs::OpenOptions, io::Write as _};

use mapae_types::Duration as Ahead;
use serde_json::json;
use testkit::World;

use super::{
    audit::audit,
    hooks::Hook,
    people,
    replicas::Calm,
    residue::{Secrets, files, kept, logs, rows},
    runs::{Guests, Run, wait},
    visit::{Learns, Manner, Visit, Way},
    work::drive,
};
use crate::{country::temporary, dice::Dice};

const MANNERS: [Manner; 6] =
    [Manner::Once, Manner::Twice, Manner::Rivals, Manner::Declines, Manner::Replays, Manner::Leaves];

/// Visits in every manner, twice, while nobody dies.
fn quiet<'s>(server: &'s scratch_postgres::Server, world: &World, dir: &std::path::Path) -> Run<'s> {
    let mut dice = Dice::new(2);
    let visits = MANNERS.into_iter().cycle().take(12).enumerate().map(|(number, manner)| {
        let mut visit = Visit::of(number, manner, dice.fork());
        visit.way = match number {
            0..=5 => Way::CrossDevice,
            6..=7 => Way::SameDevice,
            _ => Way::Page,
        };
        visit.learns = if number == 1 { Learns::Events } else { Learns::Polls };
        visit
    });
    let visits = visits.collect();
    let run = Run::new(server, world, dir, &mut dice, Guests { visits, sign_ins: Vec::new() });
    run.recover();
    let _calm = Calm::start(&run.library, Ahead::seconds(0)).unwrap();
    run.come_and_go(world);
    drive(&run.visits, |visit| visit.look(&run.library));
    assert_eq!(
        wait("webhooks are not sent", || 10_usize.saturating_sub(run.hooks().len()) as u64),
        Vec::<String>::new()
    );
    run
}

type Spoil = fn(&mut Vec<Visit>, &mut Vec<Hook>);

/// A way to spoil the records, and a word of what is found then. The first visit is by QR code, the seventh the same
/// on one device; both show something. Of the second somebody hears by events. The third is of two rivals, the fourth of somebody who declines.
const SPOILT: [(Spoil, &str); 17] = [
    (|visits, _| visits[0].id.clear(), "no session was begun"),
    (|visits, _| visits[1].said.iter_mut().for_each(|(_, said)| said.status = 200), "two answers were accepted"),
    (|visits, _| visits[0].said[0].1.status = 410, "was told 410"),
    (|visits, _| visits[0].said.clear(), "was not taken"),
    (|visits, _| visits[0].troubles.push("neither replica answers".to_owned()), "neither replica"),
    (|visits, hooks| hooks.retain(|hook| hook.session() != visits[0].id), "no webhook came"),
    (|_, hooks| hooks.push(Hook { id: "msg_another".to_owned(), ..hooks[0].clone() }), "an id of its own"),
    (|_, hooks| hooks.push(Hook { body: json!({}), ..hooks[0].clone() }), "two messages under one id"),
    (|_, hooks| hooks[0].signed = false, "not signed"),
    (|_, hooks| hooks[0].taken = false, "given up"),
    (|visits, _| visits[6].results.clear(), "got lost"),
    (|visits, _| visits[0].results[0]["verified_at"] = "later".into(), "two results"),
    (
        |visits, _| {
            let (told, other) = visits[2].said.iter().partition::<Vec<_>, _>(|(_, said)| said.status == 200);
            assert_eq!((told.len(), other.len()), (1, 1));
            let other = people::claims(other[0].0);
            visits[2].results.iter_mut().for_each(|result| result["credentials"][0]["claims"] = other.clone());
        },
        "claims of somebody else",
    ),
    (|visits, _| visits[1].heard.states.clear(), "did not tell the end"),
    (|visits, _| visits[1].heard.states.push("waiting".to_owned()), "went back"),
    (|visits, _| visits[1].heard.states[0].push_str("-ish"), "a state of nowhere"),
    (|visits, _| visits[3].results[0]["verdict"] = "held".into(), "the result is \"held\""),
];

fn finds_what_is_spoilt(run: &Run<'_>) {
    let whole = audit(&run.seen(), &run.hooks());
    assert_eq!(whole, Vec::<String>::new());
    for (spoil, expected) in SPOILT {
        let (mut visits, mut hooks) = (run.seen(), run.hooks());
        spoil(&mut visits, &mut hooks);
        let findings = audit(&visits, &hooks);
        assert!(findings.iter().any(|finding| finding.contains(expected)), "{expected}: {findings:?}");
    }
}

/// Whatever is written into the database, its files or a log is found there.
fn finds_what_is_left(run: &Run<'_>) {
    let (secrets, store) = (Secrets::all(&run.seen(), &run.signed_in()), run.store());
    let in_rows = || rows(run.server, store, &secrets);
    assert_eq!([in_rows(), files(run.server, store, &secrets), logs(&run.library, &secrets)].concat(), [""; 0]);
    let key = "convert_to('-----BEGIN PRIVATE KEY-----', 'UTF8')";
    run.server.sql_in(store, &format!("UPDATE openid SET record = {key} WHERE kind = 5"));
    assert!(in_rows().iter().any(|found| found.contains("is in openid")));
    let name = &people::personal()[0];
    run.server.sql_in(store, &format!("UPDATE probe SET bytes = convert_to('{name}', 'UTF8')"));
    assert!(!in_rows().is_empty() && !files(run.server, store, &secrets).is_empty());
    let mut log = OpenOptions::new().append(true).open(run.library.dir.join("replica-1.log")).unwrap();
    writeln!(log, "{name}").unwrap();
    assert!(!logs(&run.library, &secrets).is_empty());
    // A page whose beginning got no answer in time has begun one of which it knows nothing.
    let unknown: usize = run.seen().iter().filter(|visit| visit.way == Way::Page).map(|visit| visit.orphans).sum();
    let before = kept(run.server, store).len();
    run.server.sql_in(store, "UPDATE sessions SET result = '' WHERE state = 1");
    assert_eq!(kept(run.server, store).len(), before + 3 + unknown, "those who left, and the foreign session");
}

#[test]
fn an_audit_of_replicas_finds_what_is_wrong() {
    let Some(server) = scratch_postgres::Server::start(&[]) else { return };
    let (world, dir) = (World::new(), temporary());
    let run = quiet(&server, &world, dir.path());
    finds_what_is_spoilt(&run);
    finds_what_is_left(&run);
}

/// What was consumed can be consumed again: no compare-and-swap counts. And every third session's webhooks are forgotten:
/// all sessions are begun before the first is answered, so that it is the same number of them each time.
const SABOTAGE: &str = "
    CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.state := 1; NEW.context := OLD.context; RETURN NEW; END $$;
    CREATE TRIGGER again BEFORE UPDATE ON sessions FOR EACH ROW WHEN (NEW.state = 2) EXECUTE FUNCTION again();
    CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF (SELECT count(*) FROM sessions WHERE id <= NEW.session) % 3 = 0 THEN RETURN NULL; END IF;
        RETURN NEW; END $$;
    CREATE TRIGGER lose BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION lose();";

#[test]
fn replicas_that_consume_twice_and_forget_are_found_out() {
    let Some(server) = scratch_postgres::shared() else { return };
    let (world, dir, mut dice) = (World::new(), temporary(), Dice::new(3));
    let visits = (0..12).map(|number| {
        let mut visit = Visit::of(number, if number < 6 { Manner::Twice } else { Manner::Once }, dice.fork());
        (visit.way, visit.learns) = (Way::CrossDevice, Learns::Webhook);
        visit
    });
    let visits = visits.collect();
    let run = Run::new(server, &world, dir.path(), &mut dice, Guests { visits, sign_ins: Vec::new() });
    run.recover();
    let _calm = Calm::start(&run.library, Ahead::seconds(0)).unwrap();
    server.sql_in(run.store(), SABOTAGE);
    run.come_and_go(&world);
    assert_eq!(run.all_told(), [""; 0]);
    let findings = audit(&run.seen(), &run.hooks());
    for expected in ["two answers were accepted", "each under an id of its own", "no webhook came"] {
        assert!(findings.iter().any(|finding| finding.contains(expected)), "{expected}: {findings:?}");
    }
}
