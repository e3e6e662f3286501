//! What a verifier does with a session, once a request is read.

use std::sync::Arc;

use mapae_http::{Clock, Dice, Notices};
use mapae_jose::base64url;
use mapae_oid4vp::{
    RequestUriMethod,
    verifier::{
        PendingBrowserPresentation, PendingPresentation, ReceivedPresentations, ResponseCode, ResponseCodeHash,
        ResponseFault,
    },
};
use mapae_oidc::SubjectSecret;
use mapae_types::{Duration, Entropy as _, Timestamp, UseClass};
use serde_json::{Value, json};
use tokio::sync::{Notify, broadcast};

use crate::{
    Crash, Point, RelyingParty, VerifierConfig,
    asking::{Allowed, Asked, Context, Exchange, Holders, Open, Ours, Uses, Waiting, Way, Wish, number, svg},
    bundle::Bundles,
    fault::Refusal,
    ids::{Handle, Lookup, SessionId, handle_lookup, lookup},
    judging::{Held, Judge, Judging, NotHeld, Outcome},
    measures::Measures,
    openid::{self, Providers, SignIn},
    sandbox::Sandbox,
    store::{Fetched, Finish, Finished, Flow, MessageId, NewMessage, NewSession, Session, SessionStore, State},
    vault::{Kind, Vault},
};

/// How long a session that nobody answered is known, so that who asks learns that it expired.
const EXPIRED_FOR: Duration = Duration::seconds(300);
/// Bytes of an answer that is judged where it came: it takes less than a millisecond, and going to another thread and back
/// a good part of that.
const SOON: usize = 32 << 10;
/// Characters of a wallet's nonce by which it is known again: 128 bits in base64url.
const KNOWN_NONCE: usize = 22;

/// The parts of a running verifier.
pub(crate) struct Service<S> {
    pub(crate) config: VerifierConfig,
    pub(crate) store: S,
    pub(crate) by: RelyingParty,
    pub(crate) uses: Uses,
    pub(crate) vault: Vault,
    pub(crate) bundles: Arc<Bundles>,
    pub(crate) clock: Clock,
    pub(crate) dice: Dice,
    pub(crate) notices: Notices,
    pub(crate) crash: Crash,
    pub(crate) measures: Measures,
    /// What people are called in results.
    pub(crate) names: SubjectSecret,
    /// The provider, if there is one.
    pub(crate) openid: Option<Providers>,
    pub(crate) pushes: bool,
    /// Sample people, where a developer has them.
    pub(crate) sandbox: Option<Sandbox>,
    /// Sessions of which this replica knows that something became of them.
    pub(crate) changed: broadcast::Sender<SessionId>,
    /// There may be a webhook to send.
    pub(crate) told: Notify,
    /// Sessions of which this replica knows what they wait with.
    pub(crate) waiting: Waiting,
    /// Answers that are being judged.
    pub(crate) judging: Judging,
}

/// A result, and where the person goes on.
struct Judged {
    outcome: Outcome,
    /// What the wallet did wrong, for its maker.
    fault: Option<ResponseFault>,
}

impl<S: SessionStore> Service<S> {
    pub(crate) fn now(&self) -> Result<Timestamp, Refusal> {
        self.clock.now().map_err(|error| Refusal::Machine(error.to_string()))
    }

    /// Begins a session; what its owner is told.
    pub(crate) async fn begin(&self, owner: &str, wish: Wish) -> Result<Value, Refusal> {
        let registration = self.by.registration();
        let may_cross = !self.config.same_device_classes.contains(registration.use_class());
        let allowed = wish.allow(&self.uses, registration, may_cross)?;
        self.begin_allowed(owner, allowed).await
    }

    /// Begins a session for what the registration covers.
    pub(crate) async fn begin_allowed(&self, owner: &str, allowed: Allowed) -> Result<Value, Refusal> {
        // Nobody is asked for what could not be judged.
        self.bundles.newest().ok_or(Refusal::BundleMissing)?;
        let now = self.now()?;
        let id = SessionId::new(now, &mut &self.dice)?;
        let (request, response) = (Handle::new(now, &mut &self.dice)?, Handle::new(now, &mut &self.dice)?);
        let lifetime = self.config.lifetimes.session;
        let response_uri = self.address("responses", response.as_str());
        let exchange = Exchange::begin(&allowed, &self.by, &response_uri, (now, lifetime), &mut &self.dice)?;
        let told = self.told(id, &exchange, &allowed, &request, now + lifetime)?;
        let (flow, context) = (allowed.way.flow(), exchange.context(allowed));
        let response = response.lookup();
        let session = NewSession {
            id,
            owner: owner.to_owned(),
            request: request.lookup(),
            response,
            flow,
            context: self.vault.seal(Kind::Context, &response, &context.to_bytes()?)?,
            expires_at: now + lifetime,
            keep_until: now + lifetime + EXPIRED_FOR,
        };
        self.store.begin(&session).await?;
        if let Some(sandbox) = &self.sandbox {
            sandbox.begun(id, &request, &exchange, now);
        }
        self.waiting.add(Arc::new(Open::new(session.begun(), exchange, context.into_ours())));
        self.measures.begun(flow_name(flow));
        Ok(told)
    }

    fn address(&self, kind: &str, end: &str) -> String {
        format!("{}/{kind}/{end}", self.config.base_url)
    }

    fn told(
        &self,
        id: SessionId,
        exchange: &Exchange,
        allowed: &Allowed,
        request: &Handle,
        expires_at: Timestamp,
    ) -> Result<Value, Refusal> {
        let status = self.address("sessions", &id.to_string());
        let mut told = json!({
            "id": id.to_string(),
            "flow": flow_name(allowed.way.flow()),
            "expires_at": expires_at.to_string(),
            "status_url": status,
            "events_url": format!("{status}/events"),
        });
        match exchange {
            Exchange::Browser(pending, _) => {
                told["request"] = self.for_page(pending)?;
                told["response_url"] = format!("{status}/response").into();
            }
            Exchange::Redirect(pending) => self.tell_links(&mut told, pending, request, &allowed.way),
        }
        Ok(told)
    }

    /// What a page hands to its browser.
    fn for_page(&self, pending: &PendingBrowserPresentation) -> Result<Value, Refusal> {
        let unsigned = pending.to_be_signed();
        let signatures = unsigned.iter().map(|one| self.by.signature(one.to_be_signed()));
        Ok(pending.request(&signatures.collect::<Result<Vec<_>, _>>()?)?)
    }

    fn tell_links(&self, told: &mut Value, pending: &PendingPresentation, request: &Handle, way: &Way) {
        let uri = self.address("requests", request.as_str());
        let link = |base: &str| pending.link(base, &uri, RequestUriMethod::Post);
        let by_scheme = link(&self.config.wallets.scheme);
        if let Some(page) = &self.config.wallets.page {
            told["wallet_page_link"] = link(page).into();
        }
        if matches!(way, Way::CrossDevice) {
            told["qr"] = svg(&by_scheme).into();
            told["number"] = number(pending.nonce()).into();
        }
        told["link"] = by_scheme.into();
    }

    /// The request object, for one wallet (peers' hole 10). The same wallet may ask again, as it does when an answer got
    /// lost, if it is known by a nonce of 128 bits, which nobody else has (OpenID4VP 1.0 §5.10).
    pub(crate) async fn request(&self, handle: &str, nonce: Option<&str>) -> Result<String, Refusal> {
        let known = nonce.filter(|nonce| nonce.len() >= KNOWN_NONCE).map(lookup);
        let (id, response) = match self.store.fetch(handle_lookup(handle), known, self.now()?).await? {
            Fetched::Done { id, response } => (id, response),
            Fetched::Taken => return Err(Refusal::RequestTaken),
            Fetched::Expired => return Err(Refusal::Expired),
            Fetched::Unknown => return Err(Refusal::Unknown),
        };
        self.say(id);
        let open = self.known(response).await?;
        match &open.exchange {
            Exchange::Redirect(pending) => Ok(self.by.sign(pending.request_object(nonce))?),
            Exchange::Browser(..) => Err(Refusal::Unknown),
        }
    }

    /// A session whose answer may come, and which is kept at hand for it.
    async fn known(&self, response: Lookup) -> Result<Arc<Open>, Refusal> {
        if let Some(open) = self.waiting.get(&response) {
            return Ok(open);
        }
        let open = Arc::new(self.read(response).await?);
        self.waiting.add(Arc::clone(&open));
        Ok(open)
    }

    /// The same from the store.
    async fn read(&self, response: Lookup) -> Result<Open, Refusal> {
        let session = self.store.awaiting(response).await?.ok_or(Refusal::Unknown)?;
        may_answer(Finish::of(&session, self.now()?))?;
        let context = self.context(&session)?;
        Ok(Open::new(session, context.exchange()?, context.into_ours()))
    }

    pub(crate) fn context(&self, session: &Session) -> Result<Context, Refusal> {
        let sealed = session.context.as_deref().ok_or(Refusal::Expired)?;
        Ok(Context::from_bytes(&self.vault.open(Kind::Context, &session.response, sealed)?)?)
    }

    /// Judges an answer and notes what came of it, as the one of its session. Where the person goes on, if anywhere.
    pub(crate) async fn answer(self: Arc<Self>, response: Lookup, body: Vec<u8>) -> Result<Option<String>, Refusal> {
        let at = self.now()?;
        // Of several that come at once the first is judged: a session costs one judgement.
        let _judging = self.judging.enter(response).ok_or(Refusal::AnswerTaken)?;
        let open = match self.waiting.take(&response) {
            Some(open) => open,
            None => self.read(response).await?,
        };
        let Open { session, exchange, ours } = open;
        may_answer(Finish::of(&session, at))?;
        let Judged { outcome, fault } = Arc::clone(&self).judged(exchange, ours.asked(), body, at).await?;
        let code = ours.redirect_uri.is_some().then(|| ResponseCode::draw(&mut &self.dice)).transpose()?;
        let result = self.measures.results(outcome.verdict());
        let finished = self.finished(&session, &ours, (outcome, at), code.as_ref())?;
        self.crash.reach(Point::BeforeFinish);
        may_answer(self.store.finish(session.id, &finished).await?)?;
        self.crash.reach(Point::AfterFinish);
        result.inc();
        self.say(session.id);
        self.told.notify_one();
        match (fault, code, &ours.redirect_uri) {
            (Some(fault), ..) if !fault.is_refusal() => Err(Refusal::Answer(fault)),
            (_, Some(code), Some(page)) => Ok(Some(code.redirect_uri(page)?)),
            _ => Ok(None),
        }
    }

    /// A long answer is judged where it keeps nobody waiting.
    async fn judged(
        self: Arc<Self>,
        exchange: Exchange,
        asked: Asked,
        body: Vec<u8>,
        at: Timestamp,
    ) -> Result<Judged, Refusal> {
        if body.len() <= SOON {
            return Ok(self.judge(exchange, &asked, &body, at));
        }
        let judged = tokio::task::spawn_blocking(move || self.judge(exchange, &asked, &body, at)).await;
        judged.map_err(|error| Refusal::Machine(error.to_string()))
    }

    fn judge(&self, exchange: Exchange, asked: &Asked, body: &[u8], at: Timestamp) -> Judged {
        let sign_in = asked.login.as_deref().map(|login| self.openid.as_ref()?.sign_in(login));
        let received = match exchange.receive(body) {
            Ok(received) => received,
            Err(fault) => {
                let outcome = match sign_in {
                    Some(_) => Outcome::sign_in(SignIn::unanswered(&fault)),
                    None => Outcome::unanswered(&fault, at),
                };
                return Judged { outcome, fault: Some(fault) };
            }
        };
        let class = sign_in.as_ref().and_then(|one| one.as_ref()).map(SignIn::class);
        let held = self.held(&received, asked.holders, class, at);
        let catalogue = self.uses.catalogue();
        let outcome = match (held, sign_in) {
            (Ok(held), None) => Outcome::held(&held, catalogue, &self.names, at),
            (Err(reason), None) => Outcome::not_held(&reason, at),
            (Ok(held), Some(Some(sign_in))) => Outcome::sign_in(sign_in.held(&held, catalogue, &self.dice, at)),
            (Ok(_), Some(None)) => Outcome::sign_in(SignIn::gone()),
            (Err(reason), Some(_)) => Outcome::sign_in(SignIn::not_held(&reason)),
        };
        Judged { outcome, fault: None }
    }

    /// By the newest bundle, under the class of the sign-in or else that of the registration.
    pub(crate) fn held(
        &self,
        received: &ReceivedPresentations,
        holders: Holders,
        class: Option<&UseClass>,
        at: Timestamp,
    ) -> Result<Held, NotHeld> {
        let store = self.bundles.newest().ok_or(NotHeld::BundleMissing)?;
        let judge = Judge {
            store: &store,
            catalogue: self.uses.catalogue(),
            class: class.unwrap_or(self.by.registration().use_class()),
            accept_age: self.config.accept_age,
            within: self.config.lifetimes.session,
        };
        judge.judge(received, holders, at)
    }

    fn finished(
        &self,
        session: &Session,
        ours: &Ours,
        (outcome, at): (Outcome, Timestamp),
        code: Option<&ResponseCode>,
    ) -> Result<Finished, Refusal> {
        let (id, now) = (session.id.to_string(), self.now()?);
        let kept = json!({ "reference": ours.reference, "result": outcome.into_value() });
        // What becomes of a sign-in is for the browser that began, and for no longer than that has.
        let signs_in = ours.login.is_some();
        let message = (self.pushes && !signs_in).then(|| self.message(session, &kept, now)).transpose()?;
        Ok(Finished {
            at,
            result: self.vault.seal(Kind::Result, &session.response, kept.to_string().as_bytes())?,
            code: code.map(|code| *code.hash(&id).as_bytes()),
            keep_until: now + if signs_in { openid::RETURN } else { self.config.lifetimes.result },
            message,
        })
    }

    /// The webhook of a result. On the same device the result is for the browser that comes back with the code: whoever
    /// began a session and had it answered by another gets nothing pushed (OpenID4VP 1.0 §14.2).
    fn message(&self, session: &Session, kept: &Value, now: Timestamp) -> Result<NewMessage, Refusal> {
        let id: MessageId = (&self.dice).array()?;
        let mut data = told_of(session, State::Done);
        data["reference"] = kept["reference"].clone();
        if session.flow == Flow::SameDevice {
            data["result_needs"] = "response_code".into();
        } else {
            data["result"] = kept["result"].clone();
        }
        let body = json!({ "type": "session.done", "timestamp": now.to_string(), "data": data });
        let body = self.vault.seal(Kind::Message, &id, body.to_string().as_bytes())?;
        Ok(NewMessage { id, body, next_at: now, keep_until: now + self.config.lifetimes.result })
    }

    /// A session of that owner.
    pub(crate) async fn session(&self, owner: &str, id: &str) -> Result<Session, Refusal> {
        let id: SessionId = id.parse().map_err(|_| Refusal::Unknown)?;
        let session = self.store.session(id).await?;
        session.filter(|session| session.owner == owner).ok_or(Refusal::Unknown)
    }

    /// What its owner is told of a session; and whether that is its result.
    pub(crate) fn tell(&self, session: &Session, code: Option<&str>) -> Result<(Value, bool), Refusal> {
        let state = self.state(session)?;
        let mut told = told_of(session, state);
        if state != State::Done {
            return Ok((told, false));
        }
        let opens = |hash: Lookup| {
            let redeemed = code.map(|code| ResponseCodeHash::from_bytes(hash).redeem(&session.id.to_string(), code));
            redeemed.is_some_and(|redeemed| redeemed.is_ok())
        };
        if !session.code.is_none_or(opens) {
            if code.is_some() {
                return Err(Refusal::CodeForeign);
            }
            told["result_needs"] = "response_code".into();
            return Ok((told, false));
        }
        let Some(sealed) = &session.result else { return Err(Refusal::Delivered) };
        let kept = self.vault.open(Kind::Result, &session.response, sealed)?;
        let mut kept: Value = serde_json::from_slice(&kept).map_err(|_| Refusal::Machine("a result".to_owned()))?;
        told["reference"] = kept["reference"].take();
        told["result"] = kept["result"].take();
        Ok((told, true))
    }

    pub(crate) fn state(&self, session: &Session) -> Result<State, Refusal> {
        let over = session.expires_at <= self.now()?;
        Ok(match session.state {
            State::Waiting | State::Fetched if over => State::Expired,
            state => state,
        })
    }

    /// The result arrived, as far as anybody can tell.
    pub(crate) async fn delivered(&self, id: SessionId) -> Result<(), Refusal> {
        let keep = self.config.lifetimes.delivered;
        Ok(self.store.delivered(id, self.now()? + keep, keep == Duration::seconds(0)).await?)
    }

    /// The webhook of a result was taken. On the same device it told no claims, so the result is still to be fetched.
    pub(crate) async fn pushed(&self, id: SessionId) -> Result<(), Refusal> {
        match self.store.session(id).await? {
            Some(session) if session.flow != Flow::SameDevice => self.delivered(id).await,
            _ => Ok(()),
        }
    }

    /// Lets who waits here know. Nobody may wait.
    fn say(&self, id: SessionId) {
        drop(self.changed.send(id));
    }
}

fn may_answer(finish: Finish) -> Result<(), Refusal> {
    match finish {
        Finish::Done => Ok(()),
        Finish::Taken => Err(Refusal::AnswerTaken),
        Finish::NotFetched => Err(Refusal::NotFetched),
        Finish::Expired => Err(Refusal::Expired),
        Finish::Unknown => Err(Refusal::Unknown),
    }
}

const fn flow_name(flow: Flow) -> &'static str {
    match flow {
        Flow::SameDevice => "same_device",
        Flow::CrossDevice => "cross_device",
        Flow::Browser => "dc_api",
    }
}

const fn state_name(state: State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Fetched => "fetched",
        State::Done => "done",
        State::Expired => "expired",
    }
}

fn told_of(session: &Session, state: State) -> Value {
    json!({
        "id": session.id.to_string(),
        "flow": flow_name(session.flow),
        "state": state_name(state),
        "expires_at": session.expires_at.to_string(),
    })
}

/// The id of a message as a webhook carries it.
pub(crate) fn message_name(id: &MessageId) -> String {
    format!("msg_{}", base64url::encode(id))
}
