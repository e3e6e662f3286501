//! A library that asks, without sockets between it and the wallet.
#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_crypto::{SeededEntropy, SigningKey};
use mapae_dcql::DcqlQuery;
use mapae_document::DocumentType;
use mapae_issue::Format;
use mapae_oid4vp::{
    Begun, Call, HttpRequest, HttpResponse, Request, RequestUriMethod, ResponseMode, TransactionData,
    verifier::{Naming, PendingPresentation, ReceivedPresentations, RequestDraft, ResponseFault, wallet_nonce},
};
use mapae_sandbox::{Country, RelyingPartyPlan};
use mapae_trust::{Bundle, Registration, TrustStore};
use mapae_types::{Duration, Timestamp};
use mapae_verify::{Binding, NotVerified, Policy, Verified, verify};
use serde_json::{Value, json};

pub(crate) const ASKS: [(&str, &[&str]); 2] = [
    ("resident", &["family_name_hangul", "given_name_hangul", "age_over_19"]),
    ("licence", &["family_name_hangul", "given_name_hangul", "age_over_19"]),
];

pub(crate) fn now() -> Timestamp {
    "2026-11-22T05:00:00Z".parse().unwrap()
}

pub(crate) fn entropy(seed: u8) -> SeededEntropy {
    SeededEntropy::new(&[seed; 32])
}

pub(crate) struct Scene {
    pub(crate) country: Country,
    registration: Registration,
    key: SigningKey,
    pub(crate) entropy: SeededEntropy,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let country = Country::new(&[1; 32], now(), "https://sandbox.example").unwrap().without_faces();
        let (registration, key) = country
            .relying_party(&RelyingPartyPlan {
                id: "library",
                names: ("도서관", "Library"),
                use_class: "low",
                purposes: &[("회원증", "Membership")],
                asks: &ASKS,
            })
            .unwrap();
        Self { country, registration, key, entropy: entropy(9) }
    }

    pub(crate) fn store(&self) -> TrustStore {
        Bundle::parse(self.country.bundle(now()).unwrap()).unwrap().verify(self.country.bundle_key()).unwrap()
    }

    pub(crate) fn document(&self, name: &str) -> &DocumentType {
        self.country.catalogue().get(&name.parse().unwrap()).unwrap()
    }

    /// One credential query for each, under the document's name.
    pub(crate) fn query(&self, format: Format, documents: &[&str], ids: &[&str]) -> DcqlQuery {
        let one = |name: &&str| {
            let document = self.document(name);
            let path = |id: &&str| {
                let attribute = document.attribute(id).unwrap();
                match format {
                    Format::Mdoc => json!({ "path": [attribute.namespace(), attribute.element()] }),
                    Format::SdJwt => json!({ "path": attribute.claim_path() }),
                }
            };
            let meta = match format {
                Format::Mdoc => json!({ "doctype_value": document.doctype() }),
                Format::SdJwt => json!({ "vct_values": [document.vct()] }),
            };
            let claims: Vec<Value> = ids.iter().map(path).collect();
            json!({ "id": name, "format": format.identifier(), "meta": meta, "claims": claims })
        };
        DcqlQuery::from_json(&json!({ "credentials": documents.iter().map(one).collect::<Vec<_>>() })).unwrap()
    }

    /// What waits for an answer, and the request as a wallet reads it.
    pub(crate) fn ask(
        &mut self,
        query: &DcqlQuery,
        transactions: Vec<TransactionData>,
    ) -> (PendingPresentation, Request) {
        let draft = RequestDraft {
            chain: &[self.registration.certificate().clone()],
            naming: Naming::CertificateHash,
            response_uri: "https://library.example/responses/1",
            response_mode: ResponseMode::DirectPostJwt,
            query,
            purpose: None,
            lifetime: Duration::seconds(300),
        };
        let pending = draft.begin(now(), &mut self.entropy).unwrap().authorising(transactions).unwrap();
        let link = pending.link("openid4vp://", "https://library.example/requests/1", RequestUriMethod::Post);
        let Begun::Fetch(awaiting) = Call::parse(&link).unwrap().begin(&mut self.entropy).unwrap() else { panic!() };
        let nonce = wallet_nonce(&awaiting.request().body).unwrap();
        let unsigned = pending.request_object(nonce.as_deref());
        let body = unsigned.clone().attach(&self.key.sign(unsigned.to_be_signed()).unwrap()).into_bytes();
        let headers = vec![("Content-Type".to_owned(), "application/oauth-authz-req+jwt".to_owned())];
        let response = HttpResponse { status: 200, headers, body };
        let request = mapae_sandbox::open(awaiting, &response, &[self.country.root().clone()], now()).unwrap();
        (pending, request)
    }
}

/// What came, and whether it holds: the code of the first thing that is wrong.
pub(crate) fn judge(
    pending: PendingPresentation,
    answer: &HttpRequest,
    store: &TrustStore,
) -> Result<Vec<Verified>, &'static str> {
    let received = pending.receive(&answer.body).map_err(|fault: ResponseFault| fault.code())?;
    verified(&received, store).map_err(|reason| reason.code())
}

fn verified(received: &ReceivedPresentations, store: &TrustStore) -> Result<Vec<Verified>, NotVerified> {
    let mut all = Vec::new();
    for (id, presentations) in received.presentations() {
        let alone = received.asked_of(id).unwrap();
        let policy = Policy::default().asking(&alone);
        for one in presentations {
            let binding = Binding::new(received.transcript().clone(), received.audience(), received.nonce());
            all.push(verify(one, &binding, store, now(), &policy)?);
        }
    }
    Ok(all)
}
