//! Between this project's time and X.509's two (RFC 5280 §4.1.2.5).

use core::time::Duration;

use der::DateTime;
use mapae_types::Timestamp;
use x509_cert::time::Time;

use crate::X509Error;

/// The time that a certificate or list says.
pub(crate) fn read(time: Time) -> Result<Timestamp, X509Error> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).map_err(|_| X509Error::Unreadable)?;
    Timestamp::from_unix(seconds).map_err(|_| X509Error::Unreadable)
}

/// `UTCTime` through 2049 and `GeneralizedTime` from 2050, as RFC 5280 prescribes.
pub(crate) fn write(time: Timestamp) -> Result<Time, X509Error> {
    let seconds = u64::try_from(time.unix()).map_err(|_| X509Error::IssuingValidityInvalid)?;
    DateTime::from_unix_duration(Duration::from_secs(seconds))
        .map(Time::from)
        .map_err(|_| X509Error::IssuingValidityInvalid)
}
