//! The endpoints, and a store in memory that answers each question once.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::time::SystemTime;

use mapae_oidc::{
    AccessGrant, Arrival, AuthorizationAnswer, AuthorizationRefusal, BearerToken, Code, FormPost, IssuerUrl, LoginId,
    LoginRefusal, Once, Provider, Refusal, TokenFault, UserinfoFault,
};
use mapae_types::Timestamp;
use mapae_verify::Format;
use testkit::Seeded;

use crate::http::{Request, Response};
use crate::scene;

/// The provider and what it remembers.
pub(crate) struct Site {
    provider: Provider,
    store: Mutex<Store>,
}

#[derive(Default)]
struct Store {
    used: HashSet<[u8; 32]>,
    pushed: HashMap<[u8; 32], Vec<u8>>,
    pending: HashMap<String, Vec<u8>>,
    codes: HashMap<[u8; 32], Vec<u8>>,
    access: HashMap<[u8; 32], Vec<u8>>,
    draws: u64,
}

impl Store {
    fn once(&mut self, key: [u8; 32]) -> Once {
        if self.used.insert(key) { Once::First } else { Once::Again }
    }

    fn withdraw(&mut self, login: LoginId) {
        self.access.retain(|_, record| AccessGrant::from_record(record).unwrap().login() != login);
    }

    /// Seeded, and another stream at each use: this is a test.
    fn entropy(&mut self) -> Seeded {
        self.draws += 1;
        Seeded::new(1000 + self.draws)
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_unix(i64::try_from(since.as_secs()).unwrap()).unwrap()
}

fn carried(answer: AuthorizationAnswer) -> Response {
    match answer {
        AuthorizationAnswer::Redirect(location) => Response::redirect(location),
        AuthorizationAnswer::FormPost(post) => {
            Response::html(200, post.to_html()).with("Content-Security-Policy", FormPost::content_security_policy())
        }
        _ => Response::html(500, ""),
    }
}

fn refused(refusal: &Refusal) -> Response {
    let response = Response::json(refusal.status(), refusal.to_json());
    match refusal.www_authenticate() {
        Some(challenge) => response.with("WWW-Authenticate", challenge),
        None => response,
    }
}

impl Site {
    pub(crate) fn new(issuer: &str) -> Self {
        let issuer = IssuerUrl::parse(issuer).unwrap();
        let provider = scene::changed(|new| new.issuer = issuer).unwrap();
        Self { provider, store: Mutex::default() }
    }

    pub(crate) fn answer(&self, request: &Request) -> Response {
        let mut store = self.store.lock().unwrap();
        match request.path.strip_prefix("/oidc/") {
            Some(".well-known/openid-configuration") => Response::json(200, self.provider.discovery()),
            Some("jwks") => Response::json(200, self.provider.keys().jwks(now())),
            Some("par") => self.push(&mut store, request).unwrap_or_else(|refusal| refused(&refusal)),
            Some("authorize") => self.authorize(&mut store, request),
            Some("wallet") => self.present(&mut store, request),
            Some("token") => self.token(&mut store, request).unwrap_or_else(|fault| refused(&fault.into())),
            Some("userinfo") => Self::userinfo(&store, request).unwrap_or_else(|fault| refused(&fault.into())),
            Some("logout") => self.logout(&mut store, request),
            _ => Response::html(404, ""),
        }
    }

    fn push(&self, store: &mut Store, request: &Request) -> Result<Response, Refusal> {
        let pushed = self.provider.push(request.header("authorization"), &request.body, now())?;
        let once = pushed.replay().map_or(Once::First, |replay| store.once(*replay.key()));
        let kept = pushed.confirm(once)?.keep(&self.provider, &mut store.entropy(), now()).unwrap();
        store.pushed.insert(kept.hash, kept.record.to_vec());
        Ok(Response::json(201, kept.json))
    }

    /// Begins, and sends the browser to where the wallet is asked.
    fn authorize(&self, store: &mut Store, request: &Request) -> Response {
        let opened = self.provider.authorize(request.parameters()).and_then(|arrival| match arrival {
            Arrival::Direct(request) => Ok(*request),
            Arrival::Pushed(pushed) => {
                let record = store.pushed.get(&pushed.hash()).cloned();
                let once = store.once(pushed.hash());
                pushed.open(&self.provider, record.as_deref(), once, now())
            }
        });
        let request = match opened {
            Ok(request) => request,
            Err(AuthorizationRefusal::Back { answer, .. }) => return carried(answer),
            Err(AuthorizationRefusal::Page(fault)) => return Response::html(400, fault.to_string()),
        };
        let begun = request.begin(&self.provider, &mut store.entropy(), now()).unwrap();
        let id = begun.pending.id().to_string();
        store.pending.insert(id.clone(), begun.pending.to_record().to_vec());
        let cookie = format!("login={}; HttpOnly; SameSite=Lax; Path=/oidc", begun.cookie.expose());
        Response::redirect(format!("{}?{id}", self.provider.issuer().endpoint("wallet"))).with("Set-Cookie", cookie)
    }

    /// The wallet presents, or declines, and the browser gets its answer.
    fn present(&self, store: &mut Store, request: &Request) -> Response {
        let (id, declines) = match request.query.strip_suffix("&decline") {
            Some(id) => (id, true),
            None => (request.query.as_str(), false),
        };
        let Some(record) = store.pending.remove(id) else { return Response::html(404, "") };
        let cookie = request.header("cookie").and_then(|all| all.strip_prefix("login=")).unwrap_or_default();
        let pending = self.provider.pending_login(&record).unwrap();
        if declines {
            return carried(pending.refuse(cookie, LoginRefusal::Declined).unwrap());
        }
        let presented = scene::presented(scene::shown(Format::Mdoc), scene::somebody());
        let login = pending.complete(&presented, &mut store.entropy(), now()).unwrap();
        match login.issue(&self.provider, cookie, &mut store.entropy(), now()) {
            Ok(issued) => {
                store.codes.insert(issued.hash, issued.code.to_record().to_vec());
                carried(issued.answer)
            }
            Err(fault) => Response::html(403, fault.to_string()),
        }
    }

    fn token(&self, store: &mut Store, request: &Request) -> Result<Response, TokenFault> {
        let asked = self.provider.token(request.header("authorization"), &request.body, now())?;
        let once = asked.replay().map_or(Once::First, |replay| store.once(*replay.key()));
        let asked = asked.confirm(once)?;
        let hash = asked.code_hash();
        let code = store.codes.get(&hash).map(|record| Code::from_record(record).unwrap());
        let redemption = asked.redeem(code)?;
        let once = store.once(hash);
        let unsigned = redemption.consume(&self.provider, once, &mut store.entropy(), now()).inspect_err(|fault| {
            if let TokenFault::CodeUsed { login } = fault {
                store.withdraw(*login);
            }
        })?;
        let signature = scene::key(40).sign(unsigned.to_be_signed()).unwrap();
        let tokens = unsigned.attach(&signature);
        store.access.insert(tokens.access_hash, tokens.access.to_record().to_vec());
        Ok(Response::json(200, tokens.json.expose()))
    }

    fn userinfo(store: &Store, request: &Request) -> Result<Response, UserinfoFault> {
        let form = request.post.then_some(&request.body[..]);
        let token = BearerToken::read(request.header("authorization"), form)?;
        let record = store.access.get(&token.hash()).ok_or(UserinfoFault::TokenUnknown)?;
        let claims = AccessGrant::from_record(record).unwrap().userinfo(now())?;
        Ok(Response::json(200, claims.to_vec()))
    }

    fn logout(&self, store: &mut Store, request: &Request) -> Response {
        let asked = match self.provider.logout(request.parameters()) {
            Ok(asked) => asked,
            Err(fault) => return Response::html(400, fault.to_string()),
        };
        if let Some(login) = asked.login() {
            store.withdraw(login);
        }
        match asked.location() {
            Some(location) => Response::redirect(location.to_owned()),
            None => Response::html(200, "signed out"),
        }
    }
}
