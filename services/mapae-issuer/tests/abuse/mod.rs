//! What a thief or a broken wallet sends: each input is refused with the error that its specification names, and leaves the
//! store as it was. What is right but for that one thing is accepted in the end, with the nonce that all of them carried.

mod attestation;
mod attested;
mod credential;
mod deferred;
mod grants;
mod nonce;
mod notification;
mod open;
mod proof;
mod token;

use mapae_crypto::SigningKey;
use mapae_issuer::store::IssuerStore as _;
use mapae_jose::base64url;
use mapae_types::Entropy as _;
use serde_json::{Value, json};
use sqlx::{Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::scene::{Answer, Phone, Scene};

/// A phone with a token, and the keys and the nonce of its next request.
pub(super) struct Thief {
    pub(super) scene: Scene,
    pub(super) phone: Phone,
    pub(super) keys: Vec<SigningKey>,
    pub(super) nonce: String,
}

/// A request to a protected endpoint, of which everything can be bent.
pub(super) struct Call {
    pub(super) path: String,
    pub(super) authorization: Option<String>,
    pub(super) dpop: Jwt,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

/// What is done to a JWT before it is signed.
pub(super) type Bend<'b> = dyn Fn(&mut Jwt) + 'b;

/// A JWT before it is signed.
#[derive(Clone)]
pub(super) struct Jwt {
    pub(super) header: Value,
    pub(super) claims: Value,
    /// Who signs, if not who is meant to.
    pub(super) signer: Option<u64>,
}

impl Thief {
    /// A phone that has a first copy already, so that nothing is left to be set up.
    pub(super) async fn new() -> Self {
        Self::of(Scene::new().await, &json!({})).await
    }

    /// The same by an offer with more in it.
    pub(super) async fn of(scene: Scene, more: &Value) -> Self {
        let mut body = json!({ "person": scene.people[0].as_str(), "document": "resident" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (offer, mut phone) = (scene.offer_with(&body).await, scene.phone(1));
        assert_eq!(phone.redeem(&offer.code, &offer.tx_code).await.status, 200);
        let first = phone.keys(1);
        phone.credentials("resident-mdoc", &first).await;
        let (keys, nonce) = (phone.keys(2), phone.nonce().await);
        Self { scene, phone, keys, nonce }
    }

    /// The JSON of a credential request in which nothing is wrong.
    pub(super) fn request(&self) -> Value {
        self.phone.request("resident-sd-jwt", &self.keys, &self.nonce)
    }

    /// A call in which nothing is wrong.
    pub(super) fn call(&mut self, path: &str, body: &Value) -> Call {
        let jti: [u8; 16] = self.phone.entropy.array().unwrap();
        let token = self.phone.token.clone();
        let claims = json!({
            "jti": base64url::encode(jti),
            "htm": "POST",
            "htu": self.phone.url(path),
            "iat": self.phone.now(),
            "nonce": self.phone.dpop_nonce,
            "ath": base64url::encode(mapae_crypto::sha256(token.as_bytes())),
        });
        let header = json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": jwk(&self.phone.key) });
        Call {
            path: path.to_owned(),
            authorization: Some(format!("DPoP {token}")),
            dpop: Jwt { header, claims, signer: None },
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    /// Sends it.
    pub(super) async fn send(&mut self, call: Call) -> Answer {
        let mut headers = call.headers;
        headers.extend(call.authorization.map(|authorization| ("authorization", authorization)));
        if !call.dpop.header.is_null() {
            headers.push(("dpop", call.dpop.text(&self.phone.key)));
        }
        self.phone.post(&call.path, &headers, call.body).await
    }

    /// Sends what is refused like this, and changes nothing.
    pub(super) async fn refused(&mut self, what: &str, call: Call, status: u16, error: &str) -> Answer {
        let before = self.store().await;
        let answer = self.send(call).await;
        assert_eq!((answer.status, answer.error()), (status, error), "{what}: {}", answer.text);
        assert!(self.store().await == before, "{what} changed the store");
        answer
    }

    /// The id of its document.
    pub(super) async fn document(&self) -> String {
        self.scene.store.documents_of(&self.scene.people[0]).await.unwrap()[0].id.to_string()
    }

    /// Everything in the store but what the health writes to see that it can, and numbers that are reserved for nothing yet.
    pub(super) async fn store(&self) -> String {
        let options = SqliteConnectOptions::new().filename(self.scene.dir.path().join("issuer.db")).read_only(true);
        let mut store = SqliteConnection::connect_with(&options).await.unwrap();
        let tables =
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('probe', 'leases', 'counters')";
        let tables = sqlx::query(tables).fetch_all(&mut store).await.unwrap();
        let mut all = String::new();
        for table in tables {
            all.push_str(&rows(&mut store, table.get(0)).await);
        }
        all
    }
}

/// A table as text.
async fn rows(store: &mut SqliteConnection, table: &str) -> String {
    let columns = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')")));
    let columns = columns.fetch_all(&mut *store).await.unwrap();
    let quoted: Vec<String> = columns.iter().map(|column| format!("quote({})", column.get::<&str, _>(0))).collect();
    let rows = format!("SELECT {} FROM {table} ORDER BY 1", quoted.join(" || ',' || "));
    let rows = sqlx::query(sqlx::AssertSqlSafe(rows)).fetch_all(store).await.unwrap();
    let rows: Vec<&str> = rows.iter().map(|row| row.get(0)).collect();
    format!("{table}\n{}\n", rows.join("\n"))
}

impl Call {
    /// Another body.
    pub(super) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Another media type.
    pub(super) fn typed(mut self, media_type: &str) -> Self {
        self.headers = vec![("content-type", media_type.to_owned())];
        self
    }

    /// Another claim of the DPoP proof; none, if it is null.
    pub(super) fn dpop_claim(mut self, name: &str, value: Value) -> Self {
        self.dpop.claim(name, value);
        self
    }

    /// Another header member of the DPoP proof.
    pub(super) fn dpop_header(mut self, name: &str, value: Value) -> Self {
        self.dpop.header[name] = value;
        self
    }

    /// Another `Authorization`.
    pub(super) fn authorization(mut self, authorization: Option<String>) -> Self {
        self.authorization = authorization;
        self
    }
}

impl Jwt {
    /// Another claim; none, if it is null.
    pub(super) fn claim(&mut self, name: &str, value: Value) {
        let claims = self.claims.as_object_mut().unwrap();
        if value.is_null() {
            claims.remove(name)
        } else {
            claims.insert(name.to_owned(), value)
        };
    }

    /// Signed by that key, or by whom the test says; without a signature where `alg` says so.
    pub(super) fn text(&self, key: &SigningKey) -> String {
        if self.header["alg"] == "none" {
            let part = |part: &Value| base64url::encode(part.to_string());
            return format!("{}.{}.", part(&self.header), part(&self.claims));
        }
        let other = self.signer.map(stranger);
        Phone::jwt(other.as_ref().unwrap_or(key), &self.header, &self.claims)
    }
}

/// A public key as it stands in a header.
pub(super) fn jwk(key: &SigningKey) -> Value {
    let text = mapae_jose::json::to_vec(&Phone::jwk(key));
    serde_json::from_slice(&text).unwrap()
}

/// A key of somebody else's.
pub(super) fn stranger(seed: u64) -> SigningKey {
    SigningKey::generate(&mut testkit::Seeded::new(seed ^ 0x5EED)).unwrap()
}

/// A JWT whose signature is one bit off.
pub(super) fn unsigned(jwt: &str) -> String {
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let mut signature = base64url::decode(signature).unwrap();
    signature[40] ^= 1;
    format!("{signed}.{}", base64url::encode(signature))
}
