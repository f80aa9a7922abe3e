//! The two bills that there is a budget for: a thousand tickets, and a month in which nobody does anything.

use super::bill::{Bill, Line, lines};
use super::prices::{DOLLAR, Price, Prices};
use super::story::{Told, warning};
use super::{
    COLD_EVERY, COLD_MILLIS, HEADER_BYTES, METRIC_LINE_BYTES, PLATFORM_BYTES, REQUEST_LINE_BYTES, SIGN_IN_MILLIS,
    Usage, WARM_MILLIS, WARNED_EVERY, story,
};

/// The most that a thousand tickets with five messages and five mails each may cost, in trillionths of a dollar.
pub const TICKETS_BUDGET: u64 = DOLLAR / 10 * 7;

/// Of that, the mails of the tickets themselves.
pub const MAIL_BUDGET: u64 = DOLLAR / 2;

/// The most that an idle month may cost by the list.
pub const IDLE_BUDGET: u64 = DOLLAR / 4 * 5;

/// The most that is left of an idle month after what is free every month.
pub const IDLE_AFTER_FREE_BUDGET: u64 = DOLLAR / 10 * 7;

/// The days of a month.
const DAYS: u64 = 30;

/// The hours of a month.
const HOURS: u64 = 24 * DAYS;

/// How often Lambda asks an empty queue in an hour: five pollers, each of which waits for twenty seconds.
const POLLS_AN_HOUR: u64 = 5 * 3 * 60;

/// The alarms of the template, each on one metric.
const ALARMS: u64 = 5;

/// The metrics that lines of the log count.
const METRICS: u64 = 5;

/// When a desk is there, as the schedule of its tick says.
#[derive(Clone, Copy, Debug)]
pub struct Opening {
    /// In words.
    pub what: &'static str,
    /// In how many hours of a month the clock ticks and its queue is asked.
    pub hours: u64,
    /// How often in a month two more schedules turn that on and off.
    pub turns: u64,
}

/// Around the clock, as the template has it unless told otherwise.
pub const ALWAYS: Opening = Opening { what: "a tick every minute", hours: HOURS, turns: 0 };

/// Ten hours on each of 22 working days.
pub const OFFICE: Opening = Opening {
    what: "a tick every minute of ten hours on 22 days, and the queue of the clock asked in those hours alone",
    hours: 10 * 22,
    turns: 2 * 22,
};

/// What is counted once, and paid for by any price list.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Tickets with five messages and five mails.
    pub plain: Told,
    /// Tickets that are claimed and confirmed.
    pub ceremonial: Told,
    /// A ticket that nobody answers in time.
    pub warning: Usage,
    /// A minute in which nothing is due.
    pub tick: Usage,
}

/// Tells so many stories of each kind, and looks at the clock.
///
/// # Panics
/// When something goes wrong on the way.
pub async fn counted(tickets: u64) -> Counted {
    Counted {
        plain: story::tell(story::PLAIN, tickets).await,
        ceremonial: story::tell(story::CEREMONIAL, tickets).await,
        warning: warning().await,
        tick: story::idle_tick().await,
    }
}

/// A thousand tickets of a kind; one in [`WARNED_EVERY`] is warned of as well.
#[must_use]
pub fn thousand(told: &Told, warning: &Usage, prices: &Prices) -> Bill {
    let tickets = told.usage(1_000);
    let warnings = warning.scaled(1_000, WARNED_EVERY);
    let mail = |what, count| Line { what, count, price: prices.mail };
    let mut all = vec![mail("mails of tickets", tickets.mails), mail("mails of warnings", warnings.mails)];
    all.extend(lines(&tickets.plus(warnings), prices));
    Bill { lines: all }
}

/// A month in which nobody does anything.
#[must_use]
pub fn idle(tick: &Usage, opening: Opening, prices: &Prices) -> Bill {
    let line = |what, count, price: Price| Line { what, count, price };
    let ticks = 60 * opening.hours;
    let mut sweeps = Usage::default();
    sweeps.call("attachments", WARM_MILLIS);
    let clock = tick.scaled(ticks, 1).plus(sweeps.scaled(DAYS, 1));
    let mut all = vec![
        line("queue of mails, asked in vain", POLLS_AN_HOUR * HOURS, prices.queue_request),
        line("queue of the clock, asked in vain", POLLS_AN_HOUR * opening.hours, prices.queue_request),
        line("ticks sent, received and deleted", 3 * ticks, prices.queue_request),
        line("schedules, calls", ticks + DAYS + opening.turns, prices.scheduled_call),
        line("bucket, looked through once a day", DAYS, prices.bucket_request),
        line("alarms", ALARMS, prices.alarm),
    ];
    // The table is empty, but what is there is rounded up to a megabyte.
    let clock = Usage { kept_bytes: 1, ..clock };
    all.extend(lines(&clock, prices).into_iter().filter(|line| line.count > 0));
    Bill { lines: all }
}

/// The metrics, which are paid for by the hour in which something is sent to them: not by the ticket, and not in an idle
/// month. Here they are sent to in office hours.
#[must_use]
pub fn metrics(prices: &Prices) -> Bill {
    let price = Price { picos: prices.metric.picos / HOURS, free: prices.metric.free * HOURS, ..prices.metric };
    Bill { lines: vec![Line { what: "metrics, by the hour", count: METRICS * OFFICE.hours, price }] }
}

/// What is assumed, in words.
#[must_use]
pub fn assumptions() -> Vec<String> {
    vec![
        format!("- a warm call is billed for {WARM_MILLIS} ms at 256 MB, at 512 MB for files and pages of links"),
        format!("- one that signs somebody in for {SIGN_IN_MILLIS} ms at 1,769 MB"),
        format!("- one in {COLD_EVERY} starts a function, which takes {COLD_MILLIS} ms more"),
        "- each record of the stream and each message is a call of its own; a message is three requests".to_owned(),
        "- SES tells of each mail that it was taken and that it was delivered, by a message each".to_owned(),
        format!(
            "- a call leaves {PLATFORM_BYTES} bytes of log, a request {REQUEST_LINE_BYTES}, a metric {METRIC_LINE_BYTES}"
        ),
        format!("- an answer has {HEADER_BYTES} bytes beside its body"),
        format!("- one ticket in {WARNED_EVERY} is warned of"),
        format!("- an empty queue is asked {POLLS_AN_HOUR} times an hour; a month has {HOURS} hours"),
    ]
}
