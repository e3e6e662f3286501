//! The audit of sign-ins finds what is wrong: the records of a quiet run, spoilt in one way after the other; and replicas
//! whose database does not do as they say.

use mapae_types::Duration as Ahead;
use scratch_postgres::Server;
use serde_json::Value;
use testkit::World;

use super::{
    super::{
        replicas::Calm,
        residue::{OF_SIGN_INS, count},
        runs::{Guests, Run},
    },
    Keys, SignIn,
    application::{APP, Application, WEB},
    attempt::{Attempt, Back},
    audit,
    sign_in::Manner,
};
use crate::{country::temporary, dice::Dice};

/// Who signs in where, in what manner.
const QUIET: [(&Application, Manner, usize); 9] = [
    (&WEB, Manner::Plain, 0),
    (&WEB, Manner::Plain, 0),
    (&WEB, Manner::Plain, 1),
    (&APP, Manner::Plain, 0),
    (&APP, Manner::Plain, 0),
    (&APP, Manner::Races, 2),
    (&WEB, Manner::Followed, 2),
    (&APP, Manner::Declines, 3),
    (&WEB, Manner::Leaves, 3),
];

/// An application that nobody signed in at.
static OTHER: Application = Application { id: "other", ..WEB };

/// One after the other, while nobody dies, in a database that was told to misbehave or not.
fn signed_in<'s>(
    server: &'s Server,
    (world, dir): (&World, &std::path::Path),
    people: &[(&'static Application, Manner, usize)],
    sabotage: &str,
) -> (Run<'s>, Vec<String>) {
    let mut dice = Dice::new(4);
    let sign_in = |(number, &(application, manner, person)): (usize, &(&'static Application, Manner, usize))| {
        let mut sign_in = SignIn::of(number, manner, dice.fork());
        (sign_in.plan.application, sign_in.plan.person) = (application, person);
        sign_in
    };
    let sign_ins = people.iter().enumerate().map(sign_in).collect();
    let mut run = Run::new(server, world, dir, &mut dice, Guests { visits: Vec::new(), sign_ins });
    let _calm = Calm::start(&run.library, Ahead::seconds(0)).unwrap();
    server.sql_in(run.store(), sabotage);
    let found = run.sign_in_again(world, Ahead::seconds(0));
    (run, found)
}

type Spoil = fn(&mut Vec<SignIn>, &mut Keys);

fn of(sign_ins: &mut [SignIn], number: usize) -> &mut Attempt {
    sign_ins[number].attempts.last_mut().unwrap()
}

fn home(attempt: &mut Attempt) -> &mut Back {
    attempt.backs.iter_mut().find(|back| back.home.is_some()).unwrap()
}

fn id_token(attempt: &mut Attempt) -> &mut Value {
    &mut attempt.redeemed[0].body["id_token"]
}

/// A way to spoil the records, and a word of what is found then.
const SPOILT: [(Spoil, &str); 22] = [
    (|all, _| all[0].troubles.push("neither replica answers".to_owned()), "neither replica"),
    (|all, _| all[0].has_ended = false, "did not end"),
    (
        |all, _| {
            let again = home(of(all, 0)).clone();
            of(all, 0).backs.push(again);
        },
        "two answers to one browser",
    ),
    (|all, _| of(all, 6).backs[0].status = 303, "somebody else's browser"),
    (|all, _| of(all, 0).state.push('x'), "another sign-in's `state`"),
    (
        |all, _| {
            let back = home(of(all, 0));
            back.home = back.home.as_ref().map(|home| home.replace("iss=http", "iss=https"));
        },
        "another issuer's answer",
    ),
    (|all, _| of(all, 1).backs = of(all, 0).backs.clone(), "a code of another's"),
    (|all, _| of(all, 0).redeemed[1] = of(all, 0).redeemed[0].clone(), "redeemed twice"),
    (|all, _| of(all, 0).redeemed[1].status = 429, "a code was told 429"),
    (|all, _| of(all, 0).redeemed.truncate(2), "nobody tried the code again"),
    (|all, _| of(all, 0).told_late[0] = 200, "a withdrawn token is told 200"),
    (|all, _| of(all, 0).told[0].1["name"] = "somebody".into(), "claims of somebody else"),
    (|all, _| of(all, 0).told[0].1["sub"] = Value::Null, "claims of nobody"),
    (|all, _| of(all, 0).told[0].1["sub"] = "another".into(), "claims of another `sub`"),
    (|_, keys| keys.0[1].clear(), "a replica's keys do not verify"),
    (
        |all, _| {
            let token = id_token(of(all, 3));
            let (signed, _) = token.as_str().unwrap().rsplit_once('.').unwrap();
            *token = format!("{signed}.{}", "A".repeat(86)).into();
        },
        "a replica's keys do not verify",
    ),
    (|all, _| *id_token(of(all, 0)) = id_token(of(all, 3)).clone(), "a token by"),
    (|all, _| of(all, 0).nonce.push('x'), "another's `nonce`"),
    (|all, _| of(all, 0).plan.application = &OTHER, "another's `aud`"),
    (|all, _| of(all, 2).plan.person = 0, "a second name of one person"),
    (|all, _| of(all, 1).plan.person = 1, "a name of two people"),
    (|all, _| all[4].attempts = all[3].attempts.clone(), "a name that was used before"),
];

/// Ends that are other than what was meant, each manner's.
const UNFINISHED: [Spoil; 4] = [
    (|all, _| of(all, 0).told.clear()),
    (|all, _| of(all, 5).redeemed.truncate(3)),
    (|all, _| of(all, 7).backs.clear()),
    (|all, _| of(all, 8).backs = of(all, 7).backs.clone()),
];

#[test]
fn an_audit_of_sign_ins_finds_what_is_wrong() {
    let Some(server) = scratch_postgres::shared() else { return };
    let (world, dir) = (World::new(), temporary());
    let (run, left) = signed_in(server, (&world, dir.path()), &QUIET, "SELECT 1");
    let (issuer, keys) = (run.library.issuer(), run.keys.clone().unwrap());
    assert_eq!([left, run.audit()].concat(), [""; 0]);
    let unfinished = UNFINISHED.map(|spoil| (spoil, "ended otherwise"));
    for (spoil, expected) in SPOILT.into_iter().chain(unfinished) {
        let (mut sign_ins, mut keys) = (run.signed_in(), keys.clone());
        spoil(&mut sign_ins, &mut keys);
        finds(&audit(&sign_ins, Some(&keys), &issuer), expected);
    }
    finds(&audit(&run.signed_in(), None, &issuer), "nobody asked for keys");
    finds(&audit(&run.signed_in(), Some(&keys), "https://another.example"), "another's `iss`");
    let left = || count(server, run.store(), OF_SIGN_INS);
    let before = left();
    for kind in [3, 5] {
        let row = format!("INSERT INTO openid (kind, name, used, keep_until) VALUES ({kind}, '\\x00', 0, 0)");
        server.sql_in(run.store(), &row);
    }
    assert_eq!(left(), before + 1, "a token, and not a key");
}

fn finds(findings: &[String], expected: &str) {
    assert!(findings.iter().any(|finding| finding.contains(expected)), "{expected}: {findings:?}");
}

/// What was used can be used again, and what is over stays.
const AGAIN: &str = "
    CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.used := 0; NEW.record := OLD.record; RETURN NEW; END $$;
    CREATE TRIGGER code BEFORE UPDATE ON openid FOR EACH ROW WHEN (OLD.kind = 2 AND OLD.used = 1)
        EXECUTE FUNCTION again();
    CREATE TRIGGER login BEFORE UPDATE ON openid FOR EACH ROW WHEN (OLD.kind = 0) EXECUTE FUNCTION again();
    CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
    CREATE TRIGGER stay BEFORE DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION stay();";

/// No access token is kept.
const LOST: &str = "
    CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
    CREATE TRIGGER lose BEFORE INSERT ON openid FOR EACH ROW WHEN (NEW.kind = 3) EXECUTE FUNCTION lose();";

#[test]
fn replicas_that_give_twice_or_nothing_are_found_out() {
    let Some(server) = scratch_postgres::shared() else { return };
    let world = World::new();
    let found = |sabotage| {
        let dir = temporary();
        let (run, left) = signed_in(server, (&world, dir.path()), &QUIET[..1], sabotage);
        [left, run.audit()].concat()
    };
    let twice = found(AGAIN);
    for expected in ["two answers to one browser", "redeemed twice", "a withdrawn token", "that ended have left 1"] {
        finds(&twice, expected);
    }
    finds(&found(LOST), "it failed, and no answer was lost");
}
