//! What a function may write, and how each of it is asked for.

use domain::change::Change;
use domain::contact::EmailAddress;
use domain::file::Upload;
use domain::file::submission::{Reserving, TooManyFiles};
use domain::id::PersonId;
use domain::number::TicketNumber;
use domain::person::Person;
use domain::reset::Redeemed;
use jiff::Timestamp;

use crate::Reader;
use crate::alarm::{self, Failed};
use crate::commit::{self, CommitError};
use crate::count::{self, TooMany};
use crate::digest::{self, Hour, Place};
use crate::error::StoreError;
use crate::notification::{self, Claim, Notification, Outcome};
use crate::receipt::{Receipt, Stub};
use crate::session::{self, Pair, Token};
use crate::upload::{self, Settled};

/// What a function may read and write.
#[derive(Clone, Debug)]
pub struct Writer {
    reader: Reader,
}

impl Writer {
    /// Writes where this reader reads.
    #[must_use]
    pub fn new(reader: Reader) -> Self {
        Self { reader }
    }

    /// Its reading half.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Commits a change, with the receipt of its command if it carried an idempotency key.
    ///
    /// # Errors
    /// [`CommitError`]: nothing was written.
    #[expect(private_bounds, reason = "what can be committed is decided here: Ticket, Person, Catalog, Reset")]
    pub async fn commit<T: commit::Committed>(
        &self,
        change: &Change<T>,
        receipt: Option<(&Stub, &Receipt)>,
    ) -> Result<(), CommitError> {
        commit::commit(&self.reader.table, &*self.reader.ids, change, receipt).await
    }

    /// Commits a password that was set by a reset: the reset is spent and the password is another, or neither.
    ///
    /// # Errors
    /// [`CommitError`]: nothing was written.
    pub async fn redeem(&self, redeemed: &Redeemed) -> Result<(), CommitError> {
        commit::redeem(&self.reader.table, &*self.reader.ids, redeemed).await
    }

    /// Signs a person in, as the person was when the password was looked at: it counts for nothing if everybody has been
    /// signed out since.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_session(&self, person: &Person) -> Result<Pair, StoreError> {
        session::open(&self.reader.table, &*self.reader.ids, person, self.reader.now()).await
    }

    /// The next pair of tokens for a refresh token of a person; `None` if it does not count.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refresh_session(&self, token: &Token, person: &Person) -> Result<Option<Pair>, StoreError> {
        session::refresh(&self.reader.table, &*self.reader.ids, token, person, self.reader.now()).await
    }

    /// Ends the sign-in that a token belongs to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_session(&self, token: &Token) -> Result<(), StoreError> {
        session::end(&self.reader.table, token).await
    }

    /// Reserves a slot for a file; `Err` inside when none is free.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reserve(&self, reserving: Reserving) -> Result<Result<Upload, TooManyFiles>, StoreError> {
        upload::reserve(&self.reader.table, &*self.reader.ids, reserving).await
    }

    /// Says what became of an upload that was reserved.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settle_upload(&self, upload: &Upload) -> Result<Settled, StoreError> {
        upload::settle(&self.reader.table, &*self.reader.ids, upload).await
    }

    /// Counts bytes that a person wants to upload today; `Some` when it is too much for a day, and then they do not count.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_bytes(
        &self,
        person: &PersonId,
        bytes: u64,
        at: Timestamp,
    ) -> Result<Option<TooMany>, StoreError> {
        count::count_bytes(&self.reader.table, person.as_str(), bytes, at).await
    }

    /// Takes bytes back that were counted at a moment and will not be sent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forgive_bytes(&self, person: &PersonId, bytes: u64, at: Timestamp) -> Result<(), StoreError> {
        count::forgive_bytes(&self.reader.table, person.as_str(), bytes, at).await
    }

    /// Notes that an alarm could not be acted on; answers how often that was so. After five times it rings no more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fail_alarm(&self, ticket: &TicketNumber, why: &str) -> Result<Failed, StoreError> {
        alarm::fail(&self.reader.table, ticket, why).await
    }

    /// Claims a notification before it is sent to an address.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim(&self, notification: &Notification, to: &EmailAddress) -> Result<Claim, StoreError> {
        notification::claim(&self.reader.table, &*self.reader.ids, notification, to, self.reader.now()).await
    }

    /// Says that a claimed notification was not taken, why, and from when on it may be tried again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_off(&self, notification: &Notification, until: Timestamp, why: &str) -> Result<(), StoreError> {
        notification::put_off(&self.reader.table, notification, (until, why), self.reader.now()).await
    }

    /// Says that the answer to a claimed notification was lost.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn leave_open(&self, notification: &Notification, why: &str) -> Result<(), StoreError> {
        notification::leave_open(&self.reader.table, notification, why, self.reader.now()).await
    }

    /// Says how a notification ended; answers whether that was news.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settle(&self, notification: &Notification, outcome: &Outcome) -> Result<bool, StoreError> {
        notification::settle(&self.reader.table, notification, outcome, self.reader.now()).await
    }

    /// Takes the carrier's word that it took a mail, under this id, whose answer nobody has; answers whether that was news.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn confirm(&self, notification: &Notification, id: &str) -> Result<bool, StoreError> {
        notification::confirm(&self.reader.table, notification, id, self.reader.now()).await
    }

    /// Takes the carrier's word that the mail of this id did not arrive, or was not wanted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn deny(&self, notification: &Notification, id: &str, why: &str) -> Result<(), StoreError> {
        notification::deny(&self.reader.table, notification, (id, why), self.reader.now()).await
    }

    /// Sees to it that no mail goes to an address any more; answers whether that was news.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn suppress(&self, address: &EmailAddress, why: &str) -> Result<bool, StoreError> {
        notification::suppress(&self.reader.table, address, why, self.reader.now()).await
    }

    /// Takes a place of somebody's hour for a mail that is one of many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_place(&self, person: &PersonId, hour: Hour) -> Result<Place, StoreError> {
        digest::take_place(&self.reader.table, person, hour).await
    }

    /// Notes that the digest of somebody's hour was said.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_said(&self, person: &PersonId, hour: Hour) -> Result<(), StoreError> {
        digest::note_said(&self.reader.table, person, hour).await
    }

    /// Leaves a claimed notification to the digest of an hour.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold(&self, notification: &Notification, hour: Hour) -> Result<(), StoreError> {
        // In this order a sender that dies in between leaves a pointer to what is not held, which the digest passes over.
        digest::keep(&self.reader.table, notification, hour).await?;
        notification::hold(&self.reader.table, notification, hour, self.reader.now()).await
    }

    /// Settles a notification that a digest has told.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release(&self, notification: &Notification, outcome: &Outcome) -> Result<(), StoreError> {
        notification::release(&self.reader.table, notification, outcome, self.reader.now()).await
    }
}
