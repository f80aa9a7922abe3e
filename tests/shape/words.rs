//! What is not left lying about: notes to oneself, and what was meant to be gone before anybody looks.

use std::error::Error;
use std::fs;
use std::process::Command;

use crate::holds;
use crate::tree;

/// Words of no file. They are put together here, so that this file does not hold what it looks for.
const NOWHERE: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

/// What no Rust file has.
const NOT_IN_RUST: [&str; 4] =
    [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("dbg", "!("), concat!("#[", "ignore")];

/// The files that git tracks, or would if they were added.
fn tracked() -> Result<Vec<String>, Box<dyn Error>> {
    let listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(listed).current_dir(tree::root()).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let paths = String::from_utf8(output.stdout)?;
    Ok(paths.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

/// What a file says if it is text; one that git tracks may have been removed.
fn text(path: &str) -> Option<String> {
    fs::read(tree::root().join(path)).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

fn is_unfinished(path: &str, line: &str) -> bool {
    let mut words = line.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| NOWHERE.contains(&word)) || (tree::is_rust(path) && NOT_IN_RUST.iter().any(|it| line.contains(it)))
}

#[test]
fn nothing_is_left_lying_about() {
    let paths = tracked().unwrap();
    assert!(paths.iter().any(|path| path == tree::TEMPLATE), "git lists the files of this repository");
    let mut broken = Vec::new();
    for path in paths {
        let text = text(&path).unwrap_or_default();
        let lines = text.lines().enumerate().filter(|(_, line)| is_unfinished(&path, line));
        broken.extend(lines.map(|(at, line)| format!("{path}:{}: {}", at + 1, line.trim())));
    }
    holds("finished things only", &broken);
}
