//! What an entry is: one encoding, and no byte without meaning.

use mapae_cose::{
    CoseError, Headers, UnsignedSign,
    cbor::{CborError, Value},
};
use mapae_crypto::{Algorithm, Curve, PublicKey, Signature};
use mapae_ledger::{TreeHash, leaf_hash};
use mapae_trust::ledger::{
    BundleStatement, Catalogue, Change, Distrusted, EntryError, Fingerprint, Journal, Kind, MAX_ENTRY, OrderStatement,
    PolicyStatement, ReaderDevice, Release, SignedEntry, SignerListing, SignerStatement, Statement, WalletProvider,
};
use mapae_trust::{Classes, Distrust, Names, NewOrder, OrderSigners};
use mapae_types::{Duration, hex};
use testkit::{Pki, now};

use super::scene::{ALL, ORIGIN, Scene, agency, entry, entry_with, founding, id, issuer, key, names, policy};

const TYP: &str = "application/mapae-entry+cbor";

/// Every form of a statement.
fn statements() -> Vec<Statement> {
    let scene = Scene::unfounded();
    let order_keys = ALL.map(|name| (id(name), key(name).public().clone())).to_vec();
    let provider = WalletProvider { id: "w".parse().unwrap(), names: names("W"), root: Pki::new(8, "KR").root };
    let reader = ReaderDevice { relying_party: "shop".parse().unwrap(), certificate: scene.access(2) };
    let hash = Fingerprint([9; 32]);
    let distrust = |distrust| Statement::Distrust(Distrusted { signer: hash, distrust });
    vec![
        founding(),
        Statement::Agency(Change::Enter(agency("tax", &mapae_trust::ledger::Right::ALL))),
        Statement::Agency(Change::Withdraw(id("tax"))),
        Statement::Policy(PolicyStatement::new(policy(ORIGIN, 20, 3), 4).unwrap()),
        Statement::OrderSigners(OrderSigners::new(2, order_keys).unwrap()),
        scene.issuer(),
        issuer(&scene.pki, SignerListing::Any),
        Statement::Issuer(Change::Withdraw(hash)),
        Statement::Signer(SignerStatement { certificate: scene.pki.document.certificate.clone() }),
        distrust(Distrust::Compromised),
        distrust(Distrust::CeasedAt(now())),
        Statement::Catalogue(Catalogue { version: 300, sha256: [3; 32] }),
        scene.registrar(),
        Statement::Registrar(Change::Withdraw(hash)),
        scene.shop("shop", 1),
        Statement::RelyingParty(Change::Withdraw("shop".parse().unwrap())),
        Statement::Reader(Change::Enter(reader)),
        Statement::Reader(Change::Withdraw(hash)),
        scene.status(),
        Statement::Status(Change::Withdraw("https://id.example/".into())),
        Statement::WalletProvider(Change::Enter(provider)),
        Statement::WalletProvider(Change::Withdraw("w".parse().unwrap())),
        Statement::Release(Change::Enter(Release::new("w".parse().unwrap(), hash, "1.0").unwrap())),
        Statement::Release(Change::Withdraw(hash)),
        Statement::Freshness(Classes::standard().unwrap()),
        Statement::Journal(Journal { issuer: hash, day: 20_000, count: 70_000, root: TreeHash::EMPTY }),
        Statement::Bundle(BundleStatement::new([4; 32], now())),
        order(),
    ]
}

fn order() -> Statement {
    let new = NewOrder {
        id: "flood".parse().unwrap(),
        reason: Names::new("홍수", "Flood").unwrap(),
        origin: ORIGIN.parse().unwrap(),
        issued_at: now(),
        from: now(),
        until: now() + Duration::days(10),
        classes: vec![("low".parse().unwrap(), Duration::days(60))],
        compromised: vec![[1; 32]],
    };
    let unsigned = new.prepare().unwrap();
    let signature = key("court").sign(&unsigned.to_be_signed(&id("court"))).unwrap();
    Statement::Order(OrderStatement::new(unsigned.attach(vec![(id("court"), signature)])).unwrap())
}

/// The payload of an entry.
fn payload(entry: &SignedEntry) -> Value {
    let sign = mapae_cose::Sign::parse(entry.bytes()).unwrap();
    Value::from_cbor(sign.unverified_payload()).unwrap()
}

fn member<'v>(value: &'v mut Value, name: &str) -> &'v mut Value {
    let Value::Map(entries) = value else { panic!("no map") };
    &mut entries.iter_mut().find(|(key, _)| *key == Value::from(name)).unwrap().1
}

fn catalogue() -> Statement {
    Statement::Catalogue(Catalogue { version: 1, sha256: [3; 32] })
}

/// Any bytes as the payload, signed by `interior`.
fn signed(typ: Option<&str>, payload: &[u8]) -> Vec<u8> {
    let headers = typ.map_or_else(Headers::default, |typ| Headers::default().with_typ(typ));
    let unsigned = UnsignedSign::new(&headers, payload);
    let signature = key("interior").sign(&unsigned.to_be_signed(Algorithm::Es256, b"interior")).unwrap();
    unsigned.attach(vec![("interior", Algorithm::Es256, signature)])
}

/// The catalogue's statement with a change, in deterministic CBOR, signed.
fn changed(change: impl FnOnce(&mut Value)) -> Result<SignedEntry, EntryError> {
    let mut payload = payload(&entry(&catalogue(), now(), &["interior"]));
    change(&mut payload);
    SignedEntry::parse(&signed(Some(TYP), &payload.to_cbor()))
}

fn add(value: &mut Value, name: &str) {
    let Value::Map(entries) = value else { panic!("no map") };
    entries.push((Value::from(name), Value::from(1)));
}

#[test]
fn every_kind_is_read_as_it_was_written() {
    let statements = statements();
    for statement in &statements {
        let entry = entry(statement, now(), &ALL);
        assert_eq!((entry.statement(), entry.at()), (statement, now()), "{}", statement.kind());
        assert_eq!(entry.signed_by().map(ToString::to_string).collect::<Vec<_>>(), ALL);
        assert_eq!(payload(&entry).to_cbor(), mapae_cose::Sign::parse(entry.bytes()).unwrap().unverified_payload());
    }
    let kinds: std::collections::BTreeSet<Kind> = statements.iter().map(Statement::kind).collect();
    assert_eq!(kinds.len(), Kind::ALL.len());
}

#[test]
fn an_entry_is_the_leaf_of_its_bytes() {
    let entry = entry(&catalogue(), now(), &["interior"]);
    assert_eq!(entry.leaf(), leaf_hash(entry.bytes()));
    assert_eq!(entry.statement_hash(), &mapae_crypto::sha256(&payload(&entry).to_cbor()));
}

#[test]
fn every_flipped_byte_is_refused_or_makes_another_leaf() {
    let entry = entry(&catalogue(), now(), &["court", "interior"]);
    let scene = Scene::founded();
    let mut still_entries = 0;
    for at in 0..entry.bytes().len() {
        for change in [1, 16, 128, 255] {
            let mut altered = entry.bytes().to_vec();
            altered[at] ^= change;
            let Ok(other) = SignedEntry::parse(&altered) else { continue };
            still_entries += 1;
            assert_ne!(other.leaf(), entry.leaf());
            assert!(scene.state.check(&other).is_err(), "{at} {change}: nobody signed that");
        }
    }
    assert!(still_entries > 0, "signatures, names and values are not all checked by reading");
}

#[test]
fn another_structure_is_no_entry() {
    let payload = payload(&entry(&catalogue(), now(), &["interior"])).to_cbor();
    for typ in [None, Some("application/mapae-order+cbor"), Some("application/mapae-entry")] {
        assert_eq!(SignedEntry::parse(&signed(typ, &payload)).unwrap_err(), EntryError::NotAnEntry);
    }
    assert!(matches!(SignedEntry::parse(b""), Err(EntryError::Cose(_))));
    assert!(SignedEntry::parse(&signed(Some(TYP), &payload)).is_ok());
}

#[test]
fn other_versions_kinds_and_members_are_refused() {
    let refusal = |change: fn(&mut Value)| changed(change).unwrap_err();
    assert!(changed(|_| {}).is_ok());
    assert_eq!(refusal(|payload| *member(payload, "version") = Value::from(2)), EntryError::VersionUnsupported);
    assert_eq!(refusal(|payload| *member(payload, "kind") = Value::from("gossip")), EntryError::KindUnknown);
    assert_eq!(refusal(|payload| add(payload, "more")), EntryError::MemberUnknown);
    assert_eq!(refusal(|payload| add(member(payload, "body"), "more")), EntryError::MemberUnknown);
    assert_eq!(
        refusal(|payload| *member(payload, "body") = Value::Map(vec![])),
        EntryError::MemberMissing { name: "version" }
    );
}

/// The version is asked for first: what a later one changes cannot be known.
#[test]
fn a_later_version_is_named_as_such_whatever_else_it_changes() {
    let later = changed(|payload| {
        *member(payload, "version") = Value::from(2);
        *member(payload, "kind") = Value::from("gossip");
        add(payload, "more");
    });
    assert_eq!(later.unwrap_err(), EntryError::VersionUnsupported);
}

#[test]
fn a_withdrawal_says_nothing_else() {
    let withdrawal = Statement::Issuer(Change::Withdraw(Fingerprint([9; 32])));
    let mut payload = payload(&entry(&withdrawal, now(), &["interior"]));
    add(member(&mut payload, "body"), "status");
    assert_eq!(SignedEntry::parse(&signed(Some(TYP), &payload.to_cbor())).unwrap_err(), EntryError::MemberUnknown);
}

#[test]
fn a_statement_in_another_encoding_is_refused() {
    let mut payload = payload(&entry(&catalogue(), now(), &["interior"])).to_cbor();
    let last = payload.len() - 1;
    assert_eq!(payload[last], 1, "the version");
    // The same number in two bytes.
    payload.splice(last.., [0x18, 0x01]);
    assert_eq!(SignedEntry::parse(&signed(Some(TYP), &payload)).unwrap_err(), EntryError::NotDeterministic);
}

#[test]
fn a_structure_in_another_encoding_is_refused() {
    let entry = entry(&catalogue(), now(), &["interior"]);
    // Without its tag.
    assert_eq!(SignedEntry::parse(&entry.bytes()[2..]).unwrap_err(), EntryError::NotDeterministic);
    // Something in the unprotected header, which no signature covers.
    let Value::Tag(98, inner) = Value::from_cbor(entry.bytes()).unwrap() else { panic!("no tag 98") };
    let Value::Array(mut parts) = *inner else { panic!("no array") };
    parts[1] = Value::Map(vec![(Value::from(99), Value::from(1))]);
    let noted = Value::Tag(98, Box::new(Value::Array(parts))).to_cbor();
    assert_eq!(SignedEntry::parse(&noted).unwrap_err(), EntryError::NotDeterministic);
}

#[test]
fn rights_stand_in_one_order_and_once() {
    let statement = Statement::Agency(Change::Enter(agency("tax", &mapae_trust::ledger::Right::ALL)));
    let mut payload = payload(&entry(&statement, now(), &["interior"]));
    let Value::Array(rights) = member(member(member(&mut payload, "body"), "agency"), "rights") else { panic!() };
    rights.reverse();
    let reversed = payload.to_cbor();
    let Value::Array(rights) = member(member(member(&mut payload, "body"), "agency"), "rights") else { panic!() };
    rights.reverse();
    rights.push(rights[0].clone());
    for other in [reversed, payload.to_cbor()] {
        assert_eq!(SignedEntry::parse(&signed(Some(TYP), &other)).unwrap_err(), EntryError::NotDeterministic);
    }
}

#[test]
fn signers_are_agencies_with_signatures_of_es256() {
    let unsigned = catalogue().prepare(now());
    let long = Signature::from_bytes(Curve::P384, &[1; 96]).unwrap();
    let message = unsigned.attach(vec![(id("interior"), long)]);
    assert_eq!(SignedEntry::parse(&message).unwrap_err(), EntryError::SignerUnfit { index: 0 });
    let payload = payload(&entry(&catalogue(), now(), &["interior"])).to_cbor();
    let sign = UnsignedSign::new(&Headers::default().with_typ(TYP), &payload);
    let signature = Signature::from_bytes(Curve::P256, &[1; 64]).unwrap();
    let odd = |name: &'static [u8], algorithm| {
        SignedEntry::parse(&sign.attach(vec![(name, algorithm, signature.clone())])).unwrap_err()
    };
    assert_eq!(odd(b"inte rior", Algorithm::Es256), EntryError::SignerUnfit { index: 0 });
    assert_eq!(odd(b"\xff", Algorithm::Es256), EntryError::SignerUnfit { index: 0 });
    assert_eq!(odd(b"interior", Algorithm::Es384), EntryError::NotDeterministic);
}

#[test]
fn an_entry_has_a_signer_and_an_end() {
    let bare = catalogue().prepare(now()).attach(vec![]);
    assert_eq!(SignedEntry::parse(&bare).unwrap_err(), CoseError::SignerOrder.into());
    let entry = entry(&catalogue(), now(), &["interior"]);
    let longer = [entry.bytes(), &[0]].concat();
    let trailing = CoseError::Cbor(CborError::Trailing(entry.bytes().len()));
    assert_eq!(SignedEntry::parse(&longer).unwrap_err(), trailing.into());
}

#[test]
fn an_entry_is_as_long_as_a_log_takes_it() {
    assert_eq!(SignedEntry::parse(&vec![0; MAX_ENTRY + 1]).unwrap_err(), EntryError::TooLong { len: MAX_ENTRY + 1 });
    assert!(matches!(SignedEntry::parse(&vec![0; MAX_ENTRY]), Err(EntryError::Cose(_))));
}

#[test]
fn one_more_agency_signs_the_same_words() {
    let court = entry(&founding(), now(), &["court"]);
    let sign = |entry: &SignedEntry, name: &str| {
        let signature = key(name).sign(&entry.unsigned().to_be_signed(&id(name))).unwrap();
        SignedEntry::parse(&entry.countersigned(id(name), signature)).unwrap()
    };
    let two = sign(&court, "police");
    let three = sign(&two, "interior");
    assert_eq!(three.statement_hash(), court.statement_hash());
    assert!(Scene::unfounded().state.judge(&three, now()).is_ok());
}

#[test]
fn an_agencys_new_signature_takes_the_place_of_its_old_one() {
    let wrong = entry_with(&catalogue(), now(), &[("interior", key("mallory"))]);
    let signature = key("interior").sign(&wrong.unsigned().to_be_signed(&id("interior"))).unwrap();
    let right = SignedEntry::parse(&wrong.countersigned(id("interior"), signature)).unwrap();
    assert_eq!(right.signed_by().len(), 1);
    let state = Scene::founded().state;
    assert_eq!(
        (super::code(state.judge(&wrong, now())), super::code(state.judge(&right, now()))),
        ("signature_invalid", "admitted")
    );
}

/// The generator of P-384: as good a key as any.
fn p384() -> PublicKey {
    let x = "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7";
    let y = "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f";
    PublicKey::from_coordinates(Curve::P384, &hex::decode(x).unwrap(), &hex::decode(y).unwrap()).unwrap()
}

#[test]
fn keys_of_other_curves_and_roots_that_are_none_are_refused() {
    let payload_of = |statement: &Statement, path: &[&str], value: Value| {
        let mut payload = payload(&entry(statement, now(), &["interior"]));
        *path.iter().fold(&mut payload, |value, name| member(value, name)) = value;
        SignedEntry::parse(&signed(Some(TYP), &payload.to_cbor())).unwrap_err()
    };
    let joins = Statement::Agency(Change::Enter(agency("tax", &[])));
    for key in [vec![1], p384().to_spki_der()] {
        assert_eq!(payload_of(&joins, &["body", "agency", "key"], Value::Bytes(key)), EntryError::KeyUnfit);
    }
    let scene = Scene::unfounded();
    let leaf = Value::Bytes(scene.pki.document.certificate.der().to_vec());
    let refused = payload_of(&scene.issuer(), &["body", "root"], leaf);
    assert!(matches!(refused, EntryError::Certificate(_)), "{refused}");
    let minority = Value::from(policy(ORIGIN, 20, 1).as_str());
    let changes = Statement::Policy(PolicyStatement::new(policy(ORIGIN, 20, 2), 1).unwrap());
    let refused = payload_of(&changes, &["body", "policy"], minority);
    assert!(matches!(refused, EntryError::Policy(_)), "{refused}");
    let refused = payload_of(&scene.status(), &["body", "prefix"], Value::from("https://id.example"));
    assert_eq!(refused, EntryError::PrefixUnfit);
    let release = Release::new("w".parse().unwrap(), Fingerprint([9; 32]), "1.0").unwrap();
    let refused = payload_of(&Statement::Release(Change::Enter(release)), &["body", "version"], Value::from("1 .0"));
    assert_eq!(refused, EntryError::VersionUnfit);
}
