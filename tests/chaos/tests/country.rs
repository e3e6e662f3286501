//! Three agencies, a log and a witness for each agency, founded by the commands; every run begins with a copy of it.

use std::{
    fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use mapae_crypto::{Ed25519SigningKey, SigningKey};
use mapae_ledger::{Entry, MajorityPolicy, TreeHash, VerifierKey};
use mapae_trust::{
    Classes, Names, StatusRule,
    ledger::{
        Catalogue, Change, Fingerprint, Issuer, Journal, PolicyStatement, SignerListing, Statement, StatusLocation,
        WalletProvider,
    },
};
use mapae_types::{Duration, Timestamp};
use tempfile::TempDir;
use testkit::{Pki, Seeded};

use crate::{dice::Dice, program};

pub(crate) const ORIGIN: &str = "ledger.example/chaos";
pub(crate) const AGENCIES: [&str; 3] = ["interior", "police", "welfare"];
const RIGHTS: [&str; 3] = ["all", "issuer,journal,status,wallet-provider", "catalogue,wallet-provider"];

/// The keys and files that do not differ from run to run.
pub(crate) struct Country {
    dir: TempDir,
    keys: Vec<SigningKey>,
    roots: Vec<Pki>,
    pub(crate) log: VerifierKey,
    pub(crate) log_key: Ed25519SigningKey,
    pub(crate) policy: MajorityPolicy,
}

/// What one agency says in a run, in its order.
pub(crate) type Statements = Vec<Entry>;

impl Country {
    pub(crate) fn found() -> Self {
        let dir = temporary();
        for (id, rights) in AGENCIES.iter().zip(RIGHTS) {
            let names = format!("--name-ko 기관 --name-en {id}");
            program::ok(dir.path(), &format!("ledger agency --dir {id} --id {id} {names} --rights {rights}"));
            program::ok(dir.path(), &format!("ledger witness-init --dir witness-{id} --name {id}.example/witness"));
        }
        program::ok(dir.path(), &format!("ledger log-init --dir log --name {ORIGIN}"));
        let of =
            |option: &str, name: fn(&str) -> String| AGENCIES.map(|id| format!("--{option} {}", name(id))).join(" ");
        let (agencies, witnesses) =
            (of("agency", str::to_owned), of("witness", |id| format!("witness-{id}/witness.vkey")));
        program::ok(dir.path(), &format!("ledger found --log log {agencies} {witnesses} --threshold 2 --out ."));
        let text = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
        Self {
            keys: AGENCIES.map(|id| SigningKey::from_pkcs8_pem(&text(&format!("{id}/agency.key"))).unwrap()).into(),
            // A root's name is one agency's.
            roots: (70..).zip(["KR", "JP", "FR"]).map(|(seed, name)| Pki::new(seed, name)).collect(),
            log: text("log/log.vkey").trim_end().parse().unwrap(),
            log_key: Ed25519SigningKey::from_pkcs8_pem(&text("log/log.key")).unwrap(),
            policy: MajorityPolicy::parse(text("policy.txt").as_bytes()).unwrap(),
            dir,
        }
    }

    /// A copy in which processes may work.
    pub(crate) fn copy(&self, to: &Path) {
        copy_dir(self.dir.path(), to);
    }

    /// What agencies state at a time.
    pub(crate) fn entry(&self, agencies: &[usize], statement: &Statement, at: Timestamp) -> Entry {
        signed(agencies, &self.keys.iter().collect::<Vec<_>>(), statement, at)
    }

    /// The same, signed by somebody who has none of their keys.
    pub(crate) fn forged(agency: usize, statement: &Statement, at: Timestamp) -> Entry {
        let key = SigningKey::generate(&mut Seeded::new(666)).unwrap();
        signed(&[agency], &[&key; 3], statement, at)
    }

    pub(crate) fn policy_text(&self) -> String {
        fs::read_to_string(self.dir.path().join("policy.txt")).unwrap()
    }

    /// What the three agencies say in a run; each one's statements stand in any order with those of the others.
    pub(crate) fn statements(&self, dice: &mut Dice, at: Timestamp) -> [Statements; 3] {
        let ages = Statement::Freshness(Classes::standard().unwrap());
        let mut interior = vec![self.entry(&[0], &ages, at), self.entry(&[0], &self.issuer(0), at)];
        interior.extend((0..dice.between(1, 4)).map(|nth| self.entry(&[0], &self.journal(0, nth), at)));
        let mut police = vec![self.entry(&[1], &self.issuer(1), at)];
        police.extend((0..dice.between(1, 3)).map(|nth| self.entry(&[1], &self.journal(1, nth), at)));
        police.extend((0..dice.between(1, 3)).map(|nth| self.entry(&[1], &self.status(1, nth), at)));
        let mut welfare: Vec<Entry> =
            (0..dice.between(1, 4)).map(|nth| self.entry(&[2], &catalogue(nth), at)).collect();
        welfare.extend((0..dice.between(1, 4)).map(|nth| self.entry(&[2], &self.wallet_provider(nth), at)));
        if dice.once_in(2) {
            interior.push(self.entry(&[0, 1, 2], &self.same_policy(), at));
        }
        [interior, police, welfare]
    }

    /// The same witnesses and quorum under a new generation: a rotation in form.
    fn same_policy(&self) -> Statement {
        let text = self.policy_text().replace("quorum-of-all", "quorum-again");
        Statement::Policy(PolicyStatement::new(text, 1).unwrap())
    }

    pub(crate) fn issuer(&self, nth: usize) -> Statement {
        let root = self.roots[nth].root.clone();
        Statement::Issuer(Change::Enter(Issuer { root, status: StatusRule::NotPublished, signers: SignerListing::Any }))
    }

    fn fingerprint(&self, issuer: usize) -> Fingerprint {
        Fingerprint::from(self.roots[issuer].root.certificate())
    }

    fn journal(&self, issuer: usize, nth: u64) -> Statement {
        let (issuer, root) = (self.fingerprint(issuer), TreeHash::from_bytes([u8::try_from(nth).unwrap(); 32]));
        Statement::Journal(Journal { issuer, day: 20_000 + nth, count: nth * 1000, root })
    }

    fn status(&self, issuer: usize, nth: u64) -> Statement {
        let prefix = format!("https://id.example/{issuer}/{nth}/");
        Statement::Status(Change::Enter(StatusLocation::new(prefix, self.fingerprint(issuer)).unwrap()))
    }

    #[expect(clippy::unused_self, reason = "reads as the other statements")]
    pub(crate) fn wallet_provider(&self, nth: u64) -> Statement {
        // A root is one provider's.
        let (names, root) = (Names::new("지갑", "wallet").unwrap(), Pki::new(100 + nth, "KR").root);
        let id = format!("wallet-{nth}").parse().unwrap();
        Statement::WalletProvider(Change::Enter(WalletProvider { id, names, root }))
    }
}

fn signed(agencies: &[usize], keys: &[&SigningKey], statement: &Statement, at: Timestamp) -> Entry {
    let unsigned = statement.prepare(at);
    let sign = |agency: &usize| {
        let id = AGENCIES[*agency].parse().unwrap();
        let signature = keys[*agency].sign(&unsigned.to_be_signed(&id)).unwrap();
        (id, signature)
    };
    Entry::new(unsigned.attach(agencies.iter().map(sign).collect())).unwrap()
}

pub(crate) fn catalogue(nth: u64) -> Statement {
    Statement::Catalogue(Catalogue { version: nth + 1, sha256: [9; 32] })
}

/// The machine's time, and what a party's clock makes of it.
pub(crate) fn now(ahead: Duration) -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    Timestamp::from_unix(i64::try_from(since).unwrap()).unwrap() + ahead
}

/// Memory serves as well as a disk where only processes die, and waits for nobody else's files.
pub(crate) fn temporary() -> TempDir {
    let memory = Path::new("/dev/shm");
    let builder = || tempfile::Builder::new().prefix("mapae-chaos-").to_owned();
    if memory.is_dir() { builder().tempdir_in(memory) } else { builder().tempdir() }.unwrap()
}

pub(crate) fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_dir(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}
