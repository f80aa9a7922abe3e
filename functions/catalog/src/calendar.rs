//! The week and the holidays of business hours, as they stand in a request.

use domain::catalog::promises::MOST_HOLIDAYS;
use domain::field::{Fields, Invalid};
use domain::sla::holiday::{Holiday, HolidayRule};
use domain::sla::hours::{Interval, MOST_INTERVALS, Minute, Week, parse_weekday, weekday_name};
use domain::text::Label;
use jiff::civil::Weekday;
use serde::Deserialize;
use utoipa::ToSchema;
use web::body::one_of;

/// The hours of a week; a day that is left out has none.
#[derive(Deserialize, ToSchema)]
pub(crate) struct WeekRequest {
    /// On Mondays: at most 12 intervals that do not overlap, in any order.
    monday: Option<Vec<IntervalRequest>>,
    /// On Tuesdays.
    tuesday: Option<Vec<IntervalRequest>>,
    /// On Wednesdays.
    wednesday: Option<Vec<IntervalRequest>>,
    /// On Thursdays.
    thursday: Option<Vec<IntervalRequest>>,
    /// On Fridays.
    friday: Option<Vec<IntervalRequest>>,
    /// On Saturdays.
    saturday: Option<Vec<IntervalRequest>>,
    /// On Sundays.
    sunday: Option<Vec<IntervalRequest>>,
}

/// Part of a day in which time counts.
#[derive(Deserialize, ToSchema)]
pub(crate) struct IntervalRequest {
    /// The first minute that counts, as `08:00`.
    #[schema(required = true, nullable = false)]
    from: Option<String>,
    /// The first minute that does not count any more, as `17:00`; `24:00` at the latest.
    #[schema(required = true, nullable = false)]
    to: Option<String>,
}

/// A day on which time does not count.
#[derive(Deserialize, ToSchema)]
pub(crate) struct HolidayRequest {
    /// The name shown.
    #[schema(required = true, nullable = false)]
    name: Option<String>,
    /// `date` (with `date`), `yearly` (with `month` and `day`), `weekday` (with `month`, `weekday` and `nth`) or
    /// `easter` (with `offset_days`).
    #[schema(required = true, nullable = false)]
    kind: Option<String>,
    /// The one day, as `2026-12-24`.
    date: Option<String>,
    /// The month of every year.
    #[schema(minimum = 1, maximum = 12)]
    month: Option<i64>,
    /// The day of the month; the 29th of February is one only where there is one.
    #[schema(minimum = 1, maximum = 31)]
    day: Option<i64>,
    /// `monday` to `sunday`.
    weekday: Option<String>,
    /// Which such weekday of the month: 1 to 4, or -1 for the last.
    #[schema(minimum = -1, maximum = 4)]
    nth: Option<i64>,
    /// So many days from Easter Sunday: -2 is Good Friday, 1 is Easter Monday.
    #[schema(minimum = -100, maximum = 100)]
    offset_days: Option<i64>,
}

/// The kind of a [`HolidayRule`], before the rest of it is read.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum HolidayKind {
    Date,
    Yearly,
    Weekday,
    Easter,
}

/// Reads holidays; what is wrong is noted in `fields`, and such a holiday left out.
pub(crate) fn read_holidays(given: &[HolidayRequest], fields: &mut Fields) -> Vec<Holiday> {
    if given.len() > MOST_HOLIDAYS {
        fields.refuse("holidays", Invalid::new("too_many", format!("must hold at most {MOST_HOLIDAYS} holidays")));
        return Vec::new();
    }
    given.iter().enumerate().filter_map(|(n, holiday)| holiday.read(&format!("holidays.{n}"), fields)).collect()
}

impl WeekRequest {
    /// The week; what is wrong is noted in `fields`, and such an interval left out.
    pub(crate) fn read(&self, fields: &mut Fields) -> Week {
        let mut week = Week::default();
        for (day, given) in self.days() {
            let place = format!("week.{}", weekday_name(day));
            if given.len() > MOST_INTERVALS {
                fields.refuse(place, Invalid::new("too_many", format!("must hold at most {MOST_INTERVALS} intervals")));
                continue;
            }
            let given = given.iter().enumerate();
            let read = given.filter_map(|(n, interval)| interval.read(&format!("{place}.{n}"), fields)).collect();
            fields.check(&place, week.set(day, read));
        }
        week
    }

    fn days(&self) -> impl Iterator<Item = (Weekday, &[IntervalRequest])> {
        let days = [
            (Weekday::Monday, &self.monday),
            (Weekday::Tuesday, &self.tuesday),
            (Weekday::Wednesday, &self.wednesday),
            (Weekday::Thursday, &self.thursday),
            (Weekday::Friday, &self.friday),
            (Weekday::Saturday, &self.saturday),
            (Weekday::Sunday, &self.sunday),
        ];
        days.into_iter().filter_map(|(day, given)| given.as_deref().map(|given| (day, given)))
    }
}

impl IntervalRequest {
    fn read(&self, place: &str, fields: &mut Fields) -> Option<Interval> {
        let end = format!("{place}.to");
        let from = fields.required(&format!("{place}.from"), self.from.as_deref(), Minute::parse);
        let to = fields.required(&end, self.to.as_deref(), Minute::parse);
        from.zip(to).and_then(|(from, to)| fields.check(&end, Interval::new(from, to)))
    }
}

impl HolidayRequest {
    fn read(&self, place: &str, fields: &mut Fields) -> Option<Holiday> {
        let name = fields.required(&format!("{place}.name"), self.name.as_deref(), Label::parse);
        let kind = fields.required(&format!("{place}.kind"), self.kind.as_deref(), one_of);
        let rule = kind.and_then(|kind| self.rule(kind, place, fields));
        Some(Holiday { name: name?, rule: rule? })
    }

    fn rule(&self, kind: HolidayKind, place: &str, fields: &mut Fields) -> Option<HolidayRule> {
        self.refuse_strangers(kind, place, fields);
        let at = |field: &str| format!("{place}.{field}");
        match kind {
            HolidayKind::Date => fields.required(&at("date"), self.date.as_deref(), HolidayRule::date),
            HolidayKind::Yearly => {
                let month = self.month(&at("month"), fields);
                let day = number(&at("day"), self.day, fields);
                fields.check(&at("day"), HolidayRule::yearly(month?, day?))
            }
            HolidayKind::Weekday => {
                let month = self.month(&at("month"), fields);
                let weekday = fields.required(&at("weekday"), self.weekday.as_deref(), parse_weekday);
                let nth = number(&at("nth"), self.nth, fields);
                fields.check(&at("nth"), HolidayRule::weekday(month?, weekday?, nth?))
            }
            HolidayKind::Easter => {
                let offset = number(&at("offset_days"), self.offset_days, fields);
                fields.check(&at("offset_days"), HolidayRule::easter(offset?))
            }
        }
    }

    /// A month is one that has a first day.
    fn month(&self, place: &str, fields: &mut Fields) -> Option<i64> {
        let month = number(place, self.month, fields)?;
        fields.check(place, HolidayRule::yearly(month, 1)).map(|_| month)
    }

    /// Refuses what belongs to another kind, so that nobody believes it is heeded.
    fn refuse_strangers(&self, kind: HolidayKind, place: &str, fields: &mut Fields) {
        let given: [(&str, bool, &[HolidayKind]); 6] = [
            ("date", self.date.is_some(), &[HolidayKind::Date]),
            ("month", self.month.is_some(), &[HolidayKind::Yearly, HolidayKind::Weekday]),
            ("day", self.day.is_some(), &[HolidayKind::Yearly]),
            ("weekday", self.weekday.is_some(), &[HolidayKind::Weekday]),
            ("nth", self.nth.is_some(), &[HolidayKind::Weekday]),
            ("offset_days", self.offset_days.is_some(), &[HolidayKind::Easter]),
        ];
        for (field, _, _) in given.into_iter().filter(|(_, is_given, kinds)| *is_given && !kinds.contains(&kind)) {
            let invalid = Invalid::new("not_for_kind", "belongs to another kind of holiday");
            fields.refuse(format!("{place}.{field}"), invalid);
        }
    }
}

fn number(place: &str, given: Option<i64>, fields: &mut Fields) -> Option<i64> {
    fields.check(place, given.ok_or_else(|| Invalid::new("required", "is required")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn wrong(fields: Fields) -> Vec<String> {
        fields.into_vec().into_iter().map(|error| format!("{}: {}", error.field, error.code)).collect()
    }

    fn week(given: Value) -> Result<Value, Vec<String>> {
        let request: WeekRequest = serde_json::from_value(given).unwrap();
        let mut fields = Fields::new();
        let week = request.read(&mut fields);
        if fields.is_empty() { Ok(json!(week)) } else { Err(wrong(fields)) }
    }

    fn holidays(given: Value) -> Result<Value, Vec<String>> {
        let request: Vec<HolidayRequest> = serde_json::from_value(given).unwrap();
        let mut fields = Fields::new();
        let holidays = read_holidays(&request, &mut fields);
        if fields.is_empty() { Ok(json!(holidays)) } else { Err(wrong(fields)) }
    }

    #[test]
    fn a_day_has_several_intervals_in_any_order() {
        let (morning, evening) = (json!({ "from": "08:00", "to": "12:00" }), json!({ "from": "13:00", "to": "24:00" }));
        let given = json!({ "monday": [&evening, &morning], "friday": [] });
        assert_eq!(week(given), Ok(json!({ "monday": [morning, evening] })));
    }

    #[test]
    fn every_wrong_interval_is_named_with_its_place() {
        let given = json!({
            "monday": [{ "from": "08:00", "to": "12:00" }, { "from": "13:00", "to": "25:00" }],
            "tuesday": [{ "from": "8", "to": "12:00" }, { "to": "12:00" }],
            "wednesday": [{ "from": "17:00", "to": "08:00" }],
            "sunday": [{ "from": "08:00", "to": "12:00" }, { "from": "11:59", "to": "13:00" }],
        });
        let expected = [
            "week.monday.1.to: not_a_time",
            "week.tuesday.0.from: not_a_time",
            "week.tuesday.1.from: required",
            "week.wednesday.0.to: empty",
            "week.sunday: overlap",
        ];
        assert_eq!(week(given), Err(expected.map(str::to_owned).to_vec()));
    }

    #[test]
    fn a_holiday_is_stored_as_it_is_sent() {
        let given = json!([
            { "name": "Election day", "kind": "date", "date": "2026-10-09" },
            { "name": "Christmas Eve", "kind": "yearly", "month": 12, "day": 24 },
            { "name": "Thanksgiving", "kind": "weekday", "month": 11, "weekday": "thursday", "nth": 4 },
            { "name": "Good Friday", "kind": "easter", "offset_days": -2 },
        ]);
        assert_eq!(holidays(given.clone()), Ok(given));
    }

    #[test]
    fn every_wrong_field_of_a_holiday_is_named_with_its_place() {
        let given = json!([
            { "kind": "date", "date": "2026-02-30" },
            { "name": "x", "kind": "yearly", "month": 13, "day": 1 },
            { "name": "x", "kind": "yearly", "month": 2, "day": 30 },
            { "name": "x", "kind": "weekday", "month": 5, "weekday": "Monday", "nth": 5 },
            { "name": "x", "kind": "weekday", "month": 5, "weekday": "monday", "nth": 0 },
            { "name": "x", "kind": "easter", "offset_days": 1, "day": 1 },
            { "name": "x", "kind": "monthly" },
            { "name": "x", "kind": "easter" },
        ]);
        let expected = [
            "holidays.0.name: required",
            "holidays.0.date: not_a_date",
            "holidays.1.month: out_of_range",
            "holidays.2.day: out_of_range",
            "holidays.3.weekday: not_a_weekday",
            "holidays.4.nth: out_of_range",
            "holidays.5.day: not_for_kind",
            "holidays.6.kind: unknown",
            "holidays.7.offset_days: required",
        ];
        assert_eq!(holidays(given), Err(expected.map(str::to_owned).to_vec()));
    }
}
