//! The timeline of a ticket: its events, from either end, page by page.

use domain::number::TicketNumber;
use domain::ticket::Ticket;

use crate::error::StoreError;
use crate::item::{Told, read_event, text};
use crate::keys::Key;
use crate::table::{Table, attributes};

/// The most bytes of text in one stretch.
const MOST_BYTES: usize = 500_000;

/// A stretch of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Oldest first.
    pub ascending: bool,
    /// Behind this event, in that direction; 0 is the beginning of the stretch.
    pub after: u32,
    /// At most this many.
    pub limit: u32,
}

/// Events of a stretch, and where it goes on.
#[derive(Clone, Debug)]
pub struct Stretched {
    /// In the order asked for.
    pub told: Vec<Told>,
    /// The event behind which it goes on; `None` at the end.
    pub next: Option<u32>,
}

impl Stretched {
    /// Whether nothing is missing between the events, the newest is the ticket's, and the texts are those of today.
    fn is_whole(&self, stretch: Stretch, ticket: &Ticket) -> bool {
        let newest = ticket.last_seq;
        let as_new = self.told.iter().all(|told| told.is_as_new_as(ticket.last_rewrite.as_ref()));
        let seqs = || self.told.iter().map(|told| told.event.seq);
        let gapless = seqs().zip(seqs().skip(1)).all(|(one, next)| one.abs_diff(next) == 1);
        let starts = match (stretch.ascending, stretch.after) {
            (true, after) => seqs().next() == Some(after + 1) || after >= newest,
            (false, 0) => seqs().next() == Some(newest),
            (false, after) => seqs().next() == Some(after - 1) || after <= 1,
        };
        let ends = self.next.is_some() || seqs().next_back() == Some(if stretch.ascending { newest } else { 1 });
        as_new && gapless && starts && (ends || seqs().next().is_none())
    }
}

/// A stretch that shows everything the ticket's head knows of: read cheaply first, and consistently if it does not.
///
/// Sequence numbers have no gaps, so what is missing shows; the head knows which text was replaced last.
pub(crate) async fn stretch(table: &Table, ticket: &Ticket, stretch: Stretch) -> Result<Stretched, StoreError> {
    let cheap = query(table, &ticket.number, stretch, false).await?;
    if cheap.is_whole(stretch, ticket) { Ok(cheap) } else { query(table, &ticket.number, stretch, true).await }
}

async fn query(
    table: &Table,
    ticket: &TicketNumber,
    stretch: Stretch,
    consistent: bool,
) -> Result<Stretched, StoreError> {
    let pk = Key::ticket(ticket).pk;
    let start = (stretch.after > 0).then(|| attributes(&Key::event(&pk, stretch.after)));
    let request = table
        .client
        .query()
        .table_name(&table.name)
        .key_condition_expression("pk = :pk AND begins_with(sk, :events)")
        .expression_attribute_values(":pk", text(&pk))
        .expression_attribute_values(":events", text("E#"))
        .scan_index_forward(stretch.ascending)
        .consistent_read(consistent)
        .limit(i32::try_from(stretch.limit).unwrap_or(100))
        .set_exclusive_start_key(start);
    let answer = request.send().await.map_err(StoreError::of)?;
    let mut told = answer.items.unwrap_or_default().into_iter().map(read_event).collect::<Result<Vec<_>, _>>()?;
    let fits = fitting(&told);
    let goes_on = answer.last_evaluated_key.is_some() || fits < told.len();
    told.truncate(fits);
    let next = told.last().filter(|_| goes_on).map(|last| last.event.seq);
    Ok(Stretched { told, next })
}

/// How many events fit: texts are stored deflated, so a page of the table may be more than an answer can carry.
fn fitting(told: &[Told]) -> usize {
    let mut bytes = 0;
    let sizes = told.iter().map(|told| told.event.body.as_ref().map_or(0, |body| body.as_str().len()));
    let fit = sizes.take_while(|size| {
        bytes += size;
        bytes <= MOST_BYTES
    });
    fit.count().max(1)
}

/// One event, as it is now.
pub(crate) async fn event(table: &Table, ticket: &TicketNumber, seq: u32) -> Result<Option<Told>, StoreError> {
    let key = Key::event(&Key::ticket(ticket).pk, seq);
    table.get(&key, true).await?.map(read_event).transpose()
}
