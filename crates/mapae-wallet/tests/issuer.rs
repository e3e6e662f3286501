//! An issuer of a whole country, scripted: it reads what a wallet sends by the issuer's half of the protocol, keeps what it
//! promised (design D10: the same request is answered alike), and issues the catalogue's documents to sample people.

use std::collections::BTreeMap;

use mapae_crypto::PublicKey;
use mapae_jose::{Jwk, base64url, json};
use mapae_oid4vci::{
    BatchIssuance, ClientAttestation, ClientExpected, CredentialConfiguration, CredentialFormat, CredentialId,
    CredentialMetadata, CredentialOffer, CredentialRequest, CredentialResponse, DeferredRequest, Display, DpopExpected,
    DpopProof, Encryption, Endpoint, ErrorCode, GrantRequest, IssuerMetadata, IssuerUrl, KeyAttestationRule,
    KeyAttestationsRequired, MediaType, NonceState, Nonces, NotificationRequest, OfferGrants, PkceChallenge,
    PreAuthorizedGrant, ProofExpected, ProofType, PushedAuthorizationRequest, PushedAuthorizationResponse, RequestKey,
    ResponseEncryption, Secret, ServerMetadata, SignedMetadata, TokenRequest, TokenResponse, TxCode, WireError,
};
use mapae_types::{
    StatusReference, Timestamp,
    http::{HttpRequest, HttpResponse, Method},
};
use testkit::{Format, Seeded, Terms, World, document, facts, issue_to};

use crate::{driver::Web, provider};

pub(crate) const ISSUER: &str = "https://issuer.example/kr";
pub(crate) const TX_CODE: &str = "493536";
pub(crate) const REDIRECT: &str = "https://wallet.example/back";

/// An issuer, and how it is set up.
pub(crate) struct Issuer {
    pub(crate) world: World,
    pub(crate) now: Timestamp,
    /// Of whom documents are, by the names of configurations; of person 0 otherwise.
    pub(crate) people: BTreeMap<String, usize>,
    /// The documents of its offers.
    pub(crate) documents: Vec<&'static str>,
    /// How often copies are not ready.
    pub(crate) not_ready: u32,
    /// `c_nonce`s that are refused although they were given.
    pub(crate) stale_nonces: u32,
    /// Whether wallets and their keys must be attested.
    pub(crate) attested: bool,
    /// Signs in place of the country's own signers.
    pub(crate) forger: Option<World>,
    /// Whether nobody hears it.
    pub(crate) silent: bool,
    /// Paths that were asked for, in order.
    pub(crate) seen: Vec<String>,
    /// What it was told of copies.
    pub(crate) notified: Vec<String>,
    /// Who of all keys that it ever issued for, and how often.
    pub(crate) issued: BTreeMap<Vec<u8>, u32>,
    /// The `state` of the request that was pushed.
    pub(crate) state: String,
    pub(crate) tries_left: u32,
    tokens: Vec<[u8; 32]>,
    answers: BTreeMap<(String, Vec<Vec<u8>>), Vec<String>>,
    waiting: BTreeMap<String, (String, Vec<PublicKey>)>,
    copies: u64,
    challenge: PkceChallenge,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        Self {
            world: World::new(),
            now: testkit::now(),
            people: BTreeMap::new(),
            documents: vec!["resident"],
            not_ready: 0,
            stale_nonces: 0,
            attested: false,
            forger: None,
            silent: false,
            seen: Vec::new(),
            notified: Vec::new(),
            issued: BTreeMap::new(),
            state: String::new(),
            tries_left: 3,
            tokens: Vec::new(),
            answers: BTreeMap::new(),
            waiting: BTreeMap::new(),
            copies: 0,
            challenge: PkceChallenge::from_bytes([0; 32]),
        }
    }

    /// One that is set up otherwise.
    pub(crate) fn with(change: impl FnOnce(&mut Self)) -> Self {
        let mut issuer = Self::new();
        change(&mut issuer);
        issuer
    }

    /// The offer's link. Codes differ by `number`.
    pub(crate) fn offer(&self, number: u32) -> String {
        let tx_code = Some(TxCode { length: Some(6), ..TxCode::default() });
        let pre_authorized = Some(PreAuthorizedGrant { code: format!("code-{number}").into(), tx_code });
        self.offer_by(OfferGrants { pre_authorized, ..OfferGrants::default() })
    }

    /// An offer for which a person signs in.
    pub(crate) fn offer_to_sign_in(&self) -> String {
        let authorization_code = Some(Some("issuer-state".to_owned()));
        self.offer_by(OfferGrants { authorization_code, ..OfferGrants::default() })
    }

    fn offer_by(&self, grants: OfferGrants) -> String {
        let configurations = self.documents.iter().flat_map(|name| configurations_of(name));
        let issuer = IssuerUrl::parse(ISSUER).unwrap();
        CredentialOffer { issuer, configurations: configurations.collect(), grants }.to_uri()
    }

    /// Where an offer lies that is made by reference.
    pub(crate) fn offer_by_reference() -> String {
        CredentialOffer::reference_uri("https://issuer.example/kr/offers/7")
    }

    fn route(&mut self, request: &HttpRequest, path: &str) -> Result<HttpResponse, WireError> {
        match (request.method, path) {
            (Method::Get, "/.well-known/openid-credential-issuer/kr") => Ok(self.issuer_metadata(request)),
            (Method::Get, "/.well-known/oauth-authorization-server/kr") => Ok(ok(self.server_metadata().to_json())),
            (Method::Get, "/kr/offers/7") => Ok(ok(self.offer_json())),
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

    fn offer_json(&self) -> Vec<u8> {
        match mapae_oid4vci::OfferSource::parse(&self.offer(7)).unwrap() {
            mapae_oid4vci::OfferSource::Value(offer) => offer.to_json(),
            mapae_oid4vci::OfferSource::Reference(_) => panic!("by value"),
        }
    }

    fn issuer_metadata(&self, request: &HttpRequest) -> HttpResponse {
        let metadata = self.metadata();
        if request.header("accept") == Some("application/json") {
            return ok(metadata.to_json());
        }
        let signer = &self.world.pki.sd_jwt;
        let unsigned = SignedMetadata::unsigned(&metadata, &signer.chain(), self.now, None);
        let signature = signer.sign(unsigned.to_be_signed());
        let body = unsigned.attach(&signature).into_bytes();
        HttpResponse { body, headers: vec![content_type("application/jwt")], ..ok(Vec::new()) }
    }

    fn metadata(&self) -> IssuerMetadata {
        let url = IssuerUrl::parse(ISSUER).unwrap();
        let (request_encryption, response_encryption) = encryption().metadata().unzip();
        let configurations = ["resident", "licence"].iter().flat_map(|name| self.configurations(name));
        IssuerMetadata {
            credential_issuer: ISSUER.to_owned(),
            authorization_servers: Vec::new(),
            credential_endpoint: url.endpoint("credential"),
            nonce_endpoint: Some(url.endpoint("nonce")),
            deferred_credential_endpoint: Some(url.endpoint("deferred")),
            notification_endpoint: Some(url.endpoint("notification")),
            credential_request_encryption: request_encryption,
            credential_response_encryption: response_encryption,
            batch_credential_issuance: Some(BatchIssuance { batch_size: 20 }),
            display: vec![display("견본 발급 기관", "ko"), display("Sample issuer", "en")],
            credential_configurations_supported: configurations.collect(),
        }
    }

    fn configurations(&self, name: &str) -> [(String, CredentialConfiguration); 2] {
        let known = document(name);
        let formats = [
            CredentialFormat::Mdoc { doctype: known.doctype().to_owned() },
            CredentialFormat::SdJwt { vct: known.vct().to_owned() },
        ];
        let required = self.attested.then(KeyAttestationsRequired::default);
        let kind = if self.attested { "attestation" } else { "jwt" };
        let proof =
            ProofType { proof_signing_alg_values_supported: vec!["ES256".into()], key_attestations_required: required };
        let metadata = CredentialMetadata { display: vec![display("증", "ko")], claims: Vec::new() };
        let configuration = |format| CredentialConfiguration {
            format,
            scope: Some(name.to_owned()),
            credential_signing_alg_values_supported: Vec::new(),
            cryptographic_binding_methods_supported: vec!["jwk".into()],
            proof_types_supported: BTreeMap::from([(kind.to_owned(), proof.clone())]),
            credential_metadata: Some(metadata.clone()),
        };
        let [mdoc, sd_jwt] = configurations_of(name);
        let [of_mdoc, of_sd_jwt] = formats;
        [(mdoc, configuration(of_mdoc)), (sd_jwt, configuration(of_sd_jwt))]
    }

    fn server_metadata(&self) -> ServerMetadata {
        let url = IssuerUrl::parse(ISSUER).unwrap();
        ServerMetadata::haip(&url, vec!["resident".into(), "licence".into()], true, !self.attested)
    }

    /// The thumbprint of the key that a request proves.
    fn dpop(&self, request: &HttpRequest, token: Option<&str>) -> Result<[u8; 32], WireError> {
        let nonce = |text: &str| if text == "dpop-nonce" { NonceState::Current } else { NonceState::Expired };
        let expected = DpopExpected {
            method: request.method.as_str(),
            uri: &request.url,
            now: self.now,
            access_token: token,
            nonce: Nonces::Required(&nonce),
        };
        let endpoint = if token.is_some() { Endpoint::Resource } else { Endpoint::Authorization };
        let proven = DpopProof::verify(request.header("dpop"), &expected);
        proven.map(|proven| *proven.jkt()).map_err(|fault| WireError::dpop(&fault, endpoint))
    }

    fn client(&self, request: &HttpRequest) -> Result<Option<String>, WireError> {
        let providers = provider::trusted();
        let check = |nonce: &str| if nonce == "current" { NonceState::Current } else { NonceState::Unknown };
        let expected = ClientExpected {
            issuer: ISSUER,
            client_id: None,
            now: self.now,
            providers: &providers,
            challenge: Nonces::Required(&check),
            max_age: None,
        };
        let shown = request.header("oauth-client-attestation");
        let client = ClientAttestation::verify(shown, request.header("oauth-client-attestation-pop"), &expected)?;
        assert!(client.is_some() || !self.attested, "an attestation is demanded");
        Ok(client.map(|client| client.client_id().to_owned()))
    }

    fn push(&mut self, request: &HttpRequest) -> Result<HttpResponse, WireError> {
        self.dpop(request, None)?;
        let client = self.client(request)?;
        let pushed = PushedAuthorizationRequest::parse(&request.body)?;
        assert_eq!(client.as_deref(), Some(pushed.client_id.as_str()));
        assert_eq!((pushed.issuer_state.as_deref(), pushed.redirect_uri.as_str()), (Some("issuer-state"), REDIRECT));
        self.challenge = pushed.challenge;
        self.state = pushed.state.unwrap();
        Ok(HttpResponse { status: 201, ..ok(PushedAuthorizationResponse::new([9; 32], 60).to_json()) })
    }

    /// Where a browser comes back that a person signed in with.
    pub(crate) fn signed_in(&self) -> String {
        format!("{REDIRECT}?code=code&state={}&iss=https%3A%2F%2Fissuer.example%2Fkr", self.state)
    }

    fn token(&mut self, request: &HttpRequest) -> Result<HttpResponse, WireError> {
        let jkt = self.dpop(request, None)?;
        let client = self.client(request)?;
        let asked = TokenRequest::parse(&request.body)?;
        assert_eq!(asked.client_id, client);
        match asked.grant {
            GrantRequest::PreAuthorized { tx_code, .. } => self.check_tx_code(tx_code.as_ref().map(Secret::expose))?,
            GrantRequest::AuthorizationCode { code, verifier, redirect_uri } => {
                assert_eq!((code.expose(), redirect_uri.as_str()), ("code", REDIRECT));
                self.challenge.check(&verifier)?;
            }
            GrantRequest::Refresh { token } => assert!(token.expose().starts_with("refresh-")),
            other => panic!("{other:?}"),
        }
        // One token for each key, however often it is asked for.
        let known = self.tokens.iter().position(|known| *known == jkt);
        let number = known.unwrap_or_else(|| {
            self.tokens.push(jkt);
            self.tokens.len() - 1
        });
        let response = TokenResponse {
            access_token: format!("access-{number}").into(),
            expires_in: 600,
            refresh_token: Some(format!("refresh-{number}").into()),
            scope: None,
            details: Vec::new(),
        };
        Ok(ok(response.to_json()))
    }

    fn check_tx_code(&mut self, typed: Option<&str>) -> Result<(), WireError> {
        if self.tries_left > 0 && typed == Some(TX_CODE) {
            return Ok(());
        }
        self.tries_left = self.tries_left.saturating_sub(1);
        let said = match self.tries_left {
            0 => "the transaction code is wrong, and the offer is void now".to_owned(),
            left => format!("the transaction code is wrong, {left} tries left"),
        };
        Err(WireError::new(ErrorCode::InvalidGrant).because(said))
    }

    fn access(&self, request: &HttpRequest) -> Result<(), WireError> {
        let token = mapae_oid4vci::AccessToken::parse(request.header("authorization"));
        let token = token.map_err(|fault| WireError::dpop(&fault, Endpoint::Resource))?;
        let jkt = self.dpop(request, Some(token.expose()))?;
        let number: usize = token.expose().strip_prefix("access-").unwrap().parse().unwrap();
        assert_eq!(self.tokens[number], jkt, "a token serves who has its key");
        Ok(())
    }

    fn credential(&mut self, request: &HttpRequest) -> Result<HttpResponse, WireError> {
        self.access(request)?;
        let media_type = MediaType::parse(request.header("content-type")).unwrap();
        let asked = CredentialRequest::receive(media_type, &request.body, &encryption())?;
        let (rule, providers) = (KeyAttestationsRequired::default(), provider::trusted());
        let expected = ProofExpected {
            issuer: ISSUER,
            client_id: self.attested.then_some(provider::CLIENT),
            now: self.now,
            key_attestation: if self.attested {
                KeyAttestationRule::Required(&rule)
            } else {
                KeyAttestationRule::Accepted
            },
            providers: &providers,
            max: 20,
        };
        let proven = asked.proofs.verify(&expected)?;
        if self.stale_nonces > 0 {
            self.stale_nonces -= 1;
            return Err(WireError::new(ErrorCode::InvalidNonce));
        }
        let is_current = |nonce: &str| if nonce == "current" { NonceState::Current } else { NonceState::Unknown };
        let proven = proven.with_nonce(is_current)?;
        let keys: Vec<PublicKey> = proven.keys().keys().iter().map(|jwk| jwk.public_key().clone()).collect();
        let CredentialId::Configuration(name) = asked.by else { panic!("no identifiers are given") };
        let answer = self.issue(&name, keys);
        Ok(reply(&answer, asked.encryption.as_ref()))
    }

    fn deferred(&mut self, request: &HttpRequest) -> Result<HttpResponse, WireError> {
        self.access(request)?;
        let media_type = MediaType::parse(request.header("content-type")).unwrap();
        let asked = DeferredRequest::receive(media_type, &request.body, &encryption())?;
        let (name, keys) = self.waiting[asked.transaction_id.expose()].clone();
        let answer = self.issue(&name, keys);
        Ok(reply(&answer, asked.encryption.as_ref()))
    }

    fn issue(&mut self, name: &str, keys: Vec<PublicKey>) -> CredentialResponse {
        if self.not_ready > 0 {
            self.not_ready -= 1;
            self.waiting.insert(name.to_owned(), (name.to_owned(), keys));
            return CredentialResponse::Deferred { transaction_id: name.to_owned(), interval: 5 };
        }
        let names: Vec<Vec<u8>> = keys.iter().map(PublicKey::to_spki_der).collect();
        let known = self.answers.get(&(name.to_owned(), names.clone())).cloned();
        let credentials = known.unwrap_or_else(|| {
            let copies: Vec<String> = keys.iter().map(|key| self.copy(name, key)).collect();
            self.answers.insert((name.to_owned(), names), copies.clone());
            copies
        });
        CredentialResponse::Issued { credentials, notification_id: Some(format!("notify-{name}")) }
    }

    fn copy(&mut self, name: &str, key: &PublicKey) -> String {
        *self.issued.entry(Jwk::from(key.clone()).thumbprint().to_vec()).or_default() += 1;
        self.copies += 1;
        let (format, document) = match name.strip_suffix("-mdoc") {
            Some(document) => (Format::Mdoc, document),
            None => (Format::SdJwt, name.strip_suffix("-sd-jwt").unwrap()),
        };
        let status = Some(StatusReference { uri: self.world.list.uri.clone(), idx: self.copies });
        let terms = Terms { status, ..self.world.terms() };
        let signer = self.forger.as_ref().unwrap_or(&self.world).signer(format);
        let facts = facts(document, self.people.get(name).copied().unwrap_or(0));
        let bytes = issue_to(format, signer, &facts, &terms, key, &mut Seeded::new(1000 + self.copies));
        match format {
            Format::Mdoc => base64url::encode(bytes),
            Format::SdJwt => String::from_utf8(bytes).unwrap(),
        }
    }

    fn notification(&mut self, request: &HttpRequest) -> Result<HttpResponse, WireError> {
        self.access(request)?;
        let asked = NotificationRequest::parse(&request.body)?;
        let name = asked.notification_id.expose().strip_prefix("notify-").unwrap().to_owned();
        self.notified.push(format!("{name} {}", asked.event.as_str()));
        Ok(HttpResponse { status: 204, ..ok(Vec::new()) })
    }
}

impl Web for Issuer {
    fn answer(&mut self, request: &HttpRequest) -> Option<HttpResponse> {
        if self.silent {
            return None;
        }
        if let Some(path) = request.url.strip_prefix(provider::URL) {
            return Some(provider::answer(path, &request.body, self.now));
        }
        let path = request.url.strip_prefix("https://issuer.example").unwrap().to_owned();
        self.seen.push(path.clone());
        Some(self.route(request, &path).unwrap_or_else(|error| refused(&error)))
    }
}

pub(crate) fn configurations_of(name: &str) -> [String; 2] {
    [format!("{name}-mdoc"), format!("{name}-sd-jwt")]
}

/// Answers are encrypted, as the wallet likes it.
fn encryption() -> Encryption {
    let key = mapae_crypto::SigningKey::from_scalar(&[99; 32]).unwrap();
    Encryption::new(vec![RequestKey::new("enc-1".to_owned(), key)], false, false)
}

fn display(name: &str, locale: &str) -> Display {
    Display { name: Some(name.to_owned()), locale: Some(locale.to_owned()) }
}

fn reply(answer: &CredentialResponse, encryption: Option<&ResponseEncryption>) -> HttpResponse {
    let status = answer.status();
    let Some(encryption) = encryption else { return HttpResponse { status, ..ok(answer.to_json()) } };
    let text = encryption.encrypt(&answer.to_json(), &mut Seeded::new(4)).unwrap();
    HttpResponse { status, headers: vec![content_type("application/jwt")], body: text.into_bytes() }
}

fn refused(error: &WireError) -> HttpResponse {
    let mut headers = vec![content_type("application/json")];
    headers.extend(error.www_authenticate().map(|value| ("WWW-Authenticate".to_owned(), value)));
    if error.wants_dpop_nonce() {
        headers.push(("DPoP-Nonce".to_owned(), "dpop-nonce".to_owned()));
    }
    if error.wants_challenge() {
        headers.push(("OAuth-Client-Attestation-Challenge".to_owned(), "current".to_owned()));
    }
    HttpResponse { status: error.status(), headers, body: error.to_json() }
}

pub(crate) fn ok(body: Vec<u8>) -> HttpResponse {
    HttpResponse { status: 200, headers: vec![content_type("application/json")], body }
}

fn content_type(value: &str) -> (String, String) {
    ("Content-Type".to_owned(), value.to_owned())
}

/// A JSON object of one text.
pub(crate) fn told(name: &str, text: &str) -> HttpResponse {
    ok(json::to_vec(&BTreeMap::from([(name, text)])))
}
