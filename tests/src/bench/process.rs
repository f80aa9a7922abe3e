//! A function as a process, and what the kernel's own accounts say of it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write, stderr};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A function that runs; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Process(Child);

impl Process {
    /// Starts a function with this environment and no other.
    pub(super) fn start(binary: &Path, environment: &BTreeMap<String, String>) -> Self {
        let mut command = Command::new(binary);
        command.env_clear().envs(environment).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", binary.display()));
        if let Some(log) = child.stdout.take() {
            std::thread::spawn(move || follow(log));
        }
        Self(child)
    }

    /// The processor time of each of its threads so far.
    pub(super) fn cpu(&self) -> Cpu {
        let threads = fs::read_dir(format!("/proc/{}/task", self.0.id())).unwrap();
        let spent = threads.filter_map(|thread| {
            let thread = thread.ok()?;
            // A thread that has just ended has no accounts.
            let accounts = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            let nanoseconds = accounts.split_whitespace().next()?.parse().ok()?;
            Some((thread.file_name().to_string_lossy().into_owned(), nanoseconds))
        });
        Cpu(spent.collect())
    }

    /// Its resident memory, in KiB.
    pub(super) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Reads a log as it is written, as Lambda does, and shows what is wrong.
fn follow(log: ChildStdout) {
    for line in BufReader::new(log).lines().map_while(Result::ok) {
        if line.contains("\"ERROR\"") || line.contains("\"WARN\"") {
            drop(writeln!(stderr(), "{line}"));
        }
    }
}

/// Nanoseconds of processor time, by thread.
#[derive(Debug)]
pub(super) struct Cpu(BTreeMap<String, u64>);

impl Cpu {
    /// Of all threads.
    pub(super) fn total(&self) -> Duration {
        Duration::from_nanos(self.0.values().sum())
    }

    /// What was spent since an earlier look.
    pub(super) fn since(&self, before: &Self) -> Duration {
        let spent = |(thread, now): (&String, &u64)| now.saturating_sub(before.0.get(thread).copied().unwrap_or(0));
        Duration::from_nanos(self.0.iter().map(spent).sum())
    }
}
