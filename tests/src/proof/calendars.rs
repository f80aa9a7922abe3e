//! Calendars and clocks against brute force (H080): what the domain counts, held against a look at every minute.
//!
//! The domain cuts time into pieces, adds up spans and never looks at a minute. Here nothing is cut and nothing is
//! added up but ones: each minute in turn asks what the clocks of the zone show, and whether that stands in the hours
//! of that day. Of all that the domain does, only the zone's own data are shared; weeks, holidays and Easter are kept
//! in another form and found in another way.

mod case;
mod clock;
mod minutes;

use domain::sla::hours::BusinessHours;
use jiff::{SignedDuration, Timestamp};

use self::case::Case;
use self::minutes::Minutes;
use super::{Counter, Tally, Verdict, prove};

/// Tries so many calendars; a seed always gives the same.
#[must_use]
pub fn calendars(cases: u32, seed: u64) -> Tally {
    prove(cases, seed, &case::cases(), |case, counter| {
        let trial = Trial { case, hours: case.hours(), minutes: Minutes::of(case), counter };
        trial.counts()?;
        trial.finds_the_moment()?;
        trial.knows_business_days()?;
        trial.keeps_a_clock()
    })
}

/// A case, looked at in both ways.
#[derive(Debug)]
struct Trial<'a> {
    case: &'a Case,
    hours: BusinessHours,
    minutes: Minutes,
    counter: &'a Counter,
}

impl Trial<'_> {
    /// As much counts between two moments as there are open minutes, and nothing is lost where a span is cut in two.
    fn counts(&self) -> Verdict {
        let (start, hours) = (self.case.start, &self.hours);
        let cut = start + SignedDuration::from_secs(self.case.part.into());
        let end = cut + SignedDuration::from_secs(self.case.rest.into());
        let whole = hours.counted(start, end);
        self.counter.same("counted", &whole, &self.minutes.counted(second(start), second(end)))?;
        self.counter.same("counted in two parts", &(hours.counted(start, cut) + hours.counted(cut, end)), &whole)?;
        self.counter.same("counted backwards", &hours.counted(end, start), &0)
    }

    /// The moment after so many seconds is the first at which so many have counted.
    fn finds_the_moment(&self) -> Verdict {
        let (start, target) = (self.case.start, self.case.target.into());
        let found = self.hours.after(start, target);
        match self.minutes.after(second(start), target) {
            Some(due) => self.counter.same("after", &found, &Timestamp::from_second(due).ok())?,
            None => self.counter.skip(),
        }
        let Some(found) = found else {
            return Ok(());
        };
        self.counter.same("counted until then", &self.hours.counted(start, found), &target)?;
        let before = self.hours.counted(start, found - SignedDuration::from_secs(1));
        self.counter.same("counted until a second before", &before, &target.saturating_sub(1))
    }

    /// Business days last as long as the dates that the clocks show in open minutes.
    fn knows_business_days(&self) -> Verdict {
        let (start, days) = (self.case.start, self.case.days);
        let Some(due) = self.minutes.seconds_of(days, second(start)) else {
            self.counter.skip();
            return Ok(());
        };
        self.counter.same("seconds of business days", &self.hours.seconds_of(days, start), &Some(due))
    }
}

/// The second in which a moment lies; none here is before 1970.
fn second(at: Timestamp) -> i64 {
    at.as_second()
}
