//! What a library needs to run a verifier: a registration, a bundle, secrets, and a file of settings for each replica.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use mapae_crypto::{SigningKey, sha256};
use mapae_dcql::{ClaimPath, PathSegment};
use mapae_trust::{Names, NewRegistration, RegisteredDocument, RegisteredKind, Registration};
use mapae_types::{Duration, Timestamp, hex};
use mapae_x509::Role;
use testkit::{World, document, now, ports};

use super::sign_ins;

/// The library's key for its sessions.
pub(crate) const TOKEN: &str = "the-librarys-token-of-256-bits";
/// What seals the store.
const SECRET: [u8; 32] = [9; 32];
/// What the webhooks are signed with; `whsec_` and its base64 are in the file.
pub(crate) const WEBHOOK_KEY: [u8; 32] = [5; 32];

/// Where the page stands by whose browser wallets are asked.
pub(crate) const ORIGIN: &str = "https://library.example";

/// What the library asks for: the built-in use `identity`.
pub(crate) const ASKED: [&str; 3] = ["family_name_hangul", "given_name_hangul", "birth_date"];

/// Seconds for which a result is kept once it was delivered: more than a long run takes until everybody has asked.
pub(crate) const DELIVERED_FOR: i64 = 1800;

/// The library's folder, for as many replicas as there are.
pub(crate) struct Library {
    pub(crate) dir: PathBuf,
    /// As the settings have it.
    pub(crate) store: String,
    pub(crate) replicas: [SocketAddr; 2],
    /// How far the machine's clock is ahead of the world's.
    behind: Duration,
}

impl Library {
    pub(crate) fn build(world: &World, dir: &Path, store: String, hooks: SocketAddr) -> Self {
        let (registration, key) = register(world);
        fs::create_dir(dir.join("library")).unwrap();
        let write = |name: &str, bytes: &[u8]| fs::write(dir.join(name), bytes).unwrap();
        write("library/registration.cbor", &registration.to_bytes());
        write("library/access.key", key.to_pkcs8_pem().as_bytes());
        write("trust.bundle", &world.bundle());
        write("bundle.pem", world.bundle_key.public().to_spki_pem().as_bytes());
        write("verifier.secret", hex::encode(&SECRET).as_bytes());
        write("web.subject", hex::encode(&sign_ins::SUBJECT_SECRET).as_bytes());
        write("webhook.secret", format!("whsec_{}", mapae_jose::base64url::encode_standard(WEBHOOK_KEY)).as_bytes());
        let library = Self {
            dir: dir.to_owned(),
            store,
            replicas: [ports::free(), ports::free()],
            behind: Duration::seconds(machine().unix() - now().unix()),
        };
        for number in 0..2 {
            write(&format!("verifier-{number}.toml"), library.settings(number, hooks).as_bytes());
        }
        library
    }

    /// Everything is logged: what must not be said is not said there either.
    fn settings(&self, number: usize, hooks: SocketAddr) -> String {
        let (base, store) = (self.replicas[0], &self.store);
        format!(
            "base_url = \"http://{base}\"\nrelying_party = \"library\"\nstore = \"{store}\"\nrate = \"1000000/s burst 1000000\"\n\
             [bundle]\nsource = \"trust.bundle\"\nkey = \"bundle.pem\"\nmemory = \"memory-{number}\"\n\
             [webhook]\nurl = \"http://{hooks}/hook\"\nsecret_file = \"webhook.secret\"\n\
             [lifetimes]\nsession_seconds = 3600\nresult_seconds = 3600\ndelivered_seconds = {DELIVERED_FOR}\n\
             [log]\nlevel = \"trace\"\nrequests = \"all\"\n\
             [[api_keys]]\nname = \"desk\"\nsha256 = \"{}\"\n{}",
            hex::encode(&sha256(TOKEN.as_bytes())),
            sign_ins::settings()
        )
    }

    /// The provider's name.
    pub(crate) fn issuer(&self) -> String {
        format!("http://{}/openid", self.replicas[0])
    }

    /// The world's time, as the replicas have it that are so much ahead.
    pub(crate) fn now(&self, ahead: Duration) -> Timestamp {
        machine() - self.behind + ahead
    }

    /// The command of a replica whose clock is so much ahead of the world's.
    pub(crate) fn arguments(&self, number: usize, ahead: Duration) -> String {
        let behind = self.behind.as_seconds() - ahead.as_seconds();
        let way = if behind < 0 { "ahead" } else { "behind" };
        format!("serve verifier --config verifier-{number}.toml --clock-{way} {}s", behind.abs())
    }
}

fn machine() -> Timestamp {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    Timestamp::from_unix(seconds.try_into().unwrap()).unwrap()
}

fn register(world: &World) -> (Registration, SigningKey) {
    let from = now().start_of_day() - Duration::days(30);
    let access = world.pki.signer(Role::MdocReader, 101, from, from + Duration::days(365));
    let registration = Registration::new(NewRegistration {
        id: "sejong-library".parse().unwrap(),
        names: Names::new("세종시립도서관", "Sejong City Library").unwrap(),
        certificate: access.certificate,
        use_class: "low".parse().unwrap(),
        purposes: vec![Names::new("도서관 회원증 발급", "To open a library card").unwrap()],
        legal_basis: None,
        documents: registered(),
    });
    (registration.unwrap(), access.key)
}

fn registered() -> Vec<RegisteredDocument> {
    let document = document("resident");
    let ids = || ASKED.into_iter().chain(["person_id"]);
    let attributes = || ids().map(|id| document.attribute(id).unwrap());
    let elements = attributes().map(|one| ClaimPath::element(one.namespace(), one.element())).collect();
    let segments = |path: &[String]| path.iter().cloned().map(PathSegment::Key).collect();
    let claims = attributes().map(|one| ClaimPath::new(segments(one.claim_path())).unwrap()).collect();
    vec![
        RegisteredDocument::new(RegisteredKind::Mdoc(document.doctype().to_owned()), elements).unwrap(),
        RegisteredDocument::new(RegisteredKind::SdJwtVc(document.vct().to_owned()), claims).unwrap(),
    ]
}
