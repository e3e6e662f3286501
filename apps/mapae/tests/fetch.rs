//! Bundles from mirrors, each perhaps hostile: old, cut off, mixed, too large, too slow, leading elsewhere.

use std::net::TcpStream;

use mapae_cose::cbor::{CborError, Reader};

use crate::{
    mirror::{Mirror, answer, drip, flood, head, silence},
    sandbox::{Ran, Sandbox, T0},
};

const LATER: &str = "2026-11-03T03:00:00Z";

/// An authority with a bundle of one day, `old`, and one of the next, `new`.
struct Offer {
    sandbox: Sandbox,
    old: Vec<u8>,
    new: Vec<u8>,
}

impl Offer {
    fn new() -> Self {
        let sandbox = Sandbox::with_documents("resident");
        let person = sandbox.people_with("resident").remove(0);
        sandbox.ok(&format!("revoke --authority A --issued I --person {person} --document resident --at {T0}"));
        sandbox.ok(&format!("bundle build --authority A --issued I --out new.bundle --at {LATER}"));
        let (old, new) = (sandbox.read("trust.bundle"), sandbox.read("new.bundle"));
        std::fs::rename(sandbox.path("trust.bundle"), sandbox.path("old.bundle")).unwrap();
        Self { sandbox, old, new }
    }

    fn fetch(&self, from: &str, more: &str) -> Ran {
        let at = if more.contains("--at") { String::new() } else { format!(" --at {LATER}") };
        let more = if more.is_empty() { String::new() } else { format!(" {more}") };
        self.sandbox.run(&format!("bundle fetch --json --bundle-key A/bundle-key.pem --from {from} --out B{at}{more}"))
    }

    /// What became of the first source.
    fn first_code(ran: &Ran) -> String {
        ran.json()["tried"][0]["code"].as_str().unwrap_or("taken").to_owned()
    }
}

/// Where the seal ends and the parts begin.
fn seal_end(bundle: &[u8]) -> usize {
    let mut end = 0;
    let read: Result<(), CborError> = Reader::read_all(bundle, |reader| {
        reader.array(|reader, _| {
            reader.skip()?;
            end = reader.position();
            reader.skip().map(drop)
        })
    });
    read.unwrap();
    end
}

#[test]
fn a_bundle_is_fetched_from_a_file_and_from_a_server() {
    let offer = Offer::new();
    let mirror = Mirror::offering(offer.new.clone());
    let absolute = format!("file://{}", offer.sandbox.path("new.bundle").display());
    for from in ["file:new.bundle", &absolute, &mirror.url()] {
        let ran = offer.fetch(from, "");
        assert_eq!(ran.code, 0, "{from}: {}", ran.stderr);
        assert_eq!(offer.sandbox.read("B"), offer.new, "{from}");
        let answer = ran.json();
        assert_eq!((&answer["as_of"], &answer["by"]), (&LATER.into(), &"whole".into()));
        assert_eq!(answer["replaced"], true, "{from}");
        std::fs::remove_file(offer.sandbox.path("B")).unwrap();
    }
}

/// Each of them is passed over with a word why, and the next source is asked.
#[test]
fn a_hostile_mirror_costs_a_line() {
    let offer = Offer::new();
    let good = Mirror::offering(offer.new.clone());
    let (new, old) = (offer.new.clone(), offer.old.clone());
    let mixed = [&new[..seal_end(&new)], &old[seal_end(&old)..]].concat();
    let half = new[..new.len() / 2].to_vec();
    let mut altered = new.clone();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    let (announced, cut, slow, elsewhere) = (new.clone(), new.clone(), new, good.url());
    let redirect =
        move |_: &str, stream: &mut TcpStream| head(stream, &format!("302 Found\r\nlocation: {elsewhere}"), 0);
    let mirrors: [(&str, Mirror); 10] = [
        ("bundle", Mirror::offering(mixed)),
        ("bundle", Mirror::offering(half)),
        ("bundle", Mirror::offering(altered)),
        ("bundle", Mirror::offering(b"<!doctype html>".to_vec())),
        (
            "cut_off",
            Mirror::start(move |_, stream| {
                head(stream, "200 OK", cut.len())?;
                std::io::Write::write_all(stream, &cut[..cut.len() / 2])
            }),
        ),
        (
            "too_large",
            Mirror::start(move |_, stream| {
                head(stream, "200 OK", (256 << 20) + 1)?;
                std::io::Write::write_all(stream, &announced)
            }),
        ),
        ("redirect", Mirror::start(redirect)),
        ("status", Mirror::start(|_, stream| answer(stream, "503 Service Unavailable", b"burnt"))),
        (
            "idle",
            Mirror::start(|_, stream| {
                silence();
                answer(stream, "200 OK", b"")
            }),
        ),
        ("too_slow", Mirror::start(move |_, stream| drip(stream, &slow))),
    ];
    for (code, mirror) in mirrors {
        let ran = offer.fetch(&format!("{},{}", mirror.url(), good.url()), "--idle 1s --timeout 2s");
        assert_eq!((ran.code, Offer::first_code(&ran).as_str()), (0, code), "{}", ran.stderr);
        assert!(ran.stderr.contains(&format!("note: {} is passed over: ", mirror.url())), "{}", ran.stderr);
        assert_eq!(offer.sandbox.read("B"), offer.new, "{code}");
        std::fs::remove_file(offer.sandbox.path("B")).unwrap();
    }
}

#[test]
fn a_mirror_without_end_is_left() {
    let offer = Offer::new();
    let flooding = Mirror::start(|_, stream| flood(stream));
    let ran = offer.fetch(&format!("{},file:new.bundle", flooding.url()), "");
    assert_eq!((ran.code, Offer::first_code(&ran).as_str()), (0, "too_large"), "{}", ran.stderr);
}

#[test]
fn where_nobody_listens_or_nothing_is_the_next_is_asked() {
    let offer = Offer::new();
    std::fs::create_dir(offer.sandbox.path("folder")).unwrap();
    for (from, code) in
        [("http://127.0.0.1:9/bundle", "unreachable"), ("file:nowhere", "file"), ("file:folder", "file")]
    {
        let ran = offer.fetch(&format!("{from},file:new.bundle"), "");
        assert_eq!((ran.code, Offer::first_code(&ran).as_str()), (0, code), "{from}: {}", ran.stderr);
    }
}

/// A device has no size and no end.
#[cfg(unix)]
#[test]
fn a_device_is_not_read() {
    let offer = Offer::new();
    let ran = offer.fetch("file:/dev/zero,file:new.bundle", "");
    assert_eq!((ran.code, Offer::first_code(&ran).as_str()), (0, "file"), "{}", ran.stderr);
}

#[test]
fn nothing_good_leaves_everything_as_it_was() {
    let offer = Offer::new();
    let hostile = Mirror::offering(b"not a bundle".to_vec());
    let ran = offer.fetch(&hostile.url(), "--memory M");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("B was not written"), "{}", ran.stderr);
    assert!(!offer.sandbox.path("B").exists() && !offer.sandbox.path("M").exists());
    offer.sandbox.write("B", &offer.old);
    let ran = offer.fetch(&hostile.url(), "");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains(&format!("B as of {T0} was kept")), "{}", ran.stderr);
    assert_eq!(offer.sandbox.read("B"), offer.old);
}

#[test]
fn an_older_bundle_takes_no_newer_ones_place() {
    let offer = Offer::new();
    offer.sandbox.write("B", &offer.new);
    let ran = offer.fetch("file:old.bundle", "");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("older than the one at hand") && ran.stderr.contains("was kept"), "{}", ran.stderr);
    assert_eq!(offer.sandbox.read("B"), offer.new);
    let ran = offer.fetch("file:old.bundle,file:new.bundle", "");
    assert_eq!((ran.code, Offer::first_code(&ran).as_str()), (0, "older"), "{}", ran.stderr);
    assert_eq!(ran.json()["replaced"], false);
}

#[test]
fn a_memory_keeps_out_what_is_older_than_it_knows() {
    let offer = Offer::new();
    assert_eq!(offer.fetch("file:new.bundle", "--memory M").code, 0);
    let memory = offer.sandbox.text("M");
    assert!(memory.contains(LATER), "{memory}");
    std::fs::remove_file(offer.sandbox.path("B")).unwrap();
    let ran = offer.fetch("file:old.bundle", "--memory M");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("one as of {LATER} was used before")), "{}", ran.stderr);
    assert_eq!((offer.sandbox.path("B").exists(), offer.sandbox.text("M")), (false, memory));
    assert_eq!(offer.fetch("file:new.bundle", "--memory M").code, 0);
}

/// A bundle of tomorrow: our clock or its maker's is wrong, and neither is to be remembered.
#[test]
fn a_bundle_from_the_future_is_not_taken() {
    let offer = Offer::new();
    let ran = offer.fetch("file:new.bundle,file:old.bundle", &format!("--memory M --at {T0}"));
    assert_eq!((ran.code, Offer::first_code(&ran).as_str()), (0, "clock_behind"), "{}", ran.stderr);
    assert_eq!(offer.sandbox.read("B"), offer.old);
    assert!(offer.sandbox.text("M").contains(T0));
}

/// A mirror that stood still hides nothing from who asks the next, once its bundle is not fresh any more.
#[test]
fn an_old_mirror_does_not_hide_a_newer_one() {
    let offer = Offer::new();
    let at = "--at 2026-11-03T03:00:01Z";
    let asked_on = offer.fetch("file:old.bundle,file:new.bundle", at);
    assert_eq!((asked_on.code, asked_on.json()["as_of"].as_str()), (0, Some(LATER)), "older than a day is not fresh");
    std::fs::remove_file(offer.sandbox.path("B")).unwrap();
    let newest = offer.fetch("file:old.bundle,file:new.bundle,file:old.bundle", "--at 2026-11-20T00:00:00Z");
    assert_eq!(newest.json()["as_of"], LATER, "the newest of bundles that are not fresh");
    assert_eq!(newest.json()["tried"].as_array().map(Vec::len), Some(3));
    let fresh = offer.fetch("file:new.bundle,file:old.bundle", "");
    assert_eq!(fresh.json()["tried"].as_array().map(Vec::len), Some(1), "a fresh one ends the search");
}

#[test]
fn a_delta_saves_the_whole_where_it_leads_on() {
    let offer = Offer::new();
    offer.sandbox.write("B", &offer.old);
    let made = offer.sandbox.ok("bundle delta --json --from old.bundle --to new.bundle --out D").json();
    let path = format!("/bundle/delta/{}", made["from_manifest_sha256"].as_str().unwrap());
    let delta = offer.sandbox.read("D");
    let mirror = Mirror::serving(vec![(path.clone(), delta.clone())]);
    let ran = offer.fetch(&mirror.url(), "");
    assert_eq!((ran.code, ran.json()["by"].as_str()), (0, Some("delta")), "{}", ran.stderr);
    assert_eq!(offer.sandbox.read("B"), offer.new);
    assert_eq!(mirror.asked(), std::slice::from_ref(&path), "the whole was not asked for");
    // One that leads nowhere is followed by the whole.
    offer.sandbox.write("B", &offer.old);
    let damaged = [&delta[..40], &[delta[40] ^ 1], &delta[41..]].concat();
    let mirror = Mirror::serving(vec![(path, damaged), ("/bundle".to_owned(), offer.new.clone())]);
    let ran = offer.fetch(&mirror.url(), "");
    assert_eq!((ran.code, ran.json()["by"].as_str()), (0, Some("whole")), "{}", ran.stderr);
    assert_eq!(offer.sandbox.read("B"), offer.new);
}

#[test]
fn what_is_no_bundle_of_ours_is_replaced() {
    let offer = Offer::new();
    offer.sandbox.write("B", b"half a bund");
    let ran = offer.fetch("file:new.bundle", "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("B is of no use and will be replaced"), "{}", ran.stderr);
    assert_eq!(offer.sandbox.read("B"), offer.new);
}

#[test]
fn nonsense_is_wrong_usage() {
    let offer = Offer::new();
    let fetch = "bundle fetch --bundle-key A/bundle-key.pem --out B --from";
    for from in [
        "ftp://id.example/bundle",
        "new.bundle",
        "file:",
        "file://elsewhere/new.bundle",
        "https://",
        "https://user:word@id.example/bundle",
        "https://id.example/bundle?x=1",
        "file:new.bundle,",
        "file:new.bundle --idle 0s",
        "file:new.bundle --timeout 1",
        "file:new.bundle --memory A/iaca.pem",
        "file:new.bundle --policy A/iaca.pem",
    ] {
        let ran = offer.sandbox.run(&format!("{fetch} {from}"));
        assert_eq!(ran.code, 64, "{from}: {}", ran.stderr);
        assert!(!offer.sandbox.path("B").exists(), "{from}");
    }
    for other in
        ["--out B", "--out A --bundle-key A/bundle-key.pem", "--out B --policy A/iaca.pem", "--out B --policy no"]
    {
        let ran = offer.sandbox.run(&format!("bundle fetch --from file:new.bundle {other}"));
        assert_eq!(ran.code, 64, "{other}: {}", ran.stderr);
    }
}
