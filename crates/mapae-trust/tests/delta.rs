//! From one bundle to the next by what changed.

use mapae_cose::cbor::Value;
use mapae_crypto::{Algorithm, SigningKey};
use mapae_status_list::{LIST_LEN, NewStatusToken, RevocationList, TokenTimes};
use mapae_trust::{Bundle, BundleDelta, BundleDeltaError, BundleError, Distrust, StatusEntry, TrustStore};
use mapae_types::{Duration, StatusReference, Timestamp};
use mapae_x509::Role;
use testkit::{List, World, now};

use crate::forging::{entries, items, member};

const DAY: Duration = Duration::days(1);

/// The lists of a nation on two days, small.
struct Days {
    world: World,
    revoked: Vec<Vec<u32>>,
}

impl Days {
    fn new() -> Self {
        Self { world: World::new(), revoked: vec![vec![5, 700], vec![], vec![1]] }
    }

    fn uri(n: usize) -> String {
        format!("https://kr.example/status/{n}")
    }

    fn token(&self, n: usize, at: Timestamp) -> StatusEntry {
        let mut list = RevocationList::new(LIST_LEN);
        self.revoked[n].iter().for_each(|index| list.revoke(*index).unwrap());
        let times = TokenTimes { issued_at: at, expires_at: at + Duration::days(70), ttl: Duration::seconds(900) };
        let (uri, signer) = (Self::uri(n), &self.world.pki.status);
        let token = NewStatusToken::new(&uri, &list, times).unwrap();
        let unsigned = token.unsigned_cwt(Algorithm::Es256, &signer.chain()).unwrap();
        let signature = signer.sign(unsigned.to_be_signed());
        StatusEntry { uri, token: unsigned.attach(&signature) }
    }

    fn publish(&mut self, at: Timestamp) -> TrustStore {
        self.world.as_of = at;
        self.world.tokens = Some((0..self.revoked.len()).map(|n| self.token(n, at)).collect());
        self.world.store()
    }

    /// Yesterday's bundle and today's, in which some entries more are revoked.
    fn two() -> (TrustStore, TrustStore) {
        let mut days = Self::new();
        let old = days.publish(now() - DAY);
        days.revoked[0].push(9);
        days.revoked[2].extend([2, 1_048_575]);
        days.world.distrusted = vec![([7; 32], Distrust::Compromised)];
        (old, days.publish(now()))
    }
}

fn delta(old: &TrustStore, new: &TrustStore) -> Vec<u8> {
    BundleDelta::between(old, new).unwrap().to_bytes()
}

fn applied(delta: &[u8], base: &TrustStore) -> Result<Vec<u8>, BundleDeltaError> {
    BundleDelta::parse(delta)?.apply(base, base.sealed_by().key().unwrap()).map(|store| store.file().to_vec())
}

fn edited(delta: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value = Value::from_cbor(delta).unwrap();
    change(&mut value);
    value.to_cbor()
}

#[test]
fn a_delta_leads_to_the_very_bytes_of_the_new_bundle() {
    let (old, new) = Days::two();
    let delta = delta(&old, &new);
    assert_eq!(applied(&delta, &old).unwrap(), new.file());
    assert_eq!(BundleDelta::parse(&delta).unwrap().whole_lists(), 0);
    assert!(delta.len() < 1_500, "{} bytes of {}", delta.len(), new.file().len());
}

#[test]
fn what_was_rebuilt_answers_as_the_new_bundle_does() {
    let (old, new) = Days::two();
    let rebuilt = BundleDelta::parse(&delta(&old, &new)).unwrap().apply(&old, old.sealed_by().key().unwrap()).unwrap();
    assert_eq!((rebuilt.as_of(), rebuilt.distrusted().count()), (new.as_of(), 1));
    let reference = StatusReference { uri: Days::uri(2), idx: 2 };
    let at = now();
    let signer = &rebuilt.signer(&World::new().pki.document.chain(), Role::DocumentSigner, at).unwrap();
    assert_eq!(rebuilt.status(&reference, signer, at).unwrap().status(2), Ok(mapae_status_list::Status::Invalid));
    assert_eq!(old.status(&reference, signer, at).unwrap().status(2), Ok(mapae_status_list::Status::Valid));
}

#[test]
fn a_list_that_is_new_or_by_another_software_comes_whole_and_one_that_is_gone_goes() {
    let mut days = Days::new();
    let old = days.publish(now() - DAY);
    let mut tokens: Vec<StatusEntry> = [1, 2].map(|n| days.token(n, now())).to_vec();
    tokens.push(List::new("https://kr.example/status/9", now()).signed_by(&days.world.pki.status));
    tokens[1] = List::new(&Days::uri(2), now()).signed_by(&days.world.pki.status);
    (days.world.as_of, days.world.tokens) = (now(), Some(tokens));
    let new = days.world.store();
    let delta = BundleDelta::between(&old, &new).unwrap();
    assert_eq!(delta.whole_lists(), 2);
    assert_eq!(applied(&delta.to_bytes(), &old).unwrap(), new.file());
}

#[test]
fn a_list_that_did_not_change_takes_a_few_bytes() {
    let mut days = Days::new();
    let old = days.publish(now() - DAY);
    days.world.as_of = now();
    let new = days.world.store();
    let bytes = delta(&old, &new);
    assert_eq!(applied(&bytes, &old).unwrap(), new.file());
    let lists = edited(&bytes, |value| items(member(value, "status_lists")).clear());
    assert_eq!(bytes.len() - lists.len(), 3 * 2, "an array of one number each");
}

#[test]
fn a_delta_from_another_bundle_is_refused() {
    let (old, new) = Days::two();
    let bytes = delta(&old, &new);
    assert_eq!(applied(&bytes, &new), Err(BundleDeltaError::OtherBase));
    let other = Days::new().publish(now() - DAY);
    assert_eq!(applied(&bytes, &other), Err(BundleDeltaError::OtherBase));
}

/// Nothing signs a delta; the bundle that it leads to proves it. Every position, so also every rule of the reader.
#[test]
fn a_changed_byte_anywhere_leads_to_no_bundle_or_to_the_same() {
    let (old, new) = Days::two();
    let bytes = delta(&old, &new);
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 0x11;
        let found = applied(&altered, &old);
        assert!(found.is_err() || found.as_deref() == Ok(new.file()), "byte {at}");
    }
}

#[test]
fn a_delta_cut_short_anywhere_is_refused() {
    let (old, new) = Days::two();
    let bytes = delta(&old, &new);
    for end in 0..bytes.len() {
        assert!(BundleDelta::parse(&bytes[..end]).is_err(), "{end} bytes");
    }
}

#[test]
fn who_is_not_the_signer_cannot_make_a_bundle_by_a_delta() {
    let (old, new) = Days::two();
    let forged = edited(&delta(&old, &new), |value| {
        let list = &mut items(member(value, "status_lists"))[1];
        *list = Value::Array(vec![items(list)[0].clone()]);
    });
    assert_eq!(applied(&forged, &old), Err(BundleDeltaError::NotRebuilt(BundleError::Forged)));
    let mut days = Days::new();
    days.publish(now() - DAY);
    days.world.bundle_key = SigningKey::from_scalar(&[9; 32]).unwrap();
    let by_another = delta(&old, &days.publish(now()));
    assert_eq!(applied(&by_another, &old), Err(BundleDeltaError::NotRebuilt(BundleError::Forged)));
}

/// A delta of a few bytes must not make a bundle of a few gigabytes: each list of the base serves once.
#[test]
fn a_list_of_the_base_serves_once_and_in_its_order() {
    let (old, new) = Days::two();
    let bytes = delta(&old, &new);
    let with = |places: &[u64]| {
        let list = |place: &u64| Value::Array(vec![Value::Int(i128::from(*place))]);
        let places = places.iter().map(list).collect();
        applied(&edited(&bytes, |value| *member(value, "status_lists") = Value::Array(places)), &old)
    };
    for (places, at) in
        [(&[0, 0][..], 0), (&[1, 0], 0), (&[0, 1, 2, 3], 3), (&[u64::from(u32::MAX)], u64::from(u32::MAX))]
    {
        assert_eq!(with(places), Err(BundleDeltaError::ListPlace(at)));
    }
    assert!(matches!(with(&[0, 1, 2]), Err(BundleDeltaError::NotRebuilt(_))), "the places are sound, the lists old");
}

#[test]
fn another_version_or_shape_is_refused() {
    let (old, new) = Days::two();
    let bytes = delta(&old, &new);
    let refusal = |change: fn(&mut Value)| BundleDelta::parse(&edited(&bytes, change)).unwrap_err();
    assert_eq!(refusal(|value| *member(value, "version") = Value::from(3)), BundleDeltaError::VersionUnsupported);
    assert_eq!(
        refusal(|value| entries(value).push((Value::from("new"), Value::Null))),
        BundleDeltaError::VersionUnsupported
    );
    assert!(matches!(refusal(|value| *member(value, "base") = Value::Bytes(vec![0; 31])), BundleDeltaError::Cbor(_)));
    assert!(matches!(refusal(|value| *member(value, "seal") = Value::Bytes(vec![0; 63])), BundleDeltaError::Cbor(_)));
    assert!(matches!(
        refusal(|value| *member(value, "manifest") = Value::Bytes(vec![0xa0])),
        BundleDeltaError::Manifest(_)
    ));
    assert!(matches!(
        refusal(|value| items(member(value, "status_lists")).push(Value::Array(Vec::new()))),
        BundleDeltaError::Cbor(_)
    ));
    for name in ["base", "manifest", "seal", "status_lists"] {
        let bytes = edited(&bytes, |value| entries(value).retain(|(key, _)| *key != Value::from(name)));
        assert!(matches!(BundleDelta::parse(&bytes), Err(BundleDeltaError::Cbor(_))), "{name}");
    }
}

/// The lists are told by the delta; a manifest that tells others would be a second truth.
#[test]
fn a_manifest_with_lists_of_its_own_is_refused() {
    let (old, new) = Days::two();
    let bytes = edited(&delta(&old, &new), |value| {
        let Value::Bytes(manifest) = member(value, "manifest") else { panic!("bytes") };
        let mut inner = Value::from_cbor(manifest).unwrap();
        items(member(&mut inner, "status_lists")).push(Value::Map(vec![
            (Value::from("uri"), Value::from("https://kr.example/status/0")),
            (Value::from("sha256"), Value::Bytes(vec![0; 32])),
        ]));
        *manifest = inner.to_cbor();
    });
    assert_eq!(BundleDelta::parse(&bytes).unwrap_err(), BundleDeltaError::VersionUnsupported);
}

/// A bundle that a delta leads to is checked as any other.
#[test]
fn what_a_delta_leads_to_is_read_again_from_its_bytes() {
    let (old, new) = Days::two();
    let file = applied(&delta(&old, &new), &old).unwrap();
    assert!(Bundle::parse(file).unwrap().verify(old.sealed_by().key().unwrap()).is_ok());
}
