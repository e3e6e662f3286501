//! Keys in memory: the same interface, told apart by their kind.

use mapae_crypto::{Algorithm, SigningKey};
use mapae_hsm::{HsmError, Pin, Signer, SignerKind, SignerPool};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_scalar(&[seed; 32]).unwrap()
}

#[tokio::test]
async fn a_key_is_found_by_its_label_and_signs_in_order() {
    let pool = SignerPool::software([("one", key(1)), ("two", key(2))]);
    let signer = pool.signer("two").await.unwrap();
    assert_eq!(signer.public(), key(2).public());
    let messages = [b"a".to_vec(), b"b".to_vec(), Vec::new()];
    let signatures = signer.sign(messages.to_vec()).await.unwrap();
    assert_eq!(signatures.len(), 3);
    for (message, signature) in messages.iter().zip(signatures) {
        signer.public().verify(Algorithm::Es256, message, signature.as_bytes()).unwrap();
    }
    assert!(signer.sign(Vec::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_unknown_label_is_named() {
    let pool = SignerPool::software([("one", key(1))]);
    let refused = pool.signer("three").await.unwrap_err();
    assert!(matches!(refused, HsmError::KeyAbsent { key, .. } if key == "three"));
}

#[tokio::test]
async fn software_says_so_and_shows_nothing_else() {
    let pool = SignerPool::software([("one", key(1))]);
    assert_eq!((pool.kind(), Signer::software(key(1)).kind()), (SignerKind::Software, SignerKind::Software));
    let shown = format!("{pool:?} {:?} {:?}", pool.signer("one").await.unwrap(), Pin::new("1234"));
    assert_eq!(shown, "SignerPool(Software) Signer(Software) Pin([redacted])");
}
