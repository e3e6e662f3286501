//! The token endpoint (OpenID4VCI §6, RFC 6749 §5.2, RFC 9449 §5, §8): what is refused there costs no offer.

use mapae_types::Duration;
use serde_json::{Value, json};

use super::{Call, Thief, jwk, stranger};
use crate::scene::{Offer, Scene};

const GRANT: &str = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code";

/// A thief with an offer that nobody has redeemed.
async fn offered() -> (Thief, Offer) {
    let thief = Thief::of(Scene::new().await, &json!({})).await;
    let offer = thief.scene.offer(1).await;
    (thief, offer)
}

/// The form in which nothing is wrong.
fn form(offer: &Offer) -> String {
    format!("grant_type={GRANT}&pre-authorized_code={}&tx_code={}", offer.code, offer.tx_code)
}

impl Thief {
    /// A token request in which nothing is wrong but for what the form says.
    fn ask(&mut self, form: &str) -> Call {
        let call = self.call("token", &Value::Null).typed("application/x-www-form-urlencoded").body(form);
        call.authorization(None).dpop_claim("ath", Value::Null)
    }

    /// In the end the offer is as good as it was.
    async fn redeems(mut self, offer: &Offer) {
        let call = self.ask(&form(offer));
        let answer = self.send(call).await;
        assert_eq!((answer.status, &answer.body["token_type"]), (200, &json!("DPoP")), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_malformed_token_request_is_refused() {
    let (mut thief, offer) = offered().await;
    let good = form(&offer);
    let refresh = thief.phone.refresh_token.clone();
    for (what, form, error) in [
        ("nothing", String::new(), "invalid_request"),
        ("no form", "{}".to_owned(), "invalid_request"),
        ("another grant", good.replace(GRANT, "password"), "unsupported_grant_type"),
        ("no code", good.replace("&pre-authorized_code=", "&other="), "invalid_request"),
        ("no transaction code", good.replace("&tx_code=", "&other="), "invalid_request"),
        ("a parameter twice", format!("{good}&tx_code=1"), "invalid_request"),
        ("a parameter twice, one encoded", format!("{good}&%74x_code=1"), "invalid_request"),
        ("half an escape", format!("{good}&a=%4"), "invalid_request"),
        ("no UTF-8", format!("{good}&a=%ff"), "invalid_request"),
        (
            "a transaction code with a refresh token",
            format!("grant_type=refresh_token&refresh_token={refresh}&tx_code=1"),
            "invalid_request",
        ),
        ("details that are none", format!("{good}&authorization_details=x"), "invalid_authorization_details"),
        (
            "details of another type",
            format!("{good}&authorization_details=[{{\"type\":\"x\"}}]"),
            "invalid_authorization_details",
        ),
    ] {
        let call = thief.ask(&form);
        thief.refused(what, call, 400, error).await;
    }
    let call = thief.ask(&good).typed("application/json");
    thief.refused("not as a form", call, 400, "invalid_request").await;
    let call = thief.ask(&"a".repeat(200 << 10));
    thief.refused("200 KiB", call, 413, "").await;
    thief.redeems(&offer).await;
}

#[tokio::test]
async fn what_the_grant_does_not_cover_is_refused_by_its_name_and_spends_nothing() {
    let (mut thief, offer) = offered().await;
    let good = form(&offer);
    let detail = "[{\"type\":\"openid_credential\",\"credential_configuration_id\":\"licence-mdoc\"}]";
    let details = format!("{good}&authorization_details={detail}");
    for (form, error) in
        [(details, "invalid_authorization_details"), (format!("{good}&scope=licence-mdoc"), "invalid_scope")]
    {
        let call = thief.ask(&form);
        thief.refused("what the grant does not cover", call, 400, error).await;
    }
    thief.redeems(&offer).await;
}

#[tokio::test]
async fn a_dpop_proof_at_the_token_endpoint_is_for_this_request_of_now() {
    let (mut thief, offer) = offered().await;
    let (good, now, elsewhere) = (form(&offer), thief.phone.now(), thief.phone.url("credential"));
    let bent: [(&str, &dyn Fn(Call) -> Call); 13] = [
        ("another method", &|call| call.dpop_claim("htm", json!("GET"))),
        ("another address", &|call| call.dpop_claim("htu", json!(elsewhere))),
        ("no time", &|call| call.dpop_claim("iat", Value::Null)),
        ("a time of long ago", &|call| call.dpop_claim("iat", json!(now - 900))),
        ("a time to come", &|call| call.dpop_claim("iat", json!(now + 900))),
        ("no id", &|call| call.dpop_claim("jti", Value::Null)),
        ("another type", &|call| call.dpop_header("typ", json!("JWT"))),
        ("no algorithm", &|call| call.dpop_header("alg", json!("none"))),
        ("a symmetric algorithm", &|call| call.dpop_header("alg", json!("HS256"))),
        ("a critical header that nobody knows", &|call| call.dpop_header("crit", json!(["exp"]))),
        ("another's signature", &|mut call: Call| {
            call.dpop.signer = Some(1);
            call
        }),
        ("no proof", &|mut call: Call| {
            call.dpop.header = Value::Null;
            call
        }),
        ("a proof that is no JWT", &|mut call: Call| {
            call.dpop.header = Value::Null;
            call.headers.push(("dpop", "nonsense".to_owned()));
            call
        }),
    ];
    for (what, bend) in bent {
        let call = bend(thief.ask(&good));
        let answer = thief.refused(what, call, 400, "invalid_dpop_proof").await;
        assert_eq!(answer.headers["cache-control"], "no-store", "{what}");
    }
    thief.redeems(&offer).await;
}

#[tokio::test]
async fn a_dpop_proof_at_the_token_endpoint_has_a_current_nonce_and_is_used_once() {
    let (mut thief, offer) = offered().await;
    let good = form(&offer);
    for (what, nonce) in [("none", Value::Null), ("another", json!("bm9uY2U")), ("a c_nonce", json!(thief.nonce))] {
        let call = thief.ask(&good).dpop_claim("nonce", nonce);
        let answer = thief.refused(what, call, 400, "use_dpop_nonce").await;
        assert!(answer.headers.contains_key("dpop-nonce"), "{what}: no nonce to go on with");
    }
    let first = thief.ask("grant_type=refresh_token&refresh_token=x");
    let proof = first.dpop.text(&thief.phone.key);
    let with = |mut call: Call, proof: &str| {
        call.dpop.header = Value::Null;
        call.headers.push(("dpop", proof.to_owned()));
        call
    };
    thief.refused("another's token", with(first, &proof), 400, "invalid_grant").await;
    let again = with(thief.ask(&good), &proof);
    thief.refused("a proof that came before", again, 400, "invalid_dpop_proof").await;
    let mut twice = thief.ask(&good);
    let second = thief.ask(&good).dpop.text(&thief.phone.key);
    twice.headers.push(("dpop", second));
    thief.refused("two proofs", twice, 400, "invalid_dpop_proof").await;
    thief.redeems(&offer).await;
}

#[tokio::test]
async fn one_kind_of_secret_is_not_taken_for_another() {
    let (mut thief, offer) = offered().await;
    let (token, refresh, tx) = (thief.phone.token.clone(), thief.phone.refresh_token.clone(), offer.tx_code.clone());
    let verifier = "a".repeat(43);
    for (what, form) in [
        ("a code of nobody", format!("grant_type={GRANT}&pre-authorized_code=bWFkZSB1cA&tx_code={tx}")),
        ("an access token for a code", format!("grant_type={GRANT}&pre-authorized_code={token}&tx_code={tx}")),
        ("a refresh token for a code", format!("grant_type={GRANT}&pre-authorized_code={refresh}&tx_code={tx}")),
        ("an access token for a refresh token", format!("grant_type=refresh_token&refresh_token={token}")),
        ("a code for a refresh token", format!("grant_type=refresh_token&refresh_token={}", offer.code)),
    ] {
        let call = thief.ask(&form);
        thief.refused(what, call, 400, "invalid_grant").await;
    }
    let sign_in = format!(
        "grant_type=authorization_code&code={}&code_verifier={verifier}&redirect_uri=https://a.example/",
        offer.code
    );
    let call = thief.ask(&sign_in);
    thief.refused("an offer's code for a sign-in's, without an attestation", call, 400, "invalid_client").await;
    thief.redeems(&offer).await;
}

#[tokio::test]
async fn a_code_is_used_once_and_in_time() {
    let (mut thief, offer) = offered().await;
    let mut other = thief.ask(&form(&offer)).dpop_header("jwk", jwk(&stranger(1)));
    other.dpop.signer = Some(1);
    assert_eq!(thief.send(other).await.status, 200);
    let call = thief.ask(&form(&offer));
    thief.refused("another's code, used", call, 400, "invalid_grant").await;
    let late = thief.scene.offer(2).await;
    thief.scene.wait(Duration::days(30));
    thief.phone.nonce().await;
    let call = thief.ask(&form(&late));
    thief.refused("a code of last month", call, 400, "invalid_grant").await;
}

#[tokio::test]
async fn guessing_a_transaction_code_ends_with_the_offer() {
    let (mut thief, offer) = offered().await;
    let wrong = if offer.tx_code == "000000" { "000001" } else { "000000" };
    let guess = form(&offer).replace(&offer.tx_code, wrong);
    for _ in 0..5 {
        let call = thief.ask(&guess);
        let answer = thief.send(call).await;
        assert_eq!((answer.status, answer.error()), (400, "invalid_grant"), "{}", answer.text);
    }
    let call = thief.ask(&form(&offer));
    thief.refused("the right one, too late", call, 400, "invalid_grant").await;
}

#[tokio::test]
async fn a_refresh_token_is_shown_with_the_key_that_it_is_bound_to() {
    let mut thief = Thief::new().await;
    thief.scene.wait(Duration::days(200));
    thief.phone.nonce().await;
    let form = format!("grant_type=refresh_token&refresh_token={}", thief.phone.refresh_token);
    let mut other = thief.ask(&form).dpop_header("jwk", jwk(&stranger(1)));
    other.dpop.signer = Some(1);
    thief.refused("another key", other, 400, "invalid_grant").await;
    let call = thief.ask(&form);
    assert_eq!(thief.send(call).await.status, 200);
}
