//! Opening a ticket: what a requester must say, and what the desk makes of it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Agreement, Channel, Decision, Details, Kind, Refusal, State, Ticket};
use crate::catalog::{Catalog, Category, Service};
use crate::change::Change;
use crate::contact::ContactMethod;
use crate::event::{Author, Fact};
use crate::field::{Fields, Invalid};
use crate::file::enclosing::{Enclosed, Terms};
use crate::id::{CategoryId, ServiceId};
use crate::number::TicketNumber;
use crate::person::{Membership, OrganizationRef, Person, PersonRef};
use crate::priority::{Impact, Urgency, UrgencySource};
use crate::text::{Body, Label, Subject};

/// The most bytes that the answers to a form may have together.
pub const MOST_ANSWER_BYTES: usize = 2048;

/// The most people who get copies.
pub const MOST_CC: usize = 20;

/// What a requester says about the matter, each field parsed.
#[derive(Clone, Debug)]
pub struct Intake {
    /// In one line.
    pub subject: Subject,
    /// At length.
    pub description: Body,
    /// What kind of help is wanted.
    pub kind: Kind,
    /// What is asked for; may be left out while there is only one (S1.11).
    pub service: Option<ServiceId>,
    /// More precisely.
    pub category: Option<CategoryId>,
    /// How much is affected.
    pub impact: Option<Impact>,
    /// How soon it matters.
    pub urgency: Option<Urgency>,
    /// How to tell of progress; the requester's mail address if absent.
    pub contact_method: Option<ContactMethod>,
    /// The agreement accepted.
    pub agreement_version: Option<Label>,
    /// Where and when it happened, and what the form asked.
    pub details: Details,
    /// The files that go with the description.
    pub enclosed: Enclosed,
}

/// Who opens a ticket for whom.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// Its number.
    pub number: &'a TicketNumber,
    /// Who typed it in.
    pub submitter: &'a Person,
    /// Who needs help.
    pub requester: &'a Person,
    /// Who gets copies.
    pub cc: &'a [PersonRef],
    /// The catalog in force.
    pub catalog: &'a Catalog,
    /// When.
    pub at: Timestamp,
}

/// Opens a ticket.
///
/// # Errors
/// [`Refusal::Unfit`] with everything that does not fit the catalog: a service or category that is not offered, an
/// agreement not accepted, a form not answered.
pub fn open(opening: &Opening<'_>, intake: Intake) -> Decision {
    let mut fields = Fields::new();
    let service = choose_service(opening, &mut fields, intake.service.as_ref());
    let category = service.and_then(|service| {
        choose_category(opening, &mut fields, service, intake.category.as_ref(), &intake.details.answers)
    });
    let cc = copies(opening);
    if cc.len() > MOST_CC {
        fields.refuse("cc", Invalid::new("too_many", format!("must name at most {MOST_CC} people")));
    }
    fields.check("answers", check_size(&intake.details.answers));
    let agreement = service.and_then(|service| {
        let outcome = accept(service, intake.agreement_version.as_ref(), opening.at);
        fields.check("agreement_version", outcome).flatten()
    });
    let rules = service.map(|service| service.files.clone()).unwrap_or_default();
    let terms =
        Terms { at: opening.at, by: Some(&opening.submitter.id), rules: &rules, beside: &[], text: "description" };
    let ticket = service.map(|service| assemble(opening, &intake, service, category));
    let entry = intake.enclosed.with(&mut fields, &terms, Some(intake.description));
    let mut ticket = Ticket { cc, agreement, ..fields.finish(ticket).map_err(Refusal::Unfit)? };
    let by = Author::person(&opening.submitter.id, opening.at);
    ticket.keep_clocks(None, true, opening.catalog, by.at);
    let mut change = Change::born(ticket, by, Fact::TicketOpened {}).enclosing(entry);
    change.after.sign(&mut change.events);
    Ok(change)
}

#[expect(clippy::too_many_lines, reason = "a line for every field")]
fn assemble(opening: &Opening<'_>, intake: &Intake, service: &Service, category: Option<&Category>) -> Ticket {
    let at = Author::system(opening.at).at;
    let impact = intake.impact.unwrap_or_default();
    let urgency = intake.urgency.unwrap_or_default();
    let on_behalf = opening.submitter.id != opening.requester.id;
    Ticket {
        number: opening.number.clone(),
        version: 0,
        last_seq: 0,
        subject: intake.subject.clone(),
        kind: intake.kind,
        state: State::New {},
        impact,
        urgency,
        urgency_source: intake.urgency.map_or(UrgencySource::Default, |_| said_by(on_behalf)),
        priority: opening.catalog.priorities.priority(impact, urgency),
        requester: opening.requester.as_ref(),
        submitter: on_behalf.then(|| opening.submitter.as_ref()),
        organization: organization_for(opening.requester, service),
        assignee: None,
        handled: false,
        group: service.group.clone(),
        line: 1,
        tracker: None,
        service: service.id.clone(),
        category: category.map(|category| category.id.clone()),
        cc: Vec::new(),
        contact_method: intake.contact_method.clone().or_else(|| usual_contact(opening.requester)),
        agreement: None,
        via: if on_behalf { Channel::Agent } else { Channel::Web },
        details: intake.details.clone(),
        tags: Vec::new(),
        awaiting_dispatch: Some(1),
        satisfaction: None,
        reopen_count: 0,
        comment_count: 0,
        last_rewrite: None,
        first_responded_at: None,
        unanswered_since: None,
        sla: None,
        created_at: at,
        updated_at: at,
    }
}

fn said_by(on_behalf: bool) -> UrgencySource {
    if on_behalf { UrgencySource::Agent } else { UrgencySource::Requester }
}

fn copies(opening: &Opening<'_>) -> Vec<PersonRef> {
    let mut seen = vec![&opening.requester.id];
    let mut cc = Vec::new();
    for person in opening.cc {
        if !seen.contains(&&person.id) {
            seen.push(&person.id);
            cc.push(person.clone());
        }
    }
    cc
}

fn usual_contact(requester: &Person) -> Option<ContactMethod> {
    let email = requester.email.clone().map(|value| ContactMethod::Email { value });
    email.or_else(|| requester.phone.clone().map(|value| ContactMethod::Phone { value, window: None }))
}

/// The organization a ticket belongs to: the one whose technical contact the requester is where that is needed.
fn organization_for(requester: &Person, service: &Service) -> Option<OrganizationRef> {
    let fits = |membership: &&Membership| !service.contacts_only || membership.technical_contact;
    let fitting = requester.memberships.iter().find(fits).or(requester.memberships.first());
    fitting.map(|membership| membership.organization.clone())
}

fn choose_service<'a>(opening: &Opening<'a>, fields: &mut Fields, wanted: Option<&ServiceId>) -> Option<&'a Service> {
    let catalog = opening.catalog;
    let mut offered = catalog.services.iter().filter(|service| catalog.offers(service, opening.requester));
    let chosen = match wanted {
        Some(id) => offered
            .find(|service| service.id == *id)
            .ok_or_else(|| Invalid::new("not_offered", "is not a service offered to the requester")),
        None => match (offered.next(), offered.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), _) => Err(Invalid::new("required", "is required: there is more than one service")),
            (None, _) => Err(Invalid::new("none_offered", "cannot be chosen: no service is offered to the requester")),
        },
    };
    fields.check("service_id", chosen)
}

fn choose_category<'a>(
    opening: &Opening<'a>,
    fields: &mut Fields,
    service: &Service,
    wanted: Option<&CategoryId>,
    answers: &BTreeMap<String, Body>,
) -> Option<&'a Category> {
    let Some(id) = wanted else {
        check_unasked(fields, answers);
        return None;
    };
    let category = selectable(opening.catalog, service, id, opening.submitter);
    let category = fields.check("category_id", category)?;
    category.check_answers(fields, answers);
    Some(category)
}

/// Whether the answers to a form fit on a ticket's head.
pub(super) fn check_size(answers: &BTreeMap<String, Body>) -> Result<(), Invalid> {
    let bytes: usize = answers.iter().map(|(name, answer)| name.len() + answer.as_str().len()).sum();
    if bytes <= MOST_ANSWER_BYTES {
        Ok(())
    } else {
        Err(Invalid::new("too_long", format!("must have at most {MOST_ANSWER_BYTES} bytes together")))
    }
}

/// Without a category there is no form, so there is nothing to answer.
pub(super) fn check_unasked(fields: &mut Fields, answers: &BTreeMap<String, Body>) {
    for name in answers.keys() {
        fields.refuse(format!("answers.{name}"), Invalid::new("unknown_field", "is not a question of this category"));
    }
}

/// The category of a service, if this person may choose it.
pub(super) fn selectable<'a>(
    catalog: &'a Catalog,
    service: &Service,
    id: &CategoryId,
    person: &Person,
) -> Result<&'a Category, Invalid> {
    catalog
        .category(id)
        .filter(|category| category.service == service.id)
        .filter(|category| catalog.is_selectable(category, person))
        .ok_or_else(|| Invalid::new("not_offered", "is not a category of this service that you may choose"))
}

/// What accepting the agreement of a service comes to.
pub(super) fn accept(service: &Service, named: Option<&Label>, at: Timestamp) -> Result<Option<Agreement>, Invalid> {
    match (&service.agreement, named) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(Invalid::new("no_agreement", "names an agreement, but the service has none")),
        (Some(_), None) => Err(Invalid::new("required", "is required: the service has an agreement to accept")),
        (Some(agreement), Some(named)) if agreement.version == *named => {
            let accepted_at = Author::system(at).at;
            Ok(Some(Agreement { version: named.clone(), accepted_at }))
        }
        (Some(_), Some(_)) => Err(Invalid::new("outdated", "is not the version of the agreement in force")),
    }
}

#[cfg(test)]
mod tests;
