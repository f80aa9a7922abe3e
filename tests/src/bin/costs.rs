//! Prints what every request consumes of the table, and what a thousand tickets and an idle month cost.
//!
//! `cargo run --release -p tests --bin costs [-- 20]`: how many tickets are counted of each kind.

#![expect(clippy::print_stdout, reason = "figures are printed")]

use tests::costs::report::report;

/// How many tickets are counted of each kind.
const TICKETS: u64 = 20;

#[tokio::main]
async fn main() -> Result<(), String> {
    let tickets = match std::env::args().nth(1) {
        Some(word) => word.parse().map_err(|_ignored| format!("not a number: {word}"))?,
        None => TICKETS,
    };
    println!("{}", report(tickets).await);
    Ok(())
}
