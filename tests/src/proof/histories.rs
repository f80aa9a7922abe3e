//! Histories: a few people use a desk while its services falter.
//!
//! A checker that knows what they said compares it with what the desk holds and has sent. Nothing may be lost, and nothing
//! may be there twice.
//!
//! A history has a fresh desk in memory, four people who act at the same time, and a climate drawn from its seed: requests
//! that are throttled, that meet others, that are answered five seconds late or never; queues that are away for ten
//! minutes, a carrier that refuses for up to half an hour or loses answers. Whoever gets no definite answer says the same
//! again under the same key, and at last gives up. Then the weather clears, an hour passes, and everything is looked at.
//!
//! Time is the runtime's own and stands still while there is work, so timeouts and pauses take none. A seed gives the same
//! people, wishes and odds; threads and the random pauses of the SDK interleave them anew every time.

mod checker;
mod clients;
mod climate;
mod dice;

use std::cell::Cell;
use std::fmt::Write;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::world::Clock;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use local::clock::ManualClock;
use local::desk::Desk;

use self::checker::check;
use self::clients::{Ended, Room, clients};
use self::climate::Climate;
pub use self::climate::Met;
use self::dice::Dice;
use super::stage;

/// When every history begins: a Monday morning.
const OPENED: &str = "2026-03-02T09:00:00Z";

/// How far the desk's clock goes on at a time while people act.
const STEP: Duration = Duration::from_secs(20);

/// The same when they have finished, and only bad weather is waited for.
const LONG_STEP: Duration = Duration::from_mins(2);

/// How much later the stream is tried again while the queues are away: ten tries are all it has.
const AGAIN: SignedDuration = SignedDuration::from_mins(2);

/// How many minutes pass, in steps, once the weather has cleared: what is put off is put off for a quarter of an hour at
/// most, and then for another.
const AFTERWARDS: [i64; 5] = [1, 16, 16, 16, 16];

/// A history that takes longer than this, by its own time, would never end.
const LONGEST: Duration = Duration::from_hours(4);

/// What happened in one history, or in many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many histories there were.
    pub histories: u64,
    /// How many commands people gave.
    pub commands: u64,
    /// To how many the desk said that they are done.
    pub acknowledged: u64,
    /// How many it refused.
    pub refused: u64,
    /// How many were given up without an answer.
    pub given_up: u64,
    /// How many events the tables hold.
    pub events: u64,
    /// How many notices were due.
    pub notices: u64,
    /// How many mails went out for them.
    pub mails: u64,
    /// How many notices went out twice, because nobody could know that they had gone out.
    pub doubled: u64,
    /// What befell requests.
    pub met: Met,
}

impl Outcome {
    fn add(&mut self, other: &Self) {
        self.histories += other.histories;
        self.commands += other.commands;
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.given_up += other.given_up;
        self.events += other.events;
        self.notices += other.notices;
        self.mails += other.mails;
        self.doubled += other.doubled;
        self.met.add(&other.met);
    }
}

/// Lets so many histories happen; the first has this seed, each other one the next.
///
/// # Panics
/// When something was lost or is there twice: with the seed, the weather, what was said, and what is wrong.
#[must_use]
pub fn histories(count: u32, seed: u64) -> Outcome {
    let next = AtomicU32::new(0);
    let work = || -> Result<Outcome, String> {
        let mut sum = Outcome::default();
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= count {
                return Ok(sum);
            }
            let outcome = history(seed.wrapping_add(u64::from(n)));
            // Nobody begins another one once one has failed.
            sum.add(&outcome.inspect_err(|_why| next.store(count, Ordering::Relaxed))?);
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut sum = Outcome::default();
    for outcome in outcomes {
        sum.add(&outcome.unwrap_or_else(|why| panic!("{why}")));
    }
    sum
}

/// Lets one history happen.
///
/// # Errors
/// What is wrong with it, at length.
pub fn history(seed: u64) -> Result<Outcome, String> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    let runtime = built.map_err(|error| error.to_string())?;
    let told = runtime.block_on(async { tokio::time::timeout(LONGEST, Box::pin(story(seed))).await });
    told.unwrap_or_else(|_late| Err("it does not end".to_owned()))
        .map_err(|why| format!("history of seed {seed}: {why}"))
}

/// What a history takes place on.
struct Ground {
    desk: Desk,
    clock: ManualClock,
    climate: Arc<Climate>,
}

async fn story(seed: u64) -> Result<Outcome, String> {
    let clock = ManualClock::at(OPENED.parse().unwrap());
    let desk = stage::desk(Arc::new(clock.clone())).await;
    // A message that failed would come again by the machine's time.
    desk.hide_failed(0).await.unwrap();
    let mut dice = Dice::new(seed);
    let climate = Arc::new(Climate::drawn(&mut dice, &clock));
    let clients = clients(&desk, &mut dice).await;
    let ground = Ground { desk, clock, climate };
    let above = Arc::clone(&ground.climate);
    ground.desk.weather.befall(move |call| above.fate(call));
    let (room, done) = (Room::default(), Cell::new(false));
    let acting = async {
        join_all(clients.into_iter().map(|client| client.act(&room))).await;
        done.set(true);
    };
    tokio::join!(acting, ground.carry(&done));
    ground.clear_up().await?;
    let mut outcome = Outcome { histories: 1, met: ground.climate.met(), ..Outcome::default() };
    let wrong = check(&ground.desk, &ground.climate, &room, &mut outcome).await;
    count(&room, &mut outcome);
    if wrong.is_empty() { Ok(outcome) } else { Err(report(&ground.climate, &room, &wrong)) }
}

impl Ground {
    /// Carries events and messages while people act and until every spell of bad weather is over.
    async fn carry(&self, done: &Cell<bool>) {
        let mut tried = Timestamp::MIN;
        while !(done.get() && self.climate.is_over()) {
            let now = self.clock.now();
            if !self.climate.queues_are_away() || now.duration_since(tried) >= AGAIN {
                tried = now;
                // What could not be carried now is carried later.
                drop(self.desk.settle().await);
            }
            let step = if done.get() { LONG_STEP } else { STEP };
            tokio::time::sleep(step).await;
            self.clock.advance(SignedDuration::try_from(step).unwrap());
        }
    }

    /// The weather clears, and everything that is still to happen happens.
    async fn clear_up(&self) -> Result<(), String> {
        self.climate.clear();
        for minutes in AFTERWARDS {
            self.clock.advance(SignedDuration::from_mins(minutes));
            self.desk.settle().await.map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

fn count(room: &Room, outcome: &mut Outcome) {
    for said in room.journal.borrow().iter() {
        outcome.commands += 1;
        match said.ended {
            Ended::Acknowledged => outcome.acknowledged += 1,
            Ended::Refused(_) => outcome.refused += 1,
            Ended::GivenUp => outcome.given_up += 1,
        }
    }
}

fn report(climate: &Climate, room: &Room, wrong: &[String]) -> String {
    let mut text = format!("{climate}\n");
    for said in room.journal.borrow().iter() {
        writeln!(text, "  {said}").unwrap();
    }
    text.push_str("What is wrong:\n");
    for difference in wrong {
        writeln!(text, "  {difference}").unwrap();
    }
    text
}
