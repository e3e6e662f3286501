//! Keys in a token: made there, kept there, told apart, and used by many at once.

use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeInfo, AttributeType, ObjectClass};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use mapae_crypto::{Algorithm, SigningKey};
use mapae_hsm::{HsmError, SignerKind, SignerPool, generate};

use crate::scene::{PIN, Scene, TOKEN, alone, is_filled};

/// DER of secp384r1's object identifier.
const P384: [u8; 7] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];

/// DER of secp256r1's object identifier.
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// A session beside the pool's, as an operator's tool has one.
fn beside(scene: &Scene) -> Session {
    let context = scene.context();
    let mut slots = context.get_slots_with_token().unwrap().into_iter();
    let slot = slots.find(|slot| context.get_token_info(*slot).unwrap().label() == TOKEN).unwrap();
    let session = context.open_rw_session_no_drop(slot).unwrap();
    // The pool has logged the process in already.
    let _ = session.login(UserType::User, Some(&AuthPin::new(PIN.into())));
    session
}

fn pair(session: &Session, curve: &[u8], public: &str, private: &str) {
    let public = [Attribute::Token(true), Attribute::EcParams(curve.to_vec()), Attribute::Label(public.into())];
    let private = [Attribute::Token(true), Attribute::Sign(true), Attribute::Label(private.into())];
    session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private).unwrap();
}

#[test]
fn many_at_once_get_their_own_signatures_in_order() {
    alone("keys::many_at_once_get_their_own_signatures_in_order", async |scene| {
        generate(&scene.config(), "a").unwrap();
        generate(&scene.config(), "b").unwrap();
        let pool = SignerPool::pkcs11(scene.config()).await.unwrap();
        let signers = [pool.signer("a").await.unwrap(), pool.signer("b").await.unwrap()];
        assert_ne!(signers[0].public(), signers[1].public());
        let tasks: Vec<_> = (0..40_u8)
            .map(|task| {
                let signer = signers[usize::from(task % 2)].clone();
                tokio::spawn(async move {
                    let messages: Vec<Vec<u8>> = (0..5).map(|number| vec![task, number]).collect();
                    let signatures = signer.sign(messages.clone()).await.unwrap();
                    for (message, signature) in messages.iter().zip(&signatures) {
                        signer.public().verify(Algorithm::Es256, message, signature.as_bytes()).unwrap();
                    }
                    signatures.len()
                })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), 5);
        }
        assert_eq!((pool.kind(), signers[0].kind()), (SignerKind::Hardware, SignerKind::Hardware));
        let shown = format!("{pool:?} {:?} {:?}", signers[0], scene.config());
        assert!(!shown.contains(PIN), "{shown}");
    });
}

#[test]
fn a_key_made_in_a_token_stays_there() {
    alone("keys::a_key_made_in_a_token_stays_there", async |scene| {
        generate(&scene.config(), "kept").unwrap();
        assert!(is_filled(&scene.tokens()));
        let session = beside(&scene);
        let private = [Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Label("kept".into())];
        let key = session.find_objects(&private).unwrap()[0];
        let value = session.get_attribute_info(key, &[AttributeType::Value]).unwrap().remove(0);
        assert!(matches!(value, AttributeInfo::Sensitive), "{value:?}");
        let asked = [AttributeType::NeverExtractable, AttributeType::AlwaysSensitive, AttributeType::Private];
        let kept = session.get_attributes(key, &asked).unwrap();
        let expected = [Attribute::NeverExtractable(true), Attribute::AlwaysSensitive(true), Attribute::Private(true)];
        assert_eq!(kept, expected);
    });
}

#[test]
fn a_label_that_is_taken_is_not_taken_again() {
    alone("keys::a_label_that_is_taken_is_not_taken_again", async |scene| {
        let first = generate(&scene.config(), "once").unwrap();
        let refused = generate(&scene.config(), "once").unwrap_err();
        assert!(matches!(refused, HsmError::KeyPresent { key, .. } if key == "once"));
        let pool = SignerPool::pkcs11(scene.config()).await.unwrap();
        assert_eq!(*pool.signer("once").await.unwrap().public(), first);
    });
}

#[test]
fn keys_that_do_not_fit_are_refused() {
    alone("keys::keys_that_do_not_fit_are_refused", async |scene| {
        let pool = SignerPool::pkcs11(scene.config()).await.unwrap();
        let session = beside(&scene);
        pair(&session, &P256, "twice", "twice");
        pool.signer("twice").await.unwrap();
        pair(&session, &P256, "twice", "twice");
        assert!(matches!(pool.signer("twice").await, Err(HsmError::KeyAmbiguous { .. })));
        pair(&session, &P384, "larger", "larger");
        assert!(matches!(pool.signer("larger").await, Err(HsmError::KeyUnsuitable { .. })));
        pair(&session, &P256, "swapped", "other");
        assert!(matches!(pool.signer("swapped").await, Err(HsmError::KeyAbsent { .. })));
        pair(&session, &P256, "other's", "swapped");
        assert!(matches!(pool.signer("swapped").await, Err(HsmError::KeyUnsuitable { .. })), "halves of two pairs");
    });
}

/// An issuer that moves to a module begins with software keys beside it.
#[test]
fn software_and_hardware_live_side_by_side() {
    alone("keys::software_and_hardware_live_side_by_side", async |scene| {
        generate(&scene.config(), "a").unwrap();
        let hard = SignerPool::pkcs11(scene.config()).await.unwrap().signer("a").await.unwrap();
        let soft = SignerPool::software([("a", SigningKey::from_scalar(&[5; 32]).unwrap())]).signer("a").await.unwrap();
        for signer in [hard, soft] {
            let signature = signer.sign(vec![b"m".to_vec()]).await.unwrap().remove(0);
            signer.public().verify(Algorithm::Es256, b"m", signature.as_bytes()).unwrap();
        }
    });
}
