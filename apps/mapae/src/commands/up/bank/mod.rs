//! A bank that opens accounts online. A sample of who has something authorised: the wallet shows what account is opened on
//! which terms, and its answer is signed over exactly that (OpenID4VP 1.0 §8.4).
//!
//! The bank's class of use is high, so that it asks on the person's own device alone: a QR code can be relayed. Results are
//! fetched when the browser comes back; webhooks tell its back office that something came.
//!
//! Left out: money.

mod hooks;

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    middleware::from_fn,
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use mapae_crypto::sha256;
use mapae_http::Problem;
use mapae_types::hex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::hooks::Hooks;
use super::{
    asked::{answer, from_own_page},
    look::{self, POLICY},
    made::Made,
    samples::{Begun, Client, Desk},
    verifiers::Verifier,
};
use crate::{commands::pages::Pages, failure::Outcome};

/// What wallets show as the opening of an account: `bank`, `product` and `reference`, in words for a person.
const TYPE: &str = "urn:mapae:account-opening:1";
const TERMS: &str = include_str!("terms.txt");

struct Bank {
    url: String,
    desk: Desk<Value>,
    accounts: Mutex<Vec<Account>>,
    hooks: Hooks,
}

#[derive(Clone, Serialize)]
struct Account {
    number: String,
    product: Value,
    /// Whose it is, as the verifier names people to this bank alone.
    #[serde(skip)]
    owner: Option<String>,
}

/// What somebody fills in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Application {
    product: Product,
    daily_limit: DailyLimit,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Product {
    Everyday,
    Savings,
}

/// In won.
#[derive(Clone, Copy, Deserialize)]
enum DailyLimit {
    #[serde(rename = "300000")]
    Small,
    #[serde(rename = "1000000")]
    Large,
}

#[derive(Deserialize)]
struct Back {
    response_code: Option<String>,
}

type At = State<Arc<Bank>>;

/// The page, what its script asks, and where the verifier tells of results.
pub(super) fn routes(made: &Made, verifier: &Verifier) -> Outcome<Router> {
    let bank = Arc::new(Bank {
        url: format!("http://{}", made.ports.bank),
        desk: Desk::new(Client::new(verifier)?, "bank"),
        accounts: Mutex::default(),
        hooks: Hooks::new(&verifier.secret("webhook.secret")?)?,
    });
    let own = Router::new()
        .route("/applications", post(begin))
        .route("/application", get(look))
        .route("/back", get(back))
        .route("/notices", get(notices))
        .layer(from_fn(from_own_page));
    let verifiers = Router::new().route("/hooks/mapae", post(hook));
    Ok(page(made).routes().merge(own.merge(verifiers).with_state(bank)))
}

fn page(made: &Made) -> Pages {
    look::with(Pages::new(POLICY))
        .with("index.html", include_str!("index.html").replace("{{guide}}", &made.url()).replace("{{terms}}", TERMS))
        .with("bank.js", include_str!("bank.js"))
        .with("bank.css", include_str!("bank.css"))
}

/// `POST /applications`: somebody pressed the button.
async fn begin(State(bank): At, Json(application): Json<Application>) -> Response {
    let transaction = application.transaction();
    let asked = json!({
        "use": "account_opening",
        "flow": "same_device",
        "redirect_uri": format!("{}/back", bank.url),
        "transaction_data": [transaction],
    });
    match bank.desk.begin(&asked, transaction).await {
        Ok(Begun { told, cookie }) => ([(header::SET_COOKIE, cookie)], answer(Ok(told))).into_response(),
        Err(problem) => answer(Err(problem)),
    }
}

/// `GET /application`: what came of it.
async fn look(State(bank): At, headers: HeaderMap) -> Response {
    answer(bank.desk.look(&headers, None, |transaction, result| bank.opened(transaction, result)).await)
}

/// `GET /back`: the wallet sends the browser back, with the code that opens the result.
async fn back(State(bank): At, headers: HeaderMap, Query(brought): Query<Back>) -> Response {
    let code = brought.response_code.as_deref();
    // The page asks again, and learns of any failure then.
    drop(bank.desk.look(&headers, code, |transaction, result| bank.opened(transaction, result)).await);
    Redirect::to("/#back").into_response()
}

/// `POST /hooks/mapae`: the verifier tells that something came. What it tells of this bank's sessions has no claims.
async fn hook(State(bank): At, headers: HeaderMap, body: Bytes) -> Response {
    match bank.hooks.take(&headers, &body) {
        Some(()) => StatusCode::NO_CONTENT.into_response(),
        None => Problem::new(StatusCode::UNAUTHORIZED, "not_signed", "Nobody whom this bank knows signed that")
            .into_response(),
    }
}

/// `GET /notices`: what the back office heard, for developers.
async fn notices(State(bank): At) -> Response {
    answer(Ok(json!(bank.hooks.heard())))
}

impl Application {
    /// What the wallet shows, and signs.
    fn transaction(&self) -> Value {
        let (ko, en) = match self.product {
            Product::Everyday => ("입출금통장", "Everyday account"),
            Product::Savings => ("자유적금", "Savings account"),
        };
        let limit = match self.daily_limit {
            DailyLimit::Small => "300,000",
            DailyLimit::Large => "1,000,000",
        };
        let terms = hex::encode(&sha256(TERMS.as_bytes())[..8]);
        json!({
            "type": TYPE,
            "bank": { "ko": "가람은행", "en": "Garam Bank" },
            "product": {
                "ko": format!("{ko}, 하루 이체 한도 {limit}원"),
                "en": format!("{en}, daily transfer limit KRW {limit}"),
            },
            "reference": {
                "ko": format!("예금거래기본약관 2026-11 ({terms})"),
                "en": format!("General terms 2026-11 ({terms})"),
            },
        })
    }
}

impl Bank {
    /// Opens the account, if what was authorised is what was applied for.
    fn opened(&self, transaction: &Value, mut result: Value) -> Value {
        if result["verdict"] != "held" {
            return result;
        }
        let authorised = &result["transactions"][0];
        let mut of_type = authorised["details"].clone();
        of_type["type"] = authorised["type"].clone();
        if of_type != *transaction {
            return json!({ "verdict": "refused", "reason": { "code": "another_transaction" } });
        }
        // That somebody showed it does not say what it says.
        if result["credentials"][0]["claims"]["age_over_19"] != true {
            return json!({ "verdict": "refused", "reason": { "code": "under_19" } });
        }
        let account = self.open(&transaction["product"], &result);
        result["account"] = json!(account);
        result
    }

    fn open(&self, product: &Value, result: &Value) -> Account {
        let owner = result["credentials"][0]["subject"].as_str().map(str::to_owned);
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        // Who has one of a kind keeps it.
        let has = |one: &&Account| owner.is_some() && one.owner == owner && one.product == *product;
        if let Some(account) = accounts.iter().find(has) {
            return account.clone();
        }
        let account =
            Account { number: format!("110-2026-{:06}", accounts.len() + 1), product: product.to_owned(), owner };
        accounts.push(account.clone());
        account
    }
}
