//! What the issuer says of itself (OpenID4VCI §12.2, §12.3).

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use mapae_document::{Attribute, DocumentType, Label};
use mapae_issue::Format;
use mapae_jose::Value;
use mapae_oid4vci::{
    BatchIssuance, ClaimDescription, ClaimStep, CredentialConfiguration, CredentialFormat, CredentialMetadata, Display,
    IssuerMetadata, ProofType, ServerMetadata, SignedMetadata,
};
use mapae_types::{Duration, Timestamp};

use super::{answer, refusal::Refusal};
use crate::{
    config::WalletAttestation,
    desk::{Configuration, Denied},
    service::Service,
    store::IssuerStore,
};

/// How long a signature over the metadata is good, and half of it is how long one is handed out.
const SIGNED_FOR: Duration = Duration::hours(24);

/// The signature of now.
#[derive(Debug, Default)]
pub(crate) struct SignedNow(Mutex<Option<(Timestamp, String)>>);

/// `GET /.well-known/openid-credential-issuer`.
pub(super) async fn issuer<S: IssuerStore>(State(service): State<Arc<Service<S>>>, headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // §12.2.2: signed for who asks for `application/jwt` rather than for JSON.
    let wants_jwt = accept.split(',').any(|part| part.trim().starts_with("application/jwt"));
    let metadata = service.issuer_metadata();
    if !wants_jwt {
        return public("application/json", metadata.to_json());
    }
    match service.signed_metadata(&metadata).await {
        Ok(jwt) => public("application/jwt", jwt.into_bytes()),
        Err(refusal) => refusal.into_response(&service),
    }
}

/// `GET /.well-known/oauth-authorization-server`.
pub(super) async fn server<S: IssuerStore>(State(service): State<Arc<Service<S>>>) -> Response {
    public("application/json", service.server_metadata().to_json())
}

/// Metadata are everybody's, and may be kept for some minutes.
fn public(media_type: &'static str, body: Vec<u8>) -> Response {
    let mut response = ([(header::CONTENT_TYPE, media_type)], body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

impl<S: IssuerStore> Service<S> {
    pub(crate) fn issuer_metadata(&self) -> IssuerMetadata {
        let encryption = self.encryption.metadata();
        let endpoint = |path| Some(self.issuer.endpoint(path));
        let configurations = self.desk.configurations().iter();
        let described = configurations.filter_map(|(id, one)| Some((id.clone(), self.configuration(id, one).ok()?)));
        IssuerMetadata {
            credential_issuer: self.issuer.as_str().to_owned(),
            authorization_servers: Vec::new(),
            credential_endpoint: self.issuer.endpoint("credential"),
            nonce_endpoint: endpoint("nonce"),
            deferred_credential_endpoint: endpoint("deferred"),
            notification_endpoint: endpoint("notification"),
            credential_request_encryption: encryption.as_ref().map(|(request, _)| request.clone()),
            credential_response_encryption: encryption.map(|(_, response)| response),
            batch_credential_issuance: Some(BatchIssuance { batch_size: self.config.batch_size.into() }),
            display: display(&self.config.name),
            credential_configurations_supported: described.collect(),
        }
    }

    fn server_metadata(&self) -> ServerMetadata {
        let scopes = self.desk.configurations().keys().cloned().collect();
        let is_anonymous = self.config.wallet_attestation == WalletAttestation::AtSignIn;
        ServerMetadata::haip(&self.issuer, scopes, self.has_sign_in, is_anonymous)
    }

    async fn signed_metadata(&self, metadata: &IssuerMetadata) -> Result<String, Refusal> {
        let now = self.clock.now()?;
        let cache = &self.signed_metadata.0;
        let half = Duration::seconds(SIGNED_FOR.as_seconds() / 2);
        let kept = cache.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, jwt)) = kept.filter(|(at, _)| now < *at + half) {
            return Ok(jwt);
        }
        let signer = &self.desk.signers().sd_jwt;
        let unsigned = SignedMetadata::unsigned(metadata, &signer.chain, now, Some(now + SIGNED_FOR));
        let signatures = signer.signer.sign(vec![unsigned.to_be_signed().to_vec()]).await.map_err(Refusal::away)?;
        let jwt = signatures
            .first()
            .map(|signature| unsigned.attach(signature))
            .ok_or_else(|| Refusal::ours("no signature"))?;
        *cache.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, jwt.clone()));
        Ok(jwt)
    }

    fn configuration(&self, id: &str, configuration: &Configuration) -> Result<CredentialConfiguration, Denied> {
        let nothing = || Denied::NoSigner(id.to_owned());
        let document = self.desk.document(&configuration.document).ok_or_else(nothing)?;
        let proof_type = ProofType {
            proof_signing_alg_values_supported: vec!["ES256".to_owned()],
            key_attestations_required: self.key_attestation(configuration),
        };
        // Attested keys alone prove nothing unless the attestation is demanded to say how they are kept.
        let types = ["jwt", "attestation"].map(|name| (name.to_owned(), proof_type.clone()));
        let (format, algorithm, binding) = match configuration.format {
            // OpenID4VCI §A.2.2: COSE's numbers and `cose_key`.
            Format::Mdoc => {
                (CredentialFormat::Mdoc { doctype: document.doctype().to_owned() }, Value::from(-7), "cose_key")
            }
            Format::SdJwt => (CredentialFormat::SdJwt { vct: document.vct().to_owned() }, Value::from("ES256"), "jwk"),
        };
        Ok(CredentialConfiguration {
            format,
            scope: Some(id.to_owned()),
            credential_signing_alg_values_supported: vec![algorithm],
            cryptographic_binding_methods_supported: vec![binding.to_owned()],
            proof_types_supported: types.into_iter().collect(),
            credential_metadata: Some(CredentialMetadata {
                display: display(document.title()),
                claims: claims(document, configuration.format),
            }),
        })
    }
}

fn claims(document: &DocumentType, format: Format) -> Vec<ClaimDescription> {
    let path = |attribute: &Attribute| match format {
        // §C.2: namespace and element.
        Format::Mdoc => vec![named(attribute.namespace()), named(attribute.element())],
        Format::SdJwt => attribute.claim_path().iter().map(|name| named(name)).collect(),
    };
    let described = document.attributes().iter().map(|attribute| ClaimDescription {
        path: path(attribute),
        mandatory: attribute.is_mandatory(),
        display: display(attribute.label()),
    });
    described.collect()
}

fn named(name: &str) -> ClaimStep {
    ClaimStep::Name(name.to_owned())
}

fn display(label: &Label) -> Vec<Display> {
    let of = |name: &str, locale: &str| Display { name: Some(name.to_owned()), locale: Some(locale.to_owned()) };
    vec![of(&label.ko, "ko"), of(&label.en, "en")]
}

/// `POST /nonce` (OpenID4VCI §7).
pub(super) async fn nonce<S: IssuerStore>(State(service): State<Arc<Service<S>>>) -> Response {
    fresh(&service, "c_nonce", &service.mints.credential)
}

/// `POST /challenge` (draft-ietf-oauth-attestation-based-client-auth-07 §8).
pub(super) async fn challenge<S: IssuerStore>(State(service): State<Arc<Service<S>>>) -> Response {
    fresh(&service, "attestation_challenge", &service.mints.challenge)
}

fn fresh<S>(service: &Service<S>, name: &str, mint: &mapae_oid4vci::NonceMint) -> Response {
    let minted = service.clock.now().map_err(Refusal::from).and_then(|now| Ok(service.mint(mint, now)?));
    match minted {
        // A nonce is base64url: nothing to escape.
        Ok(nonce) => answer::json(service, 200, format!("{{\"{name}\":\"{nonce}\"}}").into_bytes()),
        Err(refusal) => refusal.into_response(service),
    }
}
