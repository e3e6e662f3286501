//! A request that was made, and that one answer answers.

use mapae_crypto::constant_time_eq;
use mapae_dcql::DcqlQuery;
use mapae_jose::{Object, UnsignedJws, Value, json};
use mapae_mdoc::SessionTranscript;
use mapae_types::Timestamp;
use zeroize::Zeroizing;

use super::{
    DraftFault, ReceivedPresentations, RecordFault, ResponseFault,
    asked::{self, Asked},
    record::{self, Kind},
    signer::Signer,
};
use crate::{
    RequestUriMethod, ResponseMode, TransactionData, VerifierInfo,
    form::{self, Form, FormWriter},
};

/// What waits for an answer, and for one.
///
/// ```compile_fail
/// # fn twice(pending: mapae_oid4vp::verifier::PendingPresentation, body: &[u8]) {
/// let once = pending.receive(body);
/// let twice = pending.receive(body);
/// # }
/// ```
pub struct PendingPresentation {
    pub(super) asked: Asked,
    pub(super) signer: Signer,
    pub(super) state: String,
    pub(super) response_uri: String,
}

impl PendingPresentation {
    /// The same, for whom the holder is to authorise transactions as well (§8.4): to be said before the request is given out.
    pub fn authorising(mut self, transactions: Vec<TransactionData>) -> Result<Self, DraftFault> {
        self.asked.authorising(transactions)?;
        Ok(self)
    }

    /// The same with what others say about the verifier, a registration say (§5.11): before the request is given out.
    pub fn informing(mut self, info: &[VerifierInfo]) -> Result<Self, DraftFault> {
        self.asked.informing(info)?;
        Ok(self)
    }

    /// Who asks.
    pub fn client_id(&self) -> &str {
        &self.signer.client_id
    }

    /// The nonce that binds an SD-JWT.
    pub fn nonce(&self) -> &str {
        &self.asked.nonce
    }

    /// By which the answer is found among those that are waited for.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// What is asked for.
    pub const fn query(&self) -> &DcqlQuery {
        &self.asked.query
    }

    /// Until when a wallet answers.
    pub const fn expires(&self) -> Timestamp {
        self.asked.expires
    }

    /// How the answer travels.
    pub const fn response_mode(&self) -> ResponseMode {
        if self.asked.key.is_some() { ResponseMode::DirectPostJwt } else { ResponseMode::DirectPost }
    }

    /// What an mdoc is bound to (Annex B.2.6.1).
    pub fn transcript(&self) -> SessionTranscript {
        let thumbprint = self.asked.thumbprint();
        SessionTranscript::openid4vp(self.client_id(), self.nonce(), thumbprint.as_ref(), &self.response_uri)
    }

    /// A link that calls a wallet: `base` is a scheme (`openid4vp://`, `haip-vp://`) or a page of a wallet.
    pub fn link(&self, base: &str, request_uri: &str, method: RequestUriMethod) -> String {
        let link = FormWriter::after(base).add("client_id", self.client_id()).add("request_uri", request_uri);
        match method {
            RequestUriMethod::Get => link.finish(),
            RequestUriMethod::Post => link.add("request_uri_method", "post").finish(),
        }
    }

    /// The request object, to be signed with ES256 by the certificate's key, or the DID's, and given out as
    /// `application/oauth-authz-req+jwt`. `wallet_nonce` is what the wallet sent along, if it did (§5.10).
    pub fn request_object(&self, wallet_nonce: Option<&str>) -> UnsignedJws {
        let mut claims = self.asked.parameters();
        claims.append(&mut asked::collect([
            ("aud", Some("https://self-issued.me/v2".into())),
            ("client_id", Some(self.client_id().into())),
            ("exp", Some(self.asked.expires.unix().into())),
            ("iat", Some(self.asked.issued_at.unix().into())),
            ("response_mode", Some(self.response_mode().as_str().into())),
            ("response_uri", Some(self.response_uri.as_str().into())),
            ("state", Some(self.state.as_str().into())),
            ("verifier_info", self.asked.verifier_info()),
            ("wallet_nonce", wallet_nonce.map(Value::from)),
        ]));
        UnsignedJws::new(&self.signer.header(), &json::to_vec(&claims))
    }

    /// Takes the body of a post to the response URI. Whatever comes of it, no other answer is taken.
    pub fn receive(self, body: &[u8]) -> Result<ReceivedPresentations, ResponseFault> {
        let answer = self.open(body)?;
        let is_ours = |state: &str| constant_time_eq(state.as_bytes(), self.state.as_bytes());
        if !answer.get("state").and_then(Value::as_str).is_some_and(is_ours) {
            return Err(ResponseFault::StateDiffers);
        }
        asked::refused(&answer)?;
        let transcript = self.transcript();
        ReceivedPresentations::read(self.asked, transcript, self.signer.client_id, answer.get("vp_token"))
    }

    /// The parameters of the answer.
    fn open(&self, body: &[u8]) -> Result<Object, ResponseFault> {
        let text = core::str::from_utf8(body).map_err(|_| ResponseFault::FormMalformed)?;
        if text.len() > form::MAX_LEN {
            return Err(ResponseFault::FormMalformed);
        }
        let form = Form::parse(text).map_err(|_| ResponseFault::FormMalformed)?;
        match (self.response_mode(), form.get("response")) {
            (ResponseMode::DirectPostJwt, Some(jwe)) => self.asked.decrypt(jwe),
            // §8.3.1: a wallet that cannot encrypt may say so as it is.
            (ResponseMode::DirectPostJwt, None) if form.get("error").is_none() => Err(ResponseFault::NotEncrypted),
            _ => Ok(plain(&form)),
        }
    }

    /// What a store keeps while the answer is waited for: the key that opens it included, so that it is to be sealed. That
    /// one answer counts of all that read the same record is the store's, by compare and swap before anybody is told what
    /// came of it (peers' hole 8).
    pub fn to_record(&self) -> Zeroizing<Vec<u8>> {
        let mut rest = self.asked.record();
        rest.append(&mut asked::collect([
            ("response_uri", Some(self.response_uri.as_str().into())),
            ("signer", Some(self.signer.record().into())),
            ("state", Some(self.state.as_str().into())),
        ]));
        record::write(Kind::Redirect, self.asked.key.as_ref(), &rest)
    }

    /// The same again, from what [`Self::to_record`] wrote.
    pub fn from_record(record: &[u8]) -> Result<Self, RecordFault> {
        let (key, rest) = record::read(Kind::Redirect, record)?;
        let signer = rest.get("signer").and_then(Value::as_object).ok_or(RecordFault::Malformed)?;
        Ok(Self {
            signer: Signer::restore(signer)?,
            state: asked::text(&rest, "state")?,
            response_uri: asked::text(&rest, "response_uri")?,
            asked: Asked::restore(key, &rest)?,
        })
    }
}

impl core::fmt::Debug for PendingPresentation {
    /// Leaves out nonce, state and key.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PendingPresentation").field("client_id", &self.client_id()).finish_non_exhaustive()
    }
}

fn plain(form: &Form) -> Object {
    let token = form.get("vp_token").and_then(|text| json::parse(text.as_bytes()).ok());
    let text = |name: &str| form.get(name).map(Value::from);
    asked::collect([("error", text("error")), ("state", text("state")), ("vp_token", token)])
}
