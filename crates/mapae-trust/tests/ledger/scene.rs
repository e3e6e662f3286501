//! Three agencies, founded: `interior` may state everything alone, `police` enters issuers of its own, `court` has no
//! right of its own. Each test has them state something.

use mapae_crypto::{Ed25519SigningKey, Signature, SigningKey};
use mapae_dcql::ClaimPath;
use mapae_ledger::{SignatureType, VerifierKey};
use mapae_trust::{
    Names, NewRegistration, RegisteredDocument, RegisteredKind, Registration, StatusRule,
    ledger::{
        Admission, Agency, Change, Fingerprint, Founding, Issuer, Judged, LedgerState, Right, RuleError, SignedEntry,
        SignerListing, Statement, StatusLocation,
    },
};
use mapae_types::{AgencyId, Duration, Timestamp};
use mapae_x509::{Certificate, Role};
use testkit::{Pki, Seeded, Signer, now};

/// The agencies, in the order of their ids.
pub(crate) const ALL: [&str; 3] = ["court", "interior", "police"];
/// Who may state everything alone.
pub(crate) const ONE: &[&str] = &["interior"];
/// A majority.
pub(crate) const TWO: &[&str] = &["court", "interior"];
/// The log.
pub(crate) const ORIGIN: &str = "ledger.example/kr";
/// Where the status lists are.
pub(crate) const PREFIX: &str = "https://id.example/status/";

/// A ledger, the keys of its agencies, an issuer and a registrar.
pub(crate) struct Scene {
    pub(crate) state: LedgerState,
    pub(crate) pki: Pki,
    pub(crate) registrar: Pki,
}

/// The key of an agency, or of whoever has that name.
pub(crate) fn key(name: &str) -> SigningKey {
    let seed = name.bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(31) + u64::from(byte));
    SigningKey::generate(&mut Seeded::new(seed)).unwrap()
}

pub(crate) fn id(name: &str) -> AgencyId {
    name.parse().unwrap()
}

pub(crate) fn names(en: &str) -> Names {
    Names::new("기관", en).unwrap()
}

pub(crate) fn agency(name: &str, rights: &[Right]) -> Agency {
    let rights = rights.iter().copied().collect();
    Agency { id: id(name), names: names(name), key: key(name).public().clone(), rights }
}

pub(crate) fn agencies() -> Vec<Agency> {
    vec![agency("interior", &Right::ALL), agency("police", &[Right::Issuer, Right::Journal]), agency("court", &[])]
}

/// A policy of that log: `threshold` of three witnesses, whose keys depend on `seed`.
pub(crate) fn policy(origin: &str, seed: u8, threshold: usize) -> String {
    let vkey = |name: &str, kind, seed: u8| {
        let key = Ed25519SigningKey::from_seed(&[seed; 32]).unwrap();
        VerifierKey::new(name.parse().unwrap(), kind, key.public().clone()).to_string()
    };
    let log = vkey(origin, SignatureType::Ed25519, 1);
    let witness = |number: u8| vkey("witness.example", SignatureType::CosignatureV1, seed + number);
    let (a, b, c) = (witness(1), witness(2), witness(3));
    format!("log {log}\nwitness a {a}\nwitness b {b}\nwitness c {c}\ngroup all {threshold} a b c\nquorum all\n")
}

pub(crate) fn founding() -> Statement {
    Statement::Founding(Founding::new(agencies(), &policy(ORIGIN, 10, 2)).unwrap())
}

/// The entry that these sign with their own keys.
pub(crate) fn entry(statement: &Statement, at: Timestamp, signers: &[&str]) -> SignedEntry {
    entry_with(statement, at, &signers.iter().map(|name| (*name, key(name))).collect::<Vec<_>>())
}

/// The entry that these sign with any keys.
pub(crate) fn entry_with(statement: &Statement, at: Timestamp, signers: &[(&str, SigningKey)]) -> SignedEntry {
    let unsigned = statement.prepare(at);
    let sign = |(name, key): &(&str, SigningKey)| -> (AgencyId, Signature) {
        (id(name), key.sign(&unsigned.to_be_signed(&id(name))).unwrap())
    };
    SignedEntry::parse(&unsigned.attach(signers.iter().map(sign).collect())).unwrap()
}

pub(crate) fn admitted(judged: Judged) -> Admission {
    match judged {
        Judged::Admitted(admission) => admission,
        Judged::NeedsBundle(pending) => panic!("{pending:?} needs its draft"),
    }
}

impl Scene {
    /// Nothing yet.
    pub(crate) fn unfounded() -> Self {
        Self { state: LedgerState::new(), pki: Pki::new(1, "KR"), registrar: Pki::new(2, "KR") }
    }

    /// The three agencies and their policy.
    pub(crate) fn founded() -> Self {
        let mut scene = Self::unfounded();
        scene.enter(&founding(), &ALL);
        scene
    }

    /// The same with the issuer's root, entered by `interior`.
    pub(crate) fn with_issuer() -> Self {
        let mut scene = Self::founded();
        scene.enter(&scene.issuer(), ONE);
        scene
    }

    /// The same with the registrar's root.
    pub(crate) fn with_registrar() -> Self {
        let mut scene = Self::founded();
        scene.enter(&scene.registrar(), ONE);
        scene
    }

    /// What the statement meets if these state it now.
    pub(crate) fn judge(&self, statement: &Statement, signers: &[&str]) -> Result<Judged, RuleError> {
        self.state.judge(&entry(statement, now(), signers), now())
    }

    /// The code of the rule that the statement breaks.
    pub(crate) fn code(&self, statement: &Statement, signers: &[&str]) -> &'static str {
        super::code(self.judge(statement, signers))
    }

    /// The rule that the statement breaks.
    pub(crate) fn refusal(&self, statement: &Statement, signers: &[&str]) -> RuleError {
        self.judge(statement, signers).unwrap_err()
    }

    /// What the statement meets if `interior` states it as of an hour ago, having stated it now.
    pub(crate) fn judge_again(&self, statement: &Statement) -> Result<Judged, RuleError> {
        self.state.judge(&entry(statement, now() - Duration::hours(1), ONE), now())
    }

    /// These state it now.
    pub(crate) fn enter(&mut self, statement: &Statement, signers: &[&str]) {
        self.enter_at(statement, now(), signers);
    }

    /// These state it at that time.
    pub(crate) fn enter_at(&mut self, statement: &Statement, at: Timestamp, signers: &[&str]) {
        let judged = self.state.judge(&entry(statement, at, signers), at).unwrap();
        self.state.enter(admitted(judged)).unwrap();
    }

    /// The root of the issuer.
    pub(crate) fn root(&self) -> Fingerprint {
        self.pki.root.certificate().into()
    }

    /// The issuer, its signers listed one by one.
    pub(crate) fn issuer(&self) -> Statement {
        issuer(&self.pki, SignerListing::Listed)
    }

    /// The place of its status lists.
    pub(crate) fn status(&self) -> Statement {
        Statement::Status(Change::Enter(StatusLocation::new(PREFIX, self.root()).unwrap()))
    }

    /// The root of access certificates.
    pub(crate) fn registrar(&self) -> Statement {
        Statement::Registrar(Change::Enter(self.registrar.root.clone()))
    }

    /// A certificate below that root.
    pub(crate) fn access(&self, seed: u64) -> Certificate {
        reader(&self.registrar, seed).certificate
    }

    /// A shop whose access certificate comes from a seed.
    pub(crate) fn shop(&self, id: &str, seed: u64) -> Statement {
        Statement::RelyingParty(Change::Enter(Box::new(shop(id, self.access(seed)))))
    }
}

pub(crate) fn issuer(pki: &Pki, signers: SignerListing) -> Statement {
    Statement::Issuer(Change::Enter(Issuer { root: pki.root.clone(), status: StatusRule::Required, signers }))
}

/// A reader of the profile of Annex B; its signature differs each time, its key comes from the seed.
pub(crate) fn reader(pki: &Pki, seed: u64) -> Signer {
    let from = now().start_of_day() - Duration::days(1);
    pki.signer(Role::MdocReader, 1000 + seed, from, from + Duration::days(365))
}

pub(crate) fn shop(id: &str, certificate: Certificate) -> Registration {
    let elements = vec![ClaimPath::element("org.iso.18013.5.1", "age_over_19")];
    let licence = RegisteredDocument::new(RegisteredKind::Mdoc("org.iso.18013.5.1.mDL".into()), elements).unwrap();
    Registration::new(NewRegistration {
        id: id.parse().unwrap(),
        names: Names::new("가게", "Shop").unwrap(),
        certificate,
        use_class: "low".parse().unwrap(),
        purposes: vec![Names::new("성년 확인", "To see that you are 19").unwrap()],
        legal_basis: None,
        documents: vec![licence],
    })
    .unwrap()
}
