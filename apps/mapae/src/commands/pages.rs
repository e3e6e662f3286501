//! A page of plain files, served with the headers that keep it to itself. For `mapae reader` and for the pages of `mapae up`.
//!
//! The files are in memory from the start: a request names one of them or nothing, so no path is ever made of what a
//! client sent.

use std::{collections::HashMap, path::Path, sync::Arc};

use anyhow::Context as _;
use axum::{
    Router,
    body::Bytes,
    extract::{Path as Named, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{
    failure::{Failure, Outcome},
    files,
};

/// What a folder must have to be a page.
const INDEX: &str = "index.html";

/// The files of a page by their names, and its content security policy.
pub(super) struct Pages {
    policy: HeaderValue,
    files: HashMap<String, (&'static str, Bytes)>,
}

impl Pages {
    /// No file yet.
    pub(super) fn new(policy: &'static str) -> Self {
        Self { policy: HeaderValue::from_static(policy), files: HashMap::new() }
    }

    /// The files of a folder. What is of no known type, or in a folder within it, is left out.
    pub(super) fn read(folder: &Path, policy: &'static str) -> Outcome<Self> {
        if !is_page(folder) {
            return Err(absent(&format!("{} holds no {INDEX}", folder.display())));
        }
        let mut pages = Self::new(policy);
        for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            if let (Some(name), true) = (name, path.is_file()) {
                pages = pages.with(name, files::read(&path)?);
            }
        }
        Ok(pages)
    }

    /// The same with a file more, if its name tells its type.
    pub(super) fn with(mut self, name: &str, content: impl Into<Bytes>) -> Self {
        if let Some(kind) = media_type(Path::new(name)) {
            self.files.insert(name.to_owned(), (kind, content.into()));
        }
        self
    }

    /// `GET /` and `GET /NAME`.
    pub(super) fn routes(self) -> Router {
        Router::new().route("/", get(index)).route("/{name}", get(file)).with_state(Arc::new(self))
    }

    fn answer(&self, name: &str) -> Response {
        match self.files.get(name) {
            Some((kind, content)) => (self.headers(kind), content.clone()).into_response(),
            None => (StatusCode::NOT_FOUND, self.headers("text/plain"), "not here\n").into_response(),
        }
    }

    /// A new build is seen at once: the service worker, not the browser's cache, keeps the page.
    fn headers(&self, kind: &'static str) -> HeaderMap {
        let set = |name: HeaderName, value| (name, HeaderValue::from_static(value));
        HeaderMap::from_iter([
            set(header::CONTENT_TYPE, kind),
            (header::CONTENT_SECURITY_POLICY, self.policy.clone()),
            set(header::CACHE_CONTROL, "no-cache"),
            set(header::REFERRER_POLICY, "no-referrer"),
            set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        ])
    }
}

async fn index(State(pages): State<Arc<Pages>>) -> Response {
    pages.answer(INDEX)
}

async fn file(State(pages): State<Arc<Pages>>, Named(name): Named<String>) -> Response {
    pages.answer(&name)
}

/// Whether a folder holds a page.
pub(super) fn is_page(folder: &Path) -> bool {
    folder.join(INDEX).is_file()
}

/// Says how to come by one.
pub(super) fn absent(why: &str) -> Failure {
    Failure::usage(format!("{why}; build it with `cargo xtask web`, or say where it is with --web"))
}

/// What pages are made of, and a bundle that somebody put beside one.
fn media_type(name: &Path) -> Option<&'static str> {
    match name.extension()?.to_str()? {
        "html" => Some("text/html; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "json" => Some("application/json"),
        "wasm" => Some("application/wasm"),
        "webmanifest" => Some("application/manifest+json"),
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "bundle" => Some("application/octet-stream"),
        _ => None,
    }
}
