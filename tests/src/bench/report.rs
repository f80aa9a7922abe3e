//! What was found, as tables for BENCHMARKS.md; what is above its budget stands out.

use std::time::Duration;

use super::tasks::Sort;
use super::{Done, Figures, Pass, REQUESTS, STARTS, TIMES, WARM_UP};

/// Bytes of a binary, and of its zip.
const LARGE: (usize, usize) = (9_000_000, 4_000_000);

/// The same for those that look at files or mails; their zips have no budget.
const LARGER: (usize, usize) = (14_000_000, usize::MAX);

/// Processor time until the first poll.
const TO_POLL: Duration = Duration::from_millis(5);

/// Resident memory at the first poll, in KiB.
const MEMORY: u64 = 16 * 1024;

/// How many hundredths of a warm request the first one may take.
const FIRST: u128 = 300;

/// The tables.
#[must_use]
pub fn report(all: &[Figures]) -> String {
    let tables = [starts(all), firsts(all), tasks(all)];
    format!(
        "{STARTS} starts, the median and the least; each request {TIMES} times after {WARM_UP} others.\n\n{}",
        tables.join("\n")
    )
}

fn starts(all: &[Figures]) -> String {
    let heads = [
        "function".to_owned(),
        "binary, MB".to_owned(),
        "zip, MB".to_owned(),
        "to the first poll, CPU ms".to_owned(),
        "wall ms".to_owned(),
        "TLS connections by then".to_owned(),
        "memory then, MiB".to_owned(),
        format!("after {REQUESTS} requests"),
    ];
    let budget = ["*budget*", "9, with files 14", "4", "5", "–", "≥ 1", "16", "–"].map(str::to_owned);
    table(&heads, [budget.to_vec()].into_iter().chain(all.iter().map(started)))
}

fn started(figures: &Figures) -> Vec<String> {
    let (binary, zip) = if ["attachments", "mail"].contains(&figures.name.as_str()) { LARGER } else { LARGE };
    let starts = &figures.starts;
    let cpu = Spread::of(starts.iter().map(|start| start.cpu).collect());
    let wall = Spread::of(starts.iter().map(|start| start.wall).collect());
    let mut memory: Vec<_> = starts.iter().map(|start| start.memory).collect();
    memory.sort_unstable();
    let memory = memory[memory.len() / 2];
    let connections = starts.iter().map(|start| start.connections);
    let after = if figures.tasks.is_empty() { "–".to_owned() } else { mebibytes(figures.memory) };
    vec![
        figures.name.clone(),
        held(megabytes(figures.size.binary), figures.size.binary > binary),
        held(megabytes(figures.size.zip), figures.size.zip > zip),
        held(cpu.text(), cpu.median > TO_POLL),
        wall.text(),
        range(connections.collect()),
        held(mebibytes(memory), memory > MEMORY),
        after,
    ]
}

fn firsts(all: &[Figures]) -> String {
    let heads = ["function", "first request", "CPU ms", "wall ms", "warm, wall ms", "times a warm one (budget 3)"];
    table(&heads.map(str::to_owned), all.iter().filter_map(first))
}

fn first(figures: &Figures) -> Option<Vec<String>> {
    let warm = figures.tasks.first()?;
    let passes: Vec<Pass> = figures.starts.iter().filter_map(|start| start.first).collect();
    let (cpu, wall) = (cpu_of(&passes), wall_of(&passes));
    let usual = wall_of(&warm.passes);
    let times = wall.median.as_nanos() * 100 / usual.median.as_nanos().max(1);
    Some(vec![
        figures.name.clone(),
        warm.name.to_owned(),
        cpu.text(),
        wall.text(),
        usual.text(),
        held(format!("{}.{:02}", times / 100, times % 100), times > FIRST),
    ])
}

fn tasks(all: &[Figures]) -> String {
    let heads =
        ["function", "warm request", "CPU ms", "budget", "wall ms", "requests to AWS", "trace header passed on"];
    let rows = all.iter().flat_map(|figures| figures.tasks.iter().map(|done| row(&figures.name, done)));
    table(&heads.map(str::to_owned), rows)
}

fn row(function: &str, done: &Done) -> Vec<String> {
    let (cpu, wall) = (cpu_of(&done.passes), wall_of(&done.passes));
    let (budget, limit) = match done.sort {
        Sort::Read => ("0.5", Some(Duration::from_micros(500))),
        Sort::Command => ("1", Some(Duration::from_millis(1))),
        Sort::Event => ("–", None),
        Sort::Password => ("argon2id, dear on purpose", None),
    };
    let is_traced = done.passes.iter().all(|pass| pass.traced == pass.calls);
    vec![
        function.to_owned(),
        done.name.to_owned(),
        held(cpu.text(), limit.is_some_and(|limit| cpu.median > limit)),
        budget.to_owned(),
        wall.text(),
        range(done.passes.iter().map(|pass| pass.calls).collect()),
        (if is_traced { "yes" } else { "no" }).to_owned(),
    ]
}

/// Where times lie.
struct Spread {
    median: Duration,
    least: Duration,
}

impl Spread {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self { median: times[times.len() / 2], least: times[0] }
    }

    fn text(&self) -> String {
        format!("{} ({})", millis(self.median), millis(self.least))
    }
}

fn cpu_of(passes: &[Pass]) -> Spread {
    Spread::of(passes.iter().map(|pass| pass.cpu).collect())
}

fn wall_of(passes: &[Pass]) -> Spread {
    Spread::of(passes.iter().map(|pass| pass.wall).collect())
}

fn range(mut counts: Vec<usize>) -> String {
    counts.sort_unstable();
    let (least, most) = (counts[0], counts[counts.len() - 1]);
    if least == most { least.to_string() } else { format!("{least} to {most}") }
}

fn held(text: String, is_above: bool) -> String {
    if is_above { format!("**{text}**") } else { text }
}

fn millis(time: Duration) -> String {
    let hundredths = (time.as_micros() + 5) / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn megabytes(bytes: usize) -> String {
    let hundredths = (bytes + 5_000) / 10_000;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn mebibytes(kibibytes: u64) -> String {
    let tenths = (kibibytes * 10 + 512) / 1024;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn table(heads: &[String], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let under = format!("|{}\n", "---|".repeat(heads.len()));
    let rows: String = rows.map(|row| line(&row)).collect();
    format!("{}{under}{rows}", line(heads))
}
