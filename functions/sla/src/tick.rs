//! Tick: looks for what will be due within the next minute but one, and now and then for what is overdue.

use domain::schedule::service_hours::MINUTES_BETWEEN_LOOKS_BACK;
use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use queue::Failure;
use store::alarm::Due;
use store::keys::partition;

use crate::Ports;
use crate::post::{Message, ring, say};

/// The beginning of the minute that a tick looks at, after its own time.
const AHEAD: SignedDuration = SignedDuration::from_secs(60);

/// The end of that minute.
const FAR_AHEAD: SignedDuration = SignedDuration::from_secs(120);

/// How many alarms are rung before the rest is left to another message: well within a function's time.
const MOST: usize = 5_000;

/// One look at every shard: a read unit in all, while nothing waits.
///
/// # Errors
/// A [`Failure`] to be retried.
pub(crate) async fn tick(ports: &Ports, at: Timestamp) -> Result<(), Failure> {
    let looks = spans(at, ports.store.reader().now()).map(|due| sweep(ports, due));
    try_join_all(looks).await.map(|_| ())
}

/// What a tick looks at. What is overdue is looked at together with what is to come, so that it costs nothing more. Of
/// many ticks that come late together only the newest look back: one is enough.
fn spans(at: Timestamp, now: Timestamp) -> impl Iterator<Item = Due> {
    let fresh = now.duration_since(at) < SignedDuration::from_mins(MINUTES_BETWEEN_LOOKS_BACK);
    let overdue = fresh && at.as_second().div_euclid(60).rem_euclid(MINUTES_BETWEEN_LOOKS_BACK) == 0;
    let after = if overdue { None } else { at.checked_add(AHEAD).ok() };
    let until = at.checked_add(FAR_AHEAD).unwrap_or(Timestamp::MAX);
    (0..partition::ALARMS.len()).map(move |shard| Due { shard, after, until, behind: None })
}

/// Rings what is due within a span, page by page, and leaves what is too much for one run to the next.
///
/// # Errors
/// A [`Failure`] to be retried.
pub(crate) async fn sweep(ports: &Ports, due: Due) -> Result<(), Failure> {
    let reader = ports.store.reader();
    let mut left = Some(due);
    let mut rung = 0;
    while let Some(due) = left {
        if rung >= MOST {
            return say(ports, &Message::Sweep(due)).await;
        }
        let (alarms, rest) = reader.alarms(&due).await.map_err(Failure::retry)?;
        ring(ports, &alarms, reader.now()).await?;
        rung += alarms.len();
        left = rest;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fifth_tick_looks_back_as_well() {
        let spans = |at: &str, now: &str| spans(at.parse().unwrap(), now.parse().unwrap());
        let first = |at: &str| spans(at, at).next().unwrap();
        let ahead = first("2026-03-02T09:01:00Z");
        assert_eq!(ahead.after.map(|at| at.to_string()), Some("2026-03-02T09:02:00Z".to_owned()));
        assert_eq!(ahead.until.to_string(), "2026-03-02T09:03:00Z");
        let back = first("2026-03-02T09:05:00Z");
        assert_eq!((back.after, back.until.to_string().as_str()), (None, "2026-03-02T09:07:00Z"));
        assert_eq!(spans("2026-03-02T09:05:00Z", "2026-03-02T09:05:00Z").count(), 2);
        let stale = spans("2026-03-02T09:05:00Z", "2026-03-02T09:10:00Z").next().unwrap();
        assert_eq!(stale.after, ahead.after.map(|at| at + SignedDuration::from_mins(4)));
    }
}
