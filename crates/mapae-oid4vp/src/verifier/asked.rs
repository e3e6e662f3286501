//! What every request has that waits for an answer, whichever way it goes.

use mapae_crypto::{PublicKey, aead::AeadAlgorithm};
use mapae_dcql::DcqlQuery;
use mapae_jose::{Jwe, Jwk, Object, Value, json};
use mapae_types::{Entropy, EntropyError, Timestamp};

use super::{DraftFault, RecordFault, ResponseFault, answer_key::AnswerKey, draft::random};
use crate::{
    OAuthError, TransactionData, VerifierInfo, members,
    metadata::ALG,
    transaction::{self, MAX},
};

/// The name of the one key.
const KID: &str = "1";
/// HAIP 1.0 §5: a verifier has both.
const ENC: [AeadAlgorithm; 2] = [AeadAlgorithm::A128Gcm, AeadAlgorithm::A256Gcm];

/// A query with what is fresh in each request.
pub(super) struct Asked {
    pub(super) nonce: String,
    pub(super) query: DcqlQuery,
    pub(super) purpose: Option<String>,
    pub(super) issued_at: Timestamp,
    pub(super) expires: Timestamp,
    pub(super) key: Option<AnswerKey>,
    pub(super) verifier_info: Vec<VerifierInfo>,
    pub(super) transactions: Vec<TransactionData>,
}

/// Members that are there.
pub(super) fn collect<const N: usize>(members: [(&str, Option<Value>); N]) -> Object {
    let mut object = Object::new();
    for (name, value) in members {
        if let Some(value) = value {
            object.insert(name.to_owned(), value);
        }
    }
    object
}

impl Asked {
    /// Draws the nonce and, for an answer that is encrypted, a key (HAIP 1.0 §5).
    pub(super) fn new(
        query: &DcqlQuery,
        encrypted: bool,
        (issued_at, expires): (Timestamp, Timestamp),
        entropy: &mut dyn Entropy,
    ) -> Result<Self, EntropyError> {
        Ok(Self {
            key: encrypted.then(|| AnswerKey::generate(entropy)).transpose()?,
            nonce: random(entropy)?,
            query: query.clone(),
            purpose: None,
            issued_at,
            expires,
            verifier_info: Vec::new(),
            transactions: Vec::new(),
        })
    }

    /// §5.1: each is authorised by credentials that are asked for, and can.
    pub(super) fn authorising(&mut self, transactions: Vec<TransactionData>) -> Result<(), DraftFault> {
        if transactions.len() > MAX || !transactions.iter().all(|one| one.is_usable(&self.query)) {
            return Err(DraftFault::TransactionUnusable);
        }
        self.transactions = transactions;
        Ok(())
    }

    /// §5.1: what wallets can read.
    pub(super) fn informing(&mut self, info: &[VerifierInfo]) -> Result<(), DraftFault> {
        let request = collect([("verifier_info", info_value(info))]);
        self.verifier_info = VerifierInfo::all(&request, &self.query).map_err(|_| DraftFault::VerifierInfo)?;
        Ok(())
    }

    /// The parameters that do not depend on the way.
    pub(super) fn parameters(&self) -> Object {
        collect([
            ("client_metadata", Some(self.client_metadata().into())),
            ("dcql_query", Some(self.query.to_json())),
            ("nonce", Some(self.nonce.as_str().into())),
            ("purpose", self.purpose.as_deref().map(Value::from)),
            ("response_type", Some("vp_token".into())),
            ("transaction_data", self.transaction_data()),
        ])
    }

    pub(super) fn verifier_info(&self) -> Option<Value> {
        info_value(&self.verifier_info)
    }

    fn transaction_data(&self) -> Option<Value> {
        let all = &self.transactions;
        (!all.is_empty()).then(|| all.iter().map(TransactionData::as_str).collect())
    }

    fn client_metadata(&self) -> Object {
        let enc: Value = ENC.iter().map(|enc| enc.jose()).collect();
        let jwks = self.key.as_ref().map(|key| serde_json::json!({ "keys": [jwk(key.public())] }));
        collect([
            ("encrypted_response_enc_values_supported", jwks.is_some().then_some(enc)),
            ("jwks", jwks),
            (
                "vp_formats_supported",
                Some(serde_json::json!({
                    "dc+sd-jwt": { "kb-jwt_alg_values": ["ES256"], "sd-jwt_alg_values": ["ES256"] },
                    "mso_mdoc": { "deviceauth_alg_values": [-7, -9], "issuerauth_alg_values": [-7, -9] },
                })),
            ),
        ])
    }

    /// RFC 7638 of the key of this request.
    pub(super) fn thumbprint(&self) -> Option<[u8; 32]> {
        self.key.as_ref().map(|key| Jwk::from(key.public().clone()).thumbprint())
    }

    /// The parameters inside an encrypted answer.
    pub(super) fn decrypt(&self, jwe: &str) -> Result<Object, ResponseFault> {
        let key = self.key.as_ref().ok_or(ResponseFault::EncryptionUnasked)?;
        let jwe = Jwe::parse(jwe)?;
        // §8.3: the key has a name, and the answer names it.
        if jwe.header().kid() != Some(KID) || !ENC.contains(&jwe.header().enc()) {
            return Err(ResponseFault::EncryptionUnasked);
        }
        let opened = key.with_secret(|key| jwe.decrypt(key)).map_err(|_| ResponseFault::EncryptionUnasked)?;
        json::parse_object(&opened?).map_err(|_| ResponseFault::ContentMalformed)
    }

    /// What a record keeps, beside the key.
    pub(super) fn record(&self) -> Object {
        collect([
            ("dcql_query", Some(self.query.to_json())),
            ("exp", Some(self.expires.unix().into())),
            ("iat", Some(self.issued_at.unix().into())),
            ("nonce", Some(self.nonce.as_str().into())),
            ("purpose", self.purpose.as_deref().map(Value::from)),
            ("transaction_data", self.transaction_data()),
            ("verifier_info", self.verifier_info()),
        ])
    }

    /// The same again.
    pub(super) fn restore(key: Option<AnswerKey>, record: &Object) -> Result<Self, RecordFault> {
        let query = record.get("dcql_query").and_then(|query| DcqlQuery::from_json(query).ok());
        let query = query.ok_or(RecordFault::Malformed)?;
        let time = |name| members::time(record, name).ok().flatten().ok_or(RecordFault::Malformed);
        Ok(Self {
            nonce: text(record, "nonce")?,
            purpose: record.get("purpose").map(|_| text(record, "purpose")).transpose()?,
            issued_at: time("iat")?,
            expires: time("exp")?,
            key,
            verifier_info: VerifierInfo::all(record, &query).map_err(|_| RecordFault::Malformed)?,
            transactions: transaction::restore(record, &query).ok_or(RecordFault::Malformed)?,
            query,
        })
    }
}

/// A text of a record.
pub(super) fn text(record: &Object, name: &str) -> Result<String, RecordFault> {
    record.get(name).and_then(Value::as_str).map(str::to_owned).ok_or(RecordFault::Malformed)
}

/// §8.5: whether an answer is a refusal.
pub(super) fn refused(answer: &Object) -> Result<(), ResponseFault> {
    match answer.get("error") {
        None => Ok(()),
        Some(error) => {
            let known = error.as_str().and_then(OAuthError::from_code);
            Err(known.map_or(ResponseFault::RefusedUnknown, ResponseFault::Refused))
        }
    }
}

fn info_value(info: &[VerifierInfo]) -> Option<Value> {
    (!info.is_empty()).then(|| info.iter().map(VerifierInfo::to_value).collect())
}

fn jwk(key: &PublicKey) -> Object {
    let mut jwk = Jwk::from(key.clone()).to_object();
    for (name, value) in [("alg", ALG), ("kid", KID), ("use", "enc")] {
        jwk.insert(name.to_owned(), value.into());
    }
    jwk
}
