//! Times relative to the start of a test, in the forms that jobs and certificates want.

use anyhow::Result;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// Now, in whole seconds: ISO 18013-5 §9.1.2.4 allows no fraction in a `tdate`.
pub fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc().replace_nanosecond(0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// So many days from now; negative is the past.
pub fn days(count: i64) -> OffsetDateTime {
    now() + Duration::days(count)
}

/// RFC 3339, as jobs carry it.
pub fn rfc3339(time: OffsetDateTime) -> Result<String> {
    Ok(time.format(&Rfc3339)?)
}
