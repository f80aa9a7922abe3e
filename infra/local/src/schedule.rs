//! Schedules: functions that are called when it is time, by the desk's own clock.

use std::sync::Arc;

use domain::world::Clock;
use jiff::{SignedDuration, Timestamp};
use runtime::Doors;

use crate::pump::enter;
use crate::template::Schedule;

/// What stands in an input for the time that a call is made for.
const SCHEDULED_TIME: &str = "<aws.scheduler.scheduled-time>";

/// A schedule, and when it calls next.
#[derive(Debug)]
pub(crate) struct SchedulePump {
    schedule: Schedule,
    doors: Doors,
    clock: Arc<dyn Clock>,
    next: Timestamp,
    /// How many calls failed since the start; a call is not made again, for the next one does its work.
    pub(crate) failed: usize,
}

impl SchedulePump {
    /// A schedule. With data from before it calls at once, for nobody knows how long the desk was closed; else first
    /// when its time has passed once.
    pub(crate) fn new(schedule: Schedule, doors: Doors, clock: Arc<dyn Clock>, overdue: bool) -> Self {
        let next = if overdue { clock.now() } else { after(clock.now(), &schedule) };
        Self { schedule, doors, clock, next, failed: 0 }
    }

    /// Makes one call if it is time; answers whether it was.
    pub(crate) async fn turn(&mut self) -> bool {
        let due = self.next;
        if self.clock.now() < due {
            return false;
        }
        self.next = after(due, &self.schedule);
        let payload = self.schedule.input.replace(SCHEDULED_TIME, &due.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        if let Err(error) = enter(&self.doors, &payload, &self.clock).await {
            tracing::error!(error, function = self.schedule.function, "a scheduled call failed");
            self.failed += 1;
        }
        true
    }
}

fn after(at: Timestamp, schedule: &Schedule) -> Timestamp {
    let seconds = i64::try_from(schedule.every_seconds).unwrap_or(i64::MAX);
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
