//! The bundle.

use mapae_cose::{Headers, UnsignedSign1};
use mapae_crypto::Algorithm;
use mapae_trust::{Bundle, TrustStore};
use mapae_x509::Role;

use crate::parties::{now, parties, status, store};

/// A bundle: it is believed only if it says what its signer's says.
pub fn bundle(data: &[u8]) -> bool {
    let Ok(bundle) = Bundle::parse(data) else { return false };
    let _claimed = bundle.claimed_key();
    let Ok(verified) = bundle.verify(parties().bundle_key.public()) else { return false };
    assert_eq!(verified.as_of(), store().as_of());
    assert_eq!(verified.freshness(), store().freshness());
    assert_eq!((verified.issuers().len(), verified.status_lists().count(), verified.distrusted().count()), (1, 1, 2));
    true
}

/// The inside of a bundle, which its signer signs whatever it says, and every question that one can be asked.
pub fn bundle_payload(data: &[u8]) -> bool {
    let key = &parties().bundle_key;
    let protected = Headers::algorithm(Algorithm::Es256).with_typ("application/mapae-bundle+cbor");
    let unsigned = UnsignedSign1::new(&protected, &Headers::default(), data).tagged();
    let Ok(signature) = key.sign(unsigned.to_be_signed()) else { return false };
    let file = unsigned.attach(&signature);
    let Ok(store) = Bundle::parse(&file).and_then(|bundle| bundle.verify(key.public())) else { return false };
    ask(&store);
    true
}

fn ask(store: &TrustStore) {
    let _shown = (store.age(now()), format!("{store:?}"));
    let _distrusted = store.distrusted().count();
    let Ok(signer) = store.signer(&[parties().document_signer.certificate.der()], Role::DocumentSigner, now()) else {
        return;
    };
    assert!(store.issuers().iter().any(|issuer| issuer.root == *signer.anchor()));
    let _ceased = signer.check_signed_at(Some(now()));
    if let Ok(token) = store.status(&status(), signer.anchor(), now()) {
        assert_eq!(token.uri(), status().uri);
    }
}
