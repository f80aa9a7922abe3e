//! What a new desk starts with: hours and promises, and nothing that one could ask for yet.
//!
//! It is stored nowhere until the catalog is changed for the first time.

use std::collections::BTreeMap;

use jiff::civil::Weekday;

use super::Catalog;
use crate::field::Invalid;
use crate::id::{HoursId, PolicyId};
use crate::sla::hours::{BusinessHours, Interval, Minute, Week, Zone};
use crate::sla::policy::{SlaPolicy, Targets};
use crate::sla::{Metric, Target, Unit};
use crate::text::Name;

impl Catalog {
    /// The catalog of a new desk: office hours, and a solution within two hours of them (S2.36, S4.26, S4.27, S4.31).
    #[must_use]
    pub fn shipped() -> Self {
        promising().unwrap_or_default()
    }
}

fn promising() -> Result<Catalog, Invalid> {
    Ok(Catalog {
        hours: vec![office_hours()?, around_the_clock()?],
        policies: policies()?,
        default_policy: Some(PolicyId::parse("sla_standard")?),
        ..Catalog::default()
    })
}

const WORKING_DAYS: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

/// Monday to Friday, 8 to 17 (S2.6), in a zone that somebody has still to choose.
fn office_hours() -> Result<BusinessHours, Invalid> {
    let (id, name) = (HoursId::parse("hrs_desk")?, Name::parse("Office hours")?);
    let hours = BusinessHours::named(id, name, Zone::parse("UTC")?);
    Ok(BusinessHours { week: week(&WORKING_DAYS, "08:00", "17:00")?, ..hours })
}

fn around_the_clock() -> Result<BusinessHours, Invalid> {
    let (id, name) = (HoursId::parse("hrs_always")?, Name::parse("Around the clock")?);
    let mut week = week(&WORKING_DAYS, "00:00", "24:00")?;
    for day in [Weekday::Saturday, Weekday::Sunday] {
        week.set(day, week.day(Weekday::Monday).to_vec())?;
    }
    Ok(BusinessHours { week, ..BusinessHours::named(id, name, Zone::parse("UTC")?) })
}

fn week(days: &[Weekday], from: &str, to: &str) -> Result<Week, Invalid> {
    let interval = Interval::new(Minute::parse(from)?, Minute::parse(to)?)?;
    let mut week = Week::default();
    for day in days {
        week.set(*day, vec![interval])?;
    }
    Ok(week)
}

fn policies() -> Result<Vec<SlaPolicy>, Invalid> {
    let days = |days| Target::parse(days, Unit::BusinessDays);
    let minutes = |minutes: i64| Target::parse(60 * minutes, Unit::Seconds);
    let response = Targets { high: Some(minutes(30)?), urgent: Some(minutes(30)?), ..Targets::all(minutes(60)?) };
    // S2.36; what is not urgent may wait for the next day.
    let resolution = Targets { low: Some(days(1)?), ..Targets::all(minutes(120)?) };
    let standard = [
        (Metric::FirstResponse, response),
        (Metric::Resolution, resolution),
        // S4.26, S4.27.
        (Metric::Line1, Targets::all(days(1)?)),
        (Metric::Line2, Targets::all(days(3)?)),
    ];
    // S4.31: categories differ in how soon they are solved, and in nothing else.
    let resolved_within = |target| {
        standard.map(|(metric, targets)| match metric {
            Metric::Resolution => (metric, Targets::all(target)),
            Metric::FirstResponse | Metric::NextResponse | Metric::Line1 | Metric::Line2 => (metric, targets),
        })
    };
    Ok(vec![
        policy("sla_standard", "Standard", &standard)?,
        policy("sla_oneday", "One business day", &resolved_within(days(1)?))?,
        policy("sla_threedays", "Three business days", &resolved_within(days(3)?))?,
    ])
}

fn policy(id: &str, name: &str, targets: &[(Metric, Targets)]) -> Result<SlaPolicy, Invalid> {
    let policy = SlaPolicy::named(PolicyId::parse(id)?, Name::parse(name)?, HoursId::parse("hrs_desk")?);
    let targets: BTreeMap<_, _> = targets.iter().copied().collect();
    Ok(SlaPolicy { targets, ..policy })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s2_36_a_new_desk_promises_a_solution_within_two_hours() {
        let catalog = Catalog::shipped();
        let policy = catalog.policy(catalog.default_policy.as_ref().unwrap()).unwrap();
        let target = policy.target(Metric::Resolution, crate::priority::Priority::Normal);
        assert_eq!(target, Some(Target { value: 7200, unit: Unit::Seconds }));
        assert!(catalog.policies.iter().all(|policy| catalog.hours(&policy.hours).is_some()));
    }

    #[test]
    fn s4_26_s4_27_s4_31_whatever_is_solved_in_days_is_answered_and_handed_on_as_everything_is() {
        let catalog = Catalog::shipped();
        let [standard, others @ ..] = catalog.policies.as_slice() else {
            panic!("a new desk promises nothing");
        };
        for policy in others {
            for metric in [Metric::FirstResponse, Metric::Line1, Metric::Line2] {
                assert_eq!(policy.targets.get(&metric), standard.targets.get(&metric), "{}", policy.id);
                assert!(policy.targets.contains_key(&metric));
            }
        }
        let days = others.iter().map(|policy| policy.target(Metric::Resolution, crate::priority::Priority::Normal));
        let days: Vec<_> = days.flatten().map(|target| (target.value, target.unit)).collect();
        assert_eq!(days, [(1, Unit::BusinessDays), (3, Unit::BusinessDays)]);
    }
}
