//! A token that goes away and comes back, under a service that is not started anew.

use std::fs;
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use mapae_crypto::Algorithm;
use mapae_hsm::{HsmError, Signer, SignerPool, generate};

use crate::scene::{PIN, Scene, alone};

async fn signs(signer: &Signer) -> Result<(), HsmError> {
    let signature = signer.sign(vec![b"m".to_vec()]).await?.remove(0);
    signer.public().verify(Algorithm::Es256, b"m", signature.as_bytes()).unwrap();
    Ok(())
}

/// More at once than there are sessions.
async fn many_sign(signer: &Signer) {
    let tasks: Vec<_> = (0..24)
        .map(|_| {
            let signer = signer.clone();
            tokio::spawn(async move { signs(&signer).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn signer(scene: &Scene) -> Signer {
    generate(&scene.config(), "a").unwrap();
    SignerPool::pkcs11(scene.config()).await.unwrap().signer("a").await.unwrap()
}

/// Sessions are lost and the token with them, as in a restart of a module behind a network.
#[test]
fn a_token_that_comes_back_is_used_again() {
    alone("outage::a_token_that_comes_back_is_used_again", async |scene| {
        let signer = signer(&scene).await;
        signs(&signer).await.unwrap();
        scene.context().finalize().unwrap();
        fs::rename(scene.tokens(), scene.folder.join("away")).unwrap();
        fs::create_dir(scene.tokens()).unwrap();
        tokio::time::sleep(Duration::from_millis(1100)).await;
        for _ in 0..5 {
            let gone = signs(&signer).await.unwrap_err();
            assert!(matches!(gone, HsmError::TokenAbsent { .. }), "{gone:?}");
        }
        fs::remove_dir(scene.tokens()).unwrap();
        fs::rename(scene.folder.join("away"), scene.tokens()).unwrap();
        tokio::time::sleep(Duration::from_millis(1100)).await;
        many_sign(&signer).await;
    });
}

/// A module that lost its sessions gives their numbers to new ones. Whoever still has an old one must not end up with what
/// another has begun in the new.
#[test]
fn sessions_that_were_lost_are_opened_anew() {
    alone("outage::sessions_that_were_lost_are_opened_anew", async |scene| {
        let signer = signer(&scene).await;
        many_sign(&signer).await;
        let context = scene.context();
        context.clone().finalize().unwrap();
        context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
        many_sign(&signer).await;
    });
}

/// The operator changes the PIN, and the token restarts. Trying the old one each second would lock the token.
#[test]
fn a_pin_that_was_refused_is_not_tried_again() {
    alone("outage::a_pin_that_was_refused_is_not_tried_again", async |scene| {
        let signer = signer(&scene).await;
        change_pin(&scene, PIN, "another");
        let wrong = signs(&signer).await.unwrap_err();
        assert!(matches!(wrong, HsmError::PinWrong { .. }), "{wrong:?}");
        change_pin(&scene, "another", PIN);
        let still = signs(&signer).await.unwrap_err();
        assert!(matches!(still, HsmError::PinWrong { .. }), "{still:?}");
        // Who starts anew has another try.
        SignerPool::pkcs11(scene.config()).await.unwrap().signer("a").await.unwrap();
    });
}

/// In a module that was started anew, as by an operator's tool, and is left logged out.
fn change_pin(scene: &Scene, from: &str, to: &str) {
    let context = scene.context();
    context.clone().finalize().unwrap();
    context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
    let session = context.open_rw_session(context.get_slots_with_initialized_token().unwrap()[0]).unwrap();
    let [from, to] = [from, to].map(|pin| AuthPin::new(pin.into()));
    session.login(UserType::User, Some(&from)).unwrap();
    session.set_pin(&from, &to).unwrap();
    session.logout().unwrap();
    session.close().unwrap();
}
