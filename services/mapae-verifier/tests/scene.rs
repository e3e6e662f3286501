//! A library that runs a verifier, with the registration of a library, in a country that issues documents.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
};

use mapae_crypto::sha256;
use mapae_dcql::{ClaimPath, PathSegment};
use mapae_document::Catalogue;
use mapae_http::{Clock, Dice, Metrics, Notices, Running, settings};
use mapae_trust::{Names, NewRegistration, RegisteredDocument, RegisteredKind, Registration};
use mapae_types::{Duration, Entropy as _, Timestamp, hex};
use mapae_verifier::{
    Crash, Pinned, RelyingParty, ServeError, ServerSecret, VerifierConfig, VerifierDeps, WebhookSecret, serve,
};
use mapae_x509::Role;
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{Seeded, Signer, World, document, now, ports};

use crate::{phone::Phone, places::Place};

pub(crate) const KEY: &str = "the web shop's token";
pub(crate) const OTHER_KEY: &str = "the archive's token";
pub(crate) const PURPOSE: &str = "To open a library card";
pub(crate) const WEBHOOK_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// What the library may ask for.
pub(crate) const RESIDENT: [&str; 11] = [
    "family_name",
    "given_name",
    "family_name_hangul",
    "given_name_hangul",
    "birth_date",
    "age_over_14",
    "age_over_19",
    "portrait",
    "resident_state",
    "sex",
    "person_id",
];
const LICENCE: [&str; 4] = ["family_name", "given_name", "driving_privileges", "age_over_19"];

/// How a scene differs from the usual.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) class: &'static str,
    /// Lines of the settings, above the sections.
    pub(crate) lines: String,
    /// Sections of the settings.
    pub(crate) sections: String,
    /// Where bundles come from, and the folder in which they are remembered.
    pub(crate) source: Option<(String, PathBuf)>,
}

impl Default for Setting {
    fn default() -> Self {
        Self { class: "low", lines: String::new(), sections: String::new(), source: None }
    }
}

/// A verifier while it runs, on a store.
pub(crate) struct Scene<P> {
    pub(crate) world: World,
    pub(crate) place: P,
    pub(crate) running: Running,
    pub(crate) said: Arc<Mutex<String>>,
    pub(crate) dir: TempDir,
    base: String,
    setting: Setting,
    around: Around,
}

/// What a service has from its scene, beside its store.
#[derive(Default)]
struct Around {
    ahead: Arc<AtomicI64>,
    said: Arc<Mutex<String>>,
    drawn: Arc<AtomicUsize>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) text: String,
    pub(crate) kind: String,
}

fn access(world: &World) -> Signer {
    let from = now().start_of_day() - Duration::days(30);
    world.pki.signer(Role::MdocReader, 101, from, from + Duration::days(365))
}

fn registered(name: &str, ids: &[&str]) -> Vec<RegisteredDocument> {
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

fn relying_party(world: &World, class: &str) -> RelyingParty {
    let signer = access(world);
    let registration = Registration::new(NewRegistration {
        id: "sejong-library".parse().unwrap(),
        names: Names::new("세종시립도서관", "Sejong City Library").unwrap(),
        certificate: signer.certificate,
        use_class: class.parse().unwrap(),
        purposes: vec![Names::new("도서관 회원증 발급", PURPOSE).unwrap()],
        legal_basis: None,
        documents: [registered("resident", &RESIDENT), registered("licence", &LICENCE)].concat(),
    });
    RelyingParty::new(registration.unwrap(), signer.key).unwrap()
}

pub(crate) fn config(base: &str, dir: &Path, setting: &Setting) -> VerifierConfig {
    let (lines, sections) = (&setting.lines, &setting.sections);
    let own = (dir.join("trust.bundle").display().to_string(), dir.to_owned());
    let (source, dir) = setting.source.as_ref().unwrap_or(&own);
    let dir = dir.display();
    let key = |token: &str| hex::encode(&sha256(token.as_bytes()));
    settings::parse(&format!(
        "base_url = \"{base}\"\nrelying_party = \"unused\"\nrate = \"10000/s burst 10000\"\n{lines}\n\
         [bundle]\nsource = \"{source}\"\nkey = \"unused\"\nmemory = \"{dir}/memory\"\nevery_seconds = 1\n\
         [[api_keys]]\nname = \"shop\"\nsha256 = \"{}\"\n[[api_keys]]\nname = \"archive\"\nsha256 = \"{}\"\n{sections}",
        key(KEY),
        key(OTHER_KEY),
    ))
    .unwrap()
}

pub(crate) fn dice(seed: u64) -> Dice {
    let seeded = Mutex::new(Seeded::new(seed));
    Dice::from_fn(move |bytes| {
        let mut seeded = seeded.lock().unwrap();
        mapae_types::Entropy::fill(&mut *seeded, bytes)
    })
}

fn counted(dice: Dice, drawn: Arc<AtomicUsize>) -> Dice {
    Dice::from_fn(move |bytes| {
        drawn.fetch_add(1, Ordering::SeqCst);
        mapae_types::Entropy::fill(&mut &dice, bytes)
    })
}

impl<P: Place> Scene<P> {
    /// Nothing if this machine has no such store.
    pub(crate) async fn new() -> Option<Self> {
        Self::with(Setting::default()).await
    }

    pub(crate) async fn with(setting: Setting) -> Option<Self> {
        Self::of(World::new(), setting).await
    }

    pub(crate) async fn of(world: World, setting: Setting) -> Option<Self> {
        let (place, dir) = (P::new()?, tempfile::tempdir().unwrap());
        std::fs::write(dir.path().join("trust.bundle"), world.bundle()).unwrap();
        let around = Around::default();
        let port = ports::free().port();
        let base = format!("http://127.0.0.1:{port}");
        let running = start::<P>(&world, &place, dir.path(), (&base, port), &setting, &around).await.unwrap();
        let said = Arc::clone(&around.said);
        Some(Self { world, place, running, said, dir, base, setting, around })
    }

    /// One more process on the same store, under the same address.
    pub(crate) async fn replica(&self) -> Running {
        let to = (self.base.as_str(), 0);
        start::<P>(&self.world, &self.place, self.dir.path(), to, &self.setting, &self.around).await.unwrap()
    }

    /// Why a verifier with these settings does not start.
    pub(crate) async fn refusal(&self, setting: &Setting) -> ServeError {
        let to = (self.base.as_str(), 0);
        let started = start::<P>(&self.world, &self.place, self.dir.path(), to, setting, &self.around).await;
        started.map(drop).unwrap_err()
    }

    /// Lets time pass for the service.
    pub(crate) fn wait(&self, time: Duration) {
        self.around.ahead.fetch_add(time.as_seconds(), Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> Timestamp {
        now() + Duration::seconds(self.around.ahead.load(Ordering::SeqCst))
    }

    /// How often the service drew something at random.
    pub(crate) fn drawn(&self) -> usize {
        self.around.drawn.load(Ordering::SeqCst)
    }

    pub(crate) fn phone(&self) -> Phone<'_> {
        Phone::new(&self.world, self.now(), self.running.url())
    }

    pub(crate) async fn begin(&self, wish: &Value) -> Answer {
        self.ask("POST", "/sessions", KEY, wish.to_string()).await
    }

    /// A session that begins as it should.
    pub(crate) async fn begun(&self, wish: &Value) -> Value {
        let answer = self.begin(wish).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.body
    }

    pub(crate) async fn poll(&self, session: &Value) -> Answer {
        self.ask("GET", &format!("/sessions/{}", text(session, "id")), KEY, String::new()).await
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, key: &str, body: String) -> Answer {
        ask(&self.running, method, path, key, body).await
    }
}

pub(crate) async fn ask(running: &Running, method: &str, path: &str, key: &str, body: String) -> Answer {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let request = client().request(method, format!("{}{path}", running.url())).bearer_auth(key).body(body);
    Answer::read(request.send().await.unwrap()).await
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn start<P: Place>(
    world: &World,
    place: &P,
    dir: &Path,
    (base, port): (&str, u16),
    setting: &Setting,
    around: &Around,
) -> Result<Running, ServeError> {
    let (clock, ear, drawn) = (Arc::clone(&around.ahead), Arc::clone(&around.said), Arc::clone(&around.drawn));
    let mut random = [0; 8];
    std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom").unwrap(), &mut random).unwrap();
    let deps = VerifierDeps {
        store: place.store().await,
        relying_party: relying_party(world, setting.class),
        catalogue: Catalogue::builtin().unwrap(),
        secret: ServerSecret::new(Seeded::new(7).array().unwrap()),
        pinned: Pinned::Key(Box::new(world.bundle_key.public().clone())),
        webhook_secret: Some(WebhookSecret::parse(WEBHOOK_SECRET).unwrap()),
        clock: Clock::from_fn(move || now() + Duration::seconds(clock.load(Ordering::SeqCst))),
        dice: counted(dice(u64::from_be_bytes(random)), drawn),
        notices: Notices::to(move |line| ear.lock().unwrap().extend([line, "\n"])),
        metrics: Metrics::new(),
        crash: Crash::never(),
    };
    serve(([127, 0, 0, 1], port).into(), config(base, dir, setting), deps).await
}

impl Answer {
    pub(crate) async fn read(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        let text = response.text().await.unwrap();
        Self { status, body: serde_json::from_str(&text).unwrap_or_default(), text, kind: kind.unwrap_or_default() }
    }

    /// Its status, and the code of its problem.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        (self.status, self.body["type"].as_str().unwrap_or_default().rsplit(':').next().unwrap_or_default())
    }
}

pub(crate) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

/// By a QR code, for somebody of age.
pub(crate) fn of_age() -> Value {
    json!({ "use": "age_over_19", "flow": "cross_device" })
}
