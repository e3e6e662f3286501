//! A country with a library that is registered, a shop that is not, and a phone that holds documents.

use mapae_crypto::SigningKey;
use mapae_dcql::{ClaimPath, DcqlQuery, PathSegment};
use mapae_jose::Jwk;
use mapae_oid4vp::{
    HttpRequest, HttpResponse, Method, RequestUriMethod, ResponseMode,
    verifier::{Naming, PendingPresentation, RequestDraft, accepted, wallet_nonce},
};
use mapae_trust::{
    Bundle, Names, NewRegistration, RegisteredDocument, RegisteredKind, Registration, TrustStore, Withdrawn,
};
use mapae_types::{Duration, Timestamp};
use mapae_verify::{Binding, Policy, Verified, verify};
use mapae_wallet::{Asked, Consent, HistoryLine, Proposal, Refusal, Shared, Stopped};
use mapae_x509::Role;
use serde_json::{Value, json};
use testkit::{BOTH, Format, IssuedCopy, Seeded, Signer, Terms, World, document, now};

use crate::driver::{Driver, Nobody, Web};

/// What the library may ask for, of resident cards in both formats.
pub(crate) const REGISTERED: [&str; 5] = ["family_name", "given_name", "age_over_14", "age_over_19", "portrait"];
pub(crate) const PURPOSE: &str = "To open a library card";

/// Somebody who asks.
pub(crate) struct Party {
    pub(crate) signer: Signer,
    pub(crate) response_uri: String,
    pub(crate) mode: ResponseMode,
    pub(crate) purpose: Option<&'static str>,
    pub(crate) lifetime: Duration,
    entropy: Seeded,
}

/// Everything.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) phone: Driver,
    /// Registered.
    pub(crate) library: Party,
    /// With a certificate of the registrar, and no registration.
    pub(crate) shop: Party,
    pub(crate) registrations: Vec<Registration>,
    pub(crate) withdrawn: Vec<Withdrawn>,
    /// Whose cards are held, of testkit's.
    pub(crate) person: usize,
    cards: usize,
}

impl Party {
    pub(crate) fn new(world: &World, seed: u64) -> Self {
        let from = now().start_of_day() - Duration::days(30);
        Self {
            signer: world.pki.signer(Role::MdocReader, seed, from, from + Duration::days(365)),
            response_uri: format!("https://party-{seed}.example/response"),
            mode: ResponseMode::DirectPostJwt,
            purpose: Some(PURPOSE),
            lifetime: Duration::seconds(300),
            entropy: Seeded::new(seed ^ 0xa5),
        }
    }

    /// A new request.
    pub(crate) fn ask(&mut self, query: &DcqlQuery, now: Timestamp) -> PendingPresentation {
        let draft = RequestDraft {
            chain: std::slice::from_ref(&self.signer.certificate),
            naming: Naming::CertificateHash,
            response_uri: &self.response_uri,
            response_mode: self.mode,
            query,
            purpose: self.purpose,
            lifetime: self.lifetime,
        };
        draft.begin(now, &mut self.entropy).unwrap()
    }

    /// The request as a signed text.
    pub(crate) fn sign(&self, pending: &PendingPresentation, wallet_nonce: Option<&str>) -> String {
        let unsigned = pending.request_object(wallet_nonce);
        let signature = self.signer.sign(unsigned.to_be_signed());
        unsigned.attach(&signature)
    }

    pub(crate) fn registration(&self, id: &str, documents: Vec<RegisteredDocument>) -> Registration {
        Registration::new(NewRegistration {
            id: id.parse().unwrap(),
            names: Names::new("세종시립도서관", "Sejong City Library").unwrap(),
            certificate: self.signer.certificate.clone(),
            use_class: "low".parse().unwrap(),
            purposes: vec![
                Names::new("도서관 회원증 발급", PURPOSE).unwrap(),
                Names::new("연령 확인", "To check an age").unwrap(),
            ],
            legal_basis: None,
            documents,
        })
        .unwrap()
    }
}

/// Elements of a document in both formats, by their ids in the catalogue.
pub(crate) fn registered(name: &str, ids: &[&str]) -> Vec<RegisteredDocument> {
    let document = document(name);
    let attributes = || ids.iter().map(|id| document.attribute(id).unwrap());
    let elements = attributes().map(|one| ClaimPath::element(one.namespace(), one.element())).collect();
    let segments = |path: &[String]| path.iter().cloned().map(PathSegment::Key).collect();
    let claims = attributes().map(|one| ClaimPath::new(segments(one.claim_path())).unwrap()).collect();
    vec![
        RegisteredDocument::new(RegisteredKind::Mdoc(document.doctype().to_owned()), elements).unwrap(),
        RegisteredDocument::new(RegisteredKind::SdJwtVc(document.vct().to_owned()), claims).unwrap(),
    ]
}

/// A query for attributes of the resident card.
pub(crate) fn query(format: Format, ids: &[&str]) -> DcqlQuery {
    testkit::Request::query(format, document("resident"), ids)
}

impl Scene {
    /// A phone with a resident card, three copies of each format, and a bundle of an hour ago.
    pub(crate) fn new() -> Self {
        let mut scene = Self::empty();
        scene.hold("resident", 3);
        scene
    }

    /// The same with no card.
    pub(crate) fn empty() -> Self {
        let world = World::new();
        let (library, shop) = (Party::new(&world, 101), Party::new(&world, 102));
        let registrations = vec![library.registration("sejong-library", registered("resident", &REGISTERED))];
        let mut scene = Self {
            phone: Driver::new(),
            library,
            shop,
            registrations,
            withdrawn: Vec::new(),
            person: 0,
            cards: 0,
            world,
        };
        scene.rely();
        scene
    }

    /// Puts a card into the wallet, with so many copies of each format.
    pub(crate) fn hold(&mut self, name: &str, copies: usize) {
        let terms = self.world.terms();
        self.hold_on(name, copies, &terms);
    }

    /// The same on other terms. Each copy has an entry of the status list.
    pub(crate) fn hold_on(&mut self, name: &str, copies: usize, terms: &Terms) {
        let issued: Vec<Vec<IssuedCopy>> =
            BOTH.iter().map(|format| (0..copies).map(|_| self.issue(*format, name, terms)).collect()).collect();
        let batches: Vec<Value> = issued.into_iter().map(|copies| self.batch(name, copies)).collect();
        self.put(&batches, copies);
    }

    /// Puts in a card with one copy, an mdoc.
    pub(crate) fn hold_mdoc_alone(&mut self, name: &str) {
        let copy = self.issue(Format::Mdoc, name, &self.world.terms());
        let batch = self.batch(name, vec![copy]);
        self.put(&[batch], 1);
    }

    /// Puts in a card with one copy, an SD-JWT that somebody issued in a way of their own.
    pub(crate) fn hold_sd_jwt(&mut self, name: &str, text: String, holder: SigningKey) {
        let (document, status) = (document(name), None);
        let copy = IssuedCopy { format: Format::SdJwt, document, bytes: text.into_bytes(), holder, status };
        let batch = self.batch(name, vec![copy]);
        self.put(&[batch], 1);
    }

    fn put(&mut self, batches: &[Value], copies: usize) {
        let record = json!({
            "link": "openid-credential-offer://", "begun_at": now().to_string(), "offer": "{}", "copies": copies,
            "device_key": { "handle": "device", "public": batches[0]["keys"][0]["public"] },
            "batches": batches,
        });
        self.cards += 1;
        let name = format!("card.{:032x}", self.cards);
        self.phone.records.insert(name, serde_json::to_vec(&record).unwrap());
        self.reopen();
    }

    fn issue(&self, format: Format, name: &str, terms: &Terms) -> IssuedCopy {
        let mut terms = terms.clone();
        terms.status = terms.status.and(self.world.terms().status);
        self.world.issue_document(format, name, self.person, &terms)
    }

    fn batch(&mut self, name: &str, copies: Vec<IssuedCopy>) -> Value {
        let (format, kind) = match copies[0].format {
            Format::Mdoc => ("mdoc", document(name).doctype()),
            Format::SdJwt => ("sd-jwt", document(name).vct()),
        };
        let (mut keys, mut held) = (Vec::new(), Vec::new());
        for (place, copy) in copies.into_iter().enumerate() {
            let handle = format!("held-{}", self.phone.keys.len());
            keys.push(json!({ "handle": handle, "public": Jwk::from(copy.holder.public().clone()).to_object() }));
            let credential = match copy.format {
                Format::Mdoc => mapae_jose::base64url::encode(copy.bytes),
                Format::SdJwt => String::from_utf8(copy.bytes).unwrap(),
            };
            held.push(json!({ "key": place, "format": format, "credential": credential, "shown_to": [] }));
            self.phone.keys.insert(mapae_wallet::KeyHandle::new(handle), copy.holder);
        }
        json!({
            "configuration": format!("{name}-{format}"), "document_type": kind, "asked_at": now().to_string(),
            "keys": keys, "state": { "held": { "copies": held, "notify": null, "verdict": null } },
        })
    }

    /// Opens the wallet anew from its records, with a new bundle.
    pub(crate) fn reopen(&mut self) {
        self.phone.reopen();
        self.rely();
    }

    /// Gives the wallet a new bundle.
    pub(crate) fn rely(&mut self) {
        self.phone.wallet.rely_on(Some(self.store()));
    }

    pub(crate) fn store(&self) -> TrustStore {
        let mut contents = self.world.contents();
        contents.registrars = vec![self.world.pki.root.clone()];
        contents.registrations.clone_from(&self.registrations);
        contents.withdrawn.clone_from(&self.withdrawn);
        let key = &self.world.bundle_key;
        let unsigned = contents.prepare(key.public());
        let signature = key.sign(unsigned.to_be_signed()).unwrap();
        Bundle::parse(unsigned.attach(&signature)).unwrap().verify(key.public()).unwrap()
    }

    /// The library asks, by a signed text.
    pub(crate) fn asked(&mut self, query: &DcqlQuery) -> (PendingPresentation, Asked) {
        let pending = self.library.ask(query, self.phone.now);
        let text = self.library.sign(&pending, None);
        (pending, self.hear(&text))
    }

    /// The wallet reads a text; nothing may be sent for that.
    pub(crate) fn hear(&mut self, text: &str) -> Asked {
        self.phone.run(&mut Nobody, |wallet, start| wallet.ask(text, start)).unwrap()
    }

    /// A proposal for a query of the library's.
    pub(crate) fn proposed(&mut self, query: &DcqlQuery) -> (PendingPresentation, Proposal) {
        let (pending, asked) = self.asked(query);
        (pending, proposal(asked))
    }

    /// Answers.
    pub(crate) fn answer(
        &mut self,
        web: &mut dyn Web,
        proposal: &Proposal,
        consent: &Consent,
    ) -> Result<Shared, Stopped> {
        self.phone.run(web, |wallet, start| wallet.answer(proposal.clone(), consent.clone(), start))
    }

    /// Answers with the fewest data, to a relying party that takes it; returns what that verifies.
    pub(crate) fn share(&mut self, pending: PendingPresentation, proposal: &Proposal) -> Vec<Verified> {
        let mut post = Post::default();
        let shared = self.answer(&mut post, proposal, &proposal.least());
        shared.unwrap();
        self.verified(pending, &post.only())
    }

    /// What a relying party makes of an answer.
    pub(crate) fn verified(&self, pending: PendingPresentation, body: &[u8]) -> Vec<Verified> {
        let received = pending.receive(body).unwrap();
        let binding = || Binding::new(received.transcript().clone(), received.audience(), received.nonce());
        let policy = Policy::default().asking(received.query());
        let judge = |bytes: &Vec<u8>| verify(bytes, &binding(), &self.store(), self.phone.now, &policy).unwrap();
        received.presentations().values().flatten().map(judge).collect()
    }

    pub(crate) fn last_line(&self) -> HistoryLine {
        self.phone.wallet.history().first().unwrap().clone()
    }
}

pub(crate) fn proposal(asked: Asked) -> Proposal {
    match asked {
        Asked::Proposal(proposal) => *proposal,
        Asked::Refusal(refusal) => panic!("refused: {}", refusal.code()),
    }
}

pub(crate) fn refusal(asked: Asked) -> Refusal {
    match asked {
        Asked::Refusal(refusal) => refusal,
        Asked::Proposal(_) => panic!("proposed"),
    }
}

/// A relying party that takes every answer.
#[derive(Default)]
pub(crate) struct Post {
    pub(crate) bodies: Vec<Vec<u8>>,
    pub(crate) status: u16,
}

impl Post {
    /// The one answer that came.
    pub(crate) fn only(&self) -> Vec<u8> {
        let [body] = self.bodies.as_slice() else { panic!("{} answers", self.bodies.len()) };
        body.clone()
    }
}

impl Web for Post {
    fn answer(&mut self, request: &HttpRequest) -> Option<HttpResponse> {
        assert_eq!(request.method, Method::Post);
        self.bodies.push(request.body.clone());
        let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        let body = accepted(Some("https://party.example/done"));
        Some(HttpResponse { status: if self.status == 0 { 200 } else { self.status }, headers, body })
    }
}

/// A place where a request lies, and where its answer goes.
pub(crate) struct Place<'p> {
    pub(crate) party: &'p Party,
    pub(crate) pending: &'p PendingPresentation,
    /// Puts another nonce in than the wallet's.
    pub(crate) forges_nonce: bool,
}

impl Place<'_> {
    pub(crate) fn link(&self) -> String {
        self.pending.link("openid4vp://", "https://party.example/request", RequestUriMethod::Post)
    }
}

impl Web for Place<'_> {
    fn answer(&mut self, request: &HttpRequest) -> Option<HttpResponse> {
        let nonce = wallet_nonce(&request.body).unwrap();
        let nonce = if self.forges_nonce { Some("of another wallet".to_owned()) } else { nonce };
        let headers = vec![("Content-Type".to_owned(), "application/oauth-authz-req+jwt".to_owned())];
        let body = self.party.sign(self.pending, nonce.as_deref()).into_bytes();
        Some(HttpResponse { status: 200, headers, body })
    }
}
