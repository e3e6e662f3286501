//! Sign-ins between the browser's arrival and its code: two sessions with wallets, and the browser that began.

use std::sync::Arc;

use mapae_jose::base64url;
use mapae_oid4vp::verifier::ResponseCodeHash;
use mapae_oidc::{LoginId, PendingLogin, Provider};
use mapae_sql::Swap;
use mapae_types::{Duration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{OWNER, OpenId, keys::KeyStore, outcome::Concluded, providers::Today};
use crate::{
    Point,
    asking::{Allowed, Holders, Way},
    fault::Refusal,
    ids::SessionId,
    store::{Named, OpenIdStore, Session, SessionStore, State, Thing},
    vault::Kind,
};

/// How long a sign-in that is over is known, so that who comes late learns that it was.
const OVER_FOR: Duration = Duration::seconds(300);

/// What is kept of a sign-in. Sealed where it is stored.
#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    pending: String,
    pub(super) same_device: Asking,
    pub(super) cross_device: Option<Asking>,
    /// Sign-ins of the same request that came before.
    #[serde(default)]
    pub(super) before: u8,
}

/// One of its sessions, and what the page shows of it.
#[derive(Serialize, Deserialize)]
pub(super) struct Asking {
    pub(super) session: String,
    pub(super) link: String,
    pub(super) page_link: Option<String>,
    pub(super) qr: Option<String>,
    pub(super) number: Option<String>,
}

/// A sign-in that is under way, in the hands of the browser that began.
pub(super) struct Open {
    pub(super) pending: PendingLogin,
    pub(super) record: Record,
    pub(super) today: Arc<Today>,
}

/// Why somebody does not get at a sign-in: a page says it.
#[derive(Debug)]
pub(super) enum Shut {
    /// There is none, or no longer.
    Unknown,
    /// It has ended: the browser had its answer (peers' hole 10).
    Over,
    /// Another browser began it (peers' hole 10).
    Browser,
    /// The wallet that was asked for another sign-in sent somebody here (peers' hole 10).
    Code,
    /// Ours.
    Broken(Refusal),
}

/// Where a sign-in stands.
pub(super) enum Stand {
    /// No wallet has answered.
    Waiting,
    /// One on the same device has: it sends the browser on.
    Returning,
    /// The browser may come for what came of it.
    Ready(Concluded),
    /// Nobody answered in time.
    Late,
}

impl<S: SessionStore + OpenIdStore> OpenId<S> {
    /// The provider with the keys of the day.
    pub(super) async fn today(&self) -> Result<Arc<Today>, Refusal> {
        let service = &self.service;
        let providers = service.openid.as_ref().ok_or(Refusal::Unknown)?;
        let config = &service.config.openid;
        let keys = KeyStore { store: &service.store, vault: &service.vault, dice: &service.dice, config };
        let (today, fault) = providers.today(&keys, service.now()?).await;
        if let Some(fault) = fault {
            service.notices.say(format_args!("the keys that sign: {fault}"));
        }
        Ok(today)
    }

    /// Asks wallets what a sign-in asks for: what is to be kept of it.
    pub(super) async fn ask(&self, pending: &PendingLogin, provider: &Provider, before: u8) -> Result<Named, Refusal> {
        let login = base64url::encode(pending.to_record());
        let redirect_uri = provider.issuer().endpoint(&format!("login/{}/return", pending.id()));
        let same_device = self.session(pending, Way::SameDevice { redirect_uri }, &login).await?;
        let cross_device =
            if self.may_cross(pending) { Some(self.session(pending, Way::CrossDevice, &login).await?) } else { None };
        let record = Record { pending: login, same_device, cross_device, before };
        let plain = Zeroizing::new(serde_json::to_vec(&record).map_err(|_| broken("a sign-in"))?);
        let name = name(pending.id());
        Ok(Named {
            thing: Thing::Login,
            record: Some(self.service.vault.seal(Kind::OpenId(Thing::Login), &name, &plain)?),
            login: Some(name),
            name: name.to_vec(),
            keep_until: pending.expires() + OVER_FOR,
        })
    }

    /// Keeps a sign-in that nothing came before.
    pub(super) async fn keep(&self, new: &Named) -> Result<(), Refusal> {
        match self.service.store.keep(new).await? {
            Swap::Done => Ok(()),
            Swap::Lost => Err(broken("an id that was drawn twice")),
        }
    }

    /// Neither the organisation's class nor that of the level forbids it.
    fn may_cross(&self, pending: &PendingLogin) -> bool {
        let (service, level) = (&self.service, &pending.acr().use_class);
        let forbidden = &service.config.same_device_classes;
        !forbidden.contains(service.by.registration().use_class()) && !forbidden.contains(level)
    }

    async fn session(&self, pending: &PendingLogin, way: Way, login: &str) -> Result<Asking, Refusal> {
        let registration = self.service.by.registration();
        let purpose = pending.client().purpose.clone();
        let first = || registration.purposes().first().map(|names| names.ko().to_owned());
        let allowed = Allowed {
            query: pending.query().clone(),
            purpose: purpose.or_else(first),
            way,
            transactions: Vec::new(),
            reference: None,
            holders: Holders::One,
            login: Some(login.to_owned()),
        };
        Asking::of(&self.service.begin_allowed(OWNER, allowed).await?).ok_or_else(|| broken("a session"))
    }

    /// A sign-in, for the browser that began.
    pub(super) async fn open(&self, id: &str, cookie: Option<&str>) -> Result<Open, Shut> {
        let id: LoginId = id.parse().map_err(|_| Shut::Unknown)?;
        let name = name(id);
        let kept = self.service.store.kept(Thing::Login, &name).await.map_err(Refusal::from)?;
        let kept = kept.ok_or(Shut::Unknown)?;
        let sealed = kept.record.filter(|_| !kept.used).ok_or(Shut::Over)?;
        let plain = self.service.vault.open(Kind::OpenId(Thing::Login), &name, &sealed).map_err(Refusal::from)?;
        let record: Record = serde_json::from_slice(&plain).map_err(|_| broken("a sign-in"))?;
        let today = self.today().await?;
        let pending = base64url::decode(&record.pending).map(Zeroizing::new).map_err(|_| broken("a sign-in"))?;
        // A client that was taken away since then has no sign-ins.
        let pending = today.provider.pending_login(&pending).map_err(|_| Shut::Unknown)?;
        pending.check_browser(cookie.unwrap_or_default()).map_err(|_| Shut::Browser)?;
        Ok(Open { pending, record, today })
    }

    /// Where a sign-in stands, for a browser that shows this response code or none.
    pub(super) async fn stand(&self, open: &Open, code: Option<&str>) -> Result<Stand, Shut> {
        let same = self.of(&open.record.same_device).await?;
        if let Some(code) = code {
            let same = same.filter(|session| session.state == State::Done).ok_or(Shut::Code)?;
            let opens = same.code.map(ResponseCodeHash::from_bytes);
            let opens = opens.is_some_and(|hash| hash.redeem(&same.id.to_string(), code).is_ok());
            return if opens { Ok(Stand::Ready(self.concluded(&same)?)) } else { Err(Shut::Code) };
        }
        if let Some(cross) = &open.record.cross_device
            && let Some(cross) = self.of(cross).await?
            && cross.state == State::Done
        {
            return Ok(Stand::Ready(self.concluded(&cross)?));
        }
        self.waits(open, same)
    }

    /// Of the same device a browser without a code learns that there is nothing to wait for, and no more (OpenID4VP 1.0 §14.2).
    fn waits(&self, open: &Open, same: Option<Session>) -> Result<Stand, Shut> {
        if let Some(same) = same.filter(|session| session.state == State::Done) {
            return match self.concluded(&same)? {
                Concluded::Login(_) => Ok(Stand::Returning),
                Concluded::Refused(refused) => Ok(Stand::Ready(Concluded::Refused(refused.untold()))),
            };
        }
        let until = open.pending.expires() - super::RETURN;
        Ok(if self.now()? < until { Stand::Waiting } else { Stand::Late })
    }

    pub(super) fn now(&self) -> Result<Timestamp, Refusal> {
        self.service.now()
    }

    async fn of(&self, asking: &Asking) -> Result<Option<Session>, Refusal> {
        let id: SessionId = asking.session.parse().map_err(|_| broken("a session"))?;
        Ok(self.service.store.session(id).await?.filter(|session| session.owner == OWNER))
    }

    fn concluded(&self, session: &Session) -> Result<Concluded, Refusal> {
        let sealed = session.result.as_deref().ok_or_else(|| broken("a result"))?;
        let kept = self.service.vault.open(Kind::Result, &session.response, sealed)?;
        let kept: Value = serde_json::from_slice(&kept).map_err(|_| broken("a result"))?;
        Concluded::read(&kept["result"]).ok_or_else(|| broken("a result"))
    }

    /// Ends a sign-in, once, and keeps what comes of it: a code, or another sign-in.
    pub(super) async fn end(&self, id: LoginId, record: &Record, new: Option<&Named>) -> Result<(), Shut> {
        let ended = self.service.store.exchange(Thing::Login, &name(id), new).await.map_err(Refusal::from)?;
        if ended == Swap::Lost {
            return Err(Shut::Over);
        }
        self.service.crash.reach(Point::AfterEnd);
        // Nothing of what was presented is left. If this replica dies first, time does the same.
        for asking in [Some(&record.same_device), record.cross_device.as_ref()].into_iter().flatten() {
            if let Ok(session) = asking.session.parse() {
                let _gone_or_not = self.service.store.delete(session).await.map_err(Refusal::from)?;
            }
        }
        Ok(())
    }
}

impl Asking {
    /// Of what its owner is told of a session.
    fn of(told: &Value) -> Option<Self> {
        let text = |name: &str| told[name].as_str().map(str::to_owned);
        Some(Self {
            session: text("id")?,
            link: text("link")?,
            page_link: text("wallet_page_link"),
            qr: text("qr"),
            number: text("number"),
        })
    }
}

/// The name of a sign-in in the store.
pub(super) fn name(id: LoginId) -> [u8; 16] {
    id.to_bytes()
}

pub(super) fn broken(what: &str) -> Refusal {
    Refusal::Machine(format!("{what} cannot be read"))
}

impl From<Refusal> for Shut {
    fn from(refusal: Refusal) -> Self {
        Self::Broken(refusal)
    }
}
