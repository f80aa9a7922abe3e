//! A command on a ticket: load, let the domain decide, commit, answer; and again if somebody else was faster.
//!
//! A handler reads like this, and is about as long:
//!
//! ```text
//! while let Some(scene) = command.enter(&ports.store, Verb::Claim).await? {
//!     let request: ClaimRequest = scene.request()?;
//!     let change = scene.decide(|ticket, doing| ticket.claim(doing, request.take_over))?;
//!     let cue = scene.cue(StatusCode::OK);
//!     command.commit(&ports.store, cue, change).await?;
//! }
//! command.answer()
//! ```
//!
//! [`Command::enter`] answers 401, 400, 413, 415, 404, 429, 403, and 428 or 412 in that order, [`Scene::request`] 409 and
//! then 422, so that every route checks alike. [`Command::enter`] answers `None` once the command is settled: committed
//! now, or by the same command before.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use domain::access::{Access, Deed, access};
use domain::change::Change;
use domain::event::{Entry, Event};
use domain::file::File;
use domain::status::Verb;
use domain::ticket::{Doing, Refusal, Ticket};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::arrival::Arrival;
use store::commit::CommitError;
use store::count::Guess;
use store::receipt::{Receipt, Stub};
use store::{Reader, Writer};

use crate::call::{About, Call, Caller, etag};
use crate::edge::about;
use crate::problem::Problem;
use crate::view::ticket::{TicketView, served};

/// How often a command is decided again because somebody else was faster.
const TRIES: u32 = 6;

/// A command on one ticket, from its request to its answer.
#[derive(Debug)]
pub struct Command {
    call: Call,
    tries: u32,
    settled: Option<Settled>,
}

/// What a command led to.
#[derive(Debug)]
pub struct Settled {
    /// Who gave it.
    pub caller: Caller,
    /// The ticket as it is now.
    pub ticket: Ticket,
    /// Its description, and the files beside it.
    pub description: Option<Entry>,
    /// The event it wrote; `None` if it changed nothing, or if it was done before.
    pub event: Option<Event>,
    /// The receipt of the same command done before.
    pub replayed: Option<Receipt>,
}

/// A ticket in front of somebody who may act on it.
#[derive(Debug)]
pub struct Scene<'a> {
    /// Who.
    pub caller: Caller,
    /// The ticket as it is now.
    pub ticket: Ticket,
    /// When.
    pub at: Timestamp,
    /// How it woke, if the date that it was planned for has come and the clock has not noticed yet.
    woken: Option<Box<Change<Ticket>>>,
    description: Option<Entry>,
    stub: Option<Stub>,
    verb: Verb,
    call: &'a Call,
}

impl<S: Send + Sync> FromRequest<S> for Command {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let call = Call::from_request(request, state).await?;
        Ok(Self { call, tries: 0, settled: None })
    }
}

/// A ticket that the caller may see.
///
/// # Errors
/// 404 for a ticket that does not exist or is hidden, always the same; 429 after too many of them (H176).
pub async fn visible(reader: &Reader, caller: &Caller, ticket: Option<Ticket>) -> Result<Ticket, Problem> {
    let seen =
        ticket.filter(|ticket| access(&caller.actor, Deed::On(Verb::View, ticket, &caller.catalog)) != Access::Hidden);
    if let Some(ticket) = seen {
        about(&ticket.number);
        return Ok(ticket);
    }
    Err(hidden(reader, caller).await?)
}

/// What is said of something that does not exist or that the caller may not see: always the same, and counted.
///
/// # Errors
/// 401 for nobody; 503.
pub async fn hidden(reader: &Reader, caller: &Caller) -> Result<Problem, Problem> {
    let limit = reader.count_guess(Guess::Ticket, caller.person()?.id.as_str()).await?;
    Ok(limit.map_or_else(Problem::not_found, Problem::too_many))
}

impl Command {
    /// The request behind it.
    #[must_use]
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Loads the ticket for one more try; `None` once the command is settled.
    ///
    /// # Errors
    /// 401, 400, 413, 415, 404, 429, 403, 412 in this order; 428 for an edit without `If-Match`; 422 when its
    /// idempotency key was used for another body; 409 `contended` after six tries.
    pub async fn enter(&mut self, store: &Writer, verb: Verb) -> Result<Option<Scene<'_>>, Problem> {
        if self.settled.is_some() {
            return Ok(None);
        }
        if self.tries == TRIES {
            return Err(Problem::contended());
        }
        self.tries += 1;
        let reader = store.reader();
        let number = self.call.number();
        let stub = self.call.stub();
        let about = About { ticket: number.as_ref(), stub: readable(&stub), upload: None };
        // A key that cannot be read is told of only to somebody who may ask.
        let (caller, arrival) = self.call.arrive(reader, about).await?;
        let stub = stub?;
        let Arrival { ticket, description, receipt, .. } = arrival;
        let ticket = visible(reader, &caller, ticket).await?;
        if access(&caller.actor, Deed::On(verb, &ticket, &caller.catalog)) != Access::Granted {
            return Err(Problem::forbidden());
        }
        if let Some(receipt) = receipt {
            same_body(stub.as_ref(), &receipt)?;
            let replayed = Some(receipt);
            self.settled = Some(Settled { caller, ticket, description, event: None, replayed });
            return Ok(None);
        }
        match (self.call.if_match(), verb) {
            (if_match, Verb::Edit) => if_match.require(ticket.version)?,
            (if_match, _) => if_match.check(ticket.version)?,
        }
        let at = reader.now();
        let woken = ticket.woken_late(at, &caller.catalog).map(Box::new);
        Ok(Some(Scene { caller, ticket, at, woken, description, stub, verb, call: &self.call }))
    }

    /// Commits what was decided. When somebody else was faster, the next [`Command::enter`] loads the ticket again.
    ///
    /// # Errors
    /// 503 when the table is out of reach or too many transactions meet; 412 when the client named a version.
    pub async fn commit(&mut self, store: &Writer, cue: Cue, change: Option<Change<Ticket>>) -> Result<(), Problem> {
        let Cue { caller, ticket, woken, description, stub, status } = cue;
        let Some(change) = change else {
            self.settled = Some(Settled { caller, ticket, description, event: None, replayed: None });
            return Ok(());
        };
        let event = change.events.first().cloned();
        let seq = event.as_ref().map_or(0, |event| event.seq);
        let receipt =
            stub.as_ref().map(|stub| stub.receipt(status.as_u16(), ticket.number.to_string(), seq, change.at()));
        let change = match woken {
            Some(woken) => woken.then(change),
            None => change,
        };
        match store.commit(&change, stub.as_ref().zip(receipt.as_ref())).await {
            Ok(()) => {
                let description = description.map(|entry| change.entry_of(1, entry));
                self.settled = Some(Settled { caller, ticket: change.after, description, event, replayed: None });
                Ok(())
            }
            Err(CommitError::Raced | CommitError::Done) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// What the command led to.
    ///
    /// # Errors
    /// 409 if it is not settled, which would be a mistake of ours.
    pub fn settled(self) -> Result<Settled, Problem> {
        self.settled.ok_or_else(Problem::contended)
    }

    /// `200` with the ticket as it is afterwards.
    ///
    /// # Errors
    /// As [`Command::settled`].
    pub fn answer(self) -> Result<Response, Problem> {
        let settled = self.settled()?;
        let ticket = settled.view();
        Ok(settled.respond(StatusCode::OK, json!({ "ticket": ticket })))
    }
}

/// The stub of a command, if its idempotency key could be read.
pub fn readable(stub: &Result<Option<Stub>, Problem>) -> Option<&Stub> {
    stub.as_ref().ok().and_then(Option::as_ref)
}

/// For a command that was refused because of what it names: the same command, sent at the same moment, may be why, and
/// then it is not refused but done.
///
/// # Errors
/// The refusal, unless there is a receipt by now.
pub async fn unless_done(reader: &Reader, stub: Option<&Stub>, refusal: Problem) -> Result<(), Problem> {
    let receipt = match stub {
        Some(stub) => reader.receipt(stub).await?,
        None => None,
    };
    receipt.map(|_| ()).ok_or(refusal)
}

/// The same key must come with the same body.
///
/// # Errors
/// 422 `key_reused`.
pub fn same_body(stub: Option<&Stub>, receipt: &Receipt) -> Result<(), Problem> {
    if stub.is_some_and(|stub| stub.body_hash != receipt.body_hash) {
        let detail = "This Idempotency-Key was used for another request.";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", detail));
    }
    Ok(())
}

/// What a commit needs of a scene, once the domain has decided.
#[derive(Debug)]
pub struct Cue {
    caller: Caller,
    ticket: Ticket,
    woken: Option<Box<Change<Ticket>>>,
    description: Option<Entry>,
    stub: Option<Stub>,
    status: StatusCode,
}

impl Scene<'_> {
    /// Who does it, by which rules, and when.
    #[must_use]
    pub fn doing(&self) -> Doing<'_> {
        Doing { actor: &self.caller.actor, catalog: &self.caller.catalog, at: self.at }
    }

    /// The request, once the ticket's status allows the verb at all.
    ///
    /// # Errors
    /// 409, then 422.
    pub fn request<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let step = self.met().plain_step(self.verb, &self.caller.actor, &self.caller.catalog);
        self.met().permit(&self.doing(), self.verb, step).map_err(|refusal| self.refused(refusal))?;
        self.call.body.read()
    }

    /// The ticket as the verb meets it.
    fn met(&self) -> &Ticket {
        self.woken.as_ref().map_or(&self.ticket, |woken| &woken.after)
    }

    /// The files beside the ticket's description.
    #[must_use]
    pub fn files(&self) -> &[File] {
        self.description.as_ref().map(|entry| entry.files.as_slice()).unwrap_or_default()
    }

    /// A part of the path.
    ///
    /// # Errors
    /// 404 for what cannot be read.
    pub fn path<T, E>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<T, Problem> {
        self.call.path(name, parse)
    }

    /// For a `PATCH` that is no edit of the ticket itself: the client must name the version it read.
    ///
    /// # Errors
    /// 428, 412.
    pub fn require_version(&self) -> Result<(), Problem> {
        self.call.if_match().require(self.ticket.version)
    }

    /// Lets the domain decide.
    ///
    /// # Errors
    /// What a refusal means on the wire.
    pub fn decide<C>(&self, decide: impl FnOnce(&Ticket, &Doing<'_>) -> Result<C, Refusal>) -> Result<C, Problem> {
        decide(self.met(), &self.doing()).map_err(|refusal| self.refused(refusal))
    }

    /// What names the command, if it carries an idempotency key.
    #[must_use]
    pub fn stub(&self) -> Option<&Stub> {
        self.stub.as_ref()
    }

    /// Gives up the borrow of the request, so that the command can commit; the answer's status goes into the receipt.
    #[must_use]
    pub fn cue(self, status: StatusCode) -> Cue {
        let Self { caller, ticket, woken, description, stub, .. } = self;
        Cue { caller, ticket, woken, description, stub, status }
    }

    fn refused(&self, refusal: Refusal) -> Problem {
        let allowed = served(self.met(), &self.caller.actor, &self.caller.catalog);
        let status = self.met().status();
        match refusal {
            Refusal::Hidden => Problem::not_found(),
            Refusal::Forbidden { .. } => Problem::forbidden(),
            Refusal::Illegal { verb, from } => Problem::illegal(verb, from, &allowed),
            Refusal::HeldBy { holder } => Problem::conflict("held_by_another", "Somebody else handles this ticket.")
                .with("holder", json!({ "id": holder.id, "name": holder.name }))
                .with_state(status, &allowed),
            Refusal::NotHandled => {
                Problem::conflict("not_handled", "Nobody handles this ticket.").with_state(status, &allowed)
            }
            Refusal::AlreadyAnswered => {
                Problem::conflict("already_answered", "It has been answered and cannot be changed any more.")
                    .with_state(status, &allowed)
            }
            Refusal::Unfit(fields) => fields.into(),
        }
    }
}

impl Settled {
    /// The ticket for whoever gave the command.
    #[must_use]
    pub fn view(&self) -> TicketView {
        TicketView::new(&self.ticket, self.description.as_ref(), &self.caller.actor, &self.caller.catalog)
    }

    /// The sequence number of the event the command wrote, now or when it was first sent.
    #[must_use]
    pub fn seq(&self) -> u32 {
        let before = self.replayed.as_ref().map(|receipt| receipt.seq);
        self.event.as_ref().map(|event| event.seq).or(before).unwrap_or_default()
    }

    /// An answer with the ticket's `ETag`, and the mark of a replay if it is one.
    #[must_use]
    pub fn respond(&self, status: StatusCode, body: Value) -> Response {
        versioned(status, self.ticket.version, self.replayed.is_some(), body)
    }
}

/// Where something new is.
#[must_use]
pub fn located(mut response: Response, location: &str) -> Response {
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// An answer about something with a version: its `ETag`, and the mark of a replay.
#[must_use]
pub fn versioned(status: StatusCode, version: u64, replayed: bool, body: Value) -> Response {
    let mut response = (status, axum::Json(body)).into_response();
    let headers = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::ETAG, &etag(version));
    if replayed {
        set(http::HeaderName::from_static("idempotency-replayed"), "true");
    }
    response
}
