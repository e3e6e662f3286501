//! Who is asked: an issuer that runs somewhere, or one that is started for the run, with a store, a register and keys of its
//! own, as a process of its own.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use mapae_sample::Register;
use tempfile::TempDir;

use super::{LoadIssueArgs, child::Service, hsm, people};
use crate::{
    commands::{office::Office, script::Script},
    failure::{Failure, Outcome},
    output::Output,
    ports,
};

/// An issuer to ask, and what only its operator has.
pub(super) struct Scene {
    pub(super) issuer: String,
    pub(super) address: SocketAddr,
    pub(super) office: Office,
    pub(super) outbox: PathBuf,
    pub(super) people: Vec<String>,
    /// The folder of its wallet provider, if the run needs one.
    pub(super) provider: Option<PathBuf>,
    service: Option<Service>,
    _folder: Option<TempDir>,
}

impl Scene {
    /// The issuer that was named, or a new one.
    pub(super) fn open(args: &LoadIssueArgs, output: &Output) -> Outcome<Self> {
        match &args.issuer {
            Some(issuer) => Self::of_others(args, issuer),
            None => Self::start(args, output),
        }
    }

    /// The service's process, if it is ours.
    pub(super) fn service(&self) -> Option<u32> {
        self.service.as_ref().map(Service::id)
    }

    fn of_others(args: &LoadIssueArgs, issuer: &str) -> Outcome<Self> {
        let needs = || Failure::usage("--issuer takes --office, --token-file, --outbox and --register");
        let (office, token) = args.office.as_deref().zip(args.token_file.as_deref()).ok_or_else(needs)?;
        let (outbox, register) = args.outbox.clone().zip(args.register.as_deref()).ok_or_else(needs)?;
        Ok(Self {
            issuer: issuer.trim_end_matches('/').to_owned(),
            address: address_of(issuer)?,
            office: Office::new(office, token)?,
            outbox,
            people: people::read(register, args.requests)?,
            provider: args.provider.clone(),
            service: None,
            _folder: None,
        })
    }

    fn start(args: &LoadIssueArgs, output: &Output) -> Outcome<Self> {
        let folder = match &args.dir {
            Some(dir) => TempDir::with_prefix_in("mapae-load-", dir)?,
            None => TempDir::with_prefix("mapae-load-")?,
        };
        let dir = folder.path();
        let address = ports::free(Ipv4Addr::LOCALHOST.into())?;
        let issuer = format!("http://{address}");
        let people = people::write(&dir.join("resident.csv"), Register::Resident, args.requests, args.seed, output)?;
        let script = Script::new(dir.to_owned());
        script.mapae("authority init --dir @/authority")?;
        let provider = args.profile.needs_provider().then(|| found_provider(&script)).transpose()?;
        let keys = if args.hsm { hsm::move_keys(dir)? } else { String::new() };
        let store = args.store.as_ref().map(|store| format!("--set store={store}")).unwrap_or_default();
        script.mapae(&format!("{} {keys} {store}", init(&issuer, address, provider.is_some())))?;
        let (service, office) = serve(args, dir)?;
        Ok(Self {
            issuer,
            address,
            office: Office::new(&office, &dir.join("issuer/office.token"))?,
            outbox: dir.join("issuer/outbox"),
            people,
            provider,
            service: Some(service),
            _folder: Some(folder),
        })
    }
}

/// Offers outlive the making of all others; nobody is limited, since all phones have one address; surge is the profile's
/// affair.
fn init(issuer: &str, address: SocketAddr, has_provider: bool) -> String {
    let provider = if has_provider { "--wallet-provider @/provider/root.pem" } else { "" };
    format!(
        "issuer init --dir @/issuer --authority @/authority --base-url {issuer} {provider} --set listen={address} \
         --set office_listen=127.0.0.1:0 --set lifetimes.offer=7d --set surge.queue=100000000 \
         --set rate=1000000/s\u{a0}burst\u{a0}1000000"
    )
}

fn found_provider(script: &Script) -> Outcome<PathBuf> {
    script.mapae("wallet-provider init --dir @/provider --base-url https://wallet.example")?;
    Ok(script.path("provider"))
}

/// Starts the service, and waits until it says where its office is.
fn serve(args: &LoadIssueArgs, dir: &Path) -> Outcome<(Service, String)> {
    let mut command = Service::command()?;
    command.args(["serve", "issuer", "--json", "--dir"]).arg(dir.join("issuer"));
    command.arg("--register").arg(format!("resident={}", dir.join("resident.csv").display()));
    if let Some(delay) = args.commit_delay {
        command.args(["--commit-delay", &format!("{}", delay.0.as_millis())]);
    }
    if args.hsm {
        command.env(hsm::CONFIG, hsm::config(dir));
    }
    let (service, said) = Service::start(command, &dir.join("issuer.log"))?;
    Ok((service, said["office"].as_str().context("the issuer's office")?.to_owned()))
}

/// Where an issuer without TLS listens.
fn address_of(issuer: &str) -> Outcome<SocketAddr> {
    let host = issuer.strip_prefix("http://").and_then(|rest| rest.split('/').next());
    let unusable = || Failure::usage(format!("{issuer}: a run takes an issuer's plain http address and port"));
    host.and_then(|host| host.parse().ok()).ok_or_else(unusable)
}
