//! The figures as tables, with the budgets.

use std::time::Duration;

use super::{Measured, Operation, Run, TOGETHER};

/// What the budget allows for an operation.
struct Budget {
    /// Its median over one connection: a twentieth of the best peer's.
    median: Duration,
    /// Its processor time.
    cpu: Duration,
    /// How often in a second over several connections: twenty times the best peer.
    per_second: u128,
}

/// The budget of an operation, by its name.
fn budget(name: &str) -> Budget {
    let (median, cpu, per_second) = match name {
        "create" => (2_200, 2_000, 600),
        "comment" => (1_800, 1_500, 820),
        "list 25" => (4_150, 3_000, 360),
        _ => (2_050, 1_500, 960),
    };
    Budget { median: Duration::from_micros(median), cpu: Duration::from_micros(cpu), per_second }
}

/// Two tables about one size: the operations, and the process.
#[must_use]
pub fn sizes(measured: &Measured) -> String {
    let mut rows = vec![
        format!("## {} tickets", measured.tickets),
        String::new(),
        "| operation | connections | a second | budget | median, ms | budget | 99 %, ms | CPU, ms | budget |"
            .to_owned(),
        "|---|---|---|---|---|---|---|---|---|".to_owned(),
    ];
    for operation in &measured.operations {
        let budget = budget(operation.name);
        let (median, cpu) = (millis(budget.median), millis(budget.cpu));
        rows.push(row(operation.name, 1, &operation.alone, ["–", &median, &cpu]));
        rows.push(row(operation.name, TOGETHER, &operation.together, [&budget.per_second.to_string(), "–", &cpu]));
    }
    rows.push(String::new());
    rows.extend(of_the_process(measured));
    rows.push(String::new());
    rows.join("\n")
}

/// A row; the budgets are those of its rate, its median and its processor time.
fn row(name: &str, connections: usize, run: &Run, [rate, middle, work]: [&str; 3]) -> String {
    let (median, most, cpu) = (millis(run.median), millis(run.most), millis(run.cpu));
    format!("| {name} | {connections} | {} | {rate} | {median} | {middle} | {most} | {cpu} | {work} |", run.per_second)
}

fn of_the_process(measured: &Measured) -> Vec<String> {
    vec![
        "| | | budget |".to_owned(),
        "|---|---|---|".to_owned(),
        format!("| start to first answer | {} ms | 1,000 ms |", millis(measured.first_answer)),
        format!("| memory, idle | {} MiB | 100 MiB |", measured.idle_kib / 1024),
        format!("| memory, after all this | {} MiB | – |", measured.busy_kib / 1024),
        format!("| the tickets were written in | {} s | – |", measured.filling.as_secs()),
    ]
}

/// How many times as much everything is with more tickets; the budget is 1.2 times.
#[must_use]
pub fn growth(few: &Measured, many: &Measured) -> String {
    let mut rows = vec![
        format!("## {} tickets instead of {}", many.tickets, few.tickets),
        String::new(),
        "Times as much; the budget is 1.2.".to_owned(),
        String::new(),
        "| operation | connections | median | 99 % | CPU | time for each |".to_owned(),
        "|---|---|---|---|---|---|".to_owned(),
    ];
    for (before, after) in few.operations.iter().zip(&many.operations) {
        rows.extend(grown(before, after));
    }
    rows.push(format!("| first answer | | {} | | | |", times(many.first_answer, few.first_answer)));
    rows.push(String::new());
    rows.join("\n")
}

fn grown(before: &Operation, after: &Operation) -> [String; 2] {
    let name = before.name;
    let row = |connections: usize, before: &Run, after: &Run| {
        let median = times(after.median, before.median);
        let most = times(after.most, before.most);
        let cpu = times(after.cpu, before.cpu);
        let each = hundredths(before.per_second, after.per_second);
        format!("| {name} | {connections} | {median} | {most} | {cpu} | {each} |")
    };
    [row(1, &before.alone, &after.alone), row(TOGETHER, &before.together, &after.together)]
}

fn times(many: Duration, few: Duration) -> String {
    hundredths(many.as_micros(), few.as_micros())
}

/// How many times one number is another, with two decimals.
fn hundredths(many: u128, few: u128) -> String {
    let share = many * 100 / few.max(1);
    format!("{}.{:02}", share / 100, share % 100)
}

fn millis(time: Duration) -> String {
    format!("{}.{:02}", time.as_millis(), time.as_micros() % 1_000 / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_with_two_decimals() {
        assert_eq!(times(Duration::from_micros(1_150), Duration::from_millis(1)), "1.15");
        assert_eq!(hundredths(3, 0), "3.00", "nothing counts as one");
        assert_eq!(millis(Duration::from_micros(2_054)), "2.05");
    }
}
