//! Measures each function as Lambda runs it, and prints tables for BENCHMARKS.md.
//!
//! `cargo lambda build --release --lambda-dir <folder>`, then
//! `cargo run --release -p tests --bin functions -- <folder> [--only <function>]`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "figures are printed, and how far it is")]

use std::path::PathBuf;

use tests::bench::{built, how_it_is_zipped, report, weigh};

const USAGE: &str = "functions <folder of cargo lambda build> [--only <function>]";

#[tokio::main]
async fn main() -> Result<(), String> {
    let mut words = std::env::args().skip(1);
    let folder = PathBuf::from(words.next().ok_or(USAGE)?);
    let mut only = None;
    while let Some(option) = words.next() {
        match option.as_str() {
            "--only" => only = Some(words.next().ok_or(USAGE)?),
            _ => return Err(USAGE.to_owned()),
        }
    }
    let mut names = built(&folder);
    names.retain(|name| only.as_ref().is_none_or(|only| only == name));
    if names.is_empty() {
        return Err(format!("no such function was built into {}", folder.display()));
    }
    let mut all = Vec::new();
    for name in names {
        eprintln!("{name}");
        all.push(Box::pin(weigh(&folder, &name)).await);
    }
    println!("Zips: {}. {}", how_it_is_zipped(), report(&all));
    Ok(())
}
