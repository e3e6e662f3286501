//! A city library: opens cards, and lends books to those who have one. A sample of who asks by REST.
//!
//! A card takes name and age; the portrait is up to the visitor. A loan takes neither: the visitor is known again by
//! `subject`, which the verifier makes for this library alone of an id that it keeps to itself.
//!
//! Left out: accounts, books, and members who outlive this process.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, header},
    middleware::from_fn,
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    asked::{answer, from_own_page},
    look::{self, POLICY},
    made::Made,
    plug::Plug,
    samples::{Begun, Client, Desk},
    verifiers::Verifier,
};
use crate::{commands::pages::Pages, failure::Outcome};

/// What the library asks for a card, as OpenID4VP 1.0 §6 has it.
const MEMBERSHIP: &str = include_str!("membership.json");

struct Library {
    url: String,
    desk: Desk<Service>,
    plug: Arc<Plug>,
    members: Mutex<BTreeMap<String, Member>>,
}

/// What the library does for people.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Service {
    Membership,
    Loan,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    service: Service,
    same_device: bool,
    /// `dc+sd-jwt` or `mso_mdoc`: for developers; the wallet chooses.
    format: Option<String>,
}

#[derive(Clone, Serialize)]
struct Member {
    number: String,
    name: String,
}

#[derive(Deserialize)]
struct Back {
    response_code: Option<String>,
}

type At = State<Arc<Library>>;

/// The page, and what its script asks.
pub(super) fn routes(made: &Made, verifier: &Verifier, plug: &Arc<Plug>) -> Outcome<Router> {
    let library = Library {
        url: format!("http://{}", made.ports.library),
        desk: Desk::new(Client::new(verifier)?, "library"),
        plug: Arc::clone(plug),
        members: Mutex::default(),
    };
    let own = Router::new()
        .route("/sessions", post(begin))
        .route("/session", get(look))
        .route("/back", get(back))
        .layer(from_fn(from_own_page))
        .with_state(Arc::new(library));
    Ok(page(made).routes().merge(own))
}

fn page(made: &Made) -> Pages {
    look::with(Pages::new(POLICY))
        .with("index.html", include_str!("index.html").replace("{{guide}}", &made.url()))
        .with("library.js", include_str!("library.js"))
        .with("refused.js", include_str!("refused.js"))
        .with("library.css", include_str!("library.css"))
}

/// `POST /sessions`: a visitor pressed a button.
async fn begin(State(library): At, Json(wish): Json<Wish>) -> Response {
    match library.desk.begin(&library.asked(&wish), wish.service).await {
        Ok(Begun { told, cookie }) => ([(header::SET_COOKIE, cookie)], answer(Ok(told))).into_response(),
        Err(problem) => answer(Err(problem)),
    }
}

/// `GET /session`: what came of it.
async fn look(State(library): At, headers: HeaderMap) -> Response {
    answer(library.desk.look(&headers, None, |service, result| library.served(*service, result)).await)
}

/// `GET /back`: the wallet on the same device sends the browser back, with the code that opens the result.
async fn back(State(library): At, headers: HeaderMap, Query(brought): Query<Back>) -> Response {
    let code = brought.response_code.as_deref();
    // The page asks again, and learns of any failure then.
    drop(library.desk.look(&headers, code, |service, result| library.served(*service, result)).await);
    Redirect::to("/#back").into_response()
}

impl Library {
    /// The body of the verifier's `POST /sessions`.
    fn asked(&self, wish: &Wish) -> Value {
        let mut asked = match wish.service {
            Service::Membership => {
                json!({ "dcql_query": membership(wish.format.as_deref()), "purpose": "도서관 회원증 발급" })
            }
            Service::Loan => json!({ "use": "loan" }),
        };
        asked["flow"] = if wish.same_device { "same_device" } else { "cross_device" }.into();
        if wish.same_device {
            asked["redirect_uri"] = format!("{}/back", self.url).into();
        }
        asked
    }

    /// What the visitor gets for what the verifier found.
    fn served(&self, service: Service, mut result: Value) -> Value {
        if result["verdict"] == "held" {
            result["member"] = match service {
                Service::Membership => json!(self.enrol(&result)),
                Service::Loan => json!(self.member(&result)),
            };
        }
        result["service"] = json!(service);
        result["plugged"] = self.plug.is_in().into();
        result
    }

    /// A card, for who is 14; who has one already gets the same.
    fn enrol(&self, result: &Value) -> Option<Member> {
        let claims = &result["credentials"][0]["claims"];
        (claims["age_over_14"] == true).then_some(())?;
        let name = |id: &str| claims[id].as_str().unwrap_or_default();
        let mut members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        let number = format!("2026-{:04}", members.len() + 1);
        let member = Member { number, name: [name("family_name_hangul"), name("given_name_hangul")].concat() };
        Some(members.entry(subject(result)?.to_owned()).or_insert(member).clone())
    }

    fn member(&self, result: &Value) -> Option<Member> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner).get(subject(result)?).cloned()
    }
}

/// By which this library, and nobody else, knows a person again.
fn subject(result: &Value) -> Option<&str> {
    result["credentials"].as_array()?.iter().find_map(|credential| credential["subject"].as_str())
}

/// In that format alone, if any is named.
fn membership(format: Option<&str>) -> Value {
    let mut query: Value = serde_json::from_str(MEMBERSHIP).unwrap_or_default();
    let Some(format) = format else { return query };
    if let Some(credentials) = query["credentials"].as_array_mut() {
        credentials.retain(|one| one["format"] == format);
    }
    let kept: Vec<Value> = query["credentials"].as_array().into_iter().flatten().map(|one| one["id"].clone()).collect();
    for set in query["credential_sets"].as_array_mut().into_iter().flatten() {
        if let Some(options) = set["options"].as_array_mut() {
            options.retain(|option| kept.contains(&option[0]));
        }
    }
    query
}
