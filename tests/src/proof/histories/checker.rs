//! The checker: what the desk holds and has sent, held against what people said and were told.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::{Event, Fact};
use domain::notice::{audience, may_concern_somebody};
use domain::number::TicketNumber;
use domain::ticket::Ticket;
use local::desk::{Desk, Remains};
use serde_json::Value;
use store::timeline::Stretch;

use super::Outcome;
use super::clients::{Deed, Ended, Room, Said};
use super::climate::Climate;

/// A ticket, and what its timeline tells.
#[derive(Debug)]
struct Story {
    ticket: Ticket,
    events: Vec<Event>,
    /// How many events the table holds of it.
    stored: usize,
}

/// What there is to compare.
#[derive(Debug, Default)]
struct Trial {
    stories: Vec<Story>,
    /// Open tickets and weight of each agent, as dispatch reads them.
    loads: BTreeMap<String, (i64, i64)>,
    /// What is wrong.
    wrong: Vec<String>,
}

/// Compares everything; answers what is wrong.
pub(super) async fn check(desk: &Desk, climate: &Climate, room: &Room, outcome: &mut Outcome) -> Vec<String> {
    let mut trial = Trial::of(desk).await;
    trial.wrong.extend(room.wrong.borrow().iter().cloned());
    let journal = room.journal.borrow().clone();
    for said in &journal {
        trial.has_its_effect(said);
    }
    trial.counts_what_says_nothing(&journal);
    trial.is_gapless();
    trial.was_dispatched_once();
    trial.weighs_as_it_should();
    trial.was_told(climate, outcome);
    trial.left_nothing(desk.remains().await.unwrap());
    outcome.events = trial.stories.iter().map(|story| u64::try_from(story.events.len()).unwrap()).sum();
    trial.wrong
}

fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name]["S"].as_str().unwrap_or_default()
}

fn number(item: &Value, name: &str) -> i64 {
    item[name]["N"].as_str().and_then(|number| number.parse().ok()).unwrap_or_default()
}

impl Trial {
    async fn of(desk: &Desk) -> Self {
        let items = desk.table.everything("Table").unwrap();
        let mut trial = Self::default();
        for item in &items {
            let (pk, sk) = (text(item, "pk"), text(item, "sk"));
            if let Some(agent) = pk.strip_prefix("LOAD#") {
                trial.loads.insert(agent.to_owned(), (number(item, "open_tickets"), number(item, "weight")));
            } else if let (Some(digits), "#") = (pk.strip_prefix("TICKET#"), sk) {
                let is_event = |item: &&Value| text(item, "pk") == pk && text(item, "sk").starts_with("E#");
                let stored = items.iter().filter(is_event).count();
                trial.stories.push(Story::of(desk, &TicketNumber::parse(digits).unwrap(), stored).await);
            }
        }
        trial
    }

    fn expect(&mut self, holds: bool, wrong: impl FnOnce() -> String) {
        if !holds {
            self.wrong.push(wrong());
        }
    }

    /// What was acknowledged is there once, what was refused without a doubt is not there, and nothing is there twice.
    fn has_its_effect(&mut self, said: &Said) {
        if [Deed::Claim, Deed::Release].contains(&said.deed) {
            return;
        }
        let found: usize = self.stories.iter().map(|story| story.marks(&said.mark)).sum();
        let expected = match (said.ended, said.unsure) {
            (Ended::Acknowledged, _) => 1..=1,
            (Ended::Refused(_) | Ended::GivenUp, false) => 0..=0,
            (Ended::Refused(_) | Ended::GivenUp, true) => 0..=1,
        };
        self.expect(expected.contains(&found), || format!("{said} is there {found} times"));
    }

    /// Claims and releases carry no text, so they are counted for each person and ticket. A claim may change nothing.
    fn counts_what_says_nothing(&mut self, journal: &[Said]) {
        let mut ranges: BTreeMap<_, (usize, usize)> = BTreeMap::new();
        for said in journal.iter().filter(|said| [Deed::Claim, Deed::Release].contains(&said.deed)) {
            let (least, most) = ranges.entry((said.who.clone(), said.ticket.clone(), said.deed)).or_default();
            *least += usize::from(said.deed == Deed::Release && said.ended == Ended::Acknowledged);
            *most += usize::from(said.unsure || said.ended == Ended::Acknowledged);
        }
        for ((who, ticket, deed), (least, most)) in ranges {
            let of_ticket = |story: &&Story| Some(story.ticket.number.to_string()) == ticket;
            let found = self.stories.iter().find(of_ticket).map_or(0, |story| story.deeds(&who, deed));
            self.expect((least..=most).contains(&found), || {
                format!("{who} {deed:?} {ticket:?}: {found} times, not {least} to {most}")
            });
        }
    }

    /// Timelines have no gaps, and heads say what their timelines say.
    fn is_gapless(&mut self) {
        for story in std::mem::take(&mut self.stories) {
            let Story { ticket, events, stored } = &story;
            let number = ticket.number.to_string();
            let seqs: Vec<_> = events.iter().map(|event| event.seq).collect();
            self.expect(seqs.iter().copied().eq(1..=ticket.last_seq), || format!("{number}: events {seqs:?}"));
            self.expect(*stored == events.len(), || format!("{number}: {stored} events are stored"));
            let versions = 1..=u64::from(ticket.last_seq);
            self.expect(versions.contains(&ticket.version), || format!("{number}: version {}", ticket.version));
            let spoken = events.iter().filter(|event| event.speaks_publicly()).count();
            let counted = ticket.comment_count;
            self.expect(u32::try_from(spoken) == Ok(counted), || format!("{number}: {counted} of {spoken} comments"));
            self.stories.push(story);
        }
    }

    /// Every event that asks for an owner is answered at most once, and none is left unanswered.
    fn was_dispatched_once(&mut self) {
        for story in std::mem::take(&mut self.stories) {
            let number = story.ticket.number.to_string();
            let mut asks = false;
            for event in &story.events {
                let chooses = matches!(event.fact, Fact::TicketDispatched { .. });
                self.expect(asks || !chooses, || format!("{number}: event {} chooses though none asks", event.seq));
                // Whoever takes it themselves, or solves it, is answer enough.
                let settles = matches!(event.fact, Fact::TicketClaimed { .. } | Fact::TicketResolved {});
                asks = event.fact.asks_for_dispatch() || (asks && !settles && !chooses);
            }
            let awaiting = story.ticket.awaiting_dispatch;
            self.expect(awaiting.is_none(), || format!("{number}: event {awaiting:?} still asks for an owner"));
            self.stories.push(story);
        }
    }

    /// The loads that dispatch reads are those of the tickets that agents have.
    fn weighs_as_it_should(&mut self) {
        let mut recounted: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for Story { ticket, .. } in &self.stories {
            if let Some(assignee) = ticket.assignee.as_ref().filter(|_| ticket.status().is_live()) {
                let (open, weight) = recounted.entry(assignee.id.to_string()).or_default();
                *open += 1;
                *weight += ticket.priority.weight();
            }
        }
        let agents: BTreeSet<_> = self.loads.keys().chain(recounted.keys()).cloned().collect();
        for agent in agents {
            let of = |loads: &BTreeMap<String, (i64, i64)>| loads.get(&agent).copied().unwrap_or_default();
            let (kept, due) = (of(&self.loads), of(&recounted));
            self.expect(kept == due, || format!("{agent}: a load of {kept:?} instead of {due:?}"));
        }
    }

    /// Everybody was told of everything once; twice only where nobody could know, and nobody of anything else.
    fn was_told(&mut self, climate: &Climate, outcome: &mut Outcome) {
        let (due, sent) = (self.notices(), climate.mails());
        for reference in &due {
            let times = sent.get(reference).copied().unwrap_or_default();
            self.expect((1..=2).contains(&times), || format!("{reference} was told {times} times"));
            outcome.doubled += u64::from(times == 2);
        }
        for reference in sent.keys() {
            self.expect(due.contains(reference), || format!("{reference} was told, and should not have been"));
        }
        let (doubled, allowed) = (outcome.doubled, climate.met().doubles());
        self.expect(doubled <= allowed, || format!("{doubled} notices were told twice, and at most {allowed} may be"));
        outcome.notices = u64::try_from(due.len()).unwrap();
        outcome.mails = sent.values().sum();
    }

    /// The references of all mails that are due. Nobody loses sight of a ticket in these histories, and copies go to
    /// nobody, so the audience of an event is the same whenever one asks.
    fn notices(&self) -> BTreeSet<String> {
        let of_event = |story: &Story, event: &Event| -> Vec<String> {
            let (digits, seq) = (story.ticket.number.key(), event.seq);
            let told = if may_concern_somebody(event) { audience(event, &story.ticket) } else { Vec::new() };
            told.iter().map(|recipient| format!("{digits}/{seq}/{}", recipient.person)).collect()
        };
        let events = self.stories.iter().flat_map(|story| story.events.iter().map(move |event| (story, event)));
        events.flat_map(|(story, event)| of_event(story, event)).collect()
    }

    /// Nothing is on its way, and nothing has failed for good. A call of a schedule may, for the next one does its work.
    fn left_nothing(&mut self, remains: Remains) {
        let left = Remains { uncalled: 0, ..remains };
        self.expect(left == Remains::default(), || format!("{left:?}"));
    }
}

impl Story {
    async fn of(desk: &Desk, number: &TicketNumber, stored: usize) -> Self {
        let store = desk.store();
        let ticket = store.reader().ticket(number).await.unwrap().unwrap();
        let all = Stretch { ascending: true, after: 0, limit: 1_000 };
        let told = store.reader().timeline(&ticket, all).await.unwrap().told;
        Self { ticket, events: told.into_iter().map(|told| told.event).collect(), stored }
    }

    /// How often a mark is found: in what was said, in what was changed, in what the requester thought of it all.
    fn marks(&self, mark: &str) -> usize {
        let said = |event: &&Event| {
            let body = event.body.as_ref().is_some_and(|body| body.as_str() == mark);
            body || event.changes.iter().any(|change| change.to.as_ref().is_some_and(|to| to == mark))
        };
        let satisfaction = serde_json::to_string(&self.ticket.satisfaction).unwrap();
        self.events.iter().filter(said).count() + satisfaction.matches(mark).count()
    }

    /// How often somebody has taken it, or given it back.
    fn deeds(&self, who: &str, deed: Deed) -> usize {
        let name = if deed == Deed::Claim { "TicketClaimed" } else { "TicketReleased" };
        let is_theirs = |event: &&Event| event.fact.name() == name && is_by(event, who);
        self.events.iter().filter(is_theirs).count()
    }
}

fn is_by(event: &Event, who: &str) -> bool {
    domain::id::PersonId::parse(who).is_ok_and(|id| event.by.is(&id))
}
