//! Signed metadata (OpenID4VCI §12.2.3).

use mapae_jose::{Object, UnsignedJws, Value, json, x5c_value};
use mapae_types::Timestamp;
use mapae_x509::{Certificate, Role, TrustAnchor, VerifiedSigner, verify_chain};

use super::issuer::MAX_LEN;
use crate::{
    ALGORITHM, IssuerMetadata, IssuerUrl, JwtFault, MetadataFault,
    jwt::{self, Claims},
};

/// The `typ` of signed metadata.
const TYPE: &str = "openidvci-issuer-metadata+jwt";

/// Metadata with a signature by a certified key.
#[derive(Debug, Clone, Copy)]
pub struct SignedMetadata;

impl SignedMetadata {
    /// The metadata as a JWT to which the signature is missing; `chain` is DER, the signer's first, without the root.
    pub fn unsigned<C: AsRef<[u8]>>(
        metadata: &IssuerMetadata,
        chain: &[C],
        issued_at: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> UnsignedJws {
        // §12.2.3: all parameters as claims of their own.
        let mut claims = match serde_json::to_value(metadata) {
            Ok(Value::Object(claims)) => claims,
            _ => Object::new(),
        };
        claims.insert("sub".to_owned(), metadata.credential_issuer.as_str().into());
        claims.insert("iat".to_owned(), issued_at.unix().into());
        if let Some(expires_at) = expires_at {
            claims.insert("exp".to_owned(), expires_at.unix().into());
        }
        let header =
            [("alg", Some(ALGORITHM.jose().into())), ("typ", Some(TYPE.into())), ("x5c", Some(x5c_value(chain)))];
        UnsignedJws::new(&jwt::collect(header), &json::to_vec(&claims))
    }

    /// Checks signature, chain and dates, and reads the metadata of the issuer that was asked.
    pub fn verify(
        text: &str,
        issuer: &IssuerUrl,
        anchors: &[TrustAnchor],
        now: Timestamp,
    ) -> Result<IssuerMetadata, MetadataFault> {
        let jws = jwt::parse(text, TYPE, 2 * MAX_LEN)?;
        let signer = signer(jws.header().x5c(), anchors, now)?;
        let verified = jws.verify(signer.certificate().public_key()).map_err(JwtFault::from)?;
        let claims = Claims::of(&verified)?;
        claims.is("sub", issuer.as_str())?;
        claims.issued(now)?;
        claims.valid(now)?;
        IssuerMetadata::from_object(claims.into_raw(), issuer)
    }
}

/// §12.2.3: a signer that the wallet trusts; here one that may sign the issuer's SD-JWT VCs.
fn signer(x5c: &[Vec<u8>], anchors: &[TrustAnchor], now: Timestamp) -> Result<VerifiedSigner, JwtFault> {
    if x5c.is_empty() {
        return Err(JwtFault::ChainMissing);
    }
    let chain = x5c.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>, _>>()?;
    Ok(verify_chain(&chain, anchors, Role::SdJwtSigner, now)?)
}
