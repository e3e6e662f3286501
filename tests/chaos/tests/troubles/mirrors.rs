//! Mirrors that offer bundles, each perhaps hostile: whatever they offer, a reader ends with a genuine bundle or with none,
//! and never with an older one than it had.

use std::{
    fs,
    io::Write as _,
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::Arc,
    thread::sleep,
    time::Duration,
};

use mapae_ledger::TlogProof;
use mapae_trust::{
    Bundle, BundleContents, Classes, DraftBundle,
    ledger::{SignedEntry, Statement},
};
use mapae_types::{Duration as Span, hex};
use testkit::Ledger;

use crate::{
    country::{AGENCIES, ORIGIN, now},
    http, program,
    server::{Server, announce, respond},
    stage::Stage,
};

/// How a mirror answers, given the bundles of the run.
type Hostility = (&'static str, fn(&Offer, &mut TcpStream) -> std::io::Result<()>);

const HOSTILE: [Hostility; 13] = [
    ("truncated", |offer, stream| respond(stream, "200 OK", &offer.new[..offer.new.len() * 2 / 3])),
    ("cut off", |offer, stream| {
        announce(stream, "200 OK", offer.new.len())?;
        stream.write_all(&offer.new[..offer.new.len() / 2])
    }),
    ("altered", |offer, stream| {
        let mut bytes = offer.new.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        respond(stream, "200 OK", &bytes)
    }),
    ("mixed", |offer, stream| respond(stream, "200 OK", &offer.mixed)),
    ("oversized", |offer, stream| {
        announce(stream, "200 OK", (256 << 20) + 1)?;
        stream.write_all(&offer.new)
    }),
    ("endless", |_, stream| {
        write!(stream, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
        loop {
            write!(stream, "100000\r\n")?;
            stream.write_all(&vec![0; 1 << 20])?;
            stream.write_all(b"\r\n")?;
        }
    }),
    ("slow drip", |offer, stream| {
        announce(stream, "200 OK", offer.new.len())?;
        for byte in &offer.new {
            stream.write_all(&[*byte])?;
            sleep(Duration::from_millis(200));
        }
        Ok(())
    }),
    ("silent", |_, _| {
        sleep(Duration::from_mins(1));
        Ok(())
    }),
    ("burnt", |_, stream| respond(stream, "503 Service Unavailable", b"burnt")),
    ("a page", |_, stream| respond(stream, "200 OK", b"<!doctype html>")),
    ("leading elsewhere", |offer, stream| {
        announce(stream, &format!("302 Found\r\nlocation: http://{}/bundle", offer.log), 0)
    }),
    ("another ledger's", |offer, stream| respond(stream, "200 OK", &offer.foreign)),
    ("cosigned by k-1", |offer, stream| respond(stream, "200 OK", &offer.under_cosigned)),
];

/// The bundles of a run.
struct Offer {
    log: SocketAddr,
    old: Vec<u8>,
    new: Vec<u8>,
    /// The manifest and proof of the new one over the parts of another.
    mixed: Vec<u8>,
    foreign: Vec<u8>,
    under_cosigned: Vec<u8>,
}

/// Two bundles are published; then readers fetch them from whoever offers some.
pub(crate) fn hostile_mirrors(stage: &mut Stage) {
    stage.start();
    let [interior, police, welfare] = stage.statements();
    stage.work(&[interior, police], 0);
    stage.settle();
    let old = publish(stage, "old.bundle", 60);
    stage.work(&[welfare], 1);
    stage.settle();
    let new = publish(stage, "new.bundle", 0);
    let offer = Arc::new(offer(stage, old, new));
    for _ in 0..2 {
        fetch(stage, &offer);
    }
    stage.audit();
}

fn publish(stage: &Stage, out: &str, ago: i64) -> Vec<u8> {
    let (log, at) = (stage.log_at(), now(Span::seconds(-ago)));
    let agency = AGENCIES[0];
    let publish =
        format!("bundle publish --ledger http://{log} --policy policy.txt --agency {agency} --out {out} --at {at}");
    program::ok(&stage.dir, &publish);
    fs::read(stage.dir.join(out)).unwrap()
}

fn offer(stage: &Stage, old: Vec<u8>, new: Vec<u8>) -> Offer {
    let draft = |contents: BundleContents| contents.draft(&ORIGIN.parse().unwrap());
    let contents = || BundleContents::new(now(Span::seconds(0)), Classes::standard().unwrap());
    let foreign = Ledger::of(ORIGIN, 9).publish(contents(), &[0, 1, 2]);
    let (entry, proof, genuine) = newest(stage);
    let mixed = draft(contents()).seal(&entry, &proof, &[]);
    let under_cosigned = genuine.seal(&entry, &with_one_cosignature(&proof), &[]);
    Offer { log: stage.log_at(), old, new, mixed, foreign, under_cosigned }
}

/// The entry of the newest bundle, its proof and its draft, as the log serves them.
fn newest(stage: &Stage) -> (Vec<u8>, TlogProof, DraftBundle) {
    let entries = crate::auditor::entries_of(&stage.store);
    let index = entries.len() - 1;
    let get = |path: &str| http::get(stage.log_at(), path).unwrap().body;
    let proof = TlogProof::parse(&get(&format!("proof/{index}"))).unwrap();
    let entry = SignedEntry::parse(&entries[index]).unwrap();
    let Statement::Bundle(bundle) = entry.statement() else { panic!("the last entry is the bundle's") };
    let draft = get(&format!("drafts/{}", hex::encode(bundle.manifest())));
    (entries[index].clone(), proof, DraftBundle::parse(draft).unwrap())
}

/// The log's own signature is the first; that of one witness is kept.
fn with_one_cosignature(proof: &TlogProof) -> TlogProof {
    let text = proof.to_string();
    let (kept, mut signatures) = (text.lines().filter(|line| !line.starts_with('—')), text.lines());
    let kept: Vec<&str> = kept.chain(signatures.by_ref().filter(|line| line.starts_with('—')).take(2)).collect();
    TlogProof::parse((kept.join("\n") + "\n").as_bytes()).unwrap()
}

/// One reader, with a memory of its own, asks twice.
fn fetch(stage: &mut Stage, offer: &Arc<Offer>) {
    let reader = stage.dir.join(format!("reader-{}", stage.dice.roll(u64::MAX)));
    fs::create_dir(&reader).unwrap();
    fs::copy(stage.dir.join("policy.txt"), reader.join("policy.txt")).unwrap();
    let mut best = 0;
    for _ in 0..2 {
        let many = usize::try_from(stage.dice.between(1, 3)).unwrap();
        let mut kinds = stage.dice.some(&HOSTILE, many);
        kinds.insert(0, ("old", |offer, stream| respond(stream, "200 OK", &offer.old)));
        if stage.dice.once_in(2) {
            kinds.remove(0);
        }
        if stage.dice.once_in(2) {
            kinds.push(("good", |offer, stream| respond(stream, "200 OK", &offer.new)));
        }
        best = fetch_once(stage, &reader, offer, &kinds, best);
    }
}

/// Asks these mirrors in turn; what the reader has then, by age: none, the old one or the new one.
fn fetch_once(stage: &mut Stage, reader: &Path, offer: &Arc<Offer>, kinds: &[Hostility], had: u8) -> u8 {
    let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
    let servers: Vec<Server> = kinds.iter().map(|(_, behave)| mirror(offer, *behave)).collect();
    let urls: Vec<String> = servers.iter().map(|server| format!("http://{}/bundle", server.at)).collect();
    let ran = program::run(
        reader,
        &format!(
            "bundle fetch --from {} --policy policy.txt --out B --memory M --idle 4s --timeout 10s",
            urls.join(",")
        ),
    );
    for name in &names {
        stage.count(&format!("mirror: {name}"));
    }
    let has = match fs::read(reader.join("B")) {
        Ok(bytes) if bytes == offer.new => 2,
        Ok(bytes) if bytes == offer.old => 1,
        Ok(_) => {
            stage.board.find(format!("from {names:?} came a bundle that is none of the ledger's"));
            0
        }
        Err(_) => 0,
    };
    let offered = |name| names.contains(&name);
    // The old one is a minute old, which is fresh: who finds it first is content, unless the reader knows better.
    let expected = if offered("old") && had < 2 {
        1
    } else if offered("good") {
        2
    } else {
        had
    };
    let told = (ran.code == Some(0)) == (offered("good") || (offered("old") && had < 2));
    if has != expected || !told {
        stage.board.find(format!("from {names:?}, having {had}, came {has}, {:?}: {}", ran.code, ran.stderr));
    }
    covered(stage, reader, has);
    has
}

/// What the reader has is what the policy covers.
fn covered(stage: &Stage, reader: &Path, has: u8) {
    if has > 0 {
        let bundle = Bundle::parse(fs::read(reader.join("B")).unwrap()).unwrap();
        if let Err(error) = bundle.verify(&stage.country.policy) {
            stage.board.find(format!("the policy does not cover what the reader has: {error}"));
        }
    }
}

fn mirror(offer: &Arc<Offer>, behave: fn(&Offer, &mut TcpStream) -> std::io::Result<()>) -> Server {
    let offer = Arc::clone(offer);
    Server::start("127.0.0.1:0".parse().unwrap(), move |path, stream| match path {
        "/bundle" => behave(&offer, stream),
        // No deltas here.
        _ => respond(stream, "404 Not Found", b""),
    })
}
