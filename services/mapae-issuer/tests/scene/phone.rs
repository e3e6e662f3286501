//! A wallet that does exactly what a test tells it to.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use mapae_crypto::SigningKey;
use mapae_jose::{Jwk, Object, UnsignedJws, Value, base64url, json};
use mapae_types::Entropy as _;
use serde_json::json;
use testkit::Seeded;

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) text: String,
    pub(crate) headers: reqwest::header::HeaderMap,
}

/// A device with a DPoP key.
pub(crate) struct Phone {
    url: String,
    client: reqwest::Client,
    clock: Arc<AtomicI64>,
    pub(crate) key: SigningKey,
    pub(crate) entropy: Seeded,
    pub(crate) token: String,
    pub(crate) refresh_token: String,
    pub(crate) dpop_nonce: Option<String>,
}

impl Phone {
    pub(super) fn new(url: String, client: reqwest::Client, clock: Arc<AtomicI64>, seed: u64) -> Self {
        let mut entropy = Seeded::new(seed);
        let key = SigningKey::generate(&mut entropy).unwrap();
        let (token, refresh_token) = (String::new(), String::new());
        Self { url, client, clock, key, entropy, token, refresh_token, dpop_nonce: None }
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.load(Ordering::Relaxed)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.url)
    }

    pub(crate) fn keys(&mut self, count: usize) -> Vec<SigningKey> {
        (0..count).map(|_| SigningKey::generate(&mut self.entropy).unwrap()).collect()
    }

    /// A JWT by any key, with whatever header and payload.
    pub(crate) fn jwt(key: &SigningKey, header: &Value, payload: &Value) -> String {
        let header: Object = json::parse_object(header.to_string().as_bytes()).unwrap();
        let unsigned = UnsignedJws::new(&header, payload.to_string().as_bytes());
        let signature = key.sign(unsigned.to_be_signed()).unwrap();
        unsigned.attach(&signature)
    }

    pub(crate) fn jwk(key: &SigningKey) -> Value {
        Value::Object(Jwk::from(key.public().clone()).to_object())
    }

    /// A DPoP proof of now.
    pub(crate) fn dpop(&mut self, path: &str, token: Option<&str>) -> String {
        let jti: [u8; 16] = self.entropy.array().unwrap();
        let mut payload = json!({
            "jti": base64url::encode(jti), "htm": "POST", "htu": self.url(path), "iat": self.now(),
        });
        if let Some(nonce) = &self.dpop_nonce {
            payload["nonce"] = json!(nonce);
        }
        if let Some(token) = token {
            payload["ath"] = json!(base64url::encode(mapae_crypto::sha256(token.as_bytes())));
        }
        let header = json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": Self::jwk(&self.key) });
        Self::jwt(&self.key, &header, &payload)
    }

    /// Posts as it stands.
    pub(crate) async fn post(
        &mut self,
        path: &str,
        headers: &[(&str, String)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let mut request = self.client.post(self.url(path)).body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        if let Some(nonce) = headers.get("dpop-nonce") {
            self.dpop_nonce = Some(nonce.to_str().unwrap().to_owned());
        }
        let text = response.text().await.unwrap();
        Answer { status, body: serde_json::from_str(&text).unwrap_or_default(), text, headers }
    }

    /// A `c_nonce`, and with it the first DPoP nonce.
    pub(crate) async fn nonce(&mut self) -> String {
        let answer = self.post("nonce", &[], "").await;
        assert_eq!(answer.status, 200);
        answer.body["c_nonce"].as_str().unwrap().to_owned()
    }

    /// A token request with that form.
    pub(crate) async fn token_with(&mut self, form: &str) -> Answer {
        if self.dpop_nonce.is_none() {
            self.nonce().await;
        }
        let dpop = self.dpop("token", None);
        let form_type = "application/x-www-form-urlencoded".to_owned();
        self.post("token", &[("dpop", dpop), ("content-type", form_type)], form.to_owned()).await
    }

    /// Redeems an offer, and keeps what comes of it.
    pub(crate) async fn redeem(&mut self, code: &str, tx_code: &str) -> Answer {
        let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code";
        let form = format!("grant_type={grant}&pre-authorized_code={code}&tx_code={tx_code}");
        let answer = self.token_with(&form).await;
        self.keep(&answer);
        answer
    }

    /// Asks for a new token by the refresh token.
    pub(crate) async fn refresh(&mut self) -> Answer {
        let form = format!("grant_type=refresh_token&refresh_token={}", self.refresh_token);
        let answer = self.token_with(&form).await;
        self.keep(&answer);
        answer
    }

    fn keep(&mut self, answer: &Answer) {
        if answer.status == 200 {
            answer.body["access_token"].as_str().unwrap().clone_into(&mut self.token);
            answer.body["refresh_token"].as_str().unwrap().clone_into(&mut self.refresh_token);
        }
    }

    /// A key proof of type `jwt`.
    pub(crate) fn proof(&self, key: &SigningKey, nonce: &str) -> String {
        let header = json!({ "alg": "ES256", "typ": "openid4vci-proof+jwt", "jwk": Self::jwk(key) });
        Self::jwt(key, &header, &json!({ "aud": self.url, "iat": self.now(), "nonce": nonce }))
    }

    /// The request that asks for a copy for each key.
    pub(crate) fn request(&self, configuration: &str, keys: &[SigningKey], nonce: &str) -> Value {
        let proofs: Vec<String> = keys.iter().map(|key| self.proof(key, nonce)).collect();
        json!({ "credential_configuration_id": configuration, "proofs": { "jwt": proofs } })
    }

    /// Posts JSON to a protected endpoint.
    pub(crate) async fn protected(&mut self, path: &str, body: &Value) -> Answer {
        let token = self.token.clone();
        let dpop = self.dpop(path, Some(&token));
        let headers = [
            ("authorization", format!("DPoP {token}")),
            ("dpop", dpop),
            ("content-type", "application/json".to_owned()),
        ];
        self.post(path, &headers, body.to_string()).await
    }

    /// A batch from a fresh nonce.
    pub(crate) async fn credentials(&mut self, configuration: &str, keys: &[SigningKey]) -> Answer {
        let nonce = self.nonce().await;
        let request = self.request(configuration, keys, &nonce);
        self.protected("credential", &request).await
    }
}

impl Answer {
    pub(crate) fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or_default()
    }

    pub(crate) fn credentials(&self) -> Vec<&str> {
        let credentials = self.body["credentials"].as_array().map(Vec::as_slice).unwrap_or_default();
        credentials.iter().map(|one| one["credential"].as_str().unwrap()).collect()
    }
}
