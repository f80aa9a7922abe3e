//! Costs: what the desk consumes, counted while it works, and what that is in dollars.
//!
//! Units of the table, requests, records, messages and mails are counted on a desk in memory; they do not depend on the
//! machine. What a desk on one machine cannot show is assumed, and every assumption is a constant below: how long a
//! function is billed for, how long a line of the log is, and that each record and each message is a call of its own,
//! which is the worst case. What comes out is printed by `cargo run --release -p tests --bin costs`, and held against the
//! budgets by `journeys/costs.rs`.

pub mod bill;
pub mod month;
pub mod prices;
pub mod report;
pub mod requests;
pub mod story;
mod watch;

use std::fmt;

/// For how many milliseconds a warm call is billed.
///
/// The figures of BENCHMARKS.md are 1 to 2 ms of a whole processor, of which a function of 256 MB has a seventh, and it
/// waits for two or three round trips.
pub const WARM_MILLIS: u64 = 25;

/// For how long a sign-in is billed: it is made to take a processor 40 ms.
pub const SIGN_IN_MILLIS: u64 = 80;

/// For how long the start of a function is billed.
pub const COLD_MILLIS: u64 = 40;

/// Of so many calls, one finds no warm function.
pub const COLD_EVERY: u64 = 10;

/// The bytes that Lambda itself logs of a call: the lines START, END and REPORT.
pub const PLATFORM_BYTES: u64 = 350;

/// The bytes of the line that a request leaves.
pub const REQUEST_LINE_BYTES: u64 = 250;

/// The bytes of the line by which something is counted.
pub const METRIC_LINE_BYTES: u64 = 300;

/// The bytes of an answer beside its body.
pub const HEADER_BYTES: u64 = 600;

/// How often SES speaks of a mail: when it has taken it, and when it has delivered it.
pub const MAIL_REPORTS: u64 = 2;

/// What is read when SES speaks of a mail.
pub const REPORT_READS: Tenths = Tenths(10);

/// One ticket in so many is about to miss a promise: it is woken, and somebody is told.
pub const WARNED_EVERY: u64 = 10;

/// A number of units in tenths: the table counts in halves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tenths(pub u64);

impl Tenths {
    /// What a meter shows.
    #[must_use]
    pub fn of(units: f64) -> Self {
        Self(format!("{units:.1}").replace('.', "").parse().unwrap())
    }
}

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 10, self.0 % 10);
        if rest == 0 { write!(f, "{whole}") } else { write!(f, "{whole}.{rest}") }
    }
}

/// What something consumed, of everything that is paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Write units, in tenths.
    pub writes: Tenths,
    /// Read units, in tenths.
    pub reads: Tenths,
    /// Requests to the API.
    pub requests: u64,
    /// Bytes sent to browsers.
    pub bytes_out: u64,
    /// Calls of functions.
    pub calls: u64,
    /// What they are billed for: megabytes of memory times milliseconds.
    pub megabyte_millis: u64,
    /// Requests to queues.
    pub queue_requests: u64,
    /// Mails.
    pub mails: u64,
    /// Bytes of log.
    pub log_bytes: u64,
    /// Bytes that stay in the table.
    pub kept_bytes: u64,
}

impl Usage {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            writes: Tenths(self.writes.0 + other.writes.0),
            reads: Tenths(self.reads.0 + other.reads.0),
            requests: self.requests + other.requests,
            bytes_out: self.bytes_out + other.bytes_out,
            calls: self.calls + other.calls,
            megabyte_millis: self.megabyte_millis + other.megabyte_millis,
            queue_requests: self.queue_requests + other.queue_requests,
            mails: self.mails + other.mails,
            log_bytes: self.log_bytes + other.log_bytes,
            kept_bytes: self.kept_bytes + other.kept_bytes,
        }
    }

    /// What so many cost if this is what others cost; parts of one are rounded up.
    #[must_use]
    pub fn scaled(self, to: u64, from: u64) -> Self {
        let scaled = |count: u64| (count * to).div_ceil(from);
        Self {
            writes: Tenths(scaled(self.writes.0)),
            reads: Tenths(scaled(self.reads.0)),
            requests: scaled(self.requests),
            bytes_out: scaled(self.bytes_out),
            calls: scaled(self.calls),
            megabyte_millis: scaled(self.megabyte_millis),
            queue_requests: scaled(self.queue_requests),
            mails: scaled(self.mails),
            log_bytes: scaled(self.log_bytes),
            kept_bytes: scaled(self.kept_bytes),
        }
    }

    /// A call of a function, its own milliseconds and its share of a start.
    fn call(&mut self, function: &str, millis: u64) {
        self.calls += 1;
        self.megabyte_millis += memory(function) * (millis + COLD_MILLIS / COLD_EVERY);
        self.log_bytes += PLATFORM_BYTES;
    }

    /// A message that is sent, received, handled and deleted.
    fn message(&mut self, function: &str) {
        self.queue_requests += 3;
        self.call(function, WARM_MILLIS);
    }
}

/// The megabytes that the template gives a function.
fn memory(function: &str) -> u64 {
    match function {
        "identity" => 1769,
        "attachments" | "portal" => 512,
        _ => 256,
    }
}

fn count(of: usize) -> u64 {
    u64::try_from(of).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_and_shown_as_the_meter_has_them() {
        assert_eq!((Tenths::of(4.5), Tenths::of(11.0), Tenths::of(0.0)), (Tenths(45), Tenths(110), Tenths(0)));
        assert_eq!((Tenths(45).to_string(), Tenths(110).to_string()), ("4.5".to_owned(), "11".to_owned()));
    }

    #[test]
    fn what_is_scaled_is_rounded_up() {
        let usage = Usage { mails: 10, calls: 3, ..Usage::default() };
        let scaled = usage.scaled(1_000, 2);
        assert_eq!((scaled.mails, scaled.calls), (5_000, 1_500));
        assert_eq!(usage.scaled(1, 2).calls, 2);
    }
}
