//! A relying party: a real `mapae serve verifier` with a registration of its own, and the program that asks it.

use std::{
    fs,
    net::SocketAddr,
    thread::sleep,
    time::{Duration, Instant},
};

use mapae_crypto::sha256;
use mapae_http::{HeaderMap, HeaderValue};
use mapae_types::hex;
use serde_json::{Map, Value, json};
use testkit::ports;

use crate::{
    country::{Country, Registered},
    process::{PATIENCE, Process},
    sign_in::{self, SignIn},
    web,
};

/// Seconds from one look for a newer bundle to the next: many in a test, and none because of a presentation.
pub(crate) const LOOKS_EVERY: u64 = 2;

/// How it asks.
#[derive(Clone, Copy)]
pub(crate) enum Flow {
    CrossDevice,
    SameDevice,
    /// By OpenID Connect.
    SignIn,
}

/// What it is, and what it asks for.
pub(crate) struct Kind {
    pub(crate) registered: Registered,
    /// A use that every verifier has.
    pub(crate) named: &'static str,
    pub(crate) flow: Flow,
}

/// Five that have little in common.
pub(crate) const KINDS: [Kind; 5] = [
    Kind {
        registered: Registered {
            id: "library",
            class: "low",
            documents: &["resident=family_name_hangul,given_name_hangul,birth_date"],
        },
        named: "identity",
        flow: Flow::CrossDevice,
    },
    Kind {
        registered: Registered {
            id: "bank",
            class: "substantial",
            documents: &[
                "resident=family_name_hangul,given_name_hangul,birth_date",
                "licence=family_name_hangul,given_name_hangul,birth_date",
            ],
        },
        named: "identity",
        flow: Flow::SameDevice,
    },
    Kind {
        registered: Registered {
            id: "cinema",
            class: "low",
            documents: &["resident=age_over_19", "licence=age_over_19"],
        },
        named: "age_over_19",
        flow: Flow::CrossDevice,
    },
    Kind {
        registered: Registered {
            id: "rental",
            class: "substantial",
            documents: &["licence=family_name_hangul,given_name_hangul,driving_privileges,expiry_date"],
        },
        named: "driving_licence",
        flow: Flow::SameDevice,
    },
    Kind {
        registered: Registered {
            id: "ministry",
            class: "substantial",
            documents: &["resident=person_id,family_name_hangul,given_name_hangul,birth_date"],
        },
        named: "",
        flow: Flow::SignIn,
    },
];

/// Where its people come back to. Nobody listens there: the person's browser is this test.
pub(crate) const BACK: &str = "http://127.0.0.1:9/back";

/// One of them, running.
pub(crate) struct RelyingParty {
    pub(crate) id: &'static str,
    pub(crate) at: SocketAddr,
    kind: &'static Kind,
    process: Process,
}

/// A session that waits for a wallet.
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) link: String,
    sign_in: Option<SignIn>,
}

impl RelyingParty {
    /// Starts it, with settings besides its usual ones.
    pub(crate) fn start(country: &Country, kind: &'static Kind, besides: &str) -> Self {
        let (id, at) = (kind.registered.id, ports::free());
        let folder = country.root().join(id);
        let mut secret = [0; 32];
        secret[..id.len()].copy_from_slice(id.as_bytes());
        fs::write(folder.join("verifier.secret"), hex::encode(&secret)).unwrap();
        fs::write(folder.join("webhook.secret"), "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").unwrap();
        let settings = format!(
            "base_url = \"http://{at}\"\nrelying_party = \".\"\nrate = \"100000/s burst 100000\"\n\n[bundle]\nsource = \"{}\"\n\
             policy = \"../policy.txt\"\nevery_seconds = {LOOKS_EVERY}\n\n[[api_keys]]\nname = \"shop\"\nsha256 = \"{}\"\n\n{}{besides}",
            country.mirror.url(),
            hex::encode(&sha256(id.as_bytes())),
            if matches!(kind.flow, Flow::SignIn) { sign_in::settings() } else { String::new() }
        );
        fs::write(folder.join("verifier.toml"), settings).unwrap();
        let name = format!("verifier-{id}");
        let line = format!("serve verifier --config verifier.toml --listen {at}");
        Self { id, at, kind, process: Process::start(&name, &folder, &country.notes(), &line) }
    }

    /// Whom its verifier called since it was last asked; what `strace` saw.
    pub(crate) fn take_calls(&self) -> Vec<String> {
        self.process.calls.take()
    }

    /// Begins a session.
    pub(crate) fn begin(&self) -> Session {
        match self.kind.flow {
            Flow::SignIn => {
                let sign_in = SignIn::begin(&self.url());
                Session { id: sign_in.page.clone(), link: sign_in.link.clone(), sign_in: Some(sign_in) }
            }
            Flow::CrossDevice => self.post(&json!({ "use": self.kind.named, "flow": "cross_device" })),
            Flow::SameDevice => {
                self.post(&json!({ "use": self.kind.named, "flow": "same_device", "redirect_uri": BACK }))
            }
        }
    }

    fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    fn post(&self, wish: &Value) -> Session {
        let mut headers = self.headers();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        let answer = web::post(&format!("{}/sessions", self.url()), headers, wish.to_string().into_bytes());
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        let told: Value = serde_json::from_slice(&answer.body).unwrap();
        let text = |member: &str| told[member].as_str().unwrap().to_owned();
        Session { id: text("id"), link: text("link"), sign_in: None }
    }

    /// The claims that it gets; with where the wallet sent the browser back to, if it did.
    pub(crate) fn claims(&self, session: &Session, redirect_uri: Option<&str>) -> Map<String, Value> {
        let claims = match &session.sign_in {
            Some(sign_in) => sign_in.finish(&self.url(), redirect_uri.expect("the way back")),
            None => self.result(session, redirect_uri)["credentials"][0]["claims"].clone(),
        };
        claims.as_object().expect("claims").clone()
    }

    fn result(&self, session: &Session, redirect_uri: Option<&str>) -> Value {
        let code = redirect_uri.map_or(String::new(), |uri| format!("?{}", uri.split_once(['?', '#']).unwrap().1));
        let url = format!("{}/sessions/{}{code}", self.url(), session.id);
        let end = Instant::now() + PATIENCE;
        loop {
            let answer = web::get(&url, self.headers());
            let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            if told["result"].is_object() {
                assert_eq!(told["result"]["verdict"], "held", "{}: {told}", self.id);
                return told["result"].clone();
            }
            assert!(Instant::now() < end, "{}: no result: {told}", self.id);
            sleep(Duration::from_millis(20));
        }
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_str(&format!("Bearer {}", self.id)).unwrap());
        headers
    }
}
