//! Load: how quick the desk on one machine is, over real connections, with few and with very many tickets in its table.
//!
//! The desk is the binary `local` in a process of its own, with its data in a folder. The folder is filled first, in this
//! process and through the store: so many tickets, all open, spread over the requesters of the demo. What the stream
//! holds of them counts as settled, for `positions.json` says so: nobody has been told of these tickets, and nobody has
//! them. Dispatched, they would take far longer to make, and the lists would be as long. Their first alarms are due after
//! 45 minutes of office hours; the load is over by then.
//!
//! Then each operation is done so many times over one connection, and over eight at once. Client and desk share the
//! machine. The processor time is the desk's alone, from the kernel's own accounts, with all that follows from an
//! operation: owners are chosen and mails written while it runs, and the time is read when nothing is left to do.

mod child;
mod client;
mod fill;
mod table;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

pub use self::table::{growth, sizes};

use self::child::Child;
use self::client::Client;
use self::fill::{Filled, fill};

/// How many connections there are when there are several.
pub const TOGETHER: usize = 8;

/// How often each operation is done before anybody looks.
const WARM_UP: usize = 50;

/// How many of the tickets are commented on and shown: as many in a large table as in a small one.
const LOOKED_AT: usize = 100;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The binary `local`.
    pub binary: PathBuf,
    /// How often each operation is done over one connection.
    pub alone: usize,
    /// How often over several.
    pub together: usize,
}

/// What one size of the table gave.
#[derive(Clone, Debug)]
pub struct Measured {
    /// How many tickets there were.
    pub tickets: usize,
    /// How long it took to write them.
    pub filling: Duration,
    /// From the start of the process to its first answer.
    pub first_answer: Duration,
    /// Resident memory before anybody asks for anything, in KiB.
    pub idle_kib: u64,
    /// Resident memory after everything, in KiB.
    pub busy_kib: u64,
    /// The operations.
    pub operations: Vec<Operation>,
}

/// What one operation took.
#[derive(Clone, Debug)]
pub struct Operation {
    /// What it is.
    pub name: &'static str,
    /// Over one connection.
    pub alone: Run,
    /// Over several.
    pub together: Run,
}

/// What it took to do something many times.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// How often in a second.
    pub per_second: u128,
    /// Half of them took at most so long.
    pub median: Duration,
    /// 99 of 100 took at most so long.
    pub most: Duration,
    /// The processor time of the desk for each.
    pub cpu: Duration,
}

/// A request, and what is expected of its answer.
struct Ask {
    method: &'static str,
    path: String,
    body: Option<Value>,
    status: u16,
}

/// The `n`th request of a kind.
type Asking<'a> = &'a (dyn Fn(usize) -> Ask + Sync);

/// Fills a table, starts a desk on it, and loads it.
///
/// # Panics
/// When the binary cannot be started, or the desk answers otherwise than it should.
#[must_use]
pub fn measure(plan: &Plan, tickets: usize) -> Measured {
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let filled = fill(folder.path(), tickets);
    let filling = began.elapsed();
    let child = Child::start(&plan.binary, folder.path());
    child.rest();
    let idle_kib = child.resident_kib();
    let operations = operations(plan, &child, &filled);
    Measured {
        tickets,
        filling,
        first_answer: child.first_answer,
        idle_kib,
        busy_kib: child.resident_kib(),
        operations,
    }
}

fn operations(plan: &Plan, child: &Child, filled: &Filled) -> Vec<Operation> {
    let (rita, ned) =
        (Client::sign_in(child.port, "rita@acme.example"), Client::sign_in(child.port, "ned@lambdesk.example"));
    let ticket = json!({
        "subject": "No network in room 12",
        "description": "Since this morning nothing connects, and the lamp on the box is red. ".repeat(14),
        "service_id": "svc_network",
        "category_id": "cat_outage",
        "kind": "incident",
    });
    let comment = json!({ "body": "The quick brown fox jumps over the lazy dog. ".repeat(10) });
    let post = |path: String, body: &Value| Ask { method: "POST", path, body: Some(body.clone()), status: 201 };
    let get = |path: String| Ask { method: "GET", path, body: None, status: 200 };
    let all = &filled.all[..];
    let create = |_: usize| post("/v1/tickets".to_owned(), &ticket);
    let say = |n: usize| post(format!("/v1/tickets/{}/comments", one_of(all, n)), &comment);
    let list = |_: usize| get("/v1/tickets?requester_id=me&limit=25".to_owned());
    let show = |n: usize| get(format!("/v1/tickets/{}", one_of(&filled.ritas, n)));
    let load = Load { plan, child };
    vec![
        load.operation("create", &rita, &create),
        load.operation("comment", &ned, &say),
        load.operation("list 25", &rita, &list),
        load.operation("show", &rita, &show),
    ]
}

/// Of those that are looked at, spread evenly over all of them, the `n`th; then from the first again.
fn one_of(numbers: &[String], n: usize) -> &str {
    let some = LOOKED_AT.min(numbers.len());
    &numbers[n % some * (numbers.len() / some)]
}

/// What loads a desk.
struct Load<'a> {
    plan: &'a Plan,
    child: &'a Child,
}

impl Load<'_> {
    fn operation(&self, name: &'static str, token: &str, asking: Asking<'_>) -> Operation {
        self.run(token, 1, WARM_UP, asking);
        let alone = self.run(token, 1, self.plan.alone, asking);
        let together = self.run(token, TOGETHER, self.plan.together, asking);
        Operation { name, alone, together }
    }

    /// Does something many times over some connections, each of which goes on as soon as it has its answer.
    fn run(&self, token: &str, connections: usize, times: usize, asking: Asking<'_>) -> Run {
        self.child.rest();
        let (cpu, began, next) = (self.child.cpu(), Instant::now(), AtomicUsize::new(0));
        let port = self.child.port;
        let mut walls: Vec<Duration> = thread::scope(|scope| {
            let go = || work(&mut Client::connect(port, token), &next, times, asking);
            let workers: Vec<_> = (0..connections).map(|_| scope.spawn(go)).collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
        });
        let wall = began.elapsed();
        self.child.rest();
        let cpu = self.child.cpu().saturating_sub(cpu);
        walls.sort();
        let count = u32::try_from(times).unwrap();
        Run {
            per_second: u128::from(count) * 1_000_000 / wall.as_micros().max(1),
            median: walls[(times / 2).min(times - 1)],
            most: walls[(times * 99).div_ceil(100) - 1],
            cpu: cpu / count,
        }
    }
}

/// Takes numbers until there are no more; answers how long each request took.
fn work(client: &mut Client, next: &AtomicUsize, times: usize, asking: Asking<'_>) -> Vec<Duration> {
    let mut walls = Vec::new();
    loop {
        let n = next.fetch_add(1, Ordering::Relaxed);
        if n >= times {
            return walls;
        }
        let ask = asking(n);
        let began = Instant::now();
        let (status, body) = client.send(ask.method, &ask.path, ask.body.as_ref());
        walls.push(began.elapsed());
        assert_eq!(status, ask.status, "{} {}: {}", ask.method, ask.path, String::from_utf8_lossy(&body));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_tickets_are_looked_at_in_a_large_table_as_in_a_small_one() {
        for size in [150, 1_000, 16_667] {
            let numbers: Vec<_> = (0..size).map(|n| n.to_string()).collect();
            let mut seen: Vec<_> = (0..5_000).map(|n| one_of(&numbers, n)).collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), LOOKED_AT);
        }
    }
}
