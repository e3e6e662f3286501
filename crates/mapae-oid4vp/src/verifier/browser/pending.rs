//! A request by way of a browser that was made, and that one answer answers.

use mapae_crypto::Signature;
use mapae_dcql::DcqlQuery;
use mapae_jose::{Object, UnsignedJws, Value, json};
use mapae_mdoc::SessionTranscript;
use mapae_types::Timestamp;
use zeroize::Zeroizing;

use super::Form;
use crate::{
    TransactionData, VerifierInfo,
    verifier::{
        DraftFault, ReceivedPresentations, RecordFault, ResponseFault,
        asked::{self, Asked},
        record::{self, Kind},
        signer::Signer,
    },
};

/// What waits for an answer by way of a browser, and for one.
///
/// ```compile_fail
/// # fn twice(pending: mapae_oid4vp::verifier::PendingBrowserPresentation, body: &[u8]) {
/// let once = pending.receive("https://library.example", body);
/// let twice = pending.receive("https://library.example", body);
/// # }
/// ```
pub struct PendingBrowserPresentation {
    pub(super) asked: Asked,
    pub(super) form: Form,
    pub(super) signers: Vec<Signer>,
    pub(super) origins: Vec<String>,
}

impl PendingBrowserPresentation {
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

    /// The exchange protocol (§A.1).
    pub const fn protocol(&self) -> &'static str {
        self.form.protocol()
    }

    /// The nonce that binds the answer.
    pub fn nonce(&self) -> &str {
        &self.asked.nonce
    }

    /// What is asked for.
    pub const fn query(&self) -> &DcqlQuery {
        &self.asked.query
    }

    /// Until when a wallet answers, if the request is signed.
    pub const fn expires(&self) -> Timestamp {
        self.asked.expires
    }

    /// What is to be signed with ES256, by the key of each identity in the draft's order; nothing if nobody signs.
    pub fn to_be_signed(&self) -> Vec<UnsignedJws> {
        let payload = json::to_vec(&self.payload());
        let header = |signer: &Signer| {
            let mut header = signer.header();
            if self.form == Form::Multisigned {
                header.append(&mut self.of_identity(signer));
            }
            UnsignedJws::new(&header, &payload)
        };
        self.signers.iter().map(header).collect()
    }

    /// The request as the page hands it to `navigator.credentials.get({digital: {requests: [request]}})`, with as many
    /// signatures as there is [to be signed](Self::to_be_signed).
    pub fn request(&self, signatures: &[Signature]) -> Result<Value, DraftFault> {
        let unsigned = self.to_be_signed();
        if unsigned.len() != signatures.len() {
            return Err(DraftFault::Signatures { wanted: unsigned.len() });
        }
        let signed: Vec<String> =
            unsigned.into_iter().zip(signatures).map(|(one, signature)| one.attach(signature)).collect();
        let data = self.data(&signed);
        Ok(json::object([("data", data.into()), ("protocol", self.protocol().into())]).into())
    }

    fn data(&self, signed: &[String]) -> Object {
        match self.form {
            Form::Unsigned => self.payload(),
            Form::Signed => json::object(signed.iter().map(|jws| ("request", jws.as_str().into()))),
            Form::Multisigned => multisigned(signed),
        }
    }

    /// §A.2. What identities have of their own stands in their headers if there are several (§A.3.2.2).
    fn payload(&self) -> Object {
        let mut payload = self.asked.parameters();
        let mode = if self.asked.key.is_some() { "dc_api.jwt" } else { "dc_api" };
        payload.insert("response_mode".to_owned(), mode.into());
        match (self.form, self.signers.first()) {
            (Form::Signed, Some(signer)) => payload.append(&mut self.of_identity(signer)),
            (Form::Unsigned, _) => payload.append(&mut asked::collect([("verifier_info", self.asked.verifier_info())])),
            _ => {}
        }
        if self.form != Form::Unsigned {
            payload.append(&mut self.of_signed());
        }
        payload
    }

    /// §A.2: whose page may use the request, which a wallet compares with where it came from.
    fn of_signed(&self) -> Object {
        json::object([
            ("aud", "https://self-issued.me/v2".into()),
            ("exp", self.asked.expires.unix().into()),
            ("expected_origins", self.origins.iter().map(String::as_str).collect()),
            ("iat", self.asked.issued_at.unix().into()),
        ])
    }

    fn of_identity(&self, signer: &Signer) -> Object {
        asked::collect([
            ("client_id", Some(signer.client_id.as_str().into())),
            ("verifier_info", self.asked.verifier_info()),
        ])
    }

    /// What an mdoc is bound to for a page of that origin (Annex B.2.6.2).
    pub fn transcript(&self, origin: &str) -> SessionTranscript {
        SessionTranscript::openid4vp_dc_api(origin, self.nonce(), self.asked.thumbprint().as_ref())
    }

    /// Takes the JSON of `data` of the credential that a page of that origin got. Whatever comes of it, no other answer is
    /// taken. The origin is that of the page, as its browser says it where the page posts (`Origin`); a wallet that was
    /// asked elsewhere bound its answer to that place, and no presentation of it verifies.
    pub fn receive(self, origin: &str, data: &[u8]) -> Result<ReceivedPresentations, ResponseFault> {
        if !self.origins.iter().any(|ours| ours == origin) {
            return Err(ResponseFault::OriginForeign);
        }
        let answer = self.open(data)?;
        asked::refused(&answer)?;
        let (transcript, audience) = (self.transcript(origin), format!("origin:{origin}"));
        ReceivedPresentations::read(self.asked, transcript, audience, answer.get("vp_token"))
    }

    /// The parameters of the answer.
    fn open(&self, data: &[u8]) -> Result<Object, ResponseFault> {
        let data = json::parse_object(data).map_err(|_| ResponseFault::ContentMalformed)?;
        // §A.4: an error is an object of its own, which has no form that would be encrypted.
        if self.asked.key.is_none() || data.contains_key("error") {
            return Ok(data);
        }
        let response = data.get("response").ok_or(ResponseFault::NotEncrypted)?;
        self.asked.decrypt(response.as_str().ok_or(ResponseFault::NotEncrypted)?)
    }

    /// What a store keeps while the answer is waited for: as [`PendingPresentation::to_record`], to be sealed.
    ///
    /// [`PendingPresentation::to_record`]: crate::verifier::PendingPresentation::to_record
    pub fn to_record(&self) -> Zeroizing<Vec<u8>> {
        let mut rest = self.asked.record();
        rest.append(&mut json::object([
            ("origins", self.origins.iter().map(String::as_str).collect()),
            ("protocol", self.protocol().into()),
            ("signers", self.signers.iter().map(Signer::record).collect()),
        ]));
        record::write(Kind::DigitalCredentials, self.asked.key.as_ref(), &rest)
    }

    /// The same again, from what [`Self::to_record`] wrote.
    pub fn from_record(record: &[u8]) -> Result<Self, RecordFault> {
        let (key, rest) = record::read(Kind::DigitalCredentials, record)?;
        let protocol = asked::text(&rest, "protocol")?;
        let form = Form::ALL.into_iter().find(|form| form.protocol() == protocol).ok_or(RecordFault::Malformed)?;
        let signer = |one: &Value| Signer::restore(one.as_object().ok_or(RecordFault::Malformed)?);
        Ok(Self {
            form,
            signers: array(&rest, "signers")?.iter().map(signer).collect::<Result<_, _>>()?,
            origins: texts(array(&rest, "origins")?).ok_or(RecordFault::Malformed)?,
            asked: Asked::restore(key, &rest)?,
        })
    }
}

impl core::fmt::Debug for PendingBrowserPresentation {
    /// Leaves out nonce and key.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PendingBrowserPresentation").field("protocol", &self.protocol()).finish_non_exhaustive()
    }
}

/// RFC 7515 §7.2.1, of compact JWSs over one payload.
fn multisigned(signed: &[String]) -> Object {
    let parts = |jws: &String| {
        let (protected, rest) = jws.split_once('.')?;
        let (payload, signature) = rest.split_once('.')?;
        Some((payload.to_owned(), json::object([("protected", protected.into()), ("signature", signature.into())])))
    };
    let (payloads, signatures): (Vec<String>, Vec<Object>) = signed.iter().filter_map(parts).unzip();
    let payload = payloads.into_iter().next().unwrap_or_default();
    json::object([("payload", payload.into()), ("signatures", signatures.into_iter().collect())])
}

fn array<'r>(record: &'r Object, name: &str) -> Result<&'r [Value], RecordFault> {
    record.get(name).and_then(Value::as_array).map(Vec::as_slice).ok_or(RecordFault::Malformed)
}

fn texts(values: &[Value]) -> Option<Vec<String>> {
    values.iter().map(|one| one.as_str().map(str::to_owned)).collect()
}
