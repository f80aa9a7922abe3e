//! Sight: the most urgent of what is left to do in many queues, merged while it is read.
//!
//! What was read of a queue and is not taken yet is kept for later, so that no row is read twice.

use std::collections::VecDeque;

use domain::status::Status;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use store::item::Row;
use store::list::{Filter, Index, Listing, Position, Source, Test};
use store::{Reader, StoreError};
use web::problem::Problem;

/// How many of the most urgent tickets are looked at.
const FARTHEST: usize = 500;

/// The fewest rows that are read of a queue at once: fewer would cost as much.
const FEWEST: usize = 10;

/// The most urgent tickets that somebody answers for, read once for every queue that is made of some of them.
pub(super) struct Sight {
    /// They, most urgent first.
    pub(super) rows: Vec<Row>,
    /// Whether there are more.
    pub(super) more: bool,
}

impl Sight {
    /// Looks at the partitions of some queues.
    ///
    /// # Errors
    /// 503 when the table is out of reach.
    pub(super) async fn look(reader: &Reader, partitions: Vec<String>) -> Result<Self, Problem> {
        let share = (FARTHEST / partitions.len().max(1)).max(FEWEST);
        let mut lanes: Vec<_> = partitions.into_iter().map(|partition| Lane::of(partition, share)).collect();
        let mut rows = Vec::new();
        while rows.len() < FARTHEST && lanes.iter().any(Lane::goes_on) {
            try_join_all(lanes.iter_mut().filter(|lane| lane.is_dry()).map(|lane| lane.fill(reader))).await?;
            while rows.len() < FARTHEST
                && let Some(row) = most_urgent(&mut lanes)
            {
                rows.push(row);
            }
        }
        Ok(Self { rows, more: lanes.iter().any(Lane::goes_on) })
    }
}

/// Takes the most urgent row that is offered; `None` once a lane that goes on has run dry, and at the end.
fn most_urgent(lanes: &mut [Lane]) -> Option<Row> {
    if lanes.iter().any(Lane::is_dry) {
        return None;
    }
    let offering = lanes.iter_mut().filter(|lane| !lane.offers.is_empty());
    offering.min_by_key(|lane| lane.order()).and_then(|lane| lane.offers.pop_front())
}

/// One queue, as far as it was read.
struct Lane {
    partition: String,
    offers: VecDeque<Row>,
    after: Option<Position>,
    ended: bool,
    /// How many rows are read next: of what is asked for again, there is much.
    limit: usize,
}

impl Lane {
    fn of(partition: String, limit: usize) -> Self {
        Self { partition, offers: VecDeque::new(), after: None, ended: false, limit }
    }

    fn is_dry(&self) -> bool {
        self.offers.is_empty() && !self.ended
    }

    fn goes_on(&self) -> bool {
        !self.offers.is_empty() || !self.ended
    }

    /// Where its first row stands among those of others: queues are sorted so.
    fn order(&self) -> Option<(u8, Timestamp)> {
        self.offers.front().map(|row| (row.priority.rank(), row.created_at))
    }

    /// Reads on until it has something to offer, or ends.
    async fn fill(&mut self, reader: &Reader) -> Result<(), StoreError> {
        while self.is_dry() {
            let source = Source::Index(Index::Group, vec![self.partition.clone()]);
            let filters = vec![left_to_do()];
            let listing = Listing { source, filters, ascending: true, limit: self.limit, after: self.after.take() };
            let page = reader.list(&listing).await?;
            self.offers.extend(page.items);
            self.ended = page.next.is_none();
            self.after = page.next;
            self.limit = (2 * self.limit).min(FARTHEST);
        }
        Ok(())
    }
}

/// What is solved waits for its requester, and fills no queue of the desk.
fn left_to_do() -> Filter {
    let unsolved = Status::ALL.into_iter().filter(|status| status.is_live() && !status.is_done());
    Filter { attribute: "status", test: Test::OneOf(unsolved.map(|status| status.name().to_owned()).collect()) }
}
