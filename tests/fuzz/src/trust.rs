//! The bundle.

use mapae_cose::{
    Headers, UnsignedSign1,
    cbor::{Reader, Writer},
};
use mapae_crypto::Algorithm;
use mapae_trust::{Bundle, BundleDelta, MAX_SOFTWARE, MAX_WITHDRAWN, TrustStore};
use mapae_x509::Role;

use crate::parties::{now, parties, status, store};

/// A bundle: it is believed only if it says what its signer's says.
pub fn bundle(data: &[u8]) -> bool {
    let Ok(bundle) = Bundle::parse(data) else { return false };
    let _claimed = bundle.sealed_by();
    let Ok(verified) = bundle.verify(parties().bundle_key.public()) else { return false };
    assert_eq!(verified.as_of(), store().as_of());
    assert_eq!(verified.classes(), store().classes());
    assert_eq!((verified.issuers().len(), verified.status_lists().count(), verified.distrusted().count()), (1, 1, 2));
    true
}

/// The inside of a bundle, which its signer signs whatever it says, and every question that one can be asked: a
/// manifest, and the parts behind it.
pub fn bundle_payload(data: &[u8]) -> bool {
    let key = &parties().bundle_key;
    let mut reader = Reader::new(data);
    let Ok(manifest) = reader.skip() else { return false };
    let parts = &data[reader.position()..];
    let protected = Headers::algorithm(Algorithm::Es256).with_typ("application/mapae-bundle+cbor");
    let unsigned = UnsignedSign1::new(&protected, &Headers::default(), manifest).tagged();
    let Ok(signature) = key.sign(unsigned.to_be_signed()) else { return false };
    let mut file = Writer::new();
    unsigned.attach_to(file.array(2), &signature);
    let file = [file.as_bytes(), parts].concat();
    let Ok(store) = Bundle::parse(file).and_then(|bundle| bundle.verify(key.public())) else { return false };
    ask(&store);
    true
}

/// A bundle, and behind it what is new since: it leads to a bundle of the same signer, or to none.
pub fn bundle_delta(data: &[u8]) -> bool {
    let mut reader = Reader::new(data);
    let Ok(base) = reader.skip() else { return false };
    let key = parties().bundle_key.public();
    let Ok(base) = Bundle::parse(base).and_then(|bundle| bundle.verify(key)) else { return false };
    let Ok(delta) = BundleDelta::parse(&data[reader.position()..]) else { return false };
    let again = BundleDelta::parse(&delta.to_bytes()).map(|delta| delta.to_bytes());
    assert_eq!(again, Ok(delta.to_bytes()));
    let Ok(new) = delta.apply(&base, key) else { return false };
    assert_eq!(new.sealed_by().key(), Some(key));
    ask(&new);
    true
}

/// Every question that a bundle can be asked.
pub(crate) fn ask(store: &TrustStore) {
    let _shown = (store.freshness(None, now()), format!("{store:?}"));
    let _distrusted = store.distrusted().count();
    assert!(store.software().is_sorted_by(|a, b| a < b) && store.software().len() <= MAX_SOFTWARE);
    let withdrawn = store.withdrawn();
    assert!(withdrawn.is_sorted_by(|a, b| a.certificate < b.certificate) && withdrawn.len() <= MAX_WITHDRAWN);
    let Ok(signer) = store.signer(&[parties().document_signer.certificate.der()], Role::DocumentSigner, now()) else {
        return;
    };
    assert!(store.issuers().iter().any(|issuer| issuer.root == *signer.anchor()));
    let _ceased = signer.check_signed_at(Some(now()));
    if let Ok(token) = store.status(&status(), &signer, now()) {
        assert_eq!(token.uri(), status().uri);
    }
}
