//! Prints what operations cost through the HTTP door, on a table in memory: CPU and wall time, units of the table.
//!
//! `cargo run --release -p tests --bin measure`

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark stops where it goes wrong")]
#![expect(clippy::print_stdout, reason = "figures are printed")]

use std::time::{Duration, Instant};

use files::samples::films::mp4;
use files::samples::pictures::jpeg_of;
use serde_json::{Value, json};
use tests::{Desk, Parcel, Person, a_ticket};

/// How often each operation is done.
const TIMES: u32 = 500;

#[tokio::main]
async fn main() {
    let desk = Desk::open().await;
    let (rita, ned) = (desk.sign_in("rita").await, desk.sign_in("ned").await);
    weigh(&desk, &rita).await;
    let number = rita.opens_a_ticket().await;
    for _ in 0..200 {
        rita.opens_a_ticket().await;
    }
    desk.settle().await;
    println!(
        "{:<10} {:>10} {:>10} {:>10} {:>12} {:>12}",
        "operation", "cpu ms", "median ms", "min ms", "write units", "read units"
    );
    let create = || async { rita.post("/v1/tickets", &usual()).await.expect(201) };
    figures(&desk, "create", create).await;
    let body = json!({ "body": "The quick brown fox jumps over the lazy dog. ".repeat(10) });
    let comment = || async { ned.does("comments", &number, &body).await.expect(201) };
    figures(&desk, "comment", comment).await;
    let list = || async { rita.get("/v1/tickets?requester_id=me").await.expect(200) };
    figures(&desk, "list 25", list).await;
    let shown = fresh(&rita, &ned).await;
    let show = || async { rita.get(&format!("/v1/tickets/{shown}")).await.expect(200) };
    figures(&desk, "show", show).await;
    let page = || async { rita.get(&format!("/v1/tickets/{shown}?include=comments")).await.expect(200) };
    figures(&desk, "show + 20", page).await;
    desk.close().await;
}

/// Prints what it takes to look at files that were sent, and to keep what may be delivered of them: processor time of the
/// process, the bucket's own share included.
async fn weigh(desk: &Desk, rita: &Person) {
    println!("{:<12} {:>10} {:>10}", "complete", "cpu ms", "wall ms");
    for (name, parcel) in [
        ("jpeg 10 MiB", Parcel::new("a", "a.jpg", "image/jpeg", noted(&jpeg_of(10 * MIB - 100))).by("svc_counters")),
        ("mp4 100 MiB", Parcel::new("b", "b.mp4", "video/mp4", film(100 * MIB)).by("svc_counters")),
    ] {
        let upload = desk.sent(rita, &parcel).await;
        drop(parcel);
        let (cpu, began) = (cpu_time(), Instant::now());
        rita.completes(&upload).await;
        desk.settle().await;
        let (cpu, wall) = (cpu_time().saturating_sub(cpu), began.elapsed());
        let state = rita.completes(&upload).await.expect(200).json["upload"]["state"].clone();
        println!("{name:<12} {:>10} {:>10}   {state}", millis(cpu), millis(wall));
    }
    println!();
}

const MIB: usize = 1024 * 1024;

/// A JPEG with a comment, which is left out: so it is written anew.
fn noted(jpeg: &[u8]) -> Vec<u8> {
    let (start, rest) = jpeg.split_at(2);
    [start, &[0xFF, 0xFE, 0x00, 0x06], b"note", rest].concat()
}

/// A film of this size, with a box at its end that is blanked.
fn film(size: usize) -> Vec<u8> {
    let mut film = mp4();
    let free = u32::try_from(size - film.len()).unwrap();
    film.extend(free.to_be_bytes());
    film.extend(b"uuid");
    film.resize(size, 7);
    film
}

/// A ticket with texts of one kilobyte.
fn usual() -> Value {
    let mut ticket = a_ticket();
    ticket["description"] = json!("Since this morning nothing connects, and the lamp on the box is red. ".repeat(14));
    ticket
}

/// A ticket with twenty comments.
async fn fresh(rita: &Person, ned: &Person) -> String {
    let number = rita.opens_a_ticket().await;
    for comment in 0..20 {
        let person = if comment % 2 == 0 { ned } else { rita };
        person.does("comments", &number, &json!({ "body": "The lamp is still red. ".repeat(20) })).await.expect(201);
    }
    number
}

async fn figures<F: Future<Output = tests::Answer>>(desk: &Desk, name: &str, operation: impl Fn() -> F) {
    for _ in 0..20 {
        operation().await;
    }
    desk.desk.table.meter.start();
    operation().await;
    let units = desk.desk.table.meter.stop();
    let mut walls = Vec::new();
    let cpu = cpu_time();
    for _ in 0..TIMES {
        let began = Instant::now();
        operation().await;
        walls.push(began.elapsed());
    }
    let cpu = cpu_time().saturating_sub(cpu) / TIMES;
    walls.sort();
    let median = walls[walls.len() / 2];
    println!(
        "{name:<10} {:>10} {:>10} {:>10} {:>12} {:>12}",
        millis(cpu),
        millis(median),
        millis(walls[0]),
        units.write,
        units.read
    );
}

fn millis(time: Duration) -> String {
    format!("{}.{:03}", time.as_micros() / 1000, time.as_micros() % 1000)
}

/// User and system time of this process so far, from the kernel's own accounts.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}
