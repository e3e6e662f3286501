//! Whose matter it is when nothing signs: the file's, the token's, the PIN's, the key's.

use mapae_crypto::Algorithm;
use mapae_hsm::{HsmError, Pin, Pkcs11Config, SignerPool, generate};

use crate::scene::alone;

fn config(module: &str) -> Pkcs11Config {
    Pkcs11Config { module: module.into(), token: "t".into(), pin: Pin::new("1"), sessions: 1.try_into().unwrap() }
}

#[tokio::test]
async fn a_file_that_is_no_module_is_named() {
    for file in ["/nonexistent/module.so", "Cargo.toml"] {
        let refused = SignerPool::pkcs11(config(file)).await.unwrap_err();
        assert!(matches!(&refused, HsmError::ModuleUnusable { module, .. } if module.as_os_str() == file));
        assert!(matches!(generate(&config(file), "k"), Err(HsmError::ModuleUnusable { .. })));
        assert!(std::error::Error::source(&refused).is_some());
    }
}

#[test]
fn a_token_that_is_not_there_is_named() {
    alone("absent::a_token_that_is_not_there_is_named", async |scene| {
        let other = Pkcs11Config { token: "another".into(), ..scene.config() };
        let refused = SignerPool::pkcs11(other).await.unwrap_err();
        assert!(matches!(refused, HsmError::TokenAbsent { token } if token == "another"));
        SignerPool::pkcs11(scene.config()).await.unwrap();
    });
}

/// A token locks after a few wrong tries, and then nobody can sign: one mistake in a file must cost one try.
#[test]
fn a_wrong_pin_is_tried_once() {
    alone("absent::a_wrong_pin_is_tried_once", async |scene| {
        let wrong = Pkcs11Config { pin: Pin::new("000000"), ..scene.config() };
        let refused = SignerPool::pkcs11(wrong).await.unwrap_err();
        assert!(matches!(refused, HsmError::PinWrong { .. }), "{refused:?}");
        assert!(!format!("{refused:?} {refused}").contains("000000"));
        SignerPool::pkcs11(scene.config()).await.unwrap();
    });
}

#[test]
fn a_key_that_is_not_there_is_named_and_found_once_it_is() {
    alone("absent::a_key_that_is_not_there_is_named_and_found_once_it_is", async |scene| {
        let pool = SignerPool::pkcs11(scene.config()).await.unwrap();
        let refused = pool.signer("document signer").await.unwrap_err();
        assert!(matches!(refused, HsmError::KeyAbsent { key, .. } if key == "document signer"));
        let public = generate(&scene.config(), "document signer").unwrap();
        let signer = pool.signer("document signer").await.unwrap();
        assert_eq!(*signer.public(), public);
        let signature = signer.sign(vec![b"m".to_vec()]).await.unwrap().remove(0);
        public.verify(Algorithm::Es256, b"m", signature.as_bytes()).unwrap();
    });
}
