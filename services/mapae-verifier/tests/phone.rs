//! A wallet on the wallet's half of `mapae-oid4vp`, which discloses what a test tells it to.

use std::collections::BTreeMap;

use mapae_crypto::Algorithm;
use mapae_mdoc::{HeldMdoc, SessionTranscript};
use mapae_oid4vp::{Begun, Call, HttpRequest, HttpResponse, Method, Presentation, Request};
use mapae_sd_jwt::{KeyBinding, PathElement, SdJwt};
use mapae_types::Timestamp;
use serde_json::Value;
use testkit::{Format, IssuedCopy, Seeded, World};

use crate::scene::{Answer, client, text};

/// A person's phone.
pub(crate) struct Phone<'w> {
    world: &'w World,
    now: Timestamp,
    /// Where the verifier is reached, whatever its addresses say.
    at: String,
}

impl<'w> Phone<'w> {
    pub(crate) const fn new(world: &'w World, now: Timestamp, at: String) -> Self {
        Self { world, now, at }
    }

    /// The same, which reaches another replica.
    pub(crate) fn reaching(self, at: String) -> Self {
        Self { at, ..self }
    }

    pub(crate) async fn send(&self, request: &HttpRequest) -> Answer {
        let path = request.url.split_once("127.0.0.1:").unwrap().1.split_once('/').unwrap().1;
        let url = format!("{}/{path}", self.at);
        let client = client();
        let mut asked = if request.method == Method::Post { client.post(url) } else { client.get(url) };
        for (name, value) in &request.headers {
            asked = asked.header(*name, value);
        }
        Answer::read(asked.body(request.body.clone()).send().await.unwrap()).await
    }

    /// The request behind a link, or why there is none.
    pub(crate) async fn fetch(&self, link: &str) -> Result<Request, Answer> {
        let mut entropy = Seeded::new(rand());
        let Begun::Fetch(awaiting) = Call::parse(link).unwrap().begin(&mut entropy).unwrap() else { panic!("{link}") };
        let answer = self.send(awaiting.request()).await;
        if answer.status != 200 {
            return Err(answer);
        }
        let headers = vec![("Content-Type".to_owned(), answer.kind.clone())];
        let response = HttpResponse { status: answer.status, headers, body: answer.text.into_bytes() };
        let object = awaiting.receive(&response).unwrap();
        let roots = std::slice::from_ref(&self.world.pki.root);
        Ok(object.authenticate(roots, self.now).unwrap().into_request())
    }

    pub(crate) async fn fetched(&self, session: &Value) -> Request {
        self.fetch(text(session, "link")).await.unwrap()
    }

    /// What the holder of a copy signs for a request.
    pub(crate) fn present(&self, request: &Request, copy: &IssuedCopy, ids: &[&str]) -> Presentation {
        self.present_to(&request.transcript(), (request.audience(), request.nonce()), copy, ids)
    }

    /// The same for a session that is known by these alone.
    pub(crate) fn present_to(
        &self,
        transcript: &SessionTranscript,
        (audience, nonce): (&str, &str),
        copy: &IssuedCopy,
        ids: &[&str],
    ) -> Presentation {
        let attributes: Vec<_> = ids.iter().map(|id| copy.document.attribute(id).unwrap()).collect();
        match copy.format {
            Format::Mdoc => {
                let elements: Vec<_> = attributes.iter().map(|a| (a.namespace(), a.element())).collect();
                let held = HeldMdoc::parse(&copy.bytes).unwrap();
                let unsigned = held.present(&elements, transcript).unwrap();
                let signature = copy.holder.sign(unsigned.to_be_signed()).unwrap();
                Presentation::DeviceResponse(unsigned.attach(&signature))
            }
            Format::SdJwt => {
                let path = |names: &'static [String]| names.iter().map(|name| PathElement::Name(name)).collect();
                let paths: Vec<Vec<PathElement<'_>>> = attributes.iter().map(|a| path(a.claim_path())).collect();
                let paths: Vec<&[PathElement<'_>]> = paths.iter().map(Vec::as_slice).collect();
                let held = SdJwt::parse(std::str::from_utf8(&copy.bytes).unwrap()).unwrap();
                let binding = KeyBinding { audience, nonce, issued_at: self.now };
                let unsigned = held.select(&paths).unwrap().bind(Algorithm::Es256, &binding);
                let signature = copy.holder.sign(unsigned.to_be_signed()).unwrap();
                Presentation::SdJwt(unsigned.attach(&signature))
            }
        }
    }

    /// The answer with presentations under the names of their queries.
    pub(crate) fn answer(request: &Request, shown: Vec<(&str, Presentation)>) -> HttpRequest {
        let mut by_query: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (id, presentation) in shown {
            by_query.entry(id.parse().unwrap()).or_default().push(presentation);
        }
        request.answer(by_query, &mut Seeded::new(rand())).unwrap()
    }

    /// The id of the query for that document in that format.
    pub(crate) const fn query(format: Format) -> &'static str {
        match format {
            Format::Mdoc => "resident_mdoc",
            Format::SdJwt => "resident_sd_jwt",
        }
    }

    /// Fetches, and shows attributes of a new resident card.
    pub(crate) async fn show(&self, session: &Value, format: Format, ids: &[&str]) -> Answer {
        let request = self.fetched(session).await;
        let shown = self.present(&request, &self.world.issue(format), ids);
        self.send(&Self::answer(&request, vec![(Self::query(format), shown)])).await
    }
}

/// A seed that no other call has.
pub(crate) fn rand() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(std::time::Instant::now())
}
