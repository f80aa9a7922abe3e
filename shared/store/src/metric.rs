//! Metrics: what is counted of what happens, once it is written and so exactly once.
//!
//! A line with the target `metric` becomes a number that the account counts; how, is known where the log is made.

use domain::event::{Event, Fact};

/// Counts events that have just been written.
pub(crate) fn count(events: &[Event]) {
    for name in events.iter().filter_map(|event| counted(&event.fact)) {
        tracing::info!(target: "metric", name, count = 1_u64);
    }
}

/// What the metric of a fact is called; `None` for one that is not counted. A metric costs money: most facts are none.
fn counted(fact: &Fact) -> Option<&'static str> {
    match fact.name() {
        "TicketOpened" => Some("TicketsOpened"),
        "TicketDispatched" => Some("TicketsDispatched"),
        "TargetBreached" => Some("TargetsBreached"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opened_ticket_is_counted_and_a_released_one_is_not() {
        assert_eq!(counted(&Fact::TicketOpened {}), Some("TicketsOpened"));
        assert_eq!(counted(&Fact::TicketReleased {}), None);
    }
}
