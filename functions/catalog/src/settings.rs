//! Settings: what whoever deploys the desk says once, and what is promised must fit.

use domain::field::Invalid;
use domain::schedule::Schedule;
use domain::schedule::service_hours::ServiceHours;
use domain::sla::hours::Zone;

/// What the desk's keeper has chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// When the desk keeps watch over what is due.
    pub service_hours: ServiceHours,
}

impl Settings {
    /// Reads the schedule of the tick, `TICK_SCHEDULE`, and its zone, `TICK_ZONE`.
    ///
    /// # Errors
    /// What is wrong with one of them, with its name.
    pub fn read(schedule: &str, zone: &str) -> Result<Self, Invalid> {
        let zone = Zone::parse(zone).map_err(|invalid| about("TICK_ZONE", &invalid))?;
        let tick = Schedule::parse(schedule, zone).and_then(|tick| ServiceHours::of(&tick));
        let service_hours = tick.map_err(|invalid| about("TICK_SCHEDULE", &invalid))?;
        Ok(Self { service_hours })
    }
}

fn about(name: &str, invalid: &Invalid) -> Invalid {
    Invalid::new(invalid.code, format!("{name} {invalid}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_that_is_not_understood_is_named() {
        let said = |schedule: &str, zone: &str| Settings::read(schedule, zone).unwrap_err().to_string();
        assert_eq!(said("rate(1 minute)", "Prague"), "TICK_ZONE must be an IANA time zone like Europe/Prague");
        assert!(said("every minute", "UTC").starts_with("TICK_SCHEDULE must be like `rate(1 minute)`"));
        assert!(said("rate(1 hour)", "UTC").starts_with("TICK_SCHEDULE must be `rate(1 minute)`"));
        assert_eq!(Settings::read("rate(1 minute)", "UTC").unwrap().service_hours, ServiceHours::ALWAYS);
    }
}
