//! A request object, and how it becomes a request that somebody vouches for (OpenID4VP 1.0 §5, §5.9.3, §5.10.1;
//! RFC 9101 §6; HAIP 1.0 §5).
//!
//! [`RequestObject::authenticate`] is the only way to an [`AuthenticRequest`]. Left out: encrypted request objects (a wallet
//! that wants none names no key), `iss`, which §5 has wallets ignore, and revocation of the certificate, which the
//! bundle knows.

use mapae_crypto::Algorithm;
use mapae_jose::{Jws, Object, Value};
use mapae_types::{Entropy, Timestamp, http::HttpRequest};
use mapae_x509::{AlternativeName, Certificate, Role, TrustAnchor, VerifiedSigner, verify_chain, x509_hash_client_id};

use crate::{ClientId, ClientIdPrefix, Request, RequestFault, members, members::MAX_ID, request, uri};

/// Bytes of a request object at most.
pub(crate) const MAX_LEN: usize = 64 << 10;
/// What its header says that it is (§5).
const TYPE: &str = "oauth-authz-req+jwt";
/// Whom it is for, where the wallet's metadata are known beforehand (§5.8).
const AUDIENCE: &str = "https://self-issued.me/v2";

/// A request as it came. Nothing of it can be seen before it is checked.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestObject(Source);

#[derive(Clone, PartialEq, Eq)]
enum Source {
    Signed {
        jws: String,
        /// Whom the link names; nobody, where there was no link.
        client_id: Option<ClientId>,
        /// What this wallet sent along, if it did.
        wallet_nonce: Option<String>,
    },
    Plain(Object),
}

/// A request by somebody whose certificate a registrar's root vouches for: this very object, signed by its key, for a
/// wallet, now. It says nothing about what they may ask for.
#[derive(Debug, Clone)]
pub struct AuthenticRequest {
    request: Request,
    signer: VerifiedSigner,
}

impl AuthenticRequest {
    /// What is asked.
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// The request alone.
    pub fn into_request(self) -> Request {
        self.request
    }

    /// Whose certificate signed it, and by which root.
    pub const fn signer(&self) -> &VerifiedSigner {
        &self.signer
    }

    /// The certificate that signed it: a registration names one.
    pub const fn certificate(&self) -> &Certificate {
        self.signer.certificate()
    }
}

impl RequestObject {
    pub(crate) fn signed(jws: &str, client_id: Option<ClientId>, wallet_nonce: Option<String>) -> Self {
        Self(Source::Signed { jws: jws.to_owned(), client_id, wallet_nonce })
    }

    pub(crate) const fn plain(parameters: Object) -> Self {
        Self(Source::Plain(parameters))
    }

    /// Whether somebody claims to have signed it.
    pub const fn is_signed(&self) -> bool {
        matches!(self.0, Source::Signed { .. })
    }

    /// Checks who asks, by the roots of those who register verifiers, and reads the request. One with transaction data is
    /// refused.
    pub fn authenticate(&self, registrars: &[TrustAnchor], now: Timestamp) -> Result<AuthenticRequest, RequestFault> {
        self.authenticate_knowing(registrars, now, &[])
    }

    /// The same for a wallet that shows transactions of these types to the holder, and puts their hashes into the key binding
    /// of one of the credentials that each names (§8.4, Annex B.3.3).
    pub fn authenticate_knowing(
        &self,
        registrars: &[TrustAnchor],
        now: Timestamp,
        transaction_types: &[&str],
    ) -> Result<AuthenticRequest, RequestFault> {
        let (signer, claims) = self.claims(registrars, now)?;
        let client_id = self.client_id(&claims, signer.certificate())?;
        self.check_meant(&claims)?;
        let request = Request::read(&claims, client_id, now, transaction_types)?;
        check_place(&request)?;
        Ok(AuthenticRequest { request, signer })
    }

    /// Reads a request that nobody signed. Who asks is not known; that the answer goes to the place that is their name
    /// is all there is (§5.9.3).
    pub fn unauthenticated(&self, now: Timestamp) -> Result<Request, RequestFault> {
        let Source::Plain(parameters) = &self.0 else { return Err(RequestFault::SignedUnderRedirectUri) };
        let client_id = ClientId::parse(members::required(parameters, "client_id", MAX_ID * 2)?)?;
        if client_id.prefix().is_signed() {
            return Err(RequestFault::Unsigned);
        }
        Request::read(parameters, client_id, now, &[])
    }

    /// Reads a request that somebody signed for whom no registrar vouches: it comes from whoever has the certificate's key,
    /// and goes to the place that they signed. For the requests that a wallet must not refuse for that alone.
    pub fn by_stranger(&self, now: Timestamp) -> Result<Request, RequestFault> {
        let Source::Signed { jws, .. } = &self.0 else { return Err(RequestFault::Unsigned) };
        let jws = parse(jws)?;
        let leaf = jws.header().x5c().first().ok_or(RequestFault::CertificateMissing)?;
        let certificate = Certificate::from_der(leaf)?;
        let claims = jws.verify(certificate.public_key())?.payload_object()?;
        let client_id = self.client_id(&claims, &certificate)?;
        self.check_meant(&claims)?;
        let request = Request::read(&claims, client_id, now, &[])?;
        check_place(&request)?;
        Ok(request)
    }

    /// The answer that tells a verifier what is wrong with its request (§8.5): if [`RequestFault::oauth`] has a word for it,
    /// and the request is authentic as far as that. Where the answer cannot be encrypted, it is not (§8.3.1).
    pub fn refusal(
        &self,
        fault: &RequestFault,
        registrars: &[TrustAnchor],
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Option<HttpRequest> {
        let error = fault.oauth()?;
        let (signer, claims) = self.claims(registrars, now).ok()?;
        let client_id = self.client_id(&claims, signer.certificate()).ok()?;
        self.check_meant(&claims).ok()?;
        request::refusal(&claims, &client_id, now, error, entropy)
    }

    /// Who signed, as whom, and what: for a request by way of a browser, whose header may say who the identity is (§A.3.2.2).
    pub(crate) fn vouched_for(
        &self,
        identity: &Object,
        registrars: &[TrustAnchor],
        now: Timestamp,
    ) -> Result<(Certificate, ClientId, Object), RequestFault> {
        let (signer, mut claims) = self.claims(registrars, now)?;
        claims.extend(identity.clone());
        let client_id = self.client_id(&claims, signer.certificate())?;
        self.check_meant(&claims)?;
        Ok((signer.certificate().clone(), client_id, claims))
    }

    /// The claims, once chain and signature hold.
    fn claims(&self, registrars: &[TrustAnchor], now: Timestamp) -> Result<(VerifiedSigner, Object), RequestFault> {
        let Source::Signed { jws, .. } = &self.0 else { return Err(RequestFault::Unsigned) };
        let jws = parse(jws)?;
        let signer = signer(&jws, registrars, now)?;
        let verified = jws.verify(signer.certificate().public_key())?;
        Ok((signer, verified.payload_object()?))
    }

    /// §5.9.3: the client identifier is that of the certificate; §5.10.1: and that of the link.
    fn client_id(&self, claims: &Object, certificate: &Certificate) -> Result<ClientId, RequestFault> {
        let client_id = ClientId::parse(members::required(claims, "client_id", MAX_ID * 2)?)?;
        match &self.0 {
            Source::Signed { client_id: Some(called), .. } if *called != client_id => {
                return Err(RequestFault::ClientIdDiffers);
            }
            _ => {}
        }
        let is_theirs = match client_id.prefix() {
            ClientIdPrefix::X509Hash => x509_hash_client_id(certificate) == client_id.as_str(),
            ClientIdPrefix::X509SanDns => has_host(certificate, client_id.name()),
            ClientIdPrefix::RedirectUri => return Err(RequestFault::SignedUnderRedirectUri),
        };
        if is_theirs { Ok(client_id) } else { Err(RequestFault::ClientIdForeign) }
    }

    /// §5.8, §5.10.1: meant for a wallet, and for this call of it.
    fn check_meant(&self, claims: &Object) -> Result<(), RequestFault> {
        let is_for_wallets = match claims.get("aud") {
            Some(Value::Array(all)) => all.iter().any(|one| one == AUDIENCE),
            Some(one) => one == AUDIENCE,
            None => return Err(RequestFault::Missing { parameter: "aud" }),
        };
        if !is_for_wallets {
            return Err(RequestFault::Audience);
        }
        match &self.0 {
            Source::Signed { wallet_nonce: Some(nonce), .. }
                if claims.get("wallet_nonce") != Some(&nonce[..].into()) =>
            {
                Err(RequestFault::WalletNonce)
            }
            _ => Ok(()),
        }
    }
}

impl core::fmt::Debug for RequestObject {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RequestObject").field("signed", &self.is_signed()).finish_non_exhaustive()
    }
}

fn parse(text: &str) -> Result<Jws<'_>, RequestFault> {
    if text.len() > MAX_LEN {
        return Err(RequestFault::TooLong { len: text.len(), limit: MAX_LEN });
    }
    // RFC 7516 §9: a JWE has five parts.
    if text.bytes().filter(|b| *b == b'.').count() == 4 {
        return Err(RequestFault::Encrypted);
    }
    let jws = Jws::parse(text)?;
    if jws.header().typ() != Some(TYPE) {
        return Err(RequestFault::Type);
    }
    if jws.header().algorithm() == Algorithm::Es256 { Ok(jws) } else { Err(RequestFault::Algorithm) }
}

/// HAIP 1.0 §5: the signer's chain, not self-signed and without the root. No profile is given there; ours is that of an
/// mdoc reader (ISO/IEC 18013-5 table B.7), which HAIP names as an example.
fn signer(jws: &Jws<'_>, registrars: &[TrustAnchor], now: Timestamp) -> Result<VerifiedSigner, RequestFault> {
    let chain = jws.header().x5c();
    if chain.is_empty() {
        return Err(RequestFault::CertificateMissing);
    }
    let chain = chain.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>, _>>()?;
    Ok(verify_chain(&chain, registrars, Role::MdocReader, now)?)
}

/// RFC 5280 §7.2: names of hosts are compared without regard to case. No wildcards: §5.9.3 has a name match an entry.
fn has_host(certificate: &Certificate, host: &str) -> bool {
    let is_it = |name: &AlternativeName| matches!(name, AlternativeName::Dns(name) if name.eq_ignore_ascii_case(host));
    certificate.subject_alternative_names().iter().any(is_it)
}

/// §5.9.3: a client known by its host gets its answers there. A client known by its certificate names a place in what it
/// signed.
fn check_place(request: &Request) -> Result<(), RequestFault> {
    let client_id = request.client_id();
    let host = uri::host(request.response_uri()).unwrap_or_default();
    match client_id.prefix() {
        ClientIdPrefix::X509SanDns if !host.eq_ignore_ascii_case(client_id.name()) => {
            Err(RequestFault::ResponseUriForeign)
        }
        _ => Ok(()),
    }
}
