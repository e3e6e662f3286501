//! Status lists that an issuer's service published: its folder, or the address where it names them all
//! (draft-ietf-oauth-status-list-20 §9.3).
//!
//! Nothing is believed here. Who signed a list, and whether it is the one of that URI, is checked as readers do, before a
//! bundle with it is written.

use std::{
    collections::BTreeSet,
    convert::Infallible,
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::Context as _;
use mapae_jose::{Value, json};
use mapae_trust::StatusEntry;

use crate::{
    failure::{Failure, OrUsage as _, Outcome},
    files,
};

/// The file by which a folder names its lists.
pub(super) const AGGREGATION: &str = "aggregation.json";

/// Lists of one source; a nation has 969.
const MAX_LISTS: usize = 4096;

/// Where lists are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ListSource {
    /// A folder.
    Folder(PathBuf),
    /// `http:` or `https:`, the address that names all lists.
    Url(String),
}

impl FromStr for ListSource {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_url = text.starts_with("http://") || text.starts_with("https://");
        Ok(if is_url { Self::Url(text.to_owned()) } else { Self::Folder(text.into()) })
    }
}

/// The lists of all sources, none twice.
pub(super) fn published(sources: &[ListSource]) -> Outcome<Vec<StatusEntry>> {
    let mut lists = Vec::new();
    for source in sources {
        match source {
            ListSource::Folder(dir) => lists.extend(of_folder(dir)?),
            ListSource::Url(url) => lists.extend(of_url(url)?),
        }
    }
    Ok(lists)
}

/// A bundle has one list of a URI.
pub(super) fn once_each(lists: Vec<StatusEntry>) -> Outcome<Vec<StatusEntry>> {
    let mut seen = BTreeSet::new();
    match lists.iter().find(|list| !seen.insert(&list.uri)) {
        Some(twice) => Err(Failure::usage(format!("the status list {} is there twice", twice.uri))),
        None => Ok(lists),
    }
}

fn of_folder(dir: &Path) -> Outcome<Vec<StatusEntry>> {
    let unusable = || format!("{} is no folder of published status lists", dir.display());
    let aggregation = files::read(&dir.join(AGGREGATION)).or_usage(unusable)?;
    let read = |uri: String| {
        // The file is named by the list's number, and by nothing that could lead elsewhere.
        let number: Option<u64> = uri.rsplit('/').next().and_then(|number| number.parse().ok());
        let number = number.with_context(|| format!("{uri} ends in no number")).or_usage(unusable)?;
        let token = files::read(&dir.join(format!("{number}.cwt"))).map_err(Failure::Usage)?;
        Ok(StatusEntry { uri, token })
    };
    uris(&aggregation).or_usage(unusable)?.into_iter().map(read).collect()
}

/// What an aggregation names.
fn uris(aggregation: &[u8]) -> anyhow::Result<Vec<String>> {
    let object = json::parse_object(aggregation)?;
    let named = object.get("status_lists").and_then(Value::as_array).context("it has no `status_lists`")?;
    anyhow::ensure!(named.len() <= MAX_LISTS, "it names {} lists, over the limit of {MAX_LISTS}", named.len());
    let text = |uri: &Value| uri.as_str().map(str::to_owned).context("it names what is no URI");
    named.iter().map(text).collect()
}

#[cfg(not(feature = "services"))]
fn of_url(url: &str) -> Outcome<Vec<StatusEntry>> {
    Err(Failure::usage(format!("{url}: this program was built without services and reads folders alone")))
}

#[cfg(feature = "services")]
fn of_url(url: &str) -> Outcome<Vec<StatusEntry>> {
    use mapae_http::{Bounds, Client};

    crate::service::block_on(async {
        let client = Client::new(Bounds::default())?;
        let aggregation = get(&client, url, "application/json").await?;
        let mut lists = Vec::new();
        for uri in uris(&aggregation).with_context(|| url.to_owned())? {
            let token = get(&client, &uri, "application/statuslist+cwt").await?;
            lists.push(StatusEntry { uri, token });
        }
        Ok(lists)
    })
}

#[cfg(feature = "services")]
async fn get(client: &mapae_http::Client, url: &str, accept: &'static str) -> anyhow::Result<Vec<u8>> {
    use axum::http::{HeaderMap, HeaderValue, Method, header};

    /// Bytes of a list whose every second entry is revoked, and its signature with certificates.
    const MAX_LEN: usize = 1 << 20;
    let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
    let request = mapae_http::Request { method: Method::GET, url: url.to_owned(), headers, body: Vec::new() };
    let answer = client.send(request, MAX_LEN).await.with_context(|| url.to_owned())?;
    anyhow::ensure!(answer.status == 200, "{url} answers {}", answer.status);
    Ok(answer.body)
}
