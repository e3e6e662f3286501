//! The same thing from several places, none of them believed.

use axum::{Router, routing::get};
use mapae_http::{ClientError, Running, Source, SourceError};

use crate::serving::{client, serve};

async fn place(content: &'static str) -> Running {
    serve(Router::new().route("/", get(move || async move { content }))).await
}

/// Accepts numbers.
fn number(bytes: &[u8]) -> Result<u64, &'static str> {
    str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).ok_or("no number")
}

fn sources(places: &[&Running]) -> Vec<Source> {
    places.iter().map(|place| place.url().parse().unwrap()).collect()
}

#[test]
fn sources_are_urls_and_files() {
    let list = Source::list("https://a.example/b,http://127.0.0.1:1,file:/x/y").unwrap();
    assert_eq!(list[2], Source::File("/x/y".into()));
    assert_eq!(list.iter().map(ToString::to_string).collect::<Vec<_>>()[0], "https://a.example/b");
    for wrong in ["", "file:", "/x/y", "ftp://a.example", "https://a.example,"] {
        assert!(Source::list(wrong).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn the_first_that_is_accepted_ends_the_search() {
    let (bad, good, unasked) = (place("x").await, place("7").await, place("9").await);
    let tried = Source::first(&sources(&[&bad, &good, &unasked]), &client(), 99, number).await;
    assert_eq!(tried.len(), 2);
    assert!(matches!(tried[0].result, Err(SourceError::Refused("no number"))));
    assert_eq!(tried[1].result.as_ref().unwrap(), &7);
}

#[tokio::test]
async fn an_old_thing_from_the_first_does_not_hide_a_newer_one() {
    let (old, new) = (place("7").await, place("9").await);
    let tried = Source::all(&sources(&[&old, &new]), &client(), 99, number).await;
    assert_eq!(tried.into_iter().filter_map(|tried| tried.result.ok()).max(), Some(9));
}

#[tokio::test]
async fn each_failure_is_told() {
    let (large, absent) = (place("12345").await, serve(Router::new()).await);
    let gone = place("1").await;
    let list = sources(&[&large, &absent, &gone]);
    drop(gone);
    let tried = Source::first(&list, &client(), 4, number).await;
    assert!(matches!(tried[0].result, Err(SourceError::Silent(ClientError::TooLarge { limit: 4 }))));
    assert!(matches!(tried[1].result, Err(SourceError::Status { status: 404 })));
    assert!(matches!(tried[2].result, Err(SourceError::Silent(ClientError::Unreached(_)))));
}

#[tokio::test]
async fn a_file_is_a_source_like_any_other() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("number");
    std::fs::write(&file, "1234").unwrap();
    let list = [Source::File(file.clone()), Source::File(dir.path().join("absent"))];
    let tried = Source::all(&list, &client(), 4, number).await;
    assert_eq!(tried[0].result.as_ref().unwrap(), &1234);
    assert!(matches!(tried[1].result, Err(SourceError::Silent(ClientError::File(_)))));
    let tried = Source::all(&list[..1], &client(), 3, number).await;
    assert!(matches!(tried[0].result, Err(SourceError::Silent(ClientError::TooLarge { limit: 3 }))));
}
