//! Who is asked: verifiers of a library that are started for the run, in a country that has issued cards.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};

use mapae_crypto::sha256;
use mapae_sample::Register;
use mapae_types::hex;
use mapae_x509::TrustAnchor;
use serde_json::json;
use tempfile::TempDir;

use super::{
    super::{child::Service, people, usage},
    Flow, LoadVerifyArgs,
    cards::{self, Card},
};
use crate::{authority::read_certificate, commands::script::Script, failure::Outcome, output::Output, ports};

const TOKEN: &str = "the load's token";

/// Verifiers, and what phones and relying party have.
pub(super) struct Scene {
    /// What their addresses begin with, whichever of them answers.
    pub(super) base_url: String,
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) bearer: String,
    /// The body of `POST /sessions`.
    pub(super) wish: String,
    pub(super) cards: Vec<Card>,
    /// Who certified the library.
    pub(super) registrar: TrustAnchor,
    /// The name of the database, if it is PostgreSQL's.
    pub(super) database: Option<String>,
    services: Vec<Service>,
    _folder: TempDir,
}

impl Scene {
    pub(super) fn open(args: &LoadVerifyArgs, output: &Output) -> Outcome<Self> {
        let folder = match &args.dir {
            Some(dir) => TempDir::with_prefix_in("mapae-load-", dir)?,
            None => TempDir::with_prefix("mapae-load-")?,
        };
        let dir = folder.path();
        let script = Script::new(dir.to_owned());
        let register = dir.join("resident.csv");
        let people = people::write(&register, Register::Resident, args.people, args.seed, output)?;
        for line in COUNTRY {
            script.mapae(line)?;
        }
        let addresses = (0..args.replicas).map(|_| ports::free(Ipv4Addr::LOCALHOST.into()));
        let addresses = addresses.collect::<Result<Vec<_>, _>>()?;
        let base_url = format!("http://{}", addresses[0]);
        script.write("verifier.secret", &hex::encode(&sha256(b"the load's secret")))?;
        for number in 0..addresses.len() {
            script.write(&format!("verifier-{number}.toml"), &settings(args, &base_url, number))?;
        }
        let services =
            addresses.iter().enumerate().map(|(number, at)| serve(dir, number, *at)).collect::<Outcome<_>>()?;
        Ok(Self {
            addresses,
            wish: wish(args.flow, &base_url),
            base_url,
            bearer: format!("Bearer {TOKEN}"),
            cards: cards::read(&dir.join("issued"), &register, &people)?,
            registrar: TrustAnchor::new(read_certificate(&dir.join("registrar/registrar.pem"))?)?,
            database: args.store.as_deref().filter(|_| args.on_postgres()).map(database),
            services,
            _folder: folder,
        })
    }

    /// Time on the processor and memory of all verifiers; nothing where the system does not say.
    pub(super) fn usage(&self) -> Option<(std::time::Duration, u64)> {
        let each = self.services.iter().map(|service| Some((usage::cpu(service.id())?, usage::memory(service.id())?)));
        let each = each.collect::<Option<Vec<_>>>()?;
        Some((each.iter().map(|(cpu, _)| *cpu).sum(), each.iter().map(|(_, memory)| memory).sum()))
    }
}

const COUNTRY: [&str; 5] = [
    "authority init --dir @/authority",
    "issue --authority @/authority --document resident --register @/resident.csv --out @/issued --copies 1",
    "bundle build --authority @/authority --issued @/issued --out @/trust.bundle",
    "relying-party registrar --dir @/registrar",
    "relying-party register --registrar @/registrar --id library --name-ko 도서관 --name-en Library --class low \
     --purpose-ko 회원증\u{a0}발급 --purpose-en To\u{a0}open\u{a0}a\u{a0}library\u{a0}card \
     --document resident=family_name_hangul,given_name_hangul,birth_date --out @/library",
];

/// All sessions have one address, so nobody is limited.
fn settings(args: &LoadVerifyArgs, base_url: &str, number: usize) -> String {
    let store = args.store.as_deref().unwrap_or("sqlite:verifier.db");
    let hash = hex::encode(&sha256(TOKEN.as_bytes()));
    format!(
        "base_url = \"{base_url}\"\nrelying_party = \"library\"\nstore = \"{store}\"\n\
         rate = \"1000000/s burst 1000000\"\n[bundle]\nsource = \"trust.bundle\"\n\
         key = \"authority/bundle-key.pem\"\nmemory = \"verifier-{number}.memory\"\n\
         [[api_keys]]\nname = \"load\"\nsha256 = \"{hash}\"\n"
    )
}

fn wish(flow: Flow, base_url: &str) -> String {
    let wish = match flow {
        Flow::SameDevice => {
            json!({ "use": "identity", "flow": "same_device", "redirect_uri": format!("{base_url}/back") })
        }
        Flow::CrossDevice => json!({ "use": "identity", "flow": "cross_device" }),
    };
    wish.to_string()
}

fn serve(dir: &Path, number: usize, at: SocketAddr) -> Outcome<Service> {
    let mut command = Service::command()?;
    command.args(["serve", "verifier", "--json", "--config"]).arg(dir.join(format!("verifier-{number}.toml")));
    command.arg("--listen").arg(at.to_string());
    Service::start(command, &dir.join(format!("verifier-{number}.log"))).map(|(service, _)| service)
}

fn database(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}
