//! Editing a ticket: the requester until the desk has answered (S2.26), the desk for filing at any time (S4.42).

use super::opening::{accept, check_size, check_unasked, selectable};
use super::{Decision, Details, Doing, Kind, Ticket};
use crate::access::{Standing, standing};
use crate::contact::ContactMethod;
use crate::event::Fact;
use crate::field::{Fields, Invalid};
use crate::file::File;
use crate::file::enclosing::{Enclosed, Terms};
use crate::id::{CategoryId, ServiceId};
use crate::priority::{Impact, Priority, Urgency, UrgencySource};
use crate::status::{Step, Verb};
use crate::text::{Body, Label, Subject};

/// The fields to change; `None` leaves one as it is.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// In one line.
    pub subject: Option<Subject>,
    /// At length; kept on the timeline, not on the head.
    pub description: Option<Body>,
    /// What kind of help is wanted.
    pub kind: Option<Kind>,
    /// What is asked for; a change dispatches again.
    pub service: Option<ServiceId>,
    /// More precisely.
    pub category: Option<CategoryId>,
    /// How much is affected.
    pub impact: Option<Impact>,
    /// How soon it matters.
    pub urgency: Option<Urgency>,
    /// The agreement accepted, when the new service has one.
    pub agreement_version: Option<Label>,
    /// How to tell of progress.
    pub contact_method: Option<ContactMethod>,
    /// Where and when it happened; absent fields stay.
    pub details: Details,
    /// The order of handling; agents only.
    pub priority: Option<Priority>,
    /// Words to file it under; agents only.
    pub tags: Option<Vec<Label>>,
    /// More files beside the description, and the pictures that a new one names.
    pub enclosed: Enclosed,
    /// The files that the description has already.
    pub beside: Vec<File>,
}

impl Edit {
    /// The fields that only the desk may change.
    fn desk_only(&self) -> impl Iterator<Item = &'static str> {
        let named = [("priority", self.priority.is_some()), ("tags", self.tags.is_some())];
        named.into_iter().filter_map(|(field, given)| given.then_some(field))
    }

    /// The fields that only the requester may change.
    fn requester_only(&self) -> impl Iterator<Item = &'static str> {
        let details = &self.details;
        let named = [
            ("subject", self.subject.is_some()),
            ("description", self.description.is_some()),
            ("kind", self.kind.is_some()),
            ("contact_method", self.contact_method.is_some()),
            ("occurred_at", details.occurred_at.is_some()),
            ("site", details.site.is_some()),
            ("device", details.device.is_some()),
            ("serial_number", details.serial_number.is_some()),
            ("answers", !details.answers.is_empty()),
            ("attachments", !self.enclosed.named.is_empty()),
        ];
        named.into_iter().filter_map(|(field, given)| given.then_some(field))
    }
}

impl Ticket {
    /// Changes fields.
    ///
    /// # Errors
    /// [`super::Refusal::AlreadyAnswered`] for a requester whom the desk has answered; [`super::Refusal::Unfit`] for fields that are
    /// not the editor's to change or do not fit the catalog.
    pub fn edit(&self, doing: &Doing<'_>, edit: Edit) -> Decision {
        let by_desk = standing(doing.actor, self, doing.catalog).is_some_and(Standing::is_desk);
        self.permit(doing, Verb::Edit, Step::Edit { by_desk })?;
        let mut fields = Fields::new();
        refuse_foreign_fields(&mut fields, &edit, by_desk);
        let mut after = self.clone();
        after.refile(doing, &mut fields, &edit, by_desk);
        after.reword(&edit);
        after.reweigh(doing, &edit, by_desk);
        let rules = doing.catalog.file_rules(&after.service);
        let by = doing.actor.person().map(|person| &person.id);
        let terms = Terms { at: doing.at, by, rules: &rules, beside: &edit.beside, text: "description" };
        let entry = edit.enclosed.with(&mut fields, &terms, edit.description);
        if entry.body.is_some() || !entry.files.is_empty() {
            after.rewrite(doing, 1);
        }
        let fact = if after.service == self.service {
            Fact::TicketEdited {}
        } else {
            after.start_over(self);
            Fact::TicketRedispatched {}
        };
        let after = fields.finish(Some(after))?;
        Ok(self.become_so(after, doing.author(), doing.catalog, fact).rewriting(1, "description", entry))
    }

    /// Files it under another service or category.
    fn refile(&mut self, doing: &Doing<'_>, fields: &mut Fields, edit: &Edit, by_desk: bool) {
        let catalog = doing.catalog;
        let Some(person) = doing.actor.person() else {
            return;
        };
        if let Some(id) = edit.service.as_ref().filter(|id| **id != self.service) {
            let offered = catalog.service(id).filter(|service| by_desk || catalog.offers(service, person));
            let Some(service) = offered else {
                fields.refuse("service_id", Invalid::new("not_offered", "is not a service offered to you"));
                return;
            };
            self.service = id.clone();
            self.category = None;
            self.details.answers.clear();
            if !by_desk {
                let accepted = accept(service, edit.agreement_version.as_ref(), doing.at);
                self.agreement = fields.check("agreement_version", accepted).flatten();
            }
        }
        if let Some(id) = edit.category.as_ref().filter(|id| self.category.as_ref() != Some(*id)) {
            let unknown = || Invalid::new("not_offered", "is not a category of this service that you may choose");
            let service = catalog.service(&self.service).ok_or_else(unknown);
            let chosen = service.and_then(|service| selectable(catalog, service, id, person));
            self.category = fields.check("category_id", chosen).map(|category| category.id.clone());
            self.details.answers.clear();
        }
        self.answer_again(doing, fields, edit, by_desk);
    }

    /// A requester answers the form of the category in force; the desk files without asking again.
    fn answer_again(&mut self, doing: &Doing<'_>, fields: &mut Fields, edit: &Edit, by_desk: bool) {
        if !edit.details.answers.is_empty() {
            self.details.answers.clone_from(&edit.details.answers);
        }
        if by_desk || edit.details.answers.is_empty() && edit.category.is_none() {
            return;
        }
        fields.check("answers", check_size(&self.details.answers));
        match self.category.as_ref().and_then(|id| doing.catalog.category(id)) {
            Some(category) => category.check_answers(fields, &self.details.answers),
            None => check_unasked(fields, &self.details.answers),
        }
    }

    fn reword(&mut self, edit: &Edit) {
        if let Some(subject) = &edit.subject {
            self.subject.clone_from(subject);
        }
        if let Some(kind) = edit.kind {
            self.kind = kind;
        }
        if edit.contact_method.is_some() {
            self.contact_method.clone_from(&edit.contact_method);
        }
        if let Some(tags) = &edit.tags {
            self.tags.clone_from(tags);
        }
        let Details { occurred_at, site, device, serial_number, answers: _ } = &edit.details;
        self.details.occurred_at = occurred_at.or(self.details.occurred_at);
        keep_or_take(&mut self.details.site, site.as_ref());
        keep_or_take(&mut self.details.device, device.as_ref());
        keep_or_take(&mut self.details.serial_number, serial_number.as_ref());
    }

    /// Sets impact, urgency and what follows from them; a priority that an agent names wins.
    fn reweigh(&mut self, doing: &Doing<'_>, edit: &Edit, by_desk: bool) {
        // What an agent has corrected, the requester does not undo.
        let corrected = self.urgency_source == UrgencySource::Agent && !by_desk;
        if let Some(urgency) = edit.urgency.filter(|_| !corrected) {
            self.urgency = urgency;
            self.urgency_source = if by_desk { UrgencySource::Agent } else { UrgencySource::Requester };
        }
        self.impact = edit.impact.unwrap_or(self.impact);
        if edit.urgency.is_some() || edit.impact.is_some() {
            self.priority = doing.catalog.priorities.priority(self.impact, self.urgency);
        }
        self.priority = edit.priority.unwrap_or(self.priority);
    }
}

fn keep_or_take(kept: &mut Option<Label>, given: Option<&Label>) {
    if let Some(label) = given {
        *kept = Some(label.clone());
    }
}

fn refuse_foreign_fields(fields: &mut Fields, edit: &Edit, by_desk: bool) {
    if by_desk {
        for field in edit.requester_only() {
            fields.refuse(field, Invalid::new("not_yours", "is the requester's own: only the requester may change it"));
        }
    } else {
        for field in edit.desk_only() {
            fields.refuse(field, Invalid::new("not_yours", "is for the desk to set"));
        }
    }
}

#[cfg(test)]
mod tests;
