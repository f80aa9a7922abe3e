//! Open: a ticket comes to be (S1.14–S1.17, S2.22, S4.15), for oneself or, by an agent, for somebody else (S0.24).

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use domain::access::{Access, Deed, access};
use domain::contact::{EmailAddress, PhoneNumber};
use domain::event::{Entry, Event};
use domain::field::{Fields, Invalid};
use domain::file::enclosing::Enclosed;
use domain::id::{PersonId, UploadId};
use domain::number::TicketNumber;
use domain::text::Name;
use domain::ticket::opening::{Intake, MOST_CC, Opening};
use domain::ticket::{Refusal, Ticket, opening};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use store::commit::CommitError;
use store::receipt::{Receipt, Stub};
use utoipa::ToSchema;
use web::call::{About, Call, Caller};
use web::command::{located, readable, same_body, unless_done, versioned};
use web::edge::about;
use web::enclosed;
use web::problem::{Problem, ProblemBody};
use web::view::Ticketed;
use web::view::ticket::TicketView;

use crate::Ports;
use crate::people::{Beneficiary, Guests};
use crate::said::{ContactRequest, Given};

/// How often opening is tried again because a number or an address was taken meanwhile.
const TRIES: u32 = 6;

/// What a requester says.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct OpenTicketRequest {
    /// In one line, 1 to 200 characters.
    #[schema(required = true, nullable = false)]
    subject: Option<String>,
    /// At length, 1 to 20,000 characters. No passwords, please.
    #[schema(required = true, nullable = false)]
    description: Option<String>,
    /// What is asked for; may be left out while only one service is offered.
    service_id: Option<String>,
    /// More precisely.
    category_id: Option<String>,
    /// `question`, `incident`, `problem`, `request` (default) or `suggestion`.
    kind: Option<String>,
    /// `low`, `medium` (default) or `high`.
    impact: Option<String>,
    /// `low`, `medium` (default), `high` or `critical`.
    urgency: Option<String>,
    /// How to tell of progress; by mail to the requester's address if left out.
    contact_method: Option<ContactRequest>,
    /// The version of the service's agreement that is accepted.
    agreement_version: Option<String>,
    /// Ids of uploads that were accepted, at most five. Pictures in the description are uploads too, declared inline and
    /// named there as `![what it shows](upl_…)`; there may be ten.
    attachments: Option<Vec<String>>,
    /// Mail addresses of those who get copies, at most 20.
    cc: Option<Vec<String>>,
    /// When it happened.
    occurred_at: Option<String>,
    /// At which site.
    site: Option<String>,
    /// On which device.
    device: Option<String>,
    /// Its serial number.
    serial_number: Option<String>,
    /// The answers to the category's questions, by name.
    answers: Option<BTreeMap<String, String>>,
    /// Who needs help, if it is somebody else; agents only.
    on_behalf_of: Option<OnBehalfOf>,
}

/// Who needs help: an account, or a name with an address or a number.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct OnBehalfOf {
    /// An account.
    user_id: Option<String>,
    /// What they are called.
    name: Option<String>,
    /// Where mail goes.
    email: Option<String>,
    /// Where they can be called.
    phone: Option<String>,
}

/// A request, parsed.
struct Wish {
    intake: Intake,
    attachments: Vec<UploadId>,
    cc: Vec<EmailAddress>,
    on_behalf_of: Option<Beneficiary>,
}

/// Open a ticket.
#[utoipa::path(
    post,
    path = "/v1/tickets",
    tag = "intake",
    request_body = OpenTicketRequest,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "the ticket, with its Location", body = Ticketed),
        (status = 422, description = "everything that does not fit", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn open(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let stub = call.stub();
    for _ in 0..TRIES {
        let (caller, arrival) =
            call.arrive(ports.store.reader(), About { stub: readable(&stub), ..About::default() }).await?;
        let stub = stub.clone()?;
        if let Some(receipt) = arrival.receipt {
            return again(&ports, &caller, stub.as_ref(), &receipt).await;
        }
        let request: OpenTicketRequest = call.body.read()?;
        if request.on_behalf_of.is_some() && access(&caller.actor, Deed::OpenOnBehalf) != Access::Granted {
            return Err(Problem::forbidden());
        }
        let wish = request.parse()?;
        if let Some(response) = attempt(&ports, &caller, stub.as_ref(), wish).await? {
            return Ok(response);
        }
    }
    Err(Problem::contended())
}

/// One try; `None` when a number, an address or the key was taken meanwhile.
async fn attempt(ports: &Ports, caller: &Caller, stub: Option<&Stub>, wish: Wish) -> Result<Option<Response>, Problem> {
    let reader = ports.store.reader();
    let (submitter, at) = (caller.person()?, reader.now());
    let mut guests = Guests::new(caller.actor.author(at));
    let requester = match wish.on_behalf_of {
        Some(whom) => guests.beneficiary(reader, whom).await?,
        None => submitter.clone(),
    };
    let cc = guests.copies(reader, submitter, &wish.cc).await?;
    let number = TicketNumber::fresh(reader.ids());
    let opening = Opening { number: &number, submitter, requester: &requester, cc: &cc, catalog: &caller.catalog, at };
    let enclosed = enclosed::load(reader, wish.attachments, Some(&wish.intake.description)).await?;
    let change = match opening::open(&opening, Intake { enclosed, ..wish.intake }) {
        Ok(change) => change,
        Err(refusal) => return unless_done(reader, stub, refused(refusal)).await.map(|()| None),
    };
    guests.count(reader, submitter).await?;
    if !guests.commit(&ports.store).await? {
        return Ok(None);
    }
    let receipt = stub.map(|stub| stub.receipt(StatusCode::CREATED.as_u16(), number.to_string(), 1, at));
    let opened = change.events.first().map(Event::entry).unwrap_or_default();
    match ports.store.commit(&change, stub.zip(receipt.as_ref())).await {
        Ok(()) => Ok(Some(created(caller, &change.after, &opened, false))),
        Err(CommitError::Raced | CommitError::Done) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The same command was done before: the same ticket, as it is now.
async fn again(ports: &Ports, caller: &Caller, stub: Option<&Stub>, receipt: &Receipt) -> Result<Response, Problem> {
    same_body(stub, receipt)?;
    let reader = ports.store.reader();
    let number = TicketNumber::parse(&receipt.subject).map_err(|_ignored| Problem::not_found())?;
    let ticket = web::command::visible(reader, caller, reader.ticket(&number).await?).await?;
    let opened = reader.event(&number, 1).await?.map(|told| told.event.entry()).unwrap_or_default();
    Ok(created(caller, &ticket, &opened, true))
}

fn created(caller: &Caller, ticket: &Ticket, opened: &Entry, replayed: bool) -> Response {
    about(&ticket.number);
    let view = TicketView::new(ticket, Some(opened), &caller.actor, &caller.catalog);
    let response = versioned(StatusCode::CREATED, ticket.version, replayed, json!({ "ticket": view }));
    located(response, &format!("/v1/tickets/{}", ticket.number))
}

/// Opening knows no status and no holder: what does not fit is all that can be wrong.
fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Unfit(fields) => fields.into(),
        Refusal::Hidden
        | Refusal::Forbidden { .. }
        | Refusal::Illegal { .. }
        | Refusal::HeldBy { .. }
        | Refusal::NotHandled
        | Refusal::AlreadyAnswered => Problem::forbidden(),
    }
}

impl OpenTicketRequest {
    fn parse(self) -> Result<Wish, Fields> {
        let mut fields = Fields::new();
        let given = Given {
            subject: self.subject.as_deref(),
            description: self.description.as_deref(),
            kind: self.kind.as_deref(),
            service_id: self.service_id.as_deref(),
            category_id: self.category_id.as_deref(),
            impact: self.impact.as_deref(),
            urgency: self.urgency.as_deref(),
            contact_method: self.contact_method.as_ref(),
            agreement_version: self.agreement_version.as_deref(),
            occurred_at: self.occurred_at.as_deref(),
            site: self.site.as_deref(),
            device: self.device.as_deref(),
            serial_number: self.serial_number.as_deref(),
            answers: self.answers.as_ref(),
        };
        require(&mut fields, [("subject", given.subject), ("description", given.description)]);
        let said = given.parse(&mut fields);
        let cc = parse_cc(&mut fields, self.cc.as_deref().unwrap_or_default());
        let attachments = enclosed::parse(&mut fields, self.attachments.as_deref());
        let on_behalf_of = self.on_behalf_of.map(|whom| whom.parse(&mut fields));
        let intake = said.subject.zip(said.description).map(|(subject, description)| Intake {
            subject,
            description,
            kind: said.kind.unwrap_or_default(),
            service: said.service,
            category: said.category,
            impact: said.impact,
            urgency: said.urgency,
            contact_method: said.contact_method,
            agreement_version: said.agreement_version,
            details: said.details,
            enclosed: Enclosed::default(),
        });
        let intake = fields.finish(intake)?;
        Ok(Wish { intake, attachments, cc, on_behalf_of: on_behalf_of.flatten() })
    }
}

fn require(fields: &mut Fields, named: [(&str, Option<&str>); 2]) {
    for (field, _) in named.into_iter().filter(|(_, given)| given.is_none()) {
        fields.refuse(field, Invalid::new("required", "is required"));
    }
}

fn parse_cc(fields: &mut Fields, cc: &[String]) -> Vec<EmailAddress> {
    if cc.len() > MOST_CC {
        fields.refuse("cc", Invalid::new("too_many", format!("must name at most {MOST_CC} people")));
        return Vec::new();
    }
    let parsed = cc.iter().enumerate();
    parsed.filter_map(|(at, text)| fields.check(&format!("cc.{at}"), EmailAddress::parse(text))).collect()
}

impl OnBehalfOf {
    fn parse(self, fields: &mut Fields) -> Option<Beneficiary> {
        let field = |name| format!("on_behalf_of.{name}");
        if let (Some(id), None, None, None) = (&self.user_id, &self.name, &self.email, &self.phone) {
            return fields.check(&field("user_id"), PersonId::parse(id)).map(Beneficiary::Account);
        }
        let name = fields.required(&field("name"), self.name.as_deref(), Name::parse);
        let email = fields.optional(&field("email"), self.email.as_deref(), EmailAddress::parse);
        let phone = fields.optional(&field("phone"), self.phone.as_deref(), PhoneNumber::parse);
        match (self.user_id, self.email.is_some(), self.phone.is_some()) {
            (None, true, false) => name.zip(email).map(|(name, email)| Beneficiary::Mailbox(name, email)),
            (None, false, true) => name.zip(phone).map(|(name, phone)| Beneficiary::Phone(name, phone)),
            (Some(_), _, _) | (None, true, true) | (None, false, false) => {
                let message = "must be a user_id, or a name with either an email or a phone";
                fields.refuse("on_behalf_of", Invalid::new("one_of", message));
                None
            }
        }
    }
}
