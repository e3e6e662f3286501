//! Between this project's time and X.509's two (RFC 5280 §4.1.2.5).

use der::DateTime;
use mapae_crypto::elements::{Element, tag};
use mapae_types::{Date, Duration, Timestamp};
use x509_cert::time::Time;

use crate::X509Error;

/// The time that a certificate or list says: in seconds and in UTC, as RFC 5280 prescribes, and from 1970 on.
pub(crate) fn read(time: Element<'_>) -> Option<Timestamp> {
    let (century, rest) = match (time.tag, time.content) {
        (tag::UTC_TIME, rest @ [b'5'..=b'9', ..]) => (19, rest),
        (tag::UTC_TIME, rest) => (20, rest),
        (tag::GENERALIZED_TIME, [thousands, hundreds, rest @ ..]) => (number([*thousands, *hundreds])?, rest),
        _ => return None,
    };
    let (pairs, [b'Z']) = rest.as_chunks() else { return None };
    let mut numbers = [0; 6];
    for (number_read, pair) in numbers.iter_mut().zip(pairs) {
        *number_read = number(*pair)?;
    }
    let [year, month, day, hour, minute, second] = numbers;
    let year = 100 * i32::from(century) + i32::from(year);
    let sound = pairs.len() == 6 && year >= 1970 && hour < 24 && minute < 60 && second < 60;
    let midnight = Date::from_ymd(year, month, day).ok().filter(|_| sound)?.midnight();
    Some(midnight + Duration::seconds(3600 * i64::from(hour) + 60 * i64::from(minute) + i64::from(second)))
}

/// Two digits.
fn number([tens, ones]: [u8; 2]) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| 10 * (tens - b'0') + ones - b'0')
}

/// `UTCTime` through 2049 and `GeneralizedTime` from 2050, as RFC 5280 prescribes.
pub(crate) fn write(time: Timestamp) -> Result<Time, X509Error> {
    let seconds = u64::try_from(time.unix()).map_err(|_| X509Error::IssuingValidityInvalid)?;
    DateTime::from_unix_duration(core::time::Duration::from_secs(seconds))
        .map(Time::from)
        .map_err(|_| X509Error::IssuingValidityInvalid)
}
