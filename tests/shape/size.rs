//! How long a file may be.

use crate::holds;
use crate::tree::{self, File};

/// The most lines a file has without saying why.
const MOST: usize = 400;

/// How far down the reason may stand.
const HEADER: usize = 15;

/// Whether a file says why it is long: a line of its header speaks of lines, as in `Over 400 lines because …`.
fn says_why(file: &File) -> bool {
    let header = file.text.lines().take(HEADER).filter(|line| line.starts_with("//!"));
    header.flat_map(|line| line.split(|letter: char| !letter.is_alphanumeric())).any(|word| word == "lines")
}

#[test]
fn long_files_say_why() {
    let files = tree::rust(&tree::SOURCES).unwrap();
    let long = files.iter().map(|file| (file, file.text.lines().count())).filter(|(_, lines)| *lines > MOST);
    let silent = long.filter(|(file, _)| !says_why(file));
    let broken: Vec<_> = silent.map(|(file, lines)| format!("{}: {lines} lines", file.path)).collect();
    holds("a file over 400 lines says in its header `Over 400 lines because …`", &broken);
}
