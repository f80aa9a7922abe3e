//! The repository as these tests read it: its files, its crates, its template.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;
use std::{fs, io};

use cargo_metadata::camino::Utf8Path;
use cargo_metadata::{MetadataCommand, Package};
use local::template::{Template, Written};

/// Where the Rust files of the workspace are.
pub(crate) const SOURCES: [&str; 4] = ["functions", "infra", "shared", "tests"];

/// Where the template is.
pub(crate) const TEMPLATE: &str = "infra/template.yaml";

/// A file and what it says.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// Where it is, seen from the root, with slashes.
    pub(crate) path: String,
    /// What it says.
    pub(crate) text: String,
}

impl File {
    /// Its lines of code, without their indentation: no empty lines, no comments.
    pub(crate) fn code(&self) -> impl Iterator<Item = &str> {
        self.text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"))
    }
}

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}

/// What a file says.
pub(crate) fn read(path: &str) -> io::Result<String> {
    fs::read_to_string(root().join(path))
}

/// Every file below a folder, in the order of their paths.
pub(crate) fn files(folder: &str) -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    walk(folder, &mut paths)?;
    paths.sort();
    Ok(paths)
}

fn walk(folder: &str, paths: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(root().join(folder))? {
        let entry = entry?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            walk(&path, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

/// The Rust files below some folders.
pub(crate) fn rust(folders: &[&str]) -> io::Result<Vec<File>> {
    let mut found = Vec::new();
    for folder in folders {
        for path in files(folder)?.into_iter().filter(|path| is_rust(path)) {
            let text = read(&path)?;
            found.push(File { path, text });
        }
    }
    Ok(found)
}

/// Whether a file is a Rust file.
pub(crate) fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

/// The names of the folders right below a folder.
pub(crate) fn folders(of: &str) -> io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(root().join(of))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

/// The crates of the workspace, each with the folder it is in.
pub(crate) fn crates() -> Result<Vec<(String, Package)>, Box<dyn Error>> {
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec()?;
    let mut crates = Vec::new();
    for package in metadata.packages {
        let folder = package.manifest_path.parent().unwrap_or(Utf8Path::new(""));
        let folder = folder.strip_prefix(&metadata.workspace_root)?.to_string();
        crates.push((folder, package));
    }
    Ok(crates)
}

/// The template, as the desk on one machine reads it.
pub(crate) fn template() -> Result<Template, Box<dyn Error>> {
    Ok(Template::parse(&read(TEMPLATE)?, &parameters())?)
}

/// Every resource of the template, as it is written.
pub(crate) fn written() -> Result<Vec<Written>, Box<dyn Error>> {
    Ok(Template::written(&read(TEMPLATE)?, &parameters())?)
}

/// The resources of a type.
pub(crate) fn all_of<'a>(resources: &'a [Written], kind: &'a str) -> impl Iterator<Item = &'a Written> {
    resources.iter().filter(move |resource| resource.kind == kind)
}

/// What has no default.
fn parameters() -> BTreeMap<String, String> {
    BTreeMap::from([("SenderAddress".to_owned(), "desk@lambdesk.example".to_owned())])
}

/// What each variant is called by a `match` on `self`: pairs from lines such as `Self::A | Self::B { .. } => "text",`.
pub(crate) fn arms(text: &str) -> Vec<(String, String)> {
    let mut arms = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| line.starts_with("Self::")) {
        let Some((patterns, called)) = line.split_once(" => \"") else {
            continue;
        };
        let called = called.split('"').next().unwrap_or_default();
        for variant in patterns.split(" | ").filter_map(|pattern| pattern.strip_prefix("Self::")) {
            let variant = variant.split(' ').next().unwrap_or_default();
            arms.push((variant.to_owned(), called.to_owned()));
        }
    }
    arms
}
