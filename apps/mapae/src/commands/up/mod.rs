//! `mapae up`: a ledger with three cosigners, an issuer, a wallet provider, the bundle and the reader page, in one process on
//! this machine's loopback. `cargo xtask up` builds it and runs it.
//!
//! What it is made of are the commands and services that everybody has; its folder is what an operator would have on several
//! machines. Stopped and started again it goes on; a folder whose making did not end is made anew.
//!
//! Left out: whatever a country has in places apart. Everything here has its keys in files, and sample people.

mod bundles;
mod index;
mod made;
mod page;

use std::path::{Path, PathBuf};

use clap::Args;
use mapae_http::{Listening, Running, stop_signal};
use serde_json::json;
use tokio::runtime::Runtime;

use self::made::{Made, Ports};
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
}

/// Runs until it is told to stop.
pub(crate) fn run(args: &UpArgs, output: &Output) -> Outcome<()> {
    let dir = std::path::absolute(&args.dir)?;
    if args.fresh {
        remove(&dir)?;
    }
    let made = Made::open(&dir, Ports::from(args.port), args.people)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let running = start(&made, &runtime, args.web.as_deref())?;
    let said = said(&made);
    runtime.block_on(async {
        // The handlers stand before the address is told.
        let stop = stop_signal()?;
        output.answer(&said, || index::text(&made));
        stop.await;
        // The last to start is the first to stop: nobody asks who is gone.
        for service in running.into_iter().rev() {
            service.stop().await;
        }
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

/// Starts everything, and enters what is not in the ledger yet.
fn start(made: &Made, runtime: &Runtime, web: Option<&Path>) -> Outcome<Vec<Running>> {
    let country = made.country();
    let (mut running, ledger) = runtime.block_on(country.serve(made.ports.ledger()))?;
    made.enter(&ledger)?;
    runtime.block_on(async {
        for line in made.services() {
            running.push(country.begin(&line).await?);
        }
        running.extend(pages(made, web).await?);
        Ok::<(), Failure>(())
    })?;
    bundles::publish_from_now_on(made, &ledger)?;
    Ok(running)
}

/// The reader, and the page that links everything.
async fn pages(made: &Made, web: Option<&Path>) -> Outcome<Vec<Running>> {
    let mut running = Vec::new();
    if let Some(web) = web {
        let listening = Listening::on(made.ports.reader).await?;
        running.push(page::serve(listening, super::reader::routes(web)?));
    }
    let listening = Listening::on(made.ports.index).await?;
    running.push(page::serve(listening, index::routes(made, web.is_some())));
    Ok(running)
}

fn said(made: &Made) -> serde_json::Value {
    json!({
        "address": made.url(),
        "pid": std::process::id(),
        "dir": made.dir().display().to_string(),
        "person": made.person,
        "office": made.office(),
        "wallet": made.wallet(),
    })
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
