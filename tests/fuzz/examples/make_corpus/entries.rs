//! Seeds of the ledger's entries, and what is inside them.

use std::error::Error;

use mapae_cose::Sign;
use mapae_dcql::ClaimPath;
use mapae_fuzz::{
    entries::{agency, entry, founding, issuer, registrar},
    parties::{STATUS_URI, now, parties},
};
use mapae_ledger::TreeHash;
use mapae_trust::{
    Classes, Distrust, Names, NewRegistration, OrderSigners, RegisteredDocument, RegisteredKind, Registration,
    ledger::{
        BundleStatement, Catalogue, Change, Distrusted, Fingerprint, Journal, PolicyStatement, Release,
        SignerStatement, Statement, StatusLocation, WalletProvider,
    },
};
use mapae_types::Duration;

use crate::Seed;

type Result<T> = core::result::Result<T, Box<dyn Error>>;

pub(crate) fn seeds() -> Result<Vec<Seed>> {
    let mut seeds = vec![
        ("inspect", "founding", entry(&founding())),
        ("ledger_entry", "founding", entry(&founding())),
        ("ledger_entry", "issuer", entry(&issuer())),
        ("ledger_entry", "registrar", entry(&registrar())),
    ];
    for (name, statement) in statements()? {
        let entry = entry(&statement);
        let payload = Sign::parse(&entry)?.unverified_payload().to_vec();
        seeds.push(("ledger_statement", name, payload));
        seeds.push(("ledger_entry", name, entry));
    }
    for (name, statement) in of_the_root()? {
        seeds.push(("ledger_entry", name, entry(&statement)));
    }
    Ok(seeds)
}

/// Of most kinds, each of which the ledger of the scenes admits next.
fn statements() -> Result<Vec<(&'static str, Statement)>> {
    let parties = parties();
    let key = parties.device_key.public().clone();
    let names = Names::new("지갑", "Wallet")?;
    let provider = WalletProvider { id: "w".parse()?, names, root: parties.root.clone() };
    let policy = mapae_fuzz::ledger::policy_text();
    let distrust = |distrust| Statement::Distrust(Distrusted { signer: Fingerprint([1; 32]), distrust });
    Ok(vec![
        ("policy", Statement::Policy(PolicyStatement::new(policy, 1)?)),
        ("order-signers", Statement::OrderSigners(OrderSigners::new(1, vec![(agency(), key)])?)),
        ("signer", Statement::Signer(SignerStatement { certificate: parties.document_signer.certificate.clone() })),
        ("compromised", distrust(Distrust::Compromised)),
        ("ceased", distrust(Distrust::CeasedAt(now() - Duration::days(1)))),
        ("catalogue", Statement::Catalogue(Catalogue { version: 1, sha256: [2; 32] })),
        ("relying-party", Statement::RelyingParty(Change::Enter(Box::new(registration()?)))),
        ("wallet-provider", Statement::WalletProvider(Change::Enter(provider))),
        ("release", Statement::Release(Change::Enter(Release::new("w".parse()?, Fingerprint([4; 32]), "1.0")?))),
        ("freshness", Statement::Freshness(Classes::standard()?.with("high".parse()?, stricter()?)?)),
        ("bundle", Statement::Bundle(BundleStatement::new([3; 32], now()))),
    ])
}

/// What names the root by its hash, which another run has not: its signature is random.
fn of_the_root() -> Result<Vec<(&'static str, Statement)>> {
    let root = Fingerprint::from(parties().root.certificate());
    let prefix = STATUS_URI.trim_end_matches('0');
    let day = u64::try_from(now().unix())? / 86_400;
    Ok(vec![
        ("withdrawal", Statement::Issuer(Change::Withdraw(root))),
        ("status", Statement::Status(Change::Enter(StatusLocation::new(prefix, root)?))),
        ("journal", Statement::Journal(Journal { issuer: root, day, count: 9, root: TreeHash::EMPTY })),
    ])
}

fn stricter() -> Result<mapae_trust::Freshness> {
    Ok(mapae_trust::Freshness::new(Duration::hours(1), Duration::hours(2))?)
}

pub(crate) fn registration() -> Result<Registration> {
    let elements = vec![ClaimPath::element("org.iso.18013.5.1", "age_over_19")];
    Ok(Registration::new(NewRegistration {
        id: "shop".parse()?,
        names: Names::new("가게", "Shop")?,
        certificate: parties().reader.certificate.clone(),
        use_class: "low".parse()?,
        purposes: vec![Names::new("성년 확인", "To see that you are 19")?],
        legal_basis: None,
        documents: vec![RegisteredDocument::new(RegisteredKind::Mdoc("org.iso.18013.5.1.mDL".into()), elements)?],
    })?)
}
