//! The status lists that the issuer publishes, without what only their time changes.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use mapae_jose::base64url;
use serde_json::{Map, Value};

use crate::{country::Country, phone::now, process::PATIENCE};

/// Claims by file.
type Lists = BTreeMap<String, Map<String, Value>>;

/// Claims that tell the time of publication.
const TIMES: [&str; 2] = ["iat", "exp"];

/// Those that are out, and those that are published next.
pub(crate) fn before_and_next(country: &mut Country) -> [Lists; 2] {
    let folder = country.issuer.folder.join("lists");
    let (began, before) = (now().unix(), read(&folder));
    country.restart_issuer();
    let end = Instant::now() + PATIENCE;
    let is_new = |list: &Map<String, Value>| list["iat"].as_i64().is_some_and(|at| at >= began);
    while !read(&folder).values().all(is_new) {
        assert!(Instant::now() < end, "no new lists");
        sleep(Duration::from_millis(50));
    }
    [before, read(&folder)].map(without_times)
}

fn read(folder: &Path) -> Lists {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let tokens = paths.filter(|path| path.extension().is_some_and(|extension| extension == "jwt"));
    let claims = |path: &Path| {
        let token = fs::read_to_string(path).unwrap();
        let claims = base64url::decode(token.split('.').nth(1).unwrap()).unwrap();
        (path.display().to_string(), serde_json::from_slice(&claims).unwrap())
    };
    tokens.map(|path| claims(&path)).collect()
}

fn without_times(mut lists: Lists) -> Lists {
    for list in lists.values_mut() {
        for time in TIMES {
            assert!(list.remove(time).is_some(), "{time}");
        }
    }
    lists
}
