//! A library that asks for cards: a sample of who relies on them, on the verifier's half of `mapae-oid4vp`. And next to it
//! those whom a wallet must refuse.
//!
//! A visitor begins a session; a wallet fetches its request, signed and for this session alone, and posts an answer that is
//! taken once; the visitor's page asks what became of it. Everything is in memory and forgotten within a quarter of an hour.
//!
//! Left out: accounts, several processes, and members' files. A verifier for a country is another program.

mod asker;
mod judge;
mod kinds;
mod session;
mod wire;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    middleware::from_fn,
    routing::{get, post},
};

use self::{asker::Asker, judge::Judge, kinds::Kind, session::Sessions};
use super::{
    asked::from_own_page,
    look::{self, POLICY},
    made::Made,
    plug::Plug,
};
use crate::{commands::pages::Pages, failure::Outcome};

/// Those who ask, and what they wait for.
struct Library {
    url: String,
    wallet: Option<String>,
    registered: Asker,
    cinema: Asker,
    stranger: Asker,
    judge: Judge,
    sessions: Mutex<Sessions>,
}

/// The page, what its script asks, and what wallets do.
pub(super) fn routes(made: &Made, plug: &Arc<Plug>, has_wallet: bool) -> Outcome<Router> {
    let library = Arc::new(Library::open(made, plug, has_wallet)?);
    let own = Router::new()
        .route("/sessions", post(wire::begin))
        .route("/sessions/{token}", get(wire::state))
        .layer(from_fn(from_own_page));
    let wallets = Router::new()
        .route("/requests/{id}", get(wire::request).post(wire::request_with_nonce))
        .route("/responses/{id}", post(wire::response))
        .layer(from_fn(wire::for_wallets));
    Ok(page(made).routes().merge(own.merge(wallets).with_state(library)))
}

fn page(made: &Made) -> Pages {
    look::with(Pages::new(POLICY))
        .with("index.html", include_str!("index.html").replace("{{guide}}", &made.url()))
        .with("library.js", include_str!("library.js"))
        .with("library.css", include_str!("library.css"))
}

impl Library {
    fn open(made: &Made, plug: &Arc<Plug>, has_wallet: bool) -> Outcome<Self> {
        let asker = |folder: &str| Asker::open(&made.dir().join(folder));
        Ok(Self {
            url: made.library_url(),
            wallet: has_wallet.then(|| made.wallet_url()),
            registered: asker("library")?,
            cinema: asker("cinema")?,
            stranger: asker("stranger")?,
            judge: Judge::new(Path::new(made.dir()), plug)?,
            sessions: Mutex::default(),
        })
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who asks in a session of that kind.
    const fn asker(&self, kind: Kind) -> &Asker {
        match kind {
            Kind::Withdrawn => &self.cinema,
            Kind::Unregistered => &self.stranger,
            _ => &self.registered,
        }
    }
}
