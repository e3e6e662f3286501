//! The Gregorian calendar, as RFC 3339 uses it for every year, and the two forms of RFC 3339 as numbers.
//!
//! Days count from 1970-01-01. Inside, years begin in March, so that the leap day is a year's last: then the months'
//! lengths follow one rule (153 days in five months), and so do the years' (97 leap days in 400 years).
//!
//! Left out: the limits of what this project writes (years 1 to 9999), which are [`crate::Date`]'s and
//! [`crate::Timestamp`]'s.

const DAYS_OF_400_YEARS: i64 = 146_097;
/// From the first of March of the year 0.
const EPOCH: i64 = 719_468;

/// A day by year, month and day of the month, in their order of weight.
pub(crate) type Civil = (i64, u8, u8);

/// The day's number, if there is such a day.
pub(crate) fn to_days((year, month, day): Civil) -> Option<i64> {
    if !(1..=12).contains(&month) || day == 0 || day > length_of_month(year, month) {
        return None;
    }
    let march = i64::from((month + 9) % 12);
    let year = if month < 3 { year - 1 } else { year };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(365 * year + leap_days + (153 * march + 2) / 5 + i64::from(day) - 1 - EPOCH)
}

/// The day of a number.
pub(crate) fn from_days(days: i64) -> Civil {
    let days = days + EPOCH;
    let (cycle, days) = (days.div_euclid(DAYS_OF_400_YEARS), days.rem_euclid(DAYS_OF_400_YEARS));
    // Without the leap days before it every year has 365.
    let year = (days - days / 1460 + days / 36_524 - days / 146_096) / 365;
    let day_of_year = days - (365 * year + year / 4 - year / 100);
    let march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march + 2) / 5 + 1;
    let month = (march + 2) % 12 + 1;
    let year = 400 * cycle + year + i64::from(month < 3);
    (year, narrow(month), narrow(day))
}

/// A month or day, which is below 32.
fn narrow(number: i64) -> u8 {
    u8::try_from(number).unwrap_or_default()
}

fn length_of_month(year: i64, month: u8) -> u8 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `full-date` of RFC 3339 §5.6, whether there is such a day or not.
pub(crate) fn read_date(text: &[u8]) -> Option<Civil> {
    let (century_and_year, month_and_day) = text.split_at_checked(5)?;
    let [century, year] = [pair(century_and_year)?, pair(&century_and_year[2..])?];
    let [month, day] = pairs(month_and_day, b'-')?;
    (century_and_year[4] == b'-').then_some((100 * i64::from(century) + i64::from(year), month, day))
}

/// `date-time` of RFC 3339 §5.6 without a fraction of a second, in Unix seconds. Its note lets any character part date and
/// time; a leap second at the end of a month is its minute's last.
pub(crate) fn read_date_time(text: &[u8]) -> Option<i64> {
    let (date, [_, clock @ ..]) = text.split_at_checked(10)? else { return None };
    let (clock, offset) = clock.split_at_checked(8)?;
    let [hour, minute, second] = pairs(clock, b':')?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let local = 86_400 * to_days(read_date(date)?)? + seconds([hour, minute, second.min(59)]);
    let utc = local - read_offset(offset)?;
    (second < 60 || is_end_of_month(utc)).then_some(utc)
}

fn read_offset(text: &[u8]) -> Option<i64> {
    let (sign, offset) = match text {
        [b'Z' | b'z'] => return Some(0),
        [b'+', offset @ ..] => (1, offset),
        [b'-', offset @ ..] => (-1, offset),
        _ => return None,
    };
    let [hour, minute] = pairs(offset, b':')?;
    (hour < 24 && minute < 60).then(|| sign * seconds([hour, minute, 0]))
}

fn seconds([hour, minute, second]: [u8; 3]) -> i64 {
    3600 * i64::from(hour) + 60 * i64::from(minute) + i64::from(second)
}

/// Whether the next second begins a month.
fn is_end_of_month(utc: i64) -> bool {
    (utc + 1) % 86_400 == 0 && from_days((utc + 1).div_euclid(86_400)).2 == 1
}

/// Numbers of two digits, parted by `separator`.
fn pairs<const N: usize>(text: &[u8], separator: u8) -> Option<[u8; N]> {
    let mut numbers = [0; N];
    for (number, part) in numbers.iter_mut().zip(text.chunks(3)) {
        *number = pair(part)?;
    }
    let parted = text.iter().skip(2).step_by(3).all(|byte| *byte == separator);
    (parted && text.len() + 1 == 3 * N).then_some(numbers)
}

/// The first two digits.
fn pair(text: &[u8]) -> Option<u8> {
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', ..] => Some(10 * (tens - b'0') + ones - b'0'),
        _ => None,
    }
}
