//! Proofs: what the desk claims, held against what nobody could get wrong, in as many random cases as one has time for.
//!
//! `cargo test` runs each with a few cases and a new seed every time; `cargo run --release -p tests --bin prove` runs them
//! with many. A seed always gives the same cases. A case that fails is made as small as it can be, and printed.

pub mod alarms;
pub mod calendars;
pub mod histories;
pub mod punctual;
mod queue;
pub(crate) mod stage;

use std::cell::Cell;
use std::fmt;

use domain::world::Ids;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use runtime::world::RandomIds;

/// What a proof has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many cases it tried.
    pub cases: u64,
    /// How often it compared.
    pub compared: u64,
    /// How often it could not, because the slow way does not reach as far.
    pub skipped: u64,
}

/// A seed that nobody has tried yet.
#[must_use]
pub fn fresh_seed() -> u64 {
    RandomIds.bytes().iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte))
}

/// Whether a case holds.
type Verdict = Result<(), TestCaseError>;

/// Counts while cases are tried.
#[derive(Debug, Default)]
struct Counter(Cell<Tally>);

impl Counter {
    fn case(&self) {
        self.0.update(|tally| Tally { cases: tally.cases + 1, ..tally });
    }

    fn skip(&self) {
        self.0.update(|tally| Tally { skipped: tally.skipped + 1, ..tally });
    }

    /// Whether what was found is what is due.
    fn same<T: PartialEq + fmt::Debug>(&self, what: &str, found: &T, due: &T) -> Verdict {
        self.0.update(|tally| Tally { compared: tally.compared + 1, ..tally });
        if found == due { Ok(()) } else { Err(TestCaseError::fail(format!("{what}: {found:?}, but due is {due:?}"))) }
    }
}

/// Tries as many cases of a kind as are asked for, always the same for one seed.
fn prove<S: Strategy>(cases: u32, seed: u64, kind: &S, holds: impl Fn(&S::Value, &Counter) -> Verdict) -> Tally {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 5_000, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let counter = Counter::default();
    let outcome = runner.run(kind, |case| {
        counter.case();
        holds(&case, &counter)
    });
    if let Err(failure) = outcome {
        panic!("seed {seed}: {failure}");
    }
    counter.0.get()
}
