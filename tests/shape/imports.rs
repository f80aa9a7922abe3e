//! Who may use whom. The manifests say what a crate could name; the sources say what its files do name.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Package};

use crate::holds;
use crate::tree::{self, File};

/// Crates that reach AWS, are called by it, or stand in for it: who names one of these is held against the table.
const GUARDED: [&str; 6] = ["aws", "dynoxide", "lambda_", "s3s", "serde_dynamo", "winterbaume"];

/// What the one crate without a world around it is made of.
const PURE: [&str; 4] = ["jiff", "serde", "serde_json", "thiserror"];

/// What a rule may not know of: time, randomness, the machine, waiting.
const IMPURE: [&str; 16] = [
    "Instant::now",
    "SystemTime",
    "TimeZone::system",
    "Timestamp::now",
    "Zoned::now",
    "async ",
    "getrandom",
    "println!",
    "rand::",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "tokio",
];

/// What sources call a crate whose name they do not use.
const CALLED: [(&str, &str); 1] = [("dynoxide-rs", "dynoxide")];

/// What a crate may depend on.
struct Allowed {
    /// Of the workspace.
    ours: &'static [&'static str],
    /// Of the guarded crates; one that ends in `*` stands for all that begin so.
    guarded: &'static [&'static str],
}

/// The table, by folder; `None` may name everything. A crate that is not in it may name nothing of ours.
fn allowed(folder: &str) -> Option<Allowed> {
    let allowed = match folder {
        "infra/local" | "tests" => return None,
        // Who reads a stranger's bytes can name neither the table nor the network.
        "shared/files" | "shared/queue" => Allowed { ours: &["domain"], guarded: &[] },
        "shared/runtime" => {
            Allowed { ours: &["domain", "queue", "store", "web"], guarded: &["aws*", "lambda_http", "lambda_runtime"] }
        }
        "shared/store" => {
            Allowed { ours: &["domain"], guarded: &["aws-sdk-dynamodb", "aws-smithy-runtime-api", "serde_dynamo"] }
        }
        "shared/web" => Allowed { ours: &["domain", "store"], guarded: &[] },
        _ => match folder.strip_prefix("functions/") {
            // A function's `runtime` is for its `main.rs` alone, which the sources show.
            Some(function) => {
                let ours: &[&str] = match function {
                    "attachments" => &["domain", "files", "queue", "runtime", "store", "web"],
                    _ => &["domain", "queue", "runtime", "store", "web"],
                };
                Allowed { ours, guarded: client_of(function) }
            }
            None => Allowed { ours: &[], guarded: &[] },
        },
    };
    Some(allowed)
}

/// The clients that a function exists for.
fn client_of(function: &str) -> &'static [&'static str] {
    match function {
        // Errors of the SDK are generic over the response, which has its name in a crate of its own.
        "attachments" => &["aws-sdk-s3", "aws-smithy-runtime-api"],
        // What the carrier puts off, it says again to its own queue.
        "notify" => &["aws-sdk-sesv2", "aws-sdk-sqs"],
        "relay" | "sla" => &["aws-sdk-sqs"],
        _ => &[],
    }
}

/// Whether a name is in a list of the table.
fn is_in(list: &[&str], name: &str) -> bool {
    list.iter().any(|entry| match entry.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => *entry == name,
    })
}

/// The names of what a crate needs to run; what only its tests need is not looked at.
fn needs(package: &Package) -> impl Iterator<Item = &str> {
    let needed = package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
    needed.map(|dependency| dependency.name.as_str())
}

/// How a path into a crate begins.
fn path_into(name: &str) -> String {
    let called = CALLED.iter().find(|(declared, _)| *declared == name).map_or(name, |(_, called)| *called);
    format!("{}::", called.replace('-', "_"))
}

/// The places of some files whose code names one of these; each begins a word that nothing stands before.
fn places(files: &[&File], names: &[&str]) -> Vec<String> {
    let mut places = Vec::new();
    for file in files {
        for line in file.code().filter(|line| names.iter().any(|name| begins_a_word(line, name))) {
            places.push(format!("{}: {line}", file.path));
        }
    }
    places
}

fn begins_a_word(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        before.is_none_or(|letter| !letter.is_alphanumeric() && !"_:".contains(letter))
    })
}

fn is_main(file: &File) -> bool {
    file.path.starts_with("functions/") && file.path.ends_with("/src/main.rs")
}

#[test]
fn crates_depend_on_what_the_table_allows() {
    let crates = tree::crates().unwrap();
    let ours: BTreeSet<&str> = crates.iter().map(|(_, package)| package.name.as_str()).collect();
    let mut broken = Vec::new();
    for (folder, package) in &crates {
        let Some(allowed) = allowed(folder) else {
            continue;
        };
        for name in needs(package) {
            let is_stranger = ours.contains(name) && !is_in(allowed.ours, name);
            let is_guarded = GUARDED.iter().any(|beginning| name.starts_with(beginning));
            if is_stranger || (is_guarded && !is_in(allowed.guarded, name)) {
                broken.push(format!("{folder} may not depend on {name}"));
            }
        }
    }
    holds("who may use whom", &broken);
}

#[test]
fn what_a_crate_depends_on_is_named_by_its_sources() {
    let mut broken = Vec::new();
    for (folder, package) in tree::crates().unwrap() {
        let files = tree::rust(&[folder.as_str()]).unwrap();
        let files: Vec<_> = files.iter().collect();
        for dependency in &package.dependencies {
            if places(&files, &[path_into(&dependency.name).as_str()]).is_empty() {
                broken.push(format!("{folder} does not need {}", dependency.name));
            }
        }
    }
    holds("nothing is built that nobody uses", &broken);
}

#[test]
fn nobody_depends_on_a_host_but_the_tests() {
    let crates = tree::crates().unwrap();
    let others = crates.iter().filter(|(folder, _)| folder != "tests");
    let names = |(folder, package): &(String, Package)| {
        let hosts = needs(package).filter(|name| ["local", "tests"].contains(name));
        hosts.map(|host| format!("{folder} depends on {host}")).collect::<Vec<_>>()
    };
    holds("`local` and `tests` are ends", &others.flat_map(names).collect::<Vec<_>>());
}

#[test]
fn only_a_main_names_the_runtime() {
    let files = tree::rust(&["functions", "shared"]).unwrap();
    let elsewhere = files.iter().filter(|file| !file.path.starts_with("shared/runtime/"));
    let others: Vec<_> = elsewhere.filter(|file| !is_main(file)).collect();
    holds(
        "only the `main.rs` of a function names `runtime` or `lambda_*`",
        &places(&others, &["runtime::", "lambda_"]),
    );
}

#[test]
fn a_main_names_no_client() {
    let files = tree::rust(&["functions"]).unwrap();
    let mains: Vec<_> = files.iter().filter(|file| is_main(file)).collect();
    holds("clients come from `runtime`", &places(&mains, &["aws_", "lambda_"]));
}

#[test]
fn only_the_store_names_the_table() {
    let files = tree::rust(&["functions", "shared"]).unwrap();
    let others: Vec<_> = files
        .iter()
        .filter(|file| !file.path.starts_with("shared/store/") && !file.path.starts_with("shared/runtime/"))
        .collect();
    let names = ["aws_sdk_dynamodb", "aws_lambda_events", "serde_dynamo"];
    holds("the table is reached through `store`", &places(&others, &names));
}

#[test]
fn the_domain_is_pure() {
    let crates = tree::crates().unwrap();
    let (_, domain) = crates.iter().find(|(folder, _)| folder == "shared/domain").unwrap();
    let impure = needs(domain).filter(|name| !PURE.contains(name)).map(|name| format!("it depends on {name}"));
    let mut broken: Vec<_> = impure.collect();
    for file in tree::rust(&["shared/domain"]).unwrap() {
        let lines = file.code().filter(|line| IMPURE.iter().any(|word| line.contains(word)));
        broken.extend(lines.map(|line| format!("{}: {line}", file.path)));
    }
    holds("the domain knows no time, no randomness, no machine and no waiting", &broken);
}
