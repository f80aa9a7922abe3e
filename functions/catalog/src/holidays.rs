//! The holidays in a calendar file: what other programs keep as events becomes days and rules of ours.
//!
//! An event that cannot be told as a holiday is refused, and with it the file: a holiday that is left out in silence is
//! a day on which clocks run. Lines are unfolded, parted and unescaped by `icalendar`, one at a time. What begins and
//! ends where is looked at here, so that no file can nest deeper than the stack bears.

use domain::catalog::promises::MOST_HOLIDAYS;
use domain::field::{Fields, Invalid};
use domain::sla::holiday::{Holiday, HolidayRule};
use domain::text::Label;
use icalendar::parser::{Property, unfold};
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{Span, ToSpan};

/// The field of a request that holds a file.
pub(crate) const ICALENDAR: &str = "icalendar";

/// The most characters of a file.
pub(crate) const MOST_CHARACTERS: usize = 200_000;

/// The most days of an event.
const MOST_DAYS: usize = 31;

/// How many refused events are told of at once.
const MOST_REFUSALS: usize = 20;

/// What an event is called that has no name of its own.
const NAMELESS: &str = "Holiday";

/// What of an event changes when it is, in ways that no rule of ours can tell.
const EXCEPTIONS: [&str; 4] = ["EXDATE", "EXRULE", "RDATE", "RECURRENCE-ID"];

/// Reads the holidays in the text of a calendar file, in their order.
///
/// # Errors
/// `not_a_calendar`; for events `unsupported_rule`, `not_a_date` and `too_many`, naming them; `too_many` for more
/// holidays than business hours can have.
pub(crate) fn read_calendar(text: &str) -> Result<Vec<Holiday>, Fields> {
    let text = unfold(text.trim_start_matches('\u{feff}'));
    let not_a_calendar =
        || Fields::one(ICALENDAR, Invalid::new("not_a_calendar", "must be the text of an iCalendar file"));
    let events = read_events(&text).ok_or_else(not_a_calendar)?;
    let (mut holidays, mut refusals) = (Vec::new(), Vec::new());
    for event in events.iter().filter(|event| event.takes_place()) {
        match event.holidays() {
            Ok(found) => holidays.extend(found),
            Err(invalid) => refusals.push(invalid),
        }
        if holidays.len() > MOST_HOLIDAYS {
            let message = format!("must hold at most {MOST_HOLIDAYS} holidays");
            refusals.push(Invalid::new("too_many", message));
            break;
        }
        if refusals.len() == MOST_REFUSALS {
            break;
        }
    }
    let mut fields = Fields::new();
    for invalid in refusals {
        fields.refuse(ICALENDAR, invalid);
    }
    fields.finish(Some(holidays))
}

/// An event: its properties, without those of what it contains.
#[derive(Default)]
struct Event<'a>(Vec<Property<'a>>);

/// How far a file has been read.
#[derive(Default)]
struct Reading<'a> {
    /// What has begun and not ended, outermost first.
    open: Vec<&'a str>,
    calendars: u32,
    events: Vec<Event<'a>>,
}

/// The events of a file; `None` for what is no calendar.
fn read_events(text: &str) -> Option<Vec<Event<'_>>> {
    let mut reading = Reading::default();
    // Trimmed on both sides: the parser panics where it would have to point far into a line.
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.try_for_each(|line| reading.take(line))?;
    let is_whole = reading.calendars > 0 && reading.open.is_empty();
    is_whole.then_some(reading.events)
}

impl<'a> Reading<'a> {
    /// Takes one line; `None` if none of a calendar can be like this here.
    fn take(&mut self, line: &'a str) -> Option<()> {
        if let Some(name) = behind("BEGIN:", line) {
            return self.begin(name);
        }
        if let Some(name) = behind("END:", line) {
            return self.open.pop().filter(|open| open.eq_ignore_ascii_case(name)).map(|_| ());
        }
        match self.open.as_slice() {
            [] => None,
            [_, inner] if is_event(inner) => {
                let property = Property::try_from(line).ok()?;
                self.events.last_mut().map(|event| event.0.push(property))
            }
            _ => Some(()),
        }
    }

    fn begin(&mut self, name: &'a str) -> Option<()> {
        match self.open.as_slice() {
            [] if !name.eq_ignore_ascii_case("VCALENDAR") => return None,
            [] => self.calendars += 1,
            [_] if is_event(name) => self.events.push(Event::default()),
            _ => {}
        }
        self.open.push(name);
        Some(())
    }
}

fn is_event(name: &str) -> bool {
    name.eq_ignore_ascii_case("VEVENT")
}

/// What stands behind a word at the beginning of a line.
fn behind<'a>(word: &str, line: &'a str) -> Option<&'a str> {
    let (head, rest) = line.split_at_checked(word.len())?;
    head.eq_ignore_ascii_case(word).then_some(rest)
}

impl Event<'_> {
    fn value(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|property| property.name.as_str().eq_ignore_ascii_case(name));
        found.map(|property| property.val.as_str().trim())
    }

    fn takes_place(&self) -> bool {
        !self.value("STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED"))
    }

    fn holidays(&self) -> Result<Vec<Holiday>, Invalid> {
        let name = self.name()?;
        let rules = self.days(&name).and_then(|days| self.rules(&name, &days))?;
        Ok(rules.into_iter().map(|rule| Holiday { name: name.clone(), rule }).collect())
    }

    /// Its summary as one line, cut to what a name holds.
    fn name(&self) -> Result<Label, Invalid> {
        let summary = self.value("SUMMARY").unwrap_or_default();
        let line = summary.replace(char::is_control, " ");
        let words: Vec<_> = line.split_whitespace().collect();
        let cut: String = words.join(" ").chars().take(Label::MOST).collect();
        Label::parse(&cut).or_else(|_blank| Label::parse(NAMELESS))
    }

    /// The days on which it takes place first: one of them at least.
    fn days(&self, name: &Label) -> Result<Vec<Date>, Invalid> {
        let span = self.first().and_then(|first| Some((first.date(), self.end(first)?)));
        let (first, end) = span.ok_or_else(|| refused(name, "not_a_date", "has no dates that can be read"))?;
        let days = first.series(1.day()).take_while(|day| *day == first || *day < end);
        let days: Vec<_> = days.take(MOST_DAYS + 1).collect();
        if days.len() > MOST_DAYS {
            return Err(refused(name, "too_many", &format!("takes more than {MOST_DAYS} days")));
        }
        Ok(days)
    }

    fn first(&self) -> Option<DateTime> {
        self.value("DTSTART").and_then(moment)
    }

    /// The first day that is not its own any more.
    fn end(&self, first: DateTime) -> Option<Date> {
        let end = match (self.value("DTEND"), self.value("DURATION")) {
            (Some(end), _) => moment(end)?,
            (None, Some(duration)) => first.checked_add(duration.parse::<Span>().ok()?).ok()?,
            (None, None) => return first.date().tomorrow().ok(),
        };
        if end.time() == Time::midnight() { Some(end.date()) } else { end.date().tomorrow().ok() }
    }

    fn rules(&self, name: &Label, days: &[Date]) -> Result<Vec<HolidayRule>, Invalid> {
        let rules = match self.value("RRULE") {
            _ if EXCEPTIONS.iter().any(|exception| self.value(exception).is_some()) => None,
            None => Some(days.iter().map(|day| HolidayRule::Date { date: *day }).collect()),
            Some(rule) => yearly(rule, days),
        };
        rules.ok_or_else(|| refused(name, "unsupported_rule", "recurs in a way that no holiday does"))
    }
}

/// Why an event is refused, with its name, so that somebody can find it.
fn refused(name: &Label, code: &'static str, message: &str) -> Invalid {
    Invalid::new(code, format!("has an event that {message}: {}", name.as_str()))
}

/// A date, or a date and a time as the clocks on the wall show it. What is told in UTC is another day somewhere, unless it
/// is a whole one.
fn moment(text: &str) -> Option<DateTime> {
    if let Ok(date) = Date::strptime("%Y%m%d", text) {
        return Some(date.to_datetime(Time::midnight()));
    }
    let local = DateTime::strptime("%Y%m%dT%H%M%S", text.trim_end_matches('Z')).ok()?;
    (local.time() == Time::midnight() || !text.ends_with('Z')).then_some(local)
}

/// What recurs every year, on the same date or on the nth weekday of a month; `None` for whatever recurs otherwise.
fn yearly(rule: &str, days: &[Date]) -> Option<Vec<HolidayRule>> {
    let of_every_year = |part: &&str| *part != "INTERVAL=1" && !part.starts_with("WKST=");
    let mut parts: Vec<_> = rule.split(';').filter(of_every_year).collect();
    parts.sort_unstable();
    let same = |day: &Date| HolidayRule::yearly(day.month().into(), day.day().into()).ok();
    match (parts.as_slice(), days) {
        (["FREQ=YEARLY"], days) => days.iter().map(same).collect(),
        ([by_month, by_day, "FREQ=YEARLY"], [day]) if by_day.starts_with("BYMONTHDAY=") => {
            let month: i8 = by_month.strip_prefix("BYMONTH=")?.parse().ok()?;
            let of_month: i8 = by_day.strip_prefix("BYMONTHDAY=")?.parse().ok()?;
            ((day.month(), day.day()) == (month, of_month)).then(|| same(day).map(|rule| vec![rule]))?
        }
        ([by_day, by_month, "FREQ=YEARLY"], [_]) => {
            let month = by_month.strip_prefix("BYMONTH=")?.parse().ok()?;
            let (nth, weekday) = nth_weekday(by_day.strip_prefix("BYDAY=")?)?;
            HolidayRule::weekday(month, weekday, nth).ok().map(|rule| vec![rule])
        }
        _ => None,
    }
}

/// Reads the like of `4TH`: the fourth Thursday.
fn nth_weekday(text: &str) -> Option<(i64, Weekday)> {
    let (nth, weekday) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let weekday = match weekday {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    Some((nth.parse().ok()?, weekday))
}

#[cfg(test)]
mod tests;
