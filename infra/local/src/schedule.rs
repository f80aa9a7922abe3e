//! Schedules: what is called when it is time, by the desk's own clock.
//!
//! When that is says `domain::schedule`. What was missed while the clock jumped, as on a laptop that slept, is not made
//! up one by one: there is one call, for the latest of those times.

use std::sync::Arc;

use domain::world::Clock;
use jiff::Timestamp;
use runtime::Doors;

use crate::pump::enter;
use crate::template::Schedule;

/// What stands in an input for the time that a call is made for.
const SCHEDULED_TIME: &str = "<aws.scheduler.scheduled-time>";

/// Who is called.
#[derive(Debug)]
pub(crate) enum Callee {
    /// A function.
    Function(Doors),
    /// A queue, by its address: a call is a message.
    Queue(aws_sdk_sqs::Client, String),
}

/// A schedule, and which call was its last.
#[derive(Debug)]
pub(crate) struct SchedulePump {
    schedule: Schedule,
    callee: Callee,
    clock: Arc<dyn Clock>,
    /// The time that the last call was made for.
    called_for: Timestamp,
    /// How many calls failed since the start; a call is not made again, for the next one does its work.
    pub(crate) failed: usize,
}

impl SchedulePump {
    /// A schedule. With data from before it calls at once, for nobody knows how long the desk was closed; else first
    /// when its next time has come.
    pub(crate) fn new(schedule: Schedule, callee: Callee, clock: Arc<dyn Clock>, overdue: bool) -> Self {
        let latest = schedule.times.latest(clock.now()).filter(|_| !overdue);
        let called_for = latest.unwrap_or(Timestamp::MIN);
        Self { schedule, callee, clock, called_for, failed: 0 }
    }

    /// Makes one call if it is time; answers whether it was.
    pub(crate) async fn turn(&mut self) -> bool {
        let latest = self.schedule.times.latest(self.clock.now());
        let Some(due) = latest.filter(|due| *due > self.called_for) else {
            return false;
        };
        self.called_for = due;
        let at = due.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        if let Err(error) = self.call(self.schedule.input.replace(SCHEDULED_TIME, &at)).await {
            tracing::error!(error, called = ?self.schedule.target, "a scheduled call failed");
            self.failed += 1;
        }
        true
    }

    /// When the next call is made.
    pub(crate) fn next(&self) -> Timestamp {
        self.schedule.times.next(self.called_for).unwrap_or(Timestamp::MAX)
    }

    async fn call(&self, payload: String) -> Result<(), String> {
        match &self.callee {
            Callee::Function(doors) => enter(doors, &payload, &self.clock).await.map(drop),
            Callee::Queue(client, url) => {
                let message = client.send_message().queue_url(url).message_body(payload);
                message.send().await.map(drop).map_err(|error| format!("{error:?}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use domain::sla::hours::Zone;
    use jiff::SignedDuration;
    use queue::Errand;
    use runtime::doors::Events;

    use super::*;
    use crate::clock::ManualClock;
    use crate::template::Target;

    fn time_of(errand: &Errand) -> Option<String> {
        if let Errand::Sweep { at } = errand { Some(at.to_string()) } else { None }
    }

    /// A schedule since 09:00:20 on a Monday, its clock, and the times that it was called for.
    fn opened(expression: &str, overdue: bool) -> (SchedulePump, ManualClock, Arc<Mutex<Vec<String>>>) {
        let clock = ManualClock::at("2026-03-02T09:00:20Z".parse().unwrap());
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let hearing = Arc::clone(&heard);
        let note = move |errand| {
            let hearing = Arc::clone(&hearing);
            async move {
                hearing.lock().unwrap_or_else(PoisonError::into_inner).extend(time_of(&errand));
                Ok(())
            }
        };
        let doors = Doors { http: None, events: Some(Events::bucket(note)) };
        let schedule = Schedule {
            times: domain::schedule::Schedule::parse(expression, Zone::parse("Europe/Prague").unwrap()).unwrap(),
            target: Target::Function("attachments".to_owned()),
            input: r#"{"sweep":{"at":"<aws.scheduler.scheduled-time>"}}"#.to_owned(),
        };
        let pump = SchedulePump::new(schedule, Callee::Function(doors), Arc::new(clock.clone()), overdue);
        (pump, clock, heard)
    }

    fn times(heard: &Arc<Mutex<Vec<String>>>) -> Vec<String> {
        heard.lock().unwrap().clone()
    }

    #[tokio::test]
    async fn calls_are_made_on_the_minute_each_once() {
        let (mut pump, clock, heard) = opened("rate(1 minute)", false);
        assert!(!pump.turn().await, "its first minute has not passed");
        assert_eq!(pump.next().to_string(), "2026-03-02T09:01:00Z");
        clock.advance(SignedDuration::from_secs(39));
        assert!(!pump.turn().await);
        clock.advance(SignedDuration::from_secs(1));
        assert!(pump.turn().await);
        assert!(!pump.turn().await);
        clock.advance(SignedDuration::from_secs(75));
        assert!(pump.turn().await);
        assert_eq!(times(&heard), ["2026-03-02T09:01:00Z", "2026-03-02T09:02:00Z"]);
        assert_eq!((pump.next().to_string().as_str(), pump.failed), ("2026-03-02T09:03:00Z", 0));
    }

    #[tokio::test]
    async fn what_was_missed_is_called_for_once_and_as_late_as_can_be() {
        let (mut pump, clock, heard) = opened("rate(1 minute)", false);
        clock.advance(SignedDuration::from_hours(3));
        assert!(pump.turn().await);
        assert!(!pump.turn().await);
        assert_eq!(times(&heard), ["2026-03-02T12:00:00Z"]);
    }

    #[tokio::test]
    async fn a_day_sees_one_call_and_a_clock_that_is_set_back_none() {
        let (mut pump, clock, heard) = opened("rate(1 day)", false);
        clock.advance(SignedDuration::from_hours(24));
        assert!(pump.turn().await);
        clock.advance(SignedDuration::from_hours(-20));
        assert!(!pump.turn().await);
        assert_eq!(times(&heard), ["2026-03-03T00:00:00Z"]);
    }

    #[tokio::test]
    async fn what_rests_at_night_is_called_for_in_the_morning() {
        let (mut pump, clock, heard) = opened("cron(* 7-18 ? * MON-FRI *)", false);
        clock.advance(SignedDuration::from_hours(12));
        assert!(pump.turn().await);
        assert_eq!(pump.next().to_string(), "2026-03-03T06:00:00Z");
        clock.advance(SignedDuration::from_hours(8));
        assert!(!pump.turn().await);
        clock.advance(SignedDuration::from_hours(1));
        assert!(pump.turn().await);
        assert_eq!(times(&heard), ["2026-03-02T17:59:00Z", "2026-03-03T06:00:00Z"]);
    }

    #[tokio::test]
    async fn a_desk_that_was_closed_calls_at_once() {
        let (mut pump, _, heard) = opened("rate(1 day)", true);
        assert!(pump.turn().await);
        assert!(!pump.turn().await);
        assert_eq!(times(&heard), ["2026-03-02T00:00:00Z"]);
    }

    #[tokio::test]
    async fn a_call_that_fails_is_counted_and_not_made_again() {
        let (mut pump, clock, _) = opened("rate(1 minute)", false);
        pump.callee = Callee::Function(Doors::default());
        clock.advance(SignedDuration::from_mins(1));
        assert!(pump.turn().await);
        assert!(!pump.turn().await);
        assert_eq!(pump.failed, 1);
    }
}
