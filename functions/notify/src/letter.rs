//! A letter: one mail to one person with the news of a ticket, and the headers that keep the mails of a ticket together.

use domain::event::{Event, Fact};
use domain::file::enclosing::spoken;
use domain::notice::Notice;
use domain::text::Body;
use minijinja::Error;
use serde::Serialize;
use web::wording::{Attached, attached, in_line, moment, status, tag};

use crate::audience::{Addressee, is_for_the_desk};
use crate::deliver::News;
use crate::press::{Envelope, Layout, Press};
use crate::words::{Words, words};

/// What a letter is about, and to whom it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Letter<'a> {
    /// What has happened.
    pub(crate) news: &'a News,
    /// Whom it tells.
    pub(crate) addressee: &'a Addressee,
    /// Where its reader opens the ticket.
    pub(crate) link: &'a str,
}

/// What the templates show.
#[derive(Serialize)]
struct Sheet<'a> {
    lang: &'static str,
    greeting: String,
    sentence: &'static str,
    promise: Option<String>,
    number: String,
    subject: String,
    facts: Vec<Labelled>,
    said: Option<Said>,
    open: &'static str,
    link: Option<&'a str>,
    footer: &'static str,
}

/// A fact about the ticket.
#[derive(Serialize)]
struct Labelled {
    label: String,
    text: String,
}

/// Something that was said, and the files that came with it.
#[derive(Serialize)]
struct Said {
    by: String,
    body: String,
    attached: &'static str,
    files: Vec<Attached>,
}

impl<'a> Letter<'a> {
    /// The letter as the carrier takes it.
    pub(crate) fn mail(&self, press: &Press, sender: &str) -> Result<Vec<u8>, Error> {
        let (number, person) = (self.news.ticket.number.key(), &self.addressee.person);
        let envelope = Envelope {
            sender,
            name: person.name.as_str(),
            to: &self.addressee.address,
            subject: self.subject(),
            thread: Some(format!("ticket.{number}")),
            auto_submitted: self.auto_submitted(),
            reference: format!("{number}/{}/{}", self.news.event.seq, person.id),
            at: self.news.at,
        };
        press.mail(Layout::Letter, &self.sheet(), envelope)
    }

    fn words(&self) -> &'static Words {
        words(self.addressee.person.locale)
    }

    fn subject(&self) -> String {
        let (ticket, words) = (&self.news.ticket, self.words());
        let headline = (words.saying)(self.addressee.notice).headline;
        if !self.addressee.sees {
            return format!("[{}] {headline}", ticket.number);
        }
        format!("[{}] {headline}{}{}", ticket.number, words.colon, in_line(ticket.subject.as_str()))
    }

    /// An acknowledgement answers, everything else is sent of our own accord (RFC 3834).
    fn auto_submitted(&self) -> &'static str {
        if self.addressee.notice == Notice::Acknowledged { "auto-replied" } else { "auto-generated" }
    }

    fn sheet(&self) -> Sheet<'a> {
        let words = self.words();
        let (ticket, Addressee { person, sees, .. }) = (&self.news.ticket, self.addressee);
        Sheet {
            lang: tag(person.locale),
            greeting: (words.greeting)(&in_line(person.name.as_str())),
            sentence: (words.saying)(self.addressee.notice).sentence,
            promise: self.promise(),
            number: ticket.number.to_string(),
            subject: if *sees { in_line(ticket.subject.as_str()) } else { String::new() },
            facts: if *sees { self.facts() } else { Vec::new() },
            said: self.said().filter(|_| *sees),
            open: words.open,
            link: sees.then_some(self.link),
            footer: words.footer,
        }
    }

    /// Where the ticket stands, and who has it.
    fn facts(&self) -> Vec<Labelled> {
        let (ticket, words, locale) = (&self.news.ticket, self.words(), self.addressee.person.locale);
        let assignee = ticket.assignee.as_ref().map(|assignee| in_line(assignee.name.as_str()));
        let labelled = |label: &str, text: String| Labelled { label: format!("{label}{}", words.colon), text };
        vec![
            labelled(words.status, status(locale, ticket.status()).to_owned()),
            labelled(words.assignee, assignee.unwrap_or_else(|| words.nobody.to_owned())),
        ]
    }

    /// What the clock will do with the ticket as it stands now: nothing, if somebody has acted meanwhile.
    fn promise(&self) -> Option<String> {
        let (ticket, words, locale) = (&self.news.ticket, self.words(), self.addressee.person.locale);
        if let Fact::TargetWarned { metric, due_at: due, .. } | Fact::TargetBreached { metric, breached_at: due, .. } =
            &self.news.event.fact
            && is_for_the_desk(self.addressee.notice)
        {
            return Some((words.due)(*metric, &moment(locale, *due)));
        }
        let closes = ticket.auto_close_at().map(|at| (words.closes)(&moment(locale, at)));
        let resumes = ticket.scheduled_until().map(|at| (words.resumes)(&moment(locale, at)));
        let expected = || ticket.eta().filter(|at| *at > self.news.at);
        closes.or(resumes).or_else(|| expected().map(|at| (words.expected)(&moment(locale, at))))
    }

    /// Files are named where the text is told, to nobody else; a mail carries none, and no picture either.
    fn said(&self) -> Option<Said> {
        let (event, words, locale) = (&self.news.event, self.words(), self.addressee.person.locale);
        let body = readable(event, self.addressee.notice)?;
        let author = self.news.author.as_deref().map_or_else(|| words.helpdesk.to_owned(), in_line);
        let by = format!("{author} · {}", moment(locale, event.by.at));
        let files = attached(locale, &event.files);
        Some(Said { by, body: spoken(body.as_str()), attached: words.attached, files })
    }
}

/// The text of an event, for those who may read it: what is said inside the desk goes out with no other notice than
/// those made for the desk (H169). A description is not sent back, and not to people whom somebody else named (H147).
/// What came with the text goes where it goes.
fn readable(event: &Event, notice: Notice) -> Option<&Body> {
    event.body.as_ref().filter(|_| is_for_the_desk(notice) || event.speaks_publicly())
}

#[cfg(test)]
mod tests;
