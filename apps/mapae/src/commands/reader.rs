//! `mapae reader`: the reader page, served on this machine to this machine. A check itself needs no server; the page is
//! static files, and any server of files will do for others.

use std::{
    future::Future,
    net::Ipv4Addr,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use axum::Router;
use serde_json::json;
use tokio::net::TcpListener;

use super::pages::{Pages, absent, is_page};
use crate::{cli::ReaderArgs, failure::Outcome, output::Output};

/// As in the page itself, which a server of plain files sends without headers; and that nobody frames it, which only a
/// header can say. It rules the service worker, too.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; \
     connect-src 'self' https:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
     require-trusted-types-for 'script'; trusted-types mapae; frame-ancestors 'none'";

/// Serves until it is told to stop.
pub(crate) fn run(args: &ReaderArgs, output: &Output) -> Outcome<()> {
    let folder = folder(args.web.as_deref())?;
    let page = page(&folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    Ok(runtime.block_on(serve(page, args.port, &folder, output))?)
}

async fn serve(page: Router, port: u16, folder: &Path, output: &Output) -> anyhow::Result<()> {
    let stop = stop()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let listener = listener.with_context(|| format!("port {port} cannot be used; --port 0 takes a free one"))?;
    let address = format!("http://{}/", listener.local_addr()?);
    let document = json!({ "address": address, "folder": folder.display().to_string(), "pid": std::process::id() });
    output.answer(&document, || format!("The reader is at {address}, for this machine only; Ctrl-C stops it"));
    Ok(axum::serve(listener, page).with_graceful_shutdown(stop).await?)
}

/// The page in a folder, for who serves more than that.
pub(super) fn page(folder: &Path) -> Outcome<Router> {
    Ok(Pages::read(folder, POLICY)?.routes())
}

/// The folder of the page: the one given, or `web/reader` beside the program or above it, as in `target`.
fn folder(given: Option<&Path>) -> Outcome<PathBuf> {
    let program = std::env::current_exe()?;
    let beside = || program.ancestors().skip(1).take(2).map(|above| above.join("web/reader")).find(|at| is_page(at));
    match given {
        Some(given) => Ok(given.to_owned()),
        None => beside().ok_or_else(|| absent("the page is not beside this program")),
    }
}

/// Ctrl-C, or the word of a service manager. The handlers stand before the address is told.
#[cfg(unix)]
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
