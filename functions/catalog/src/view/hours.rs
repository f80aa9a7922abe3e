//! Business hours as clients see them.

use domain::sla::holiday::{Holiday, HolidayRule};
use domain::sla::hours::{BusinessHours, Interval, Week, weekday_name};
use jiff::civil::Weekday;
use serde::Serialize;
use utoipa::ToSchema;

/// When time counts.
#[derive(Serialize, ToSchema)]
#[schema(as = BusinessHours)]
pub(crate) struct BusinessHoursView {
    /// Which.
    id: String,
    /// Grows when they change; their `ETag`.
    version: u64,
    /// The name shown.
    name: String,
    /// Where the clock hangs that decides: an IANA name.
    time_zone: String,
    /// The hours of a usual week.
    week: WeekView,
    /// The days on which time does not count.
    holidays: Vec<HolidayView>,
}

/// The hours of a week; a day without any is left out.
#[derive(Serialize, ToSchema)]
#[schema(as = Week)]
pub(crate) struct WeekView {
    /// On Mondays, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    monday: Vec<IntervalView>,
    /// On Tuesdays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tuesday: Vec<IntervalView>,
    /// On Wednesdays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    wednesday: Vec<IntervalView>,
    /// On Thursdays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    thursday: Vec<IntervalView>,
    /// On Fridays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    friday: Vec<IntervalView>,
    /// On Saturdays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    saturday: Vec<IntervalView>,
    /// On Sundays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sunday: Vec<IntervalView>,
}

/// Part of a day in which time counts.
#[derive(Serialize, ToSchema)]
#[schema(as = Interval)]
pub(crate) struct IntervalView {
    /// The first minute that counts, as `08:00`.
    from: String,
    /// The first minute that does not count any more, as `17:00`.
    to: String,
}

/// A day on which time does not count.
#[derive(Serialize, ToSchema)]
#[schema(as = Holiday)]
pub(crate) struct HolidayView {
    /// The name shown.
    name: String,
    /// `date`, `yearly`, `weekday` or `easter`; each has its own fields.
    kind: String,
    /// The one day, as `2026-12-24`.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    /// The month of every year.
    #[serde(skip_serializing_if = "Option::is_none")]
    month: Option<i8>,
    /// The day of the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<i8>,
    /// `monday` to `sunday`.
    #[serde(skip_serializing_if = "Option::is_none")]
    weekday: Option<String>,
    /// Which such weekday of the month: 1 to 4, or -1 for the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    nth: Option<i8>,
    /// So many days from Easter Sunday.
    #[serde(skip_serializing_if = "Option::is_none")]
    offset_days: Option<i16>,
}

/// One set of business hours.
#[derive(Serialize, ToSchema)]
pub(crate) struct BusinessHoursResponse {
    business_hours: BusinessHoursView,
}

impl BusinessHoursResponse {
    pub(crate) fn of(hours: &BusinessHours) -> Self {
        Self { business_hours: BusinessHoursView::of(hours) }
    }
}

impl BusinessHoursView {
    pub(crate) fn of(hours: &BusinessHours) -> Self {
        Self {
            id: hours.id.to_string(),
            version: hours.version,
            name: hours.name.as_str().to_owned(),
            time_zone: hours.time_zone.as_str().to_owned(),
            week: WeekView::of(&hours.week),
            holidays: hours.holidays.iter().map(HolidayView::of).collect(),
        }
    }
}

impl WeekView {
    fn of(week: &Week) -> Self {
        let on = |day| week.day(day).iter().copied().map(IntervalView::of).collect();
        Self {
            monday: on(Weekday::Monday),
            tuesday: on(Weekday::Tuesday),
            wednesday: on(Weekday::Wednesday),
            thursday: on(Weekday::Thursday),
            friday: on(Weekday::Friday),
            saturday: on(Weekday::Saturday),
            sunday: on(Weekday::Sunday),
        }
    }
}

impl IntervalView {
    fn of(interval: Interval) -> Self {
        Self { from: interval.from().to_string(), to: interval.to().to_string() }
    }
}

impl HolidayView {
    fn of(holiday: &Holiday) -> Self {
        let bare = |kind: &str| Self {
            name: holiday.name.as_str().to_owned(),
            kind: kind.to_owned(),
            date: None,
            month: None,
            day: None,
            weekday: None,
            nth: None,
            offset_days: None,
        };
        match holiday.rule {
            HolidayRule::Date { date } => Self { date: Some(date.to_string()), ..bare("date") },
            HolidayRule::Yearly { month, day } => Self { month: Some(month), day: Some(day), ..bare("yearly") },
            HolidayRule::Weekday { month, weekday, nth } => {
                let weekday = Some(weekday_name(weekday).to_owned());
                Self { month: Some(month), weekday, nth: Some(nth), ..bare("weekday") }
            }
            HolidayRule::Easter { offset_days } => Self { offset_days: Some(offset_days), ..bare("easter") },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn business_hours_are_shown_as_they_are_sent() {
        let shown = json!({
            "id": "hrs_desk",
            "version": 3,
            "name": "Office hours",
            "time_zone": "Europe/Prague",
            "week": {
                "monday": [{ "from": "08:00", "to": "12:00" }, { "from": "13:00", "to": "17:00" }],
                "sunday": [{ "from": "00:00", "to": "24:00" }],
            },
            "holidays": [
                { "name": "Election day", "kind": "date", "date": "2026-10-09" },
                { "name": "Christmas Eve", "kind": "yearly", "month": 12, "day": 24 },
                { "name": "Memorial day", "kind": "weekday", "month": 5, "weekday": "monday", "nth": -1 },
                { "name": "Good Friday", "kind": "easter", "offset_days": -2 },
            ],
        });
        let hours: BusinessHours = serde_json::from_value(shown.clone()).unwrap();
        assert_eq!(json!(BusinessHoursResponse::of(&hours)), json!({ "business_hours": shown }));
    }
}
