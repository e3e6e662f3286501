//! What a presentation answers: an `OpenID4VP` 1.0 request, and the session transcript made of it.

use anyhow::{Result, anyhow};
use ciborium::Value;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use crate::cbor;

/// A request, and apart from the rest of it what binds an answer.
#[derive(Clone, Debug)]
pub struct Request {
    /// `client_id`, with its prefix; also the audience of a key-binding JWT.
    pub client_id: String,
    /// `nonce`.
    pub nonce: String,
    /// `response_uri`.
    pub response_uri: String,
    whole: Json,
}

impl Request {
    /// A request of a verifier that does not encrypt answers, for elements of an mdoc.
    pub fn for_mdoc(doc_type: &str, elements: &[(&str, &str)]) -> Self {
        let claims: Vec<_> = elements.iter().map(|(name_space, name)| json!({ "path": [name_space, name] })).collect();
        let meta = json!({ "doctype_value": doc_type });
        Self::sample(&json!({ "id": "document", "format": "mso_mdoc", "meta": meta, "claims": claims }))
    }

    /// The same for claims at the top of an SD-JWT VC.
    pub fn for_sd_jwt(vct: &str, claims: &[&str]) -> Self {
        let claims: Vec<_> = claims.iter().map(|name| json!({ "path": [name] })).collect();
        let meta = json!({ "vct_values": [vct] });
        Self::sample(&json!({ "id": "document", "format": "dc+sd-jwt", "meta": meta, "claims": claims }))
    }

    /// The request that `mapae request` wrote.
    pub fn from_json(whole: Json) -> Result<Self> {
        let field =
            |name: &str| whole[name].as_str().map(str::to_owned).ok_or_else(|| anyhow!("the request lacks {name}"));
        let (client_id, nonce, response_uri) = (field("client_id")?, field("nonce")?, field("response_uri")?);
        Ok(Self { client_id, nonce, response_uri, whole })
    }

    /// The request as it would be sent.
    pub fn to_json(&self) -> Json {
        let mut whole = self.whole.clone();
        whole["client_id"] = json!(self.client_id);
        whole["nonce"] = json!(self.nonce);
        whole["response_uri"] = json!(self.response_uri);
        whole
    }

    /// The same request in another session.
    pub fn with_nonce(&self, nonce: &str) -> Self {
        Self { nonce: nonce.into(), ..self.clone() }
    }

    /// The same request of another verifier.
    pub fn with_client_id(&self, client_id: &str) -> Self {
        Self { client_id: client_id.into(), ..self.clone() }
    }

    /// The elements that are asked for of an mdoc: `{namespace: [element]}`.
    pub fn elements(&self) -> Result<Json> {
        let mut elements: Map<String, Json> = Map::new();
        for path in self.paths("mso_mdoc")? {
            let [name_space, name] = path.as_slice() else { return Err(anyhow!("not a path to an element")) };
            let names = elements.entry(name_space.clone()).or_insert_with(|| json!([]));
            names.as_array_mut().ok_or_else(|| anyhow!("no list of names"))?.push(json!(name));
        }
        Ok(Json::Object(elements))
    }

    /// The claims that are asked for of an SD-JWT, as both peers want them: `{name: true | {…}}`.
    pub fn disclosures(&self) -> Result<Json> {
        let mut disclosures = json!({});
        for path in self.paths("dc+sd-jwt")? {
            let place = path.iter().fold(&mut disclosures, |place, name| &mut place[name.as_str()]);
            *place = json!(true);
        }
        Ok(disclosures)
    }

    /// `SessionTranscript`, `OpenID4VP` 1.0 Annex B.2.6.1, without the tag 24 that wraps it in `DeviceAuthentication`'s siblings.
    pub fn transcript(&self) -> Result<Vec<u8>> {
        let info = Value::Array(vec![
            Value::from(self.client_id.as_str()),
            Value::from(self.nonce.as_str()),
            self.thumbprint().map_or(Value::Null, Value::Bytes),
            Value::from(self.response_uri.as_str()),
        ]);
        let hash = Sha256::digest(cbor::encode(&info)?);
        let handover = Value::Array(vec![Value::from("OpenID4VPHandover"), Value::Bytes(hash.to_vec())]);
        cbor::encode(&Value::Array(vec![Value::Null, Value::Null, handover]))
    }

    /// The query that asks for that format.
    pub fn query_of(&self, format: &str) -> Result<String> {
        let id = self.credential(format).and_then(|credential| credential["id"].as_str());
        id.map(str::to_owned).ok_or_else(|| anyhow!("the request asks for no {format}"))
    }

    /// RFC 7638 of the key to which the answer is encrypted, if one is named.
    fn thumbprint(&self) -> Option<Vec<u8>> {
        let key = self.whole["client_metadata"]["jwks"]["keys"].get(0)?;
        let members = ["crv", "kty", "x", "y"].map(|name| (name.to_owned(), key[name].clone()));
        // Sorted by name and without white space, as serde_json writes it.
        let canonical = Json::Object(members.into_iter().collect()).to_string();
        Some(Sha256::digest(canonical).to_vec())
    }

    fn credential(&self, format: &str) -> Option<&Json> {
        let credentials = self.whole["dcql_query"]["credentials"].as_array().into_iter().flatten();
        credentials.into_iter().find(|credential| credential["format"] == format)
    }

    fn sample(credential: &Json) -> Self {
        Self {
            client_id: "redirect_uri:https://verifier.example/response".into(),
            nonce: "bm9uY2Ugb2YgdGhlIGludGVyb3AgdGVzdA".into(),
            response_uri: "https://verifier.example/response".into(),
            whole: json!({
                "response_type": "vp_token",
                "response_mode": "direct_post",
                "dcql_query": { "credentials": [credential] },
            }),
        }
    }

    fn paths(&self, format: &str) -> Result<Vec<Vec<String>>> {
        let claims = self.credential(format).and_then(|credential| credential["claims"].as_array());
        let claims = claims.ok_or_else(|| anyhow!("the request asks for no {format}"))?;
        claims.iter().map(|claim| Ok(serde_json::from_value(claim["path"].clone())?)).collect()
    }
}
