//! The file of a request.

use std::path::Path;

use mapae_reader::Request;

use crate::{
    failure::{OrUsage as _, Outcome},
    files,
};

/// Reads `request.json`.
pub(crate) fn read(path: &Path) -> Outcome<Request> {
    let name = || format!("the request {} cannot be used", path.display());
    Request::parse(&files::read(path).or_usage(name)?).or_usage(name)
}
