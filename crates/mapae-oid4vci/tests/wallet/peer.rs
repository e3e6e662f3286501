//! A scripted issuer, which reads what the wallet sends by the issuer's half, and whose every answer can be bent.

use std::collections::BTreeMap;

use mapae_cose::cbor::Value as Cbor;
use mapae_crypto::{Algorithm, PublicKey, SigningKey, aead::AeadAlgorithm};
use mapae_jose::{Jwk, Object, Value, base64url, json};
use mapae_mdoc::{Copy, NameSpace, Template, ValidityInfo};
use mapae_oid4vci::{
    BatchIssuance, ClientAttestation, ClientExpected, CredentialConfiguration, CredentialFormat, CredentialRequest,
    CredentialResponse, DeferredRequest, DpopExpected, DpopProof, Encryption, Endpoint, GrantRequest, GrantedDetail,
    IssuerMetadata, KeyAttestationRule, KeyAttestationsRequired, MediaType, NonceState, Nonces, NotificationRequest,
    PkceChallenge, ProofExpected, ProofType, PushedAuthorizationRequest, PushedAuthorizationResponse, RequestKey,
    Secret, ServerMetadata, SignedMetadata, TokenRequest, TokenResponse, WireError,
    wallet::{HttpRequest, HttpResponse, Method},
};
use mapae_sd_jwt::{Claim, Claims, Issuance};
use mapae_types::{Duration, Timestamp};
use testkit::{Pki, Seeded};

use crate::scene::{self, ISSUER, now};

pub(super) const DOCTYPE: &str = "org.iso.18013.5.1.mDL";
pub(super) const VCT: &str = "https://id.example/licence";
pub(super) const DPOP_NONCE: &str = "dpop-nonce";
pub(super) const TX_CODE: &str = "493536";

type Bend = Box<dyn Fn(&HttpRequest, HttpResponse) -> HttpResponse>;

/// The issuer and how it is set up.
pub(super) struct Peer {
    pub(super) pki: Pki,
    /// Whether DPoP proofs need its nonce.
    pub(super) dpop_nonce: bool,
    /// Whether a client attestation is demanded.
    pub(super) attested: bool,
    pub(super) batch: Option<usize>,
    pub(super) proof_types: BTreeMap<String, ProofType>,
    pub(super) encryption: Option<Encryption>,
    /// How often copies are not ready.
    pub(super) not_ready: u32,
    /// `c_nonce`s that are refused although they were given.
    pub(super) stale_nonces: u32,
    pub(super) identifiers: bool,
    pub(super) tries_left: u64,
    /// Changes an answer.
    pub(super) bend: Option<Bend>,
    /// Method and path of each request, in their order.
    pub(super) seen: Vec<String>,
    /// The last events that were notified.
    pub(super) notified: Vec<String>,
    pub(super) pushed: Option<PushedAuthorizationRequest>,
    pub(super) waiting: Vec<PublicKey>,
    pub(super) challenge: PkceChallenge,
    pub(super) tokens: u32,
}

impl Peer {
    pub(super) fn new() -> Self {
        let jwt =
            ProofType { proof_signing_alg_values_supported: vec!["ES256".into()], key_attestations_required: None };
        Self {
            pki: Pki::new(5, "KR"),
            dpop_nonce: true,
            attested: false,
            batch: Some(10),
            proof_types: BTreeMap::from([("jwt".into(), jwt)]),
            encryption: None,
            not_ready: 0,
            stale_nonces: 0,
            identifiers: false,
            tries_left: 5,
            bend: None,
            seen: Vec::new(),
            notified: Vec::new(),
            pushed: None,
            waiting: Vec::new(),
            challenge: PkceChallenge::from_bytes([0; 32]),
            tokens: 0,
        }
    }

    /// Demands attestations of keys, in proofs of one type.
    pub(super) fn demanding_attestations(mut self, name: &str) -> Self {
        let required = KeyAttestationsRequired::default();
        let alg = vec!["ES256".to_owned()];
        let proof = ProofType { proof_signing_alg_values_supported: alg, key_attestations_required: Some(required) };
        self.proof_types = BTreeMap::from([(name.to_owned(), proof)]);
        self
    }

    pub(super) fn encrypting(mut self, required: bool) -> Self {
        let key = RequestKey::new("enc-1".to_owned(), scene::key(99));
        self.encryption = Some(Encryption::new(vec![key], required, required));
        self
    }

    /// Changes the answers of one path.
    pub(super) fn bending(mut self, path: &'static str, bend: impl Fn(HttpResponse) -> HttpResponse + 'static) -> Self {
        self.bend = Some(Box::new(
            move |request: &HttpRequest, response| {
                if request.url.contains(path) { bend(response) } else { response }
            },
        ));
        self
    }

    /// Changes a member of the JSON answers of one path; `null` takes it away.
    pub(super) fn saying(self, path: &'static str, member: &'static str, value: Value) -> Self {
        self.bending(path, move |mut response| {
            let mut body = json::parse_object(&response.body).unwrap();
            match &value {
                Value::Null => drop(body.remove(member)),
                value => drop(body.insert(member.to_owned(), value.clone())),
            }
            response.body = json::to_vec(&body);
            response
        })
    }

    pub(super) fn answer(&mut self, request: &HttpRequest) -> HttpResponse {
        let path = request.url.split_once("example").unwrap().1.to_owned();
        self.seen.push(format!("{} {path}", request.method.as_str()));
        let response = self.route(request, &path).unwrap_or_else(|error| refused(&error));
        self.bend.as_ref().map_or(response.clone(), |bend| bend(request, response))
    }

    fn route(&mut self, request: &HttpRequest, path: &str) -> Result<HttpResponse, WireError> {
        match (request.method, path) {
            (Method::Get, "/.well-known/openid-credential-issuer/kr") => Ok(self.issuer_metadata(request)),
            (Method::Get, "/.well-known/oauth-authorization-server/kr") => Ok(ok(self.server_metadata().to_json())),
            (Method::Post, "/kr/challenge") => Ok(ok(br#"{"attestation_challenge":"current"}"#.to_vec())),
            (Method::Post, "/kr/par") => self.push(request),
            (Method::Post, "/kr/token") => self.token(request),
            (Method::Post, "/kr/nonce") => Ok(ok(br#"{"c_nonce":"current"}"#.to_vec())),
            (Method::Post, "/kr/credential") => self.credential(request),
            (Method::Post, "/kr/deferred") => self.deferred(request),
            (Method::Post, "/kr/notification") => self.notification(request),
            other => panic!("nobody asks for {other:?}"),
        }
    }

    fn issuer_metadata(&self, request: &HttpRequest) -> HttpResponse {
        let metadata = self.metadata();
        if request.header("accept") == Some("application/json") {
            return ok(metadata.to_json());
        }
        let unsigned = SignedMetadata::unsigned(&metadata, &self.pki.sd_jwt.chain(), now(), None);
        let text = scene::signed(unsigned, &self.pki.sd_jwt.key);
        HttpResponse { body: text.into_bytes(), headers: vec![content_type("application/jwt")], ..ok(Vec::new()) }
    }

    pub(super) fn metadata(&self) -> IssuerMetadata {
        let url = scene::issuer();
        let announced = self.encryption.as_ref().and_then(Encryption::metadata);
        let (request_encryption, response_encryption) = announced.unzip();
        let configuration = |format| CredentialConfiguration {
            format,
            scope: Some("licence".into()),
            credential_signing_alg_values_supported: Vec::new(),
            cryptographic_binding_methods_supported: vec!["jwk".into()],
            proof_types_supported: self.proof_types.clone(),
            credential_metadata: None,
        };
        IssuerMetadata {
            credential_issuer: ISSUER.to_owned(),
            authorization_servers: Vec::new(),
            credential_endpoint: url.endpoint("credential"),
            nonce_endpoint: Some(url.endpoint("nonce")),
            deferred_credential_endpoint: Some(url.endpoint("deferred")),
            notification_endpoint: Some(url.endpoint("notification")),
            credential_request_encryption: request_encryption,
            credential_response_encryption: response_encryption,
            batch_credential_issuance: self.batch.map(|batch_size| BatchIssuance { batch_size }),
            display: Vec::new(),
            credential_configurations_supported: BTreeMap::from([
                ("licence-mdoc".to_owned(), configuration(CredentialFormat::Mdoc { doctype: DOCTYPE.into() })),
                ("licence-sd-jwt".to_owned(), configuration(CredentialFormat::SdJwt { vct: VCT.into() })),
            ]),
        }
    }

    fn server_metadata(&self) -> ServerMetadata {
        ServerMetadata::haip(&scene::issuer(), vec!["licence".into()], true, !self.attested)
    }

    fn dpop(&self, request: &HttpRequest, token: Option<&str>) -> Result<(), WireError> {
        let nonce = |text: &str| if text == DPOP_NONCE { NonceState::Current } else { NonceState::Expired };
        let (required, unused) = (Nonces::Required(&nonce), Nonces::Unused);
        let expected = DpopExpected {
            method: request.method.as_str(),
            uri: &request.url,
            now: now(),
            access_token: token,
            nonce: if self.dpop_nonce { required } else { unused },
        };
        let endpoint = if token.is_some() { Endpoint::Resource } else { Endpoint::Authorization };
        let proven = DpopProof::verify(request.header("dpop"), &expected);
        proven.map(drop).map_err(|fault| WireError::dpop(&fault, endpoint))
    }

    fn client(request: &HttpRequest) -> Result<Option<String>, WireError> {
        let providers = scene::providers();
        let expected = ClientExpected {
            issuer: ISSUER,
            client_id: None,
            now: now(),
            providers: &providers,
            challenge: scene::nonces(),
            max_age: None,
        };
        let (attestation, pop) =
            (request.header("oauth-client-attestation"), request.header("oauth-client-attestation-pop"));
        let client = ClientAttestation::verify(attestation, pop, &expected)?;
        Ok(client.map(|client| client.client_id().to_owned()))
    }

    fn push(&mut self, request: &HttpRequest) -> Result<HttpResponse, WireError> {
        self.dpop(request, None)?;
        let client = Self::client(request)?;
        let pushed = PushedAuthorizationRequest::parse(&request.body)?;
        assert_eq!(client.as_deref(), Some(pushed.client_id.as_str()));
        self.challenge = pushed.challenge;
        self.pushed = Some(pushed);
        let body = PushedAuthorizationResponse::new([9; 32], 60).to_json();
        Ok(HttpResponse { status: 201, ..ok(body) })
    }

    fn token(&mut self, request: &HttpRequest) -> Result<HttpResponse, WireError> {
        self.dpop(request, None)?;
        let client = Self::client(request)?;
        let asked = TokenRequest::parse(&request.body)?;
        assert_eq!(asked.client_id, client);
        match asked.grant {
            GrantRequest::PreAuthorized { code, tx_code } => {
                assert_eq!(code.expose(), "pre-authorized");
                self.check_tx_code(tx_code.as_ref().map(Secret::expose))?;
            }
            GrantRequest::AuthorizationCode { code, verifier, redirect_uri } => {
                assert_eq!((code.expose(), redirect_uri.as_str()), ("code", "http://127.0.0.1:7/callback"));
                self.challenge.check(&verifier)?;
            }
            GrantRequest::Refresh { token } => assert_eq!(token.expose(), "refresh"),
            other => panic!("{other:?}"),
        }
        self.tokens += 1;
        Ok(ok(self.token_response().to_json()))
    }

    fn check_tx_code(&mut self, typed: Option<&str>) -> Result<(), WireError> {
        if typed == Some(TX_CODE) {
            return Ok(());
        }
        self.tries_left -= 1;
        let said = match self.tries_left {
            0 => "the transaction code is wrong, and the offer is void now".to_owned(),
            left => format!("the transaction code is wrong, {left} tries left"),
        };
        Err(WireError::new(mapae_oid4vci::ErrorCode::InvalidGrant).because(said))
    }

    fn token_response(&self) -> TokenResponse {
        let identifiers = |id: &str| GrantedDetail {
            credential_configuration_id: id.to_owned(),
            credential_identifiers: vec![format!("{id}-of-hong")],
        };
        let details = ["licence-mdoc", "licence-sd-jwt"].map(identifiers).to_vec();
        TokenResponse {
            access_token: format!("access-{}", self.tokens).into(),
            expires_in: 600,
            refresh_token: (self.tokens == 1).then(|| "refresh".to_owned().into()),
            scope: None,
            details: if self.identifiers { details } else { Vec::new() },
        }
    }

    fn access(&self, request: &HttpRequest) -> Result<(), WireError> {
        let token = mapae_oid4vci::AccessToken::parse(request.header("authorization"));
        let token = token.map_err(|fault| WireError::dpop(&fault, Endpoint::Resource))?;
        assert_eq!(token.expose(), format!("access-{}", self.tokens));
        self.dpop(request, Some(token.expose()))
    }

    fn credential(&mut self, request: &HttpRequest) -> Result<HttpResponse, WireError> {
        self.access(request)?;
        let none = Encryption::default();
        let media_type = MediaType::parse(request.header("content-type")).unwrap();
        let encryption = self.encryption.as_ref().unwrap_or(&none);
        let asked = CredentialRequest::receive(media_type, &request.body, encryption)?;
        let rule = KeyAttestationsRequired::default();
        let demanded = self.proof_types.values().any(|proof| proof.key_attestations_required.is_some());
        let providers = scene::providers();
        let client = self.attested.then_some(scene::CLIENT);
        let expected = ProofExpected {
            issuer: ISSUER,
            client_id: client,
            now: now(),
            key_attestation: if demanded { KeyAttestationRule::Required(&rule) } else { KeyAttestationRule::Accepted },
            providers: &providers,
            max: self.batch.unwrap_or(1),
        };
        let proven = asked.proofs.verify(&expected)?;
        if self.stale_nonces > 0 {
            self.stale_nonces -= 1;
            return Err(WireError::new(mapae_oid4vci::ErrorCode::InvalidNonce));
        }
        let proven = proven.with_nonce(scene::check)?;
        let keys: Vec<PublicKey> = proven.keys().keys().iter().map(|jwk| jwk.public_key().clone()).collect();
        let name = match asked.by {
            mapae_oid4vci::CredentialId::Identifier(id) => id.trim_end_matches("-of-hong").to_owned(),
            mapae_oid4vci::CredentialId::Configuration(id) => id,
        };
        self.waiting = keys;
        let answer = self.issue(&name);
        Ok(Self::reply(&answer, asked.encryption.as_ref()))
    }

    fn deferred(&mut self, request: &HttpRequest) -> Result<HttpResponse, WireError> {
        self.access(request)?;
        let none = Encryption::default();
        let media_type = MediaType::parse(request.header("content-type")).unwrap();
        let encryption = self.encryption.as_ref().unwrap_or(&none);
        let asked = DeferredRequest::receive(media_type, &request.body, encryption)?;
        let name = asked.transaction_id.expose().to_owned();
        let answer = self.issue(&name);
        Ok(Self::reply(&answer, asked.encryption.as_ref()))
    }

    /// The transaction is named like what was asked for.
    fn issue(&mut self, name: &str) -> CredentialResponse {
        if self.not_ready > 0 {
            self.not_ready -= 1;
            return CredentialResponse::Deferred { transaction_id: name.to_owned(), interval: 5 };
        }
        let credentials = self.waiting.iter().map(|key| copy(&self.pki, name, key)).collect();
        CredentialResponse::Issued { credentials, notification_id: Some("notify-me".to_owned()) }
    }

    fn reply(answer: &CredentialResponse, encryption: Option<&mapae_oid4vci::ResponseEncryption>) -> HttpResponse {
        let status = answer.status();
        let Some(encryption) = encryption else { return HttpResponse { status, ..ok(answer.to_json()) } };
        let text = encryption.encrypt(&answer.to_json(), &mut Seeded::new(4)).unwrap();
        HttpResponse { status, headers: vec![content_type("application/jwt")], body: text.into_bytes() }
    }

    fn notification(&mut self, request: &HttpRequest) -> Result<HttpResponse, WireError> {
        self.access(request)?;
        let asked = NotificationRequest::parse(&request.body)?;
        assert_eq!(asked.notification_id.expose(), "notify-me");
        self.notified.push(asked.event.as_str().to_owned());
        Ok(HttpResponse { status: 204, ..ok(Vec::new()) })
    }
}

/// A copy for a key.
pub(super) fn copy(pki: &Pki, name: &str, key: &PublicKey) -> String {
    if name == "licence-sd-jwt" { sd_jwt(pki, VCT, key) } else { base64url::encode(mdoc(pki, DOCTYPE, key)) }
}

pub(super) fn mdoc(pki: &Pki, doctype: &str, key: &PublicKey) -> Vec<u8> {
    let elements = [NameSpace::new("org.iso.18013.5.1", [("family_name", Cbor::from("HONG"))])];
    let signed = now().start_of_day();
    let validity = ValidityInfo::new(signed, signed, signed + Duration::days(365)).unwrap();
    let copy = Copy { device_key: key, validity, status: None, x5chain: &pki.document.chain() };
    let unsigned = Template::new(doctype, &elements).issue(&copy, &mut Seeded::new(1)).unwrap();
    let signature = pki.document.sign(unsigned.to_be_signed());
    unsigned.attach(&signature)
}

pub(super) fn sd_jwt(pki: &Pki, vct: &str, key: &PublicKey) -> String {
    let claims = Claims::new().with("family_name", Claim::selective("Hong")).unwrap();
    let issued_at: Timestamp = now().start_of_day();
    let issuance = Issuance {
        algorithm: Algorithm::Es256,
        x5c: &[pki.sd_jwt.certificate.der().to_vec()],
        vct,
        issuer: None,
        issued_at,
        not_before: None,
        expires: Some(issued_at + Duration::days(365)),
        holder: &Jwk::from(key.clone()),
        status: None,
        decoys: 0,
    };
    let unsigned = issuance.prepare(&claims, &mut Seeded::new(2)).unwrap();
    let signature = pki.sd_jwt.sign(unsigned.to_be_signed());
    unsigned.attach(&signature)
}

pub(super) fn ok(body: Vec<u8>) -> HttpResponse {
    HttpResponse { status: 200, headers: vec![content_type("application/json")], body }
}

pub(super) fn content_type(value: &str) -> (String, String) {
    ("Content-Type".to_owned(), value.to_owned())
}

fn refused(error: &WireError) -> HttpResponse {
    let mut headers = vec![content_type("application/json")];
    headers.extend(error.www_authenticate().map(|value| ("WWW-Authenticate".to_owned(), value)));
    if error.wants_dpop_nonce() {
        headers.push(("DPoP-Nonce".to_owned(), DPOP_NONCE.to_owned()));
    }
    if error.wants_challenge() {
        headers.push(("OAuth-Client-Attestation-Challenge".to_owned(), "current".to_owned()));
    }
    HttpResponse { status: error.status(), headers, body: error.to_json() }
}

/// The claims of a JWT, whoever signed it.
pub(super) fn claims_of(jwt: &str) -> Object {
    json::parse_object(&base64url::decode(jwt.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// A JWE to a key, for answers of an issuer that goes astray.
pub(super) fn encrypted(to: &SigningKey, body: &[u8]) -> Vec<u8> {
    let to = Jwk::from(to.public().clone());
    let encrypter = mapae_jose::JweEncrypter::new(&to, AeadAlgorithm::A256Gcm).unwrap();
    encrypter.encrypt(body, &mut Seeded::new(8)).unwrap().into_bytes()
}
