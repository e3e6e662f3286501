//! Lists over HTTP, from the folder (draft-ietf-oauth-status-list-20 §8.1, §9.3).

use std::io;

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use mapae_http::Problem;
use tokio::task::spawn_blocking;

use super::{Form, ListFolder};

/// A cache may hand out a list for so long without asking: the part of `ttl` by which readers come late at most.
const CACHE: &str = "public, max-age=300";

/// `GET <path>/status` and `GET <path>/status/<number>`, for an issuer whose identifier has that path.
pub fn routes<S: Clone + Send + Sync + 'static>(path: &str, folder: ListFolder) -> Router<S> {
    let routes = Router::new()
        .route(&format!("{path}/status"), get(aggregation))
        .route(&format!("{path}/status/{{number}}"), get(list));
    routes.with_state(folder)
}

async fn aggregation(State(folder): State<ListFolder>) -> Response {
    answer("application/json", spawn_blocking(move || folder.aggregation()).await)
}

async fn list(State(folder): State<ListFolder>, Path(number): Path<String>, headers: HeaderMap) -> Response {
    let Some(form) = form(&headers) else {
        let title = "Status lists come as application/statuslist+jwt or application/statuslist+cwt";
        return Problem::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", title).into_response();
    };
    // One list has one address: `07` is none.
    match number.parse::<u64>().ok().filter(|parsed| parsed.to_string() == number) {
        Some(number) => answer(form.media_type(), spawn_blocking(move || folder.list(number, form)).await),
        None => absent(),
    }
}

fn answer(media_type: &'static str, read: Result<io::Result<Option<Vec<u8>>>, tokio::task::JoinError>) -> Response {
    match read {
        Ok(Ok(Some(body))) => {
            let headers = [
                (header::CONTENT_TYPE, media_type),
                (header::CACHE_CONTROL, CACHE),
                // The same address has two forms.
                (header::VARY, "accept"),
            ];
            (headers, body).into_response()
        }
        Ok(Ok(None)) => absent(),
        _ => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The list cannot be read now").into_response()
        }
    }
}

fn absent() -> Response {
    Problem::new(StatusCode::NOT_FOUND, "no_such_list", "There is no such status list").into_response()
}

/// The first form that is asked for; a JWT for who takes anything. Weights are not compared: whoever names both can read
/// both.
fn form(headers: &HeaderMap) -> Option<Form> {
    let Some(accept) = headers.get(header::ACCEPT) else { return Some(Form::Jwt) };
    let ranges = accept.to_str().ok()?.split(',').filter(|range| !is_refused(range));
    let mut forms = ranges.filter_map(|range| {
        match range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/statuslist+cwt" => Some(Form::Cwt),
            "application/statuslist+jwt" | "application/*" | "*/*" => Some(Form::Jwt),
            _ => None,
        }
    });
    forms.next()
}

/// RFC 9110 §12.4.2: a weight of 0 says "not acceptable".
fn is_refused(range: &str) -> bool {
    let mut parameters = range.split(';').skip(1).filter_map(|parameter| parameter.trim().strip_prefix("q="));
    parameters.next().is_some_and(|weight| weight.trim().parse() == Ok(0.0_f32))
}
