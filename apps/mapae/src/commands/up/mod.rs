//! `mapae up`: a ledger with three cosigners, an issuer, a wallet provider, the bundle, the pages of wallet and reader; a
//! library, a bank and a ministry that ask for cards, each with its own verifier; and a guide through all of it, in one
//! process on this machine's loopback. `cargo xtask up` builds it and runs it.
//!
//! What it is made of are the commands and services that everybody has; its folder is what an operator would have on several
//! machines. Stopped and started again it goes on; a folder whose making did not end is made anew.
//!
//! Left out: whatever a country has in places apart. Everything here has its keys in files, and sample people.

mod approval;
mod asked;
mod bank;
mod bundles;
mod guide;
mod library;
mod look;
mod made;
mod page;
mod people;
mod plug;
mod qr;
mod refused;
mod samples;
mod verifiers;
mod wallet;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::Router;
use clap::Args;
use mapae_http::{Running, stop_signal};
use tokio::runtime::Runtime;

use self::{
    approval::Apache,
    guide::Built,
    made::{Made, Ports},
    plug::Plug,
    verifiers::Verifiers,
};
use crate::{
    failure::{Failure, Outcome},
    files,
    output::Output,
};

#[derive(Args)]
pub(crate) struct UpArgs {
    /// The folder of everything
    #[arg(long)]
    dir: PathBuf,
    /// Begin anew, without what was there
    #[arg(long)]
    fresh: bool,
    /// The port of the first page; the services take those after it
    #[arg(long, default_value_t = 8610, value_parser = clap::value_parser!(u16).range(1..=65_000))]
    port: u16,
    /// People in the registers
    #[arg(long, default_value_t = 100)]
    people: u32,
    /// The built reader page; without it that page is not served
    #[arg(long)]
    web: Option<PathBuf>,
    /// The built wallet page; without it there is the wallet on the command line
    #[arg(long)]
    wallet_web: Option<PathBuf>,
    /// A folder with Debian's packages of Apache and `mod_auth_openidc`, unpacked, for the approval system
    #[arg(long)]
    apache: Option<PathBuf>,
}

impl UpArgs {
    const fn built(&self) -> Built {
        Built { reader: self.web.is_some(), wallet: self.wallet_web.is_some() }
    }
}

/// Runs until it is told to stop.
pub(crate) fn run(args: &UpArgs, output: &Output) -> Outcome<()> {
    let dir = std::path::absolute(&args.dir)?;
    if args.fresh {
        remove(&dir)?;
    }
    let made = Arc::new(Made::open(&dir, &Ports::from(args.port), args.people)?);
    let verifiers = Verifiers::prepare(&made, args.wallet_web.is_some())?;
    let built = args.built();
    let said = guide::said(&made, &verifiers, built);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let Started { plug, pages, apache } = start(&made, &verifiers, &runtime, args)?;
    runtime.block_on(async {
        // The handlers stand before the address is told.
        let stop = stop_signal()?;
        output.answer(&said, || guide::text(&made, &verifiers, built, apache.is_some()));
        stop.await;
        drop(apache);
        for page in pages {
            page.stop().await;
        }
        plug.pull().await;
        Ok(())
    })
}

/// Only what this command made is removed.
fn remove(dir: &Path) -> Outcome<()> {
    if !dir.exists() || (dir.is_dir() && dir.read_dir()?.next().is_none()) {
        return Ok(());
    }
    if !Made::is_ours(dir) {
        let dir = dir.display();
        return Err(Failure::usage(format!("{dir} was not made by this command, and nothing in it was changed")));
    }
    Ok(std::fs::remove_dir_all(dir)?)
}

/// All that runs.
struct Started {
    plug: Arc<Plug>,
    pages: Vec<Running>,
    apache: Option<Apache>,
}

/// Starts everything, and enters what is not in the ledger yet.
fn start(made: &Arc<Made>, verifiers: &Verifiers, runtime: &Runtime, args: &UpArgs) -> Outcome<Started> {
    let (mut running, ledger) = runtime.block_on(made.country().serve(made.ports.ledger()))?;
    made.enter(&ledger)?;
    if let Some(page) = &args.wallet_web {
        made.release(&ledger, &std::path::absolute(page)?)?;
    }
    running.extend(runtime.block_on(made.begin())?);
    let plug = Plug::new(Arc::clone(made), running);
    let mut pages = Vec::new();
    for (address, routes) in routes(made, verifiers, &plug, args)? {
        pages.push(runtime.block_on(page::serve(address, routes))?);
    }
    bundles::publish_from_now_on(made, &plug, &ledger)?;
    pages.extend(runtime.block_on(verifiers.begin(made))?);
    let apache = approval(made, verifiers, runtime, args, &mut pages)?;
    Ok(Started { plug, pages, apache })
}

/// The approval system, behind Apache; in whose place stands how to come by it, where there is none.
fn approval(
    made: &Made,
    verifiers: &Verifiers,
    runtime: &Runtime,
    args: &UpArgs,
    pages: &mut Vec<Running>,
) -> Outcome<Option<Apache>> {
    let (ports, secret) = (made.ports, verifiers.ministry.secret("proxy.secret")?);
    let backend = approval::routes(&format!("http://{}", ports.approval), &secret);
    pages.push(runtime.block_on(page::serve(ports.backend, backend))?);
    let unpacked = args.apache.as_deref().map(std::path::absolute).transpose()?;
    let apache = Apache::begin(made, &verifiers.ministry, &secret, unpacked.as_deref())?;
    if apache.is_none() {
        let absent = approval::absent(&verifiers.ministry);
        pages.push(runtime.block_on(page::serve(ports.approval, absent))?);
    }
    Ok(apache)
}

/// The guide, those who ask, and the pages that were built.
fn routes(
    made: &Arc<Made>,
    verifiers: &Verifiers,
    plug: &Arc<Plug>,
    args: &UpArgs,
) -> Outcome<Vec<(SocketAddr, Router)>> {
    let mut routes = vec![(made.ports.index, guide::routes(made, verifiers, plug, args.built()))];
    if let Some(folder) = &args.web {
        routes.push((made.ports.reader, super::reader::page(folder)?));
    }
    if let Some(folder) = &args.wallet_web {
        routes.push((made.ports.wallet, wallet::routes(folder, made)?));
    }
    let library =
        library::routes(made, &verifiers.library, plug)?.merge(refused::routes(made, args.wallet_web.is_some())?);
    routes.push((made.ports.library, library));
    routes.push((made.ports.bank, bank::routes(made, &verifiers.bank)?));
    Ok(routes)
}

/// Where a file of the folder is.
fn shown(dir: &Path, name: &str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let path = dir.join(name);
    path.strip_prefix(here).unwrap_or(&path).display().to_string()
}

/// Writes the mark that says whose folder it is.
fn mark(dir: &Path, name: &str) -> Outcome<()> {
    Ok(files::write(&dir.join(name), b"", files::Access::Public)?)
}
