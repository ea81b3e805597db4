//! The calendar: days since 1970 to year, month, day and back.
//!
//! Not here: time zones. Every time is UTC.

/// A day of the week, Sunday first as cron counts.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "a week has seven days")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Sunday,
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
}

/// A date and time of day in UTC, in the Gregorian calendar.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of a calendar are fixed")]
pub struct Civil {
    /// Year, 1677 to 2262.
    pub year: i64,
    /// Month, 1 to 12.
    pub month: u32,
    /// Day of the month, 1 to 31.
    pub day: u32,
    /// Hour, 0 to 23.
    pub hour: u32,
    /// Minute, 0 to 59.
    pub minute: u32,
    /// Second, 0 to 59.
    pub second: u32,
    /// Nanosecond, 0 to 999,999,999.
    pub nanosecond: u32,
    /// Day of the week.
    pub weekday: Weekday,
}

impl Civil {
    /// The date `days` after 1970-01-01 and the time `nanos_of_day` after midnight.
    pub(super) fn from_days(days: i64, nanos_of_day: i64) -> Self {
        let (year, month, day) = civil_from_days(days);
        let part = |divisor: i64, modulus: i64| {
            u32::try_from(nanos_of_day / divisor % modulus).unwrap_or(0)
        };
        Self {
            year,
            month,
            day,
            hour: part(3_600_000_000_000, 24),
            minute: part(60_000_000_000, 60),
            second: part(1_000_000_000, 60),
            nanosecond: part(1, 1_000_000_000),
            weekday: weekday(days),
        }
    }

    /// Nanoseconds since 1970, or `None` if there is no such time.
    pub(super) fn unix_nanos(&self) -> Option<i128> {
        let days = days_from_civil(self.year, self.month, self.day)?;
        let fits = self.hour < 24
            && self.minute < 60
            && self.second < 60
            && self.nanosecond < 1_000_000_000;
        let of_day = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60;
        let seconds = i128::from(days) * 86_400 + i128::from(of_day + i64::from(self.second));
        fits.then_some(seconds * 1_000_000_000 + i128::from(self.nanosecond))
    }
}

/// The weekday of the day `days` after 1970-01-01, which was a Thursday.
pub(super) const fn weekday(days: i64) -> Weekday {
    match (days + 4).rem_euclid(7) {
        0 => Weekday::Sunday,
        1 => Weekday::Monday,
        2 => Weekday::Tuesday,
        3 => Weekday::Wednesday,
        4 => Weekday::Thursday,
        5 => Weekday::Friday,
        _ => Weekday::Saturday,
    }
}

/// Whether February has 29 days.
pub(super) const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The number of days of a month; 0 if there is no such month.
pub(super) const fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Days from 1970-01-01 to a date; `None` if the calendar has no such date or the year has more
/// than six digits.
///
/// Counts in eras of 400 years that start on 1 March, so that the leap day is the last of a year.
pub(super) fn days_from_civil(year: i64, month: u32, day: u32) -> Option<i64> {
    let is_year = (-999_999..=999_999).contains(&year);
    if !is_year || day == 0 || day > days_in_month(year, month) {
        return None;
    }
    let (month, day) = (i64::from(month), i64::from(day));
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// The date `days` after 1970-01-01.
pub(super) fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u32::try_from(month).unwrap_or(1), u32::try_from(day).unwrap_or(1))
}
