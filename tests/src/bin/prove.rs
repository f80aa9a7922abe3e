//! Runs a proof with many cases and prints what it took.
//!
//! `cargo run --release -p tests --bin prove -- calendars [--cases 100000] [--seed N]`, likewise `histories`, and `alarms`
//! and `punctual`, which have no seed.

#![expect(clippy::print_stdout, reason = "figures are printed")]
#![expect(clippy::panic, clippy::float_arithmetic, reason = "a proof stops where it fails, and prints shares")]

use std::str::FromStr;
use std::time::Instant;

use tests::proof::alarms::alarms;
use tests::proof::calendars::calendars;
use tests::proof::fresh_seed;
use tests::proof::histories::{Met, Outcome, histories};
use tests::proof::punctual::punctual;

/// What a proof found: what each figure is, and the figure.
type Figures = Vec<(&'static str, String)>;

/// A proof that can be asked for.
struct Proof {
    name: &'static str,
    /// How many cases it has unless told.
    cases: u32,
    /// Tries so many cases with a seed.
    run: fn(u32, u64) -> Figures,
}

/// Every proof: a line each.
const PROOFS: &[Proof] = &[
    Proof { name: "calendars", cases: 100_000, run: of_calendars },
    Proof { name: "histories", cases: 10_000, run: of_histories },
    Proof { name: "alarms", cases: 100_000, run: of_alarms },
    Proof { name: "punctual", cases: 100, run: of_punctual },
];

fn of_calendars(cases: u32, seed: u64) -> Figures {
    let tally = calendars(cases, seed);
    vec![
        ("cases", tally.cases.to_string()),
        ("compared", tally.compared.to_string()),
        ("skipped", tally.skipped.to_string()),
    ]
}

/// What befalls the services loses nothing and doubles nothing. Of a failure the seed is printed, which is that of one
/// history: `--cases 1` lets it happen again.
fn of_histories(cases: u32, seed: u64) -> Figures {
    let Outcome { histories, commands, acknowledged, refused, given_up, events, notices, mails, doubled, met } =
        histories(cases, seed);
    let Met { throttled, conflicts, lost, slow, down, mails_lost, single_writes: _ } = met;
    let figures = [
        ("histories", histories),
        ("commands", commands),
        ("acknowledged", acknowledged),
        ("refused", refused),
        ("given up", given_up),
        ("events", events),
        ("requests throttled", throttled),
        ("transactions that met", conflicts),
        ("answers lost", lost),
        ("answers 5 s late", slow),
        ("met by nobody", down),
        ("mail answers lost", mails_lost),
        ("notices", notices),
        ("mails", mails),
        ("notices told twice", doubled),
    ];
    figures.into_iter().map(|(what, figure)| (what, figure.to_string())).collect()
}

/// Every alarm of one minute is acted on, and none twice.
fn of_alarms(cases: u32, _seed: u64) -> Figures {
    let acted = waited_for(alarms(usize::try_from(cases).unwrap_or(usize::MAX)));
    assert_eq!((acted.breaches, acted.twice), (acted.alarms, 0), "each is told once");
    let [half, most, all] = acted.after.map(|after| format!("{} ms", after.as_millis()));
    let each = |units: f64| format!("{:.2}", units / f64::from(cases));
    vec![
        ("breaches", acted.breaches.to_string()),
        ("told twice", acted.twice.to_string()),
        ("per second", format!("{:.0}", f64::from(cases) / acted.took.as_secs_f64())),
        ("half after", half),
        ("99 % after", most),
        ("all after", all),
        ("write units each", each(acted.units.write)),
        ("read units each", each(acted.units.read)),
        ("idle tick, read units", acted.idle.read.to_string()),
    ]
}

/// How long after it was due each breach was acted on, in a running desk.
fn of_punctual(cases: u32, _seed: u64) -> Figures {
    let delays = waited_for(punctual(usize::try_from(cases).unwrap_or(usize::MAX)));
    let at = |percent: usize| {
        let place = (delays.len() * percent).div_ceil(100).saturating_sub(1);
        delays.get(place).map_or_else(String::new, |delay| format!("{delay} ms"))
    };
    assert!(delays.last().is_some_and(|most| *most <= 2_000), "acted on within two seconds: {delays:?}");
    let all = ["least", "10 %", "half", "90 %", "99 %", "most"];
    all.into_iter().zip([0, 10, 50, 90, 99, 100].map(at)).collect()
}

fn waited_for<T>(proof: impl Future<Output = T>) -> T {
    let built = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    match built {
        Ok(runtime) => runtime.block_on(proof),
        Err(error) => panic!("{error}"),
    }
}

fn main() -> Result<(), String> {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_default();
    let proof = PROOFS.iter().find(|proof| proof.name == name).ok_or_else(usage)?;
    let (mut cases, mut seed) = (proof.cases, fresh_seed());
    while let Some(option) = words.next() {
        let value = words.next().unwrap_or_default();
        match option.as_str() {
            "--cases" => cases = number(&value)?,
            "--seed" => seed = number(&value)?,
            _ => return Err(usage()),
        }
    }
    println!("{name}, {cases} cases, seed {seed}");
    let began = Instant::now();
    let mut figures = (proof.run)(cases, seed);
    figures.push(("wall ms", began.elapsed().as_millis().to_string()));
    for (what, figure) in figures {
        println!("{what:<22} {figure:>12}");
    }
    Ok(())
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_ignored| format!("not a number: {text}"))
}

fn usage() -> String {
    let names: Vec<_> = PROOFS.iter().map(|proof| proof.name).collect();
    format!("prove {} [--cases N] [--seed N]", names.join("|"))
}
