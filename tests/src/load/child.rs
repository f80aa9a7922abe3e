//! The desk in a process of its own, and what the kernel says of it.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::client::Client;

/// How long a desk is waited for, when it starts and until it rests.
const PATIENCE: Duration = Duration::from_mins(5);

/// For how long a desk that rests has done nothing.
const REST: Duration = Duration::from_millis(600);

/// How fine the kernel's accounts are.
const TICK: Duration = Duration::from_millis(10);

/// A desk that ends with this.
pub(super) struct Child {
    process: process::Child,
    /// Where it listens.
    pub(super) port: u16,
    /// From its start to its first answer.
    pub(super) first_answer: Duration,
}

impl Child {
    /// Starts a desk on a folder, and waits until it answers.
    pub(super) fn start(binary: &Path, folder: &Path) -> Self {
        let [port, files_port] = free_ports();
        let began = Instant::now();
        let mut command = Command::new(binary);
        command.arg("--data").arg(folder).arg(format!("--port={port}")).arg(format!("--files-port={files_port}"));
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let process = process.unwrap_or_else(|error| panic!("{}: {error}", binary.display()));
        let mut child = Self { process, port, first_answer: Duration::ZERO };
        while !child.answers() {
            let gone = child.process.try_wait().unwrap();
            assert!(gone.is_none() && began.elapsed() < PATIENCE, "the desk does not open: {gone:?}");
            thread::sleep(Duration::from_millis(1));
        }
        child.first_answer = began.elapsed();
        child
    }

    fn answers(&self) -> bool {
        let answer = Client::reach(self.port, "").and_then(|mut client| client.exchange("GET", "/v1/health", None));
        answer.is_ok_and(|(status, _)| status == 200)
    }

    /// Its user and system time so far.
    pub(super) fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        let ticks = fields[11].parse::<u32>().unwrap() + fields[12].parse::<u32>().unwrap();
        TICK * ticks
    }

    /// Its resident memory, in KiB.
    pub(super) fn resident_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches("kB").trim().parse().unwrap()
    }

    /// Waits until it has nothing left to do.
    pub(super) fn rest(&self) {
        let began = Instant::now();
        loop {
            let before = self.cpu();
            thread::sleep(REST);
            if self.cpu().saturating_sub(before) <= TICK {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "the desk does not come to rest");
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Two ports that nobody listens on just now.
fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}
