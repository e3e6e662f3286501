//! Fetching a request object from where it lies (OpenID4VP 1.0 §5.10, RFC 9101 §5.2.3).
//!
//! A request object is fetched once: what was fetched twice might be two requests (peers' hole 10).

use mapae_jose::{Value, base64url, json};
use mapae_types::{
    Entropy, EntropyError,
    http::{HttpRequest, HttpResponse, Method},
};

use crate::{Call, ClientId, RequestFault, RequestObject, RequestUriMethod, form::FormWriter, object};

/// What a request object is by its media type.
const MEDIA_TYPE: &str = "application/oauth-authz-req+jwt";

/// What a call leads to.
#[derive(Debug)]
#[non_exhaustive]
pub enum Begun {
    /// The request has to be fetched.
    Fetch(AwaitingRequest),
    /// The request is here.
    Here(RequestObject),
}

/// A request that is being fetched, once.
///
/// ```compile_fail
/// # fn twice(awaiting: mapae_oid4vp::AwaitingRequest, response: &mapae_oid4vp::HttpResponse) {
/// let once = awaiting.receive(response);
/// let twice = awaiting.receive(response);
/// # }
/// ```
pub struct AwaitingRequest {
    client_id: ClientId,
    wallet_nonce: Option<String>,
    request: HttpRequest,
}

impl Call {
    /// Goes on to the request, fetching it where it has to be fetched.
    pub fn begin(self, entropy: &mut dyn Entropy) -> Result<Begun, EntropyError> {
        match self {
            Self::Reference { client_id, request_uri, method } => {
                AwaitingRequest::begin(client_id, request_uri, method, entropy).map(Begun::Fetch)
            }
            Self::Signed(object) | Self::Plain(object) => Ok(Begun::Here(object)),
        }
    }
}

impl AwaitingRequest {
    fn begin(
        client_id: ClientId,
        url: String,
        method: RequestUriMethod,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, EntropyError> {
        let accept = ("Accept", MEDIA_TYPE.to_owned());
        if method == RequestUriMethod::Get {
            let request = HttpRequest { method: Method::Get, url, headers: vec![accept], body: Vec::new() };
            return Ok(Self { client_id, wallet_nonce: None, request });
        }
        let mut nonce = [0; 16];
        entropy.fill(&mut nonce)?;
        let nonce = base64url::encode(nonce);
        let form = FormWriter::new().add("wallet_metadata", &wallet_metadata()).add("wallet_nonce", &nonce);
        let headers = vec![accept, ("Content-Type", "application/x-www-form-urlencoded".to_owned())];
        let request = HttpRequest { method: Method::Post, url, headers, body: form.finish().into_bytes() };
        Ok(Self { client_id, wallet_nonce: Some(nonce), request })
    }

    /// The request to send: HTTPS, or HTTP on this machine; follow no redirect.
    pub const fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// Takes the answer, which nobody has authenticated yet.
    pub fn receive(self, response: &HttpResponse) -> Result<RequestObject, RequestFault> {
        // §5.10.2: any error ends it. What is neither error nor success is no request either.
        if response.status != 200 {
            return Err(RequestFault::Unavailable { status: response.status });
        }
        if !response.is_of_type(MEDIA_TYPE) {
            return Err(RequestFault::MediaType);
        }
        if response.body.len() > object::MAX_LEN {
            return Err(RequestFault::TooLong { len: response.body.len(), limit: object::MAX_LEN });
        }
        let text = core::str::from_utf8(&response.body).map_err(|_| RequestFault::NotACall)?;
        Ok(RequestObject::signed(text.trim_ascii(), Some(self.client_id), self.wallet_nonce))
    }
}

impl core::fmt::Debug for AwaitingRequest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("AwaitingRequest").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// What this wallet can do (§10): the same for all wallets of this kind, so that it tells them not apart (§15.6).
fn wallet_metadata() -> String {
    let mdoc_algorithms = serde_json::json!([-7, -9]);
    let metadata: Value = serde_json::json!({
        "authorization_encryption_alg_values_supported": ["ECDH-ES"],
        "authorization_encryption_enc_values_supported": ["A256GCM", "A128GCM"],
        "client_id_prefixes_supported": ["x509_hash", "x509_san_dns"],
        "request_object_signing_alg_values_supported": ["ES256"],
        "response_modes_supported": ["direct_post.jwt", "direct_post"],
        "response_types_supported": ["vp_token"],
        "vp_formats_supported": {
            "dc+sd-jwt": { "kb-jwt_alg_values": ["ES256"], "sd-jwt_alg_values": ["ES256"] },
            "mso_mdoc": { "deviceauth_alg_values": mdoc_algorithms, "issuerauth_alg_values": mdoc_algorithms },
        },
    });
    String::from_utf8(json::to_vec(&metadata)).unwrap_or_default()
}
