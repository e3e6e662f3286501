//! An OpenID provider that says whatever it is told to say, and remembers what it was asked.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use mapae_crypto::SigningKey;
use mapae_http::{Limits, Listening, Running, Url, stopping};
use mapae_jose::{Jwk, base64url};
use serde_json::{Value, json};
use testkit::Seeded;

/// The name under which the issuer is known there.
pub(crate) const CLIENT_ID: &str = "mapae issuer";
/// Its secret there, with what a form encodes.
pub(crate) const SECRET: &str = "s:cr/t+%&=한";

/// A provider while it runs.
pub(crate) struct Provider {
    pub(crate) url: String,
    pub(crate) script: Arc<Mutex<Script>>,
    _running: Running,
}

/// What it says.
pub(crate) struct Script {
    /// Replaces members of the metadata; `null` removes one.
    pub(crate) metadata: Value,
    /// The published keys.
    pub(crate) keys: Vec<Value>,
    /// What the token endpoint answers.
    pub(crate) answer: (u16, Value),
    /// Token requests: headers and form.
    pub(crate) asked: Vec<(HeaderMap, HashMap<String, String>)>,
    /// How often the keys were fetched.
    pub(crate) key_fetches: usize,
    /// Whether nothing but errors is answered.
    pub(crate) is_broken: bool,
    url: String,
}

/// A key of the provider's.
pub(crate) enum Key {
    Ec(Box<SigningKey>),
    Rsa(RsaKeyPair),
}

impl Key {
    pub(crate) fn ec(seed: u64) -> Self {
        Self::Ec(Box::new(SigningKey::generate(&mut Seeded::new(seed)).unwrap()))
    }

    pub(crate) fn rsa() -> Self {
        Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub(crate) fn alg(&self) -> &'static str {
        match self {
            Self::Ec(_) => "ES256",
            Self::Rsa(_) => "RS256",
        }
    }

    /// The public half, as it is published.
    pub(crate) fn jwk(&self, kid: &str) -> Value {
        match self {
            Self::Ec(key) => {
                let mut jwk = Value::Object(Jwk::from(key.public().clone()).to_object());
                jwk["kid"] = json!(kid);
                jwk
            }
            Self::Rsa(key) => {
                // RFC 8017 A.1.1, of 2048 bits: 9 bytes of heads, the modulus, 2 bytes of head, the exponent.
                let der = key.public_key().as_ref();
                let (n, e) = (base64url::encode(&der[9..265]), base64url::encode(&der[267..]));
                json!({ "kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": n, "e": e })
            }
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ec(key) => key.sign(message).unwrap().as_bytes().to_vec(),
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
                signature
            }
        }
    }

    /// A JWT by it, whatever the header says.
    pub(crate) fn jwt(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| base64url::encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = base64url::encode(self.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }
}

impl Provider {
    pub(crate) async fn new() -> Self {
        let listening = Listening::on("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let url = format!("http://{}", listening.address());
        let script = Arc::new(Mutex::new(Script {
            metadata: json!({}),
            keys: Vec::new(),
            answer: (500, Value::Null),
            asked: Vec::new(),
            key_fetches: 0,
            is_broken: false,
            url: url.clone(),
        }));
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&script));
        let running = listening.serve(routes, Limits::default(), stopping().0);
        Self { url, script, _running: running }
    }

    pub(crate) fn tell(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script.lock().unwrap());
    }

    /// The last token request: headers and form.
    pub(crate) fn last_asked(&self) -> (HeaderMap, HashMap<String, String>) {
        self.script.lock().unwrap().asked.last().unwrap().clone()
    }
}

fn answer(script: &Script, status: u16, body: &Value) -> Response {
    let status = if script.is_broken { 500 } else { status };
    (StatusCode::from_u16(status).unwrap(), [("content-type", "application/json")], body.to_string()).into_response()
}

async fn metadata(State(script): State<Arc<Mutex<Script>>>) -> Response {
    let script = script.lock().unwrap();
    let url = &script.url;
    let mut metadata = json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize?tenant=kr"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/jwks"),
        "response_types_supported": ["code"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "code_challenge_methods_supported": ["S256"],
    });
    for (name, value) in script.metadata.as_object().unwrap() {
        if value.is_null() {
            metadata.as_object_mut().unwrap().remove(name);
        } else {
            metadata[name] = value.clone();
        }
    }
    answer(&script, 200, &metadata)
}

async fn keys(State(script): State<Arc<Mutex<Script>>>) -> Response {
    let mut script = script.lock().unwrap();
    script.key_fetches += 1;
    let keys = json!({ "keys": script.keys });
    answer(&script, 200, &keys)
}

async fn token(State(script): State<Arc<Mutex<Script>>>, headers: HeaderMap, body: String) -> Response {
    let mut script = script.lock().unwrap();
    script.asked.push((headers, form(&body)));
    let (status, body) = script.answer.clone();
    answer(&script, status, &body)
}

/// The fields of a form.
pub(crate) fn form(text: &str) -> HashMap<String, String> {
    let url = Url::parse(&format!("http://form.invalid/?{text}")).unwrap();
    url.query_pairs().into_owned().collect()
}
