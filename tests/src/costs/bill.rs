//! Bills: what was consumed, item by item, and what that costs.

use super::prices::{DOLLAR, Price, Prices};
use super::{Tenths, Usage};

/// One item of a bill.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// What is paid for.
    pub what: &'static str,
    /// How many.
    pub count: u64,
    /// What one costs.
    pub price: Price,
}

impl Line {
    /// What they cost by the list, in trillionths of a dollar.
    #[must_use]
    pub fn list(&self) -> u64 {
        self.count * self.price.picos
    }
}

/// A bill.
#[derive(Clone, Debug)]
pub struct Bill {
    /// Its items.
    pub lines: Vec<Line>,
}

impl Bill {
    /// What it comes to by the list, in trillionths of a dollar.
    #[must_use]
    pub fn list(&self) -> u64 {
        self.lines.iter().map(Line::list).sum()
    }

    /// What is left of it after what is free every month; what comes beside it in the same month is free first.
    #[must_use]
    pub fn after_free(&self, beside: &[Line]) -> u64 {
        (0..self.lines.len()).map(|at| self.charged(at, beside)).sum()
    }

    /// What is left of one of its items.
    fn charged(&self, at: usize, beside: &[Line]) -> u64 {
        let Line { count, price, .. } = self.lines[at];
        let before = self.lines[..at].iter().chain(beside);
        let taken: u64 = before.filter(|line| line.price.unit == price.unit).map(|line| line.count).sum();
        count.saturating_sub(price.free.saturating_sub(taken)) * price.picos
    }

    /// The bill as a table, with its sum.
    #[must_use]
    pub fn table(&self, beside: &[Line]) -> Vec<String> {
        let mut rows = vec![
            "| item | count | list price, $ | list, $ | after what is free, $ |".to_owned(),
            "|---|---|---|---|---|".to_owned(),
        ];
        for (at, line) in self.lines.iter().enumerate() {
            let (list, charged) = (money(line.list()), money(self.charged(at, beside)));
            let (count, rate) = (grouped(line.count), rate(&line.price));
            rows.push(format!("| {} | {count} | {rate} | {list} | {charged} |", line.what));
        }
        let (list, charged) = (money(self.list()), money(self.after_free(beside)));
        rows.push(format!("| **together** | | | **{list}** | **{charged}** |"));
        rows
    }
}

/// The items of what was consumed, but for mails, which each bill names in its own words.
#[must_use]
pub fn lines(usage: &Usage, prices: &Prices) -> Vec<Line> {
    let line = |what, count, price| Line { what, count, price };
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
    let whole = |units: Tenths| units.0.div_ceil(10);
    vec![
        line("table, write units", whole(usage.writes), prices.write_unit),
        line("table, read units", whole(usage.reads), prices.read_unit),
        line("table, MB kept for a month", megabytes(usage.kept_bytes), prices.table_megabyte),
        line("table, MB recoverable for a month", megabytes(usage.kept_bytes), prices.backup_megabyte),
        line("API, requests", usage.requests, prices.http_request),
        line("API, MB to browsers", megabytes(usage.bytes_out), prices.megabyte_out),
        line("functions, calls", usage.calls, prices.invocation),
        line("functions, GB-seconds", usage.megabyte_millis.div_ceil(1_024_000), prices.gigabyte_second),
        line("queues, requests", usage.queue_requests, prices.queue_request),
        line("logs, MB taken in", megabytes(usage.log_bytes), prices.log_megabyte),
        line("logs, MB kept for a month", megabytes(usage.log_bytes), prices.kept_log_megabyte),
    ]
}

/// Trillionths of a dollar as dollars, to a hundredth of a cent, rounded up.
#[must_use]
pub fn money(picos: u64) -> String {
    let rounded = picos.div_ceil(DOLLAR / 10_000);
    format!("{}.{:04}", rounded / 10_000, rounded % 10_000)
}

/// A price as the price pages say it.
#[must_use]
pub fn rate(price: &Price) -> String {
    let picos = price.picos * price.lot;
    let digits = format!("{}.{:012}", picos / DOLLAR, picos % DOLLAR);
    let exact = digits.trim_end_matches('0').trim_end_matches('.');
    if price.lot == 1 { exact.to_owned() } else { format!("{exact} for {}", grouped(price.lot)) }
}

/// A number whose thousands stand apart.
#[must_use]
pub fn grouped(number: u64) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", grouped(number / 1_000), number % 1_000) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::costs::prices::VIRGINIA;

    fn polls(count: u64) -> Line {
        Line { what: "polls", count, price: VIRGINIA.queue_request }
    }

    #[test]
    fn money_is_shown_to_a_hundredth_of_a_cent() {
        assert_eq!(money(700_000_000_000), "0.7000");
        assert_eq!(money(1_250_000_000_001), "1.2501");
        assert_eq!(rate(&VIRGINIA.gigabyte_second), "0.0000133334");
        assert_eq!(rate(&VIRGINIA.write_unit), "0.625 for 1,000,000");
        assert_eq!(rate(&VIRGINIA.alarm), "0.1");
    }

    #[test]
    fn what_is_free_is_free_once() {
        let bill = Bill { lines: vec![polls(900_000), polls(200_000)] };
        assert_eq!(bill.list(), 1_100_000 * 400_000);
        assert_eq!(bill.after_free(&[]), 100_000 * 400_000);
        assert_eq!(bill.after_free(&[polls(1_500_000)]), bill.list());
    }
}
