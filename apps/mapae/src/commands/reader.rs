//! `mapae reader`: the reader page, served on this machine to this machine. A check itself needs no server; the page is
//! static files, and any server of files will do for others.
//!
//! The files are read once at the start: a request names one of them or nothing, so no path is ever made of what a
//! client sent.

use std::{
    collections::HashMap,
    future::Future,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context as _;
use axum::{
    Router,
    body::Bytes,
    extract::{Path as Named, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    cli::ReaderArgs,
    failure::{Failure, Outcome},
    files,
    output::Output,
};

const INDEX: &str = "index.html";

/// As in the page itself, which a server of plain files sends without headers; and that nobody frames it, which only a
/// header can say. It rules the service worker, too.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; \
     connect-src 'self' https:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
     require-trusted-types-for 'script'; trusted-types mapae; frame-ancestors 'none'";

/// Serves until it is told to stop.
pub(crate) fn run(args: &ReaderArgs, output: &Output) -> Outcome<()> {
    let folder = folder(args.web.as_deref())?;
    let pages = Arc::new(Pages::read(&folder)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    Ok(runtime.block_on(serve(pages, args.port, &folder, output))?)
}

async fn serve(pages: Arc<Pages>, port: u16, folder: &Path, output: &Output) -> anyhow::Result<()> {
    let stop = stop()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let listener = listener.with_context(|| format!("port {port} cannot be used; --port 0 takes a free one"))?;
    let address = format!("http://{}/", listener.local_addr()?);
    let document = json!({ "address": address, "folder": folder.display().to_string(), "pid": std::process::id() });
    output.answer(&document, || format!("The reader is at {address}, for this machine only; Ctrl-C stops it"));
    Ok(axum::serve(listener, router(pages)).with_graceful_shutdown(stop).await?)
}

/// The routes of the page in a folder, for who serves more than that.
pub(super) fn routes(folder: &Path) -> Outcome<Router> {
    if !is_page(folder) {
        return Err(absent(&format!("{} holds no {INDEX}", folder.display())));
    }
    Ok(router(Arc::new(Pages::read(folder)?)))
}

fn router(pages: Arc<Pages>) -> Router {
    Router::new().route("/", get(index)).route("/{name}", get(file)).with_state(pages)
}

/// The folder of the page: the one given, or `web/reader` beside the program or above it, as in `target`.
fn folder(given: Option<&Path>) -> Outcome<PathBuf> {
    let program = std::env::current_exe()?;
    let beside = || program.ancestors().skip(1).take(2).map(|above| above.join("web/reader")).find(|at| is_page(at));
    match given {
        Some(given) if is_page(given) => Ok(given.to_owned()),
        Some(given) => Err(absent(&format!("{} holds no {INDEX}", given.display()))),
        None => beside().ok_or_else(|| absent("the page is not beside this program")),
    }
}

fn is_page(folder: &Path) -> bool {
    folder.join(INDEX).is_file()
}

fn absent(why: &str) -> Failure {
    Failure::usage(format!("{why}; build it with `cargo xtask web`, or say where it is with --web"))
}

/// The page's files by their names.
struct Pages(HashMap<String, (&'static str, Bytes)>);

impl Pages {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let mut pages = HashMap::new();
        for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            if let (Some(name), Some(kind), true) = (name, media_type(&path), path.is_file()) {
                pages.insert(name.to_owned(), (kind, files::read(&path)?.into()));
            }
        }
        Ok(Self(pages))
    }

    fn answer(&self, name: &str) -> Response {
        match self.0.get(name) {
            Some((kind, content)) => (headers(kind), content.clone()).into_response(),
            None => (StatusCode::NOT_FOUND, headers("text/plain"), "not here\n").into_response(),
        }
    }
}

async fn index(State(pages): State<Arc<Pages>>) -> Response {
    pages.answer(INDEX)
}

async fn file(State(pages): State<Arc<Pages>>, Named(name): Named<String>) -> Response {
    pages.answer(&name)
}

/// What the page is made of, and a bundle that somebody put beside it.
fn media_type(path: &Path) -> Option<&'static str> {
    match path.extension()?.to_str()? {
        "html" => Some("text/html; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "wasm" => Some("application/wasm"),
        "webmanifest" => Some("application/manifest+json"),
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "bundle" => Some("application/octet-stream"),
        _ => None,
    }
}

/// A new build is seen at once: the service worker, not the browser's cache, keeps the page.
fn headers(kind: &'static str) -> HeaderMap {
    let set = |name: HeaderName, value| (name, HeaderValue::from_static(value));
    HeaderMap::from_iter([
        set(header::CONTENT_TYPE, kind),
        set(header::CONTENT_SECURITY_POLICY, POLICY),
        set(header::CACHE_CONTROL, "no-cache"),
        set(header::REFERRER_POLICY, "no-referrer"),
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ])
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
