//! The wallet provider's client.

use mapae_crypto::{PublicKey, SigningKey};
use mapae_jose::{Jwk, Jws, Object, Value, base64url, json};
use mapae_oid4vci::{
    ClientAttestationContents, JwtFault, KeyAttestationContents,
    wallet::{
        Answer, Context, Exchange, HttpRequest, HttpResponse, Party, ProviderFault, ServerNonces, WalletAttestation,
        WalletError, WalletProvider,
    },
};
use mapae_types::Duration;
use testkit::Seeded;

use super::peer::{claims_of, ok};
use crate::scene::{self, CLIENT, key, now};

const URL: &str = "https://provider.example";
const INSTANCE: u8 = 40;

/// What the provider attests, and by whose key.
#[derive(Clone)]
struct Provider {
    attested: Vec<PublicKey>,
    nonce: Option<&'static str>,
    by: u8,
}

impl Provider {
    fn of(seeds: &[u8]) -> Self {
        let attested = seeds.iter().map(|seed| key(*seed).public().clone()).collect();
        Self { attested, nonce: Some("c-nonce"), by: 0 }
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        match request.url.strip_prefix(URL).unwrap() {
            "/nonce" => ok(br#"{"nonce":"n-1","expires_in":300}"#.to_vec()),
            "/client-attestations" => self.client(&json::parse_object(&request.body).unwrap()),
            "/key-attestations" => self.keys(&json::parse_object(&request.body).unwrap()),
            other => panic!("{other}"),
        }
    }

    fn client(&self, body: &Object) -> HttpResponse {
        check_proof(body["instance"].as_str().unwrap(), "client-attestations", INSTANCE);
        let contents = ClientAttestationContents {
            provider: URL,
            client_id: CLIENT,
            issued_at: now(),
            expires_at: now() + Duration::hours(1),
            key: &self.attested[0].clone().into(),
            wallet_name: None,
            wallet_link: None,
            chain: &scene::chain(),
        };
        told("client_attestation", scene::signed(contents.unsigned(), &self.key()))
    }

    fn keys(&self, body: &Object) -> HttpResponse {
        assert_eq!(body["nonce"], "c-nonce");
        let proofs = body["keys"].as_array().unwrap();
        proofs.iter().zip([20, 21]).for_each(|(proof, seed)| {
            check_proof(proof.as_str().unwrap(), "key-attestations", seed);
        });
        let keys: Vec<Jwk> = self.attested.iter().cloned().map(Jwk::from).collect();
        let contents = KeyAttestationContents {
            provider: URL,
            issued_at: now(),
            expires_at: Some(now() + Duration::hours(1)),
            keys: &keys,
            key_storage: &[],
            user_authentication: &[],
            certification: None,
            nonce: self.nonce,
            chain: &scene::chain(),
        };
        told("key_attestation", scene::signed(contents.unsigned(), &self.key()))
    }

    fn key(&self) -> SigningKey {
        if self.by == 0 {
            SigningKey::from_pkcs8_pem(&scene::provider().key.to_pkcs8_pem()).unwrap()
        } else {
            key(self.by)
        }
    }
}

fn told(name: &str, jwt: String) -> HttpResponse {
    ok(json::to_vec(&Object::from_iter([(name.to_owned(), Value::from(jwt))])))
}

/// As the provider reads it.
fn check_proof(text: &str, path: &str, seed: u8) {
    Jws::parse(text).unwrap().verify(key(seed).public()).unwrap();
    let claims = claims_of(text);
    assert_eq!(claims["aud"], format!("{URL}/{path}"));
    assert_eq!(claims["nonce"], "n-1");
    assert_eq!(claims["instance"], base64url::encode(scene::jwk(INSTANCE).thumbprint()));
}

fn run<E: Exchange>(
    answer: impl Fn(&HttpRequest) -> HttpResponse,
    begin: impl FnOnce(&mut Context<'_>) -> Result<E, WalletError>,
) -> Result<E::Done, WalletError> {
    let (device, mut entropy, mut nonces) = (key(1), Seeded::new(3), ServerNonces::default());
    let mut context = Context { now: now(), entropy: &mut entropy, device: &device, wallet: None, nonces: &mut nonces };
    let mut exchange = begin(&mut context)?;
    loop {
        let response = answer(exchange.request());
        match exchange.receive(&response, &mut context)? {
            Answer::Again(next) => exchange = next,
            Answer::Done(done) => return Ok(done),
        }
    }
}

fn attest_wallet(provider: &Provider) -> Result<WalletAttestation, WalletError> {
    let (instance, own) = (key(INSTANCE), key(20));
    let client = WalletProvider::new(URL, &instance);
    run(|request| provider.answer(request), |context| client.attest_wallet(&own, context))
}

fn attest_keys(provider: &Provider) -> Result<String, WalletError> {
    let (instance, one, two) = (key(INSTANCE), key(20), key(21));
    let client = WalletProvider::new(URL, &instance);
    run(|request| provider.answer(request), |context| client.attest_keys(&[&one, &two], Some("c-nonce"), context))
}

#[test]
fn a_wallet_is_attested_for_a_key_of_its_choice() {
    let attestation = attest_wallet(&Provider::of(&[20])).unwrap();
    assert_eq!(attestation.expires_at(), now() + Duration::hours(1));
    assert_eq!(WalletAttestation::from_object(&attestation.to_object()).unwrap(), attestation);
    let own = key(20);
    assert_eq!(attestation.with_key(&own).client_id, CLIENT);
}

#[test]
fn keys_are_attested_over_the_issuers_nonce() {
    let attestation = attest_keys(&Provider::of(&[20, 21])).unwrap();
    assert_eq!(claims_of(&attestation)["attested_keys"].as_array().unwrap().len(), 2);
}

#[test]
fn an_attestation_of_other_keys_is_the_providers_fault() {
    let error = attest_wallet(&Provider::of(&[22])).unwrap_err();
    assert_eq!(error, WalletError::Provider(ProviderFault::OtherKeys));
    assert_eq!(error.party(), Party::Provider);
    for seeds in [&[20][..], &[20, 22], &[21, 20], &[20, 21, 22]] {
        let error = attest_keys(&Provider::of(seeds)).unwrap_err();
        assert_eq!(error, WalletError::Provider(ProviderFault::OtherKeys), "{seeds:?}");
    }
}

#[test]
fn an_attestation_without_the_nonce_is_refused() {
    for nonce in [None, Some("another")] {
        let error = attest_keys(&Provider { nonce, ..Provider::of(&[20, 21]) }).unwrap_err();
        let differs = JwtFault::Differs { name: "nonce" };
        assert_eq!(error, WalletError::Provider(ProviderFault::Attestation(differs)));
    }
}

#[test]
fn an_attestation_that_its_certificate_did_not_sign_is_refused() {
    let error = attest_wallet(&Provider { by: 41, ..Provider::of(&[20]) }).unwrap_err();
    assert!(matches!(error, WalletError::Provider(ProviderFault::Attestation(JwtFault::Jws(_)))), "{error}");
    let error = attest_keys(&Provider { by: 41, ..Provider::of(&[20, 21]) }).unwrap_err();
    assert!(matches!(error, WalletError::Provider(ProviderFault::Attestation(JwtFault::Jws(_)))), "{error}");
}

#[test]
fn a_provider_that_blocked_this_wallet_says_so_in_its_words() {
    let problem = br#"{"type":"about:blank","title":"this instance is blocked","status":403,"code":"blocked"}"#;
    let refusing = |_: &HttpRequest| HttpResponse { status: 403, ..ok(problem.to_vec()) };
    let (instance, own) = (key(INSTANCE), key(20));
    let client = WalletProvider::new(URL, &instance);
    let error = run(refusing, |context| client.attest_wallet(&own, context)).unwrap_err();
    let WalletError::Provider(ProviderFault::Refused(refusal)) = error else { panic!("{error}") };
    assert_eq!(refusal.description.as_deref(), Some("this instance is blocked"));
}

#[test]
fn a_provider_without_tls_is_not_asked() {
    let (instance, own) = (key(INSTANCE), key(20));
    let client = WalletProvider::new("http://provider.example", &instance);
    let error = run(|_| panic!("asked"), |context| client.attest_wallet(&own, context)).unwrap_err();
    assert_eq!(error, WalletError::Provider(ProviderFault::Insecure));
}
