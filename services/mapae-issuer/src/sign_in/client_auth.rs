//! How this issuer proves to the provider who it is (OpenID Connect Core §9).

use mapae_crypto::Algorithm;
use mapae_http::{HeaderMap, HeaderValue};
use mapae_jose::{Object, UnsignedJws, base64url};
use mapae_types::{Duration, Timestamp};

use super::{
    config::{ClientAuth, SignInConfig},
    error::ProviderFault,
    provider::{Form, form},
};

/// How long an assertion is good.
const ASSERTION: Duration = Duration::seconds(60);
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

impl SignInConfig {
    /// Adds the proof to a token request: to its headers, or to its form.
    pub(super) async fn authenticate(
        &self,
        fields: &mut Form,
        headers: &mut HeaderMap,
        random: [u8; 16],
        now: Timestamp,
    ) -> Result<(), ProviderFault> {
        match &self.client_auth {
            ClientAuth::SecretBasic(secret) => {
                headers.insert("authorization", basic(&self.client_id, secret.expose())?);
            }
            ClientAuth::PrivateKeyJwt { signer, key_id } => {
                let unsigned = self.assertion(key_id.as_deref(), random, now);
                let signatures = signer.sign(vec![unsigned.to_be_signed().to_vec()]).await?;
                let assertion = signatures.first().map(|signature| unsigned.attach(signature));
                fields.push(("client_id", self.client_id.clone()));
                fields.push(("client_assertion_type", ASSERTION_TYPE.to_owned()));
                fields.push(("client_assertion", assertion.unwrap_or_default()));
            }
        }
        Ok(())
    }

    /// RFC 7523 §3. `aud` is the provider itself and not one of its addresses, lest another who was told that address as
    /// its own could use the assertion.
    fn assertion(&self, key_id: Option<&str>, random: [u8; 16], now: Timestamp) -> UnsignedJws {
        let mut header =
            Object::from_iter([("alg".to_owned(), Algorithm::Es256.jose().into()), ("typ".to_owned(), "JWT".into())]);
        if let Some(kid) = key_id {
            header.insert("kid".to_owned(), kid.into());
        }
        let claims = serde_json::json!({
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.provider,
            "jti": base64url::encode(random),
            "iat": now.unix(),
            "exp": (now + ASSERTION).unix(),
        });
        UnsignedJws::new(&header, claims.to_string().as_bytes())
    }
}

/// RFC 6749 §2.3.1: both encoded as in a form before they are joined.
fn basic(client_id: &str, secret: &str) -> Result<HeaderValue, ProviderFault> {
    // `form` writes `name=value` as a form does, which is the two encoded.
    let pair = form(&[(client_id, secret.to_owned())]).replacen('=', ":", 1);
    let value = HeaderValue::try_from(format!("Basic {}", base64url::encode_standard(pair)));
    let mut value = value.map_err(|_| ProviderFault::Member { what: "the client's secret", name: "client_id" })?;
    value.set_sensitive(true);
    Ok(value)
}
