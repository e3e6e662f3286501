//! The keys that sign: changed by time alone, without a restart, the same on all replicas.

use mapae_types::Duration;
use testkit::Format;

use super::{
    browser::Browser,
    library::{SECRET, WEB, basic, issuer, opened, published, scene, sections, sign_in, token},
};
use crate::{
    places::{Place, on_both},
    scene::{Scene, Setting},
};

/// The name of the key that signs now, by a sign-in, and its token.
async fn signs<P: Place>(scene: &Scene<P>) -> (String, String) {
    let copy = scene.world.issue(Format::SdJwt);
    let back = sign_in(scene, &Browser::default(), &copy, WEB, &[]).await;
    let tokens = token(scene, &basic(WEB, SECRET), &back.parameter("code"), &[]).await;
    let (header, _) = opened(scene, &tokens).await;
    (header["kid"].as_str().unwrap().to_owned(), tokens.body["id_token"].as_str().unwrap().to_owned())
}

async fn kids(jwks: &str) -> Vec<String> {
    let keys: serde_json::Value = serde_json::from_str(&Browser::default().get(jwks).await.text).unwrap();
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The next keys are published a day before they sign, and those before them until the last token by them has expired.
async fn keys_change_without_a_restart<P: Place>() {
    let setting = Setting {
        sections: format!("[openid]\nrotate_days = 3\nannounce_hours = 24\n{}", sections()),
        ..Setting::default()
    };
    let Some(scene) = Scene::<P>::with(setting).await else { return };
    let replica = scene.replica().await;
    let jwks = [format!("{}/jwks", issuer(&scene)), format!("{}/openid/jwks", replica.url())];
    let (first, token) = signs(&scene).await;
    assert_eq!(kids(&jwks[0]).await.len(), 2, "one for each algorithm");
    scene.wait(Duration::hours(2 * 24 + 1));
    let announced = kids(&jwks[0]).await;
    assert_eq!(announced.len(), 4, "the next are published");
    assert_eq!(kids(&jwks[1]).await, announced, "by every replica");
    assert_eq!(signs(&scene).await.0, first, "and do not sign yet");
    scene.wait(Duration::hours(24));
    let (second, _) = signs(&scene).await;
    assert!(second != first && announced.contains(&second));
    assert!(kids(&jwks[1]).await.contains(&first), "tokens by it are still in force");
    scene.wait(Duration::seconds(700));
    for jwks in &jwks {
        let now = kids(jwks).await;
        assert!(now.contains(&second) && !now.contains(&first), "{now:?}");
    }
    let hinted = Browser::default().get(&format!("{}/logout?id_token_hint={token}", issuer(&scene))).await;
    assert_eq!(hinted.status, 200, "as a hint it is known for longer: {}", hinted.text);
}

/// Replicas that begin at the same time draw one pair of keys.
async fn replicas_have_the_same_keys<P: Place>() {
    let Some(scene) = scene::<P>().await else { return };
    let (one, two) = tokio::join!(scene.replica(), scene.replica());
    let first = published(&scene).await;
    assert_eq!(first.len(), 2);
    for replica in [&one, &two] {
        assert_eq!(kids(&format!("{}/openid/jwks", replica.url())).await.len(), 2);
    }
    let stored = String::from_utf8_lossy(&scene.place.bytes()).into_owned();
    assert!(!stored.contains("PRIVATE KEY"), "sealed");
}

on_both!(keys_change_without_a_restart replicas_have_the_same_keys);
