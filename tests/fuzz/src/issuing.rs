//! What wallets and issuers send each other (OpenID4VCI).

use std::sync::LazyLock;

use mapae_jose::{Jwk, Jws, UnsignedJws, Value, json, x5c_value};
use mapae_oid4vci::{
    AuthorizationRequest, ChallengeResponse, ClientAttestation, ClientAttestationContents, ClientExpected,
    CredentialOffer, CredentialRequest, CredentialResponse, DeferredRequest, DpopExpected, DpopProof, Encryption,
    ErrorResponse, IssuerMetadata, IssuerUrl, KeyAttestation, KeyAttestationExpected, KeyAttestationRule, MediaType,
    NonceResponse, NonceState, Nonces, NotificationRequest, OfferSource, PopContents, ProofExpected, Proofs,
    PushedAuthorizationRequest, PushedAuthorizationResponse, ServerMetadata, TokenRequest, TokenResponse,
    TrustedProviders,
};

use crate::parties::{NONCE, Signer, now, parties};

/// The issuer of every message.
pub const ISSUER: &str = "https://issuer.example/kr";
/// Where credentials are asked for.
pub const ENDPOINT: &str = "https://issuer.example/kr/credential";
/// The wallet's `client_id`.
pub const CLIENT: &str = "https://wallet.example";
/// The access token.
pub const TOKEN: &str = "token";
/// Keys of one request at most.
const MAX_KEYS: usize = 4;
/// A form grows to three times its length where it is encoded anew; longer ones might meet the limit.
const MAX_FORM: usize = 4 << 10;

fn issuer() -> &'static IssuerUrl {
    static ISSUER_URL: LazyLock<IssuerUrl> =
        LazyLock::new(|| IssuerUrl::parse(ISSUER).unwrap_or_else(|e| panic!("{e}")));
    &ISSUER_URL
}

fn providers() -> &'static TrustedProviders {
    static PROVIDERS: LazyLock<TrustedProviders> =
        LazyLock::new(|| TrustedProviders::new(vec![parties().root.clone()]));
    &PROVIDERS
}

fn check(nonce: &str) -> NonceState {
    if nonce == NONCE { NonceState::Current } else { NonceState::Unknown }
}

/// Requests of OAuth: what is written is read as the same.
pub fn authorization_form(data: &[u8]) -> bool {
    if data.len() > MAX_FORM {
        return false;
    }
    let token = TokenRequest::parse(data).inspect(|it| {
        assert_eq!(TokenRequest::parse(it.to_form().as_bytes()).as_ref(), Ok(it));
    });
    let pushed = PushedAuthorizationRequest::parse(data).inspect(|it| {
        assert_eq!(PushedAuthorizationRequest::parse(it.to_form().as_bytes()).as_ref(), Ok(it));
        let _back = it.answer(ISSUER).code(&"code".to_owned().into());
    });
    let browser = str::from_utf8(data).ok().and_then(|query| AuthorizationRequest::parse(query).ok()).inspect(|it| {
        let url = it.to_url("https://issuer.example/authorize");
        assert_eq!(url.split_once('?').map(|(_, query)| AuthorizationRequest::parse(query)), Some(Ok(it.clone())));
    });
    token.is_ok() || pushed.is_ok() || browser.is_some()
}

/// Offers, in an address and alone: what is written is read as the same.
pub fn credential_offer(data: &[u8]) -> bool {
    if data.len() > MAX_FORM {
        return false;
    }
    let address = str::from_utf8(data).ok().and_then(|text| OfferSource::parse(text).ok());
    if let Some(source) = &address {
        let again = match source {
            OfferSource::Value(offer) => offer.to_uri(),
            OfferSource::Reference(url) => CredentialOffer::reference_uri(url),
        };
        assert_eq!(OfferSource::parse(&again).as_ref(), Ok(source));
    }
    let alone = CredentialOffer::parse(data).inspect(|offer| {
        assert_eq!(CredentialOffer::parse(&offer.to_json()).as_ref(), Ok(offer));
    });
    address.is_some() || alone.is_ok()
}

/// Requests for credentials and notifications: what is written is read as the same.
pub fn credential_request(data: &[u8]) -> bool {
    let rules = Encryption::default();
    let request = CredentialRequest::receive(MediaType::Json, data, &rules).inspect(|it| {
        assert_eq!(CredentialRequest::parse(&it.to_json()).as_ref(), Ok(it));
    });
    let deferred = DeferredRequest::receive(MediaType::Json, data, &rules).inspect(|it| {
        assert_eq!(DeferredRequest::receive(MediaType::Json, &it.to_json(), &rules).as_ref(), Ok(it));
    });
    let notification = NotificationRequest::parse(data).inspect(|it| {
        assert_eq!(NotificationRequest::parse(&it.to_json()).as_ref(), Ok(it));
    });
    request.is_ok() || deferred.is_ok() || notification.is_ok()
}

/// Metadata of issuer and server: they are that issuer's, and what is written can be read.
pub fn issuer_metadata(data: &[u8]) -> bool {
    let metadata = IssuerMetadata::parse(data, issuer()).inspect(|it| {
        assert_eq!(it.credential_issuer, ISSUER);
        assert!(IssuerMetadata::parse(&it.to_json(), issuer()).is_ok());
    });
    let server = ServerMetadata::parse(data, issuer()).inspect(|it| {
        assert_eq!(ServerMetadata::parse(&it.to_json(), issuer()).as_ref(), Ok(it));
    });
    metadata.is_ok() || server.is_ok()
}

/// An issuer's answers: what is written is read as the same.
pub fn issuer_answer(data: &[u8]) -> bool {
    let token =
        TokenResponse::parse(data).inspect(|it| assert_eq!(TokenResponse::parse(&it.to_json()).as_ref(), Ok(it)));
    let copies = CredentialResponse::parse(data).inspect(|it| {
        assert_eq!(CredentialResponse::parse(&it.to_json()).as_ref(), Ok(it));
    });
    let pushed = PushedAuthorizationResponse::parse(data).inspect(|it| {
        assert_eq!(PushedAuthorizationResponse::parse(&it.to_json()).as_ref(), Ok(it));
    });
    let nonces = (NonceResponse::parse(data).is_ok(), ChallengeResponse::parse(data).is_ok());
    let refusal = ErrorResponse::parse(data).is_ok();
    token.is_ok() || copies.is_ok() || pushed.is_ok() || nonces.0 || nonces.1 || refusal
}

/// The inside of a DPoP proof, which the wallet signs whatever it says.
pub fn dpop_payload(data: &[u8]) -> bool {
    let Some(proof) = signed("dpop+jwt", Some(&parties().device_key), data) else { return false };
    let expected = DpopExpected {
        method: "POST",
        uri: ENDPOINT,
        now: now(),
        access_token: Some(TOKEN),
        nonce: Nonces::Required(&check),
    };
    let Ok(verified) = DpopProof::verify([proof.as_str()], &expected) else { return false };
    let key = Jwk::from(parties().device_key.public().clone());
    assert_eq!(verified.bound_to(&key.thumbprint()), Ok(()));
    assert!(is(data, "htm", "POST") && is(data, "nonce", NONCE));
    true
}

/// The inside of a key proof, which the wallet signs whatever it says.
pub fn key_proof_payload(data: &[u8]) -> bool {
    let Some(proof) = signed("openid4vci-proof+jwt", Some(&parties().device_key), data) else { return false };
    let expected = ProofExpected {
        issuer: ISSUER,
        client_id: Some(CLIENT),
        now: now(),
        key_attestation: KeyAttestationRule::Accepted,
        providers: providers(),
        max: MAX_KEYS,
    };
    let Ok(proven) = Proofs::Jwt(vec![proof]).verify(&expected) else { return false };
    assert_eq!(proven.keys(), [Jwk::from(parties().device_key.public().clone())]);
    assert!(is(data, "aud", ISSUER));
    proven.with_nonce(check).is_ok_and(|_| is(data, "nonce", NONCE))
}

/// The inside of an attestation, of keys or of a wallet, which the provider signs whatever it says.
pub fn attestation_payload(data: &[u8]) -> bool {
    let keys = signed("key-attestation+jwt", None, data).is_some_and(|text| attests_keys(&text));
    let wallet = signed("oauth-client-attestation+jwt", None, data).is_some_and(|text| attests_wallet(&text));
    keys || wallet
}

fn attests_keys(text: &str) -> bool {
    let expected =
        KeyAttestationExpected { now: now(), providers: providers(), max_keys: MAX_KEYS, expiry_required: true };
    let attested = KeyAttestation::verify(text, &expected);
    attested.is_ok_and(|attested| (1..=MAX_KEYS).contains(&attested.keys().len()))
}

fn attests_wallet(text: &str) -> bool {
    let pop = PopContents { client_id: CLIENT, audience: ISSUER, issued_at: now(), random: [1; 16], challenge: None };
    let Some(pop) = finish(pop.unsigned(), &parties().device_key) else { return false };
    let expected = ClientExpected {
        issuer: ISSUER,
        client_id: None,
        now: now(),
        providers: providers(),
        challenge: Nonces::Unused,
        max_age: None,
    };
    let Ok(Some(client)) = ClientAttestation::verify([text], [pop.as_str()], &expected) else { return false };
    assert_eq!(client.client_id(), CLIENT);
    true
}

/// A JWT by the wallet's key, which stands in its header, or by the provider.
fn signed(typ: &str, key: Option<&mapae_crypto::SigningKey>, payload: &[u8]) -> Option<String> {
    let provider: &Signer = &parties().attestation_signer;
    let (name, value, key) = match key {
        Some(key) => ("jwk", Value::Object(Jwk::from(key.public().clone()).to_object()), key),
        None => ("x5c", x5c_value(&[provider.certificate.der()]), &provider.key),
    };
    let header = [("alg", "ES256".into()), ("typ", typ.into()), (name, value)];
    let header = header.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    finish(UnsignedJws::new(&header, payload), key)
}

fn finish(unsigned: UnsignedJws, key: &mapae_crypto::SigningKey) -> Option<String> {
    let signature = key.sign(unsigned.to_be_signed()).ok()?;
    Some(unsigned.attach(&signature))
}

/// Whether a claim is there with that value, as another reader sees it.
fn is(claims: &[u8], name: &str, expected: &str) -> bool {
    serde_json::from_slice::<Value>(claims).is_ok_and(|claims| claims[name] == expected)
}

/// What an honest wallet says in a DPoP proof, for the seeds.
pub fn dpop_claims() -> Vec<u8> {
    let key = Jwk::from(parties().device_key.public().clone());
    let contents = mapae_oid4vci::DpopContents {
        key: &key,
        method: "POST",
        uri: ENDPOINT,
        issued_at: now(),
        random: [1; 16],
        access_token: Some(TOKEN),
        nonce: Some(NONCE),
    };
    claims_of(contents.unsigned())
}

/// What an honest provider says of a wallet, for the seeds.
pub fn client_claims() -> Vec<u8> {
    let key = Jwk::from(parties().device_key.public().clone());
    let contents = ClientAttestationContents {
        provider: "https://provider.example",
        client_id: CLIENT,
        issued_at: now(),
        expires_at: now() + mapae_types::Duration::days(1),
        key: &key,
        wallet_name: Some("Sample wallet"),
        wallet_link: None,
        chain: &[parties().attestation_signer.certificate.der()],
    };
    claims_of(contents.unsigned())
}

fn claims_of(unsigned: UnsignedJws) -> Vec<u8> {
    let key = &parties().device_key;
    let text = finish(unsigned, key).unwrap_or_default();
    let verified = Jws::parse(&text).and_then(|jws| jws.verify(key.public()));
    verified.map(|jws| jws.payload().to_vec()).unwrap_or_default()
}

/// What an honest party says of keys, for the seeds.
pub fn key_claims(members: Value) -> Vec<u8> {
    let mut claims = members;
    claims["iat"] = now().unix().into();
    claims["nonce"] = NONCE.into();
    json::to_vec(&claims)
}
