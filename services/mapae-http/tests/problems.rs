//! Two faces: the client reads a problem document, the operator reads the cause.

use std::sync::{Arc, Mutex};

use axum::{body::to_bytes, http::StatusCode, response::IntoResponse as _};
use mapae_http::{Clock, Fault, Notices, PROBLEM_CONTENT_TYPE, Problem};
use mapae_types::Duration;

#[tokio::test]
async fn a_problem_document_says_what_is_wrong() {
    let problem = Problem::new(StatusCode::CONFLICT, "stated_before", "Stated before").detail("entry 7").retry_after(3);
    let response = problem.clone().into_response();
    assert_eq!(response.status(), StatusCode::CONFLICT);
    assert_eq!(response.headers()["content-type"], PROBLEM_CONTENT_TYPE);
    assert_eq!(response.headers()["retry-after"], "3");
    let body = to_bytes(response.into_body(), 4096).await.unwrap();
    let document: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let expected = serde_json::json!({
        "type": "tag:mapae.example,2026:problem:stated_before",
        "title": "Stated before",
        "status": 409,
        "detail": "entry 7",
    });
    assert_eq!(document, expected);
    let read = Problem::parse(&body).unwrap();
    assert_eq!((read.code(), read.status(), read.said()), ("stated_before", 409, Some("entry 7")));
    assert_eq!(Problem::parse(b"<html>"), None);
}

#[test]
fn the_cause_is_for_the_operator_alone() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    let notices = Notices::to(move |line| ear.lock().unwrap().push(line.to_owned()));
    let problem = Fault::internal("the disk is full").tell(&notices);
    assert_eq!(*heard.lock().unwrap(), ["internal: the disk is full"]);
    assert!(!serde_json::to_string(&problem).unwrap().contains("disk"));
    assert_eq!(problem.status(), 500);
    let problem = Fault::unavailable("store_unavailable", "no route").tell(&notices);
    assert_eq!((problem.status(), problem.code()), (503, "store_unavailable"));
    Fault::from(Problem::new(StatusCode::BAD_REQUEST, "x", "the client's fault")).tell(&notices);
    assert_eq!(heard.lock().unwrap().len(), 2);
}

#[test]
fn a_clock_can_be_shifted() {
    let machine = Clock::system().now().unwrap();
    let ahead = Clock::shifted(Duration::hours(2)).now().unwrap();
    assert!((7200..7260).contains(&machine.age_at(ahead).as_seconds()));
    let behind = Clock::shifted(Duration::hours(-2)).now().unwrap();
    assert!((-7200..-7140).contains(&machine.age_at(behind).as_seconds()));
}
