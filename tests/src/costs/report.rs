//! The report: units and bills as tables, ready for BENCHMARKS.md.

use super::Usage;
use super::bill::{grouped, money};
use super::month::{
    ALWAYS, Counted, IDLE_AFTER_FREE_BUDGET, IDLE_BUDGET, MAIL_BUDGET, OFFICE, Opening, TICKETS_BUDGET, assumptions,
    counted, idle, metrics, thousand,
};
use super::prices::{FRANKFURT, Prices, VIRGINIA};
use super::requests::{Measured, Walked, walk};
use super::story::Told;

/// Counts everything, with so many tickets of each kind, and tells it.
///
/// # Panics
/// When something goes wrong on the way.
pub async fn report(tickets: u64) -> String {
    let walked = walk().await;
    let counted = counted(tickets).await;
    let mut text = units(&walked);
    text.extend(behind(&counted));
    text.extend(parts("A ticket with five messages and five mails", &counted.plain));
    text.extend(parts("A ticket with five messages that is claimed and confirmed", &counted.ceremonial));
    text.extend(tickets_bill(&counted));
    for opening in [ALWAYS, OFFICE] {
        text.extend(idle_bill(&counted.tick, opening));
    }
    text.push("## What is assumed".to_owned());
    text.push(String::new());
    text.extend(assumptions());
    text.join("\n")
}

fn units(walked: &Walked) -> Vec<String> {
    let mut text = heading("Units of every request");
    text.push("| request | write units | budget | read units | budget |".to_owned());
    text.push("|---|---|---|---|---|".to_owned());
    text.extend(walked.requests.iter().map(row));
    text.push(String::new());
    let missing = walked.missing();
    text.push(match missing.as_slice() {
        [] => "Every route of the template is in it.".to_owned(),
        missing => format!("**Not in it: {}**", missing.join(", ")),
    });
    text.push(String::new());
    text
}

fn row(measured: &Measured) -> String {
    let Measured { route, note, writes, reads, budget } = measured;
    let what = if note.is_empty() { format!("`{route}`") } else { format!("`{route}`, {note}") };
    let (most_writes, most_reads) = match budget {
        Some((writes, reads)) => (writes.to_string(), reads.to_string()),
        None => ("–".to_owned(), "–".to_owned()),
    };
    let above = if measured.is_within() { "" } else { " **above**" };
    format!("| {what} | {writes} | {most_writes} | {reads} | {most_reads}{above} |")
}

/// What is done when nobody asks.
fn behind(counted: &Counted) -> Vec<String> {
    let mut text = heading("What the clock consumes");
    text.push("| | write units | read units | mails |".to_owned());
    text.push("|---|---|---|---|".to_owned());
    for (what, usage) in [("an idle tick", counted.tick), ("a warning, with the four ticks before it", counted.warning)]
    {
        text.push(format!("| {what} | {} | {} | {} |", usage.writes, usage.reads, usage.mails));
    }
    text.push(String::new());
    text
}

fn parts(title: &str, told: &Told) -> Vec<String> {
    let mut text = heading(title);
    text.push(format!("The mean of {} tickets; parts of one are rounded up.", told.tickets));
    text.push(String::new());
    text.push(
        "| part | write units | read units | requests | calls of functions | requests to queues | mails |".to_owned(),
    );
    text.push("|---|---|---|---|---|---|---|".to_owned());
    let consumed = told.parts.iter().filter(|(_, usage)| usage.kept_bytes == 0);
    text.extend(consumed.map(|(part, usage)| part_row(part, usage.scaled(1, told.tickets))));
    let together = told.usage(1);
    text.push(part_row("**together**", together));
    text.push(String::new());
    let (kept, out, log) = (grouped(together.kept_bytes), grouped(together.bytes_out), grouped(together.log_bytes));
    text.push(format!("{kept} bytes stay in the table and its indexes, {out} go to browsers, {log} into the logs."));
    text.push(String::new());
    text
}

fn part_row(part: &str, usage: Usage) -> String {
    let Usage { writes, reads, requests, calls, queue_requests, mails, .. } = usage;
    format!("| {part} | {writes} | {reads} | {requests} | {calls} | {queue_requests} | {mails} |")
}

fn tickets_bill(counted: &Counted) -> Vec<String> {
    let mut text = heading("1,000 tickets with five messages and five mails each");
    let beside = idle(&counted.tick, ALWAYS, &FRANKFURT).lines;
    let of = |told: &Told, prices: &Prices| thousand(told, &counted.warning, prices);
    text.push(format!("{}; what is free every month has gone to the idle desk first.", FRANKFURT.region));
    text.push(String::new());
    text.extend(of(&counted.plain, &FRANKFURT).table(&beside));
    text.push(String::new());
    let (most, mail) = (money(TICKETS_BUDGET), money(MAIL_BUDGET));
    text.push(format!("The budget is ${most} by the list, of which ${mail} for the mails of tickets."));
    let virginia = of(&counted.plain, &VIRGINIA).list();
    text.push(format!("By the list of {} it is ${}.", VIRGINIA.region, money(virginia)));
    let ceremonial = of(&counted.ceremonial, &FRANKFURT);
    let mails = ceremonial.lines[0].count;
    let list = money(ceremonial.list());
    text.push(format!("Claimed and confirmed, 1,000 tickets have {} mails and cost ${list}.", grouped(mails)));
    let metrics = metrics(&FRANKFURT);
    let (list, charged) = (money(metrics.list()), money(metrics.after_free(&[])));
    text.push(format!("Metrics come by the hour, not by the ticket: in office hours ${list} a month by the list,"));
    text.push(format!("${charged} after the ten that are free."));
    text.push(String::new());
    text
}

fn idle_bill(tick: &Usage, opening: Opening) -> Vec<String> {
    let mut text = heading(&format!("Idle month, {}", opening.what));
    text.push(format!("{}.", FRANKFURT.region));
    text.push(String::new());
    text.extend(idle(tick, opening, &FRANKFURT).table(&[]));
    text.push(String::new());
    let (list, charged) = (money(IDLE_BUDGET), money(IDLE_AFTER_FREE_BUDGET));
    text.push(format!("The budget is ${list} by the list and ${charged} after what is free."));
    let virginia = idle(tick, opening, &VIRGINIA);
    let (list, charged) = (money(virginia.list()), money(virginia.after_free(&[])));
    text.push(format!("In {} it is ${list} and ${charged}.", VIRGINIA.region));
    text.push(String::new());
    text
}

fn heading(title: &str) -> Vec<String> {
    vec![format!("## {title}"), String::new()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::costs::Tenths;

    #[test]
    fn what_is_above_its_budget_is_marked() {
        let route = "POST /v1/tickets";
        let measured = Measured { route, note: "", writes: Tenths(150), reads: Tenths(25), budget: Some((14, 4)) };
        assert_eq!(row(&measured), "| `POST /v1/tickets` | 15 | 14 | 2.5 | 4 **above** |");
    }
}
