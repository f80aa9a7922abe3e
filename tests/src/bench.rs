//! What a function takes when it runs as on Lambda: as a process of its own that polls for work, with AWS behind TLS.
//!
//! The process is given a stand-in for Lambda's runtime API and, as AWS, the services of a desk in memory on a TLS
//! port. Both are in this process, so what the kernel's accounts say of the other one is the function's own share and
//! nothing else. What they cannot show is the network, Amazon's longer chain of certificates, and a fraction of a
//! processor.

mod aws;
mod events;
mod lambda;
mod process;
mod report;
mod size;
mod stage;
mod tasks;

use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use serde_json::Value;
use tokio::task::JoinSet;

pub use report::report;
use size::Size;
pub use size::how_it_is_zipped;
use stage::Stage;
use tasks::{Sort, Task};

/// How often a function is started.
const STARTS: usize = 15;

/// How often a task is done before it is measured.
const WARM_UP: usize = 20;

/// How often a task is measured.
const TIMES: usize = 200;

/// After how many requests memory is looked at again.
const REQUESTS: usize = 1_000;

/// What was found of one function.
#[derive(Debug)]
pub struct Figures {
    name: String,
    size: Size,
    /// Each start, with the first request after it.
    starts: Vec<Start>,
    tasks: Vec<Done>,
    /// Resident memory after [`REQUESTS`], in KiB.
    memory: u64,
}

/// One start, up to the first poll for work.
#[derive(Debug)]
struct Start {
    cpu: Duration,
    wall: Duration,
    /// Resident memory then, in KiB.
    memory: u64,
    /// TLS connections that were open by then.
    connections: usize,
    /// The first request, if there is anything that the function is asked.
    first: Option<Pass>,
}

/// One request, from the event to the next poll.
#[derive(Clone, Copy, Debug)]
struct Pass {
    cpu: Duration,
    /// From the event to its answer.
    wall: Duration,
    /// Requests to AWS.
    calls: usize,
    /// Requests to AWS that said of which trace they were part.
    traced: usize,
}

/// A task that was done many times by a warm function.
#[derive(Debug)]
struct Done {
    name: &'static str,
    sort: Sort,
    passes: Vec<Pass>,
}

/// The functions that were built into a folder, in the order of the template.
///
/// # Panics
/// When the template cannot be read.
#[must_use]
pub fn built(folder: &Path) -> Vec<String> {
    let names = stage::template().functions.into_iter().map(|function| function.name);
    names.filter(|name| binary(folder, name).is_file()).collect()
}

fn binary(folder: &Path, name: &str) -> PathBuf {
    folder.join(name).join("bootstrap")
}

/// Measures one function on a desk of its own.
///
/// # Panics
/// When a function does not start, or answers otherwise than it should.
pub async fn weigh(folder: &Path, name: &str) -> Figures {
    let binary = binary(folder, name);
    let stage = Box::pin(Stage::open(&binary, name)).await;
    let mut tasks = Box::pin(tasks::of(&stage, name)).await;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(start(&stage, tasks.first_mut()).await);
    }
    let (done, memory) = work(&stage, &mut tasks).await;
    Figures { name: name.to_owned(), size: Size::of(&binary), starts, tasks: done, memory }
}

/// A new process, its first request, and its end.
async fn start(stage: &Stage, task: Option<&mut Task>) -> Start {
    let before = stage.aws.seen();
    let (mut sandbox, wall) = stage.sandbox().await;
    let (cpu, memory) = (sandbox.process.cpu().total(), sandbox.process.memory());
    let connections = stage.aws.seen().connections - before.connections;
    let first = match task {
        Some(task) => Some(sandbox.pass(stage, task).await),
        None => None,
    };
    Start { cpu, wall, memory, connections, first }
}

/// Everything that the function is for, by one process; then the first task again, until it has done enough for its
/// memory to be looked at.
async fn work(stage: &Stage, tasks: &mut [Task]) -> (Vec<Done>, u64) {
    let (mut sandbox, _) = stage.sandbox().await;
    let mut requests = 0;
    let mut done = Vec::new();
    for task in tasks.iter_mut() {
        let times = task.times;
        for _ in 0..task.warm_up {
            sandbox.pass(stage, task).await;
        }
        let mut passes = Vec::with_capacity(times);
        for _ in 0..times {
            passes.push(sandbox.pass(stage, task).await);
        }
        requests += task.warm_up + times;
        done.push(Done { name: task.name, sort: task.sort, passes });
    }
    if let Some(task) = tasks.first_mut() {
        for _ in requests..REQUESTS {
            sandbox.pass(stage, task).await;
        }
    }
    (done, sandbox.process.memory())
}

/// A function that runs, and the Lambda that it polls.
struct Sandbox {
    process: process::Process,
    lambda: lambda::Lambda,
}

impl Sandbox {
    /// Has a task done once.
    async fn pass(&mut self, stage: &Stage, task: &mut Task) -> Pass {
        let (cpu, seen) = (self.process.cpu(), stage.aws.seen());
        let (answer, wall) = self.lambda.invoke(task.event()).await;
        let (cpu, now) = (self.process.cpu().since(&cpu), stage.aws.seen());
        assert!(is_good(&answer), "{}: {answer}", task.name);
        Pass { cpu, wall, calls: now.requests - seen.requests, traced: now.traced - seen.traced }
    }
}

/// Whether an answer says that all went well: the status of an HTTP request, or a batch of which nothing failed.
fn is_good(answer: &Value) -> bool {
    match answer["statusCode"].as_u64() {
        Some(status) => (200..300).contains(&status),
        None => answer["batchItemFailures"].as_array().is_some_and(Vec::is_empty),
    }
}

/// A server of this process; it takes no more connections once this is dropped.
type Serving = JoinSet<()>;

fn serve<L: Listener<Addr: std::fmt::Debug>>(listener: L, router: Router) -> Serving {
    let mut serving = JoinSet::new();
    serving.spawn(async move { drop(axum::serve(listener, router).await) });
    serving
}
