//! Loads the desk on one machine over real connections, and prints how quick it is.
//!
//! `cargo build --release -p local && cargo run --release -p tests --bin load [-- tickets …] [--alone N] [--together N]
//! [--local PATH]`: as many tables as numbers of tickets, 1,000 and 100,000 unless told. The binary `local` is looked for
//! beside this one.

#![expect(clippy::print_stdout, reason = "figures are printed")]

use std::path::PathBuf;

use tests::load::{Plan, growth, measure, sizes};

/// With how many tickets in the table.
const TICKETS: [usize; 2] = [1_000, 100_000];

fn main() -> Result<(), String> {
    let (plan, tickets) = asked()?;
    let mut measured = Vec::new();
    for tickets in tickets {
        let now = measure(&plan, tickets);
        println!("{}", sizes(&now));
        measured.push(now);
    }
    if let [few, .., many] = measured.as_slice() {
        println!("{}", growth(few, many));
    }
    Ok(())
}

fn asked() -> Result<(Plan, Vec<usize>), String> {
    let mut plan = Plan { binary: beside()?, alone: 500, together: 2_000 };
    let mut tickets = Vec::new();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--local" => plan.binary = PathBuf::from(words.next().unwrap_or_default()),
            "--alone" => plan.alone = number(&words.next().unwrap_or_default())?,
            "--together" => plan.together = number(&words.next().unwrap_or_default())?,
            _ => tickets.push(number(&word)?),
        }
    }
    if !plan.binary.is_file() {
        return Err(format!("{} is not there: build it, or name it with --local", plan.binary.display()));
    }
    Ok((plan, if tickets.is_empty() { TICKETS.to_vec() } else { tickets }))
}

/// The binary `local` that was built with this one.
fn beside() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    Ok(own.with_file_name("local"))
}

/// A number of things, of which there is at least one.
fn number(text: &str) -> Result<usize, String> {
    let number = text.replace(',', "").parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("load [tickets …] [--alone N] [--together N] [--local PATH], but not {text:?}"))
}
