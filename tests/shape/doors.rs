//! What a function is called, and where it is entered.

use std::collections::BTreeSet;

use local::template::Target;

use crate::holds;
use crate::tree::{self, File};

/// What no file and no folder is called: names that say nothing of what is inside.
const NAMELESS: [&str; 14] = [
    "common", "core", "data", "dto", "handler", "helper", "helpers", "impl", "info", "manager", "mod", "service",
    "util", "utils",
];

/// `mail_in` is `MailIn` in the template.
fn logical_id(folder: &str) -> String {
    let mut id = String::new();
    for word in folder.split('_') {
        let mut letters = word.chars();
        id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        id.push_str(letters.as_str());
    }
    id
}

/// Whether a function's library has a door of this kind: the definition itself, or its name passed on by `pub use`.
fn has_door(files: &[File], function: &str, definition: &str, name: &str) -> bool {
    let src = format!("functions/{function}/src/");
    let own: Vec<_> = files.iter().filter(|file| file.path.starts_with(&src)).collect();
    let is_defined = own.iter().any(|file| file.code().any(|line| line.starts_with(definition)));
    let is_shown = |line: &str| line.starts_with(definition) || (line.starts_with("pub use ") && line.contains(name));
    let mut libs = own.iter().filter(|file| file.path.ends_with("/src/lib.rs"));
    is_defined && libs.any(|file| file.code().any(is_shown))
}

#[test]
fn folders_crates_and_the_template_name_the_same_functions() {
    let folders = tree::folders("functions").unwrap();
    let mut crates = BTreeSet::new();
    for (folder, package) in tree::crates().unwrap() {
        if let Some(function) = folder.strip_prefix("functions/") {
            assert_eq!(package.name.as_str(), function, "a function's crate is called like its folder");
            crates.insert(function.to_owned());
        }
    }
    assert_eq!(crates, folders, "each folder of `functions` is a crate");
    let template = tree::template().unwrap();
    let wired: BTreeSet<_> = template.functions.iter().map(|function| function.logical_id.clone()).collect();
    let named: BTreeSet<_> = folders.iter().map(|folder| logical_id(folder)).collect();
    assert_eq!(wired, named, "each folder of `functions` is a function of the template, in CamelCase");
}

#[test]
fn a_function_has_the_doors_that_the_template_wires() {
    let template = tree::template().unwrap();
    let files = tree::rust(&["functions"]).unwrap();
    let mut broken = Vec::new();
    for function in template.functions.iter().map(|function| &function.name) {
        let is_routed = template.routes.iter().any(|route| route.function == *function);
        if has_door(&files, function, "pub fn router(", "router") != is_routed {
            broken.push(format!("{function}: `pub fn router` and its routes in the template"));
        }
        let mut fed = template.streams.iter().map(|mapping| &mapping.function);
        let mut told = template.queue_mappings.iter().map(|mapping| &mapping.function);
        let mut notified = template.buckets.iter().flat_map(|bucket| &bucket.notifications).map(|one| &one.function);
        let mut called = template.schedules.iter().filter_map(|schedule| match &schedule.target {
            Target::Function(name) => Some(name),
            Target::Queue(_) => None,
        });
        let is_fed = fed.any(|name| name == function)
            || told.any(|name| name == function)
            || notified.any(|name| name == function)
            || called.any(|name| name == function);
        if has_door(&files, function, "pub async fn consume(", "consume") != is_fed {
            broken.push(format!("{function}: `pub async fn consume` and what calls it in the template"));
        }
    }
    holds("a door is written where one is wired, and nowhere else", &broken);
}

#[test]
fn names_say_what_is_inside() {
    let mut broken = Vec::new();
    for folder in tree::SOURCES {
        let files = tree::files(folder).unwrap();
        let rust = files.into_iter().filter(|path| tree::is_rust(path));
        let is_nameless =
            |path: &String| path.split('/').any(|part| NAMELESS.contains(&part.strip_suffix(".rs").unwrap_or(part)));
        broken.extend(rust.filter(is_nameless));
    }
    holds("no file and no folder is called by a word that fits everything", &broken);
}

#[test]
fn crates_say_what_they_own_and_what_they_must_never_do() {
    let mut broken = Vec::new();
    for (folder, _) in tree::crates().unwrap() {
        let path = format!("{folder}/src/lib.rs");
        let text = tree::read(&path).unwrap();
        let header: Vec<_> = text.lines().take_while(|line| line.starts_with("//!")).collect();
        if !(20..=70).contains(&header.len()) {
            broken.push(format!("{path}: its header has {} lines instead of 20 to 70", header.len()));
        }
        if !header.iter().any(|line| line.contains("never")) {
            broken.push(format!("{path}: its header does not say what it must never do"));
        }
    }
    holds("every crate introduces itself", &broken);
}
