use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::change::Change;
use crate::event::Author;
use crate::given;
use crate::sla::clock::Clock;
use crate::sla::policy::Targets;
use crate::sla::{Target, Unit};
use crate::ticket::editing::Edit;
use crate::ticket::handling::Recipient;
use crate::ticket::{Doing, Refusal};

/// What may happen to a ticket.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Answer,
    Reply,
    Note,
    Claim,
    Release,
    ToDesk,
    ToNetwork,
    Schedule,
    Resolve,
    Reopen,
    Urgent,
    Low,
    Wake,
    NewPolicy,
    OtherMetrics,
    NewHours,
    Apply,
}

const DEEDS: [Deed; 17] = [
    Deed::Answer,
    Deed::Reply,
    Deed::Note,
    Deed::Claim,
    Deed::Release,
    Deed::ToDesk,
    Deed::ToNetwork,
    Deed::Schedule,
    Deed::Resolve,
    Deed::Reopen,
    Deed::Urgent,
    Deed::Low,
    Deed::Wake,
    Deed::NewPolicy,
    Deed::OtherMetrics,
    Deed::NewHours,
    Deed::Apply,
];

/// A ticket with its whole history, and the catalog it stands under.
struct Story {
    catalog: Catalog,
    ticket: Ticket,
    events: Vec<Event>,
    now: Timestamp,
}

impl Story {
    fn begin(at: Timestamp) -> Self {
        let catalog = given::promising_catalog();
        let Change { after, events, .. } = given::opened(&catalog, at);
        Self { catalog, ticket: after, events, now: at }
    }

    /// Lets something happen after a while, or a little before by a clock that is slow; what is refused does not happen.
    fn then(&mut self, minutes: i64, deed: Deed) {
        self.now += SignedDuration::from_mins(minutes) + SignedDuration::from_millis(minutes % 7 * 137);
        let by = Author::person(&given::person_id("usr_lead"), self.now);
        let change = match deed {
            Deed::NewPolicy | Deed::OtherMetrics | Deed::NewHours => {
                self.change_catalog(deed);
                None
            }
            Deed::Apply => self.ticket.apply_policy(by, &self.catalog),
            Deed::Wake => self.ticket.wake(self.now, &self.catalog),
            Deed::Answer
            | Deed::Reply
            | Deed::Note
            | Deed::Claim
            | Deed::Release
            | Deed::ToDesk
            | Deed::ToNetwork
            | Deed::Schedule
            | Deed::Resolve
            | Deed::Reopen
            | Deed::Urgent
            | Deed::Low => self.decide(deed).ok().flatten(),
        };
        if let Some(change) = change {
            self.events.extend(change.events);
            self.ticket = change.after;
        }
    }

    fn change_catalog(&mut self, deed: Deed) {
        self.catalog.version += 1;
        let version = self.catalog.version;
        if matches!(deed, Deed::NewHours) {
            self.catalog.past.hours.push(self.catalog.hours[0].clone());
            self.catalog.hours[0].version = version;
            let intervals = vec![given::interval("07:00", "11:30"), given::interval("12:00", "18:00")];
            self.catalog.hours[0].week.set(jiff::civil::Weekday::Tuesday, intervals).unwrap();
        } else {
            self.catalog.past.policies.push(self.catalog.policies[0].clone());
            self.catalog.policies[0].version = version;
        }
        if matches!(deed, Deed::OtherMetrics) {
            let targets = &mut self.catalog.policies[0].targets;
            for metric in [Metric::NextResponse, Metric::Resolution] {
                let promise = Targets::all(Target::parse(5000, Unit::Seconds).unwrap());
                let left = targets.remove(&metric).is_none().then_some(promise);
                targets.extend(left.map(|promise| (metric, promise)));
            }
        }
        if matches!(deed, Deed::NewPolicy) {
            let targets = Targets::all(Target::parse(i64::try_from(version).unwrap() * 600, Unit::Seconds).unwrap());
            self.catalog.policies[0].targets.insert(Metric::Line1, targets);
        }
    }

    fn decide(&self, deed: Deed) -> Result<Option<Change<Ticket>>, Refusal> {
        let (agent, requester) = (given::coordinator(), given::requester());
        let doing = |actor| Doing { actor, catalog: &self.catalog, at: self.now };
        let desk: Doing<'_> = doing(&agent);
        let customer: Doing<'_> = doing(&requester);
        let text = || given::body("Something.");
        let prioritized = |priority| Edit { priority: Some(priority), ..Edit::default() };
        let to = |group| Recipient::Group(given::group_id(group));
        let woken = self.ticket.woken_late(self.now, &self.catalog);
        let ticket = woken.as_ref().map_or(&self.ticket, |woken| &woken.after);
        let decided = match deed {
            Deed::Answer => ticket.comment(&desk, text(), false).map(Some),
            Deed::Reply => ticket.comment(&customer, text(), false).map(Some),
            Deed::Note => ticket.note(&desk, text()).map(Some),
            Deed::Claim => ticket.claim(&desk, true),
            Deed::Release => ticket.release(&desk).map(Some),
            Deed::ToDesk => ticket.assign(&desk, &to("grp_desk"), None).map(Some),
            Deed::ToNetwork => ticket.assign(&desk, &to("grp_network"), None).map(Some),
            Deed::Schedule => ticket.schedule(&desk, self.now + SignedDuration::from_mins(333), text()).map(Some),
            Deed::Resolve => ticket.resolve(&desk, text()).map(Some),
            Deed::Reopen => ticket.reopen(&customer, text()).map(Some),
            Deed::Urgent => ticket.edit(&desk, prioritized(Priority::Urgent)).map(Some),
            Deed::Low => ticket.edit(&desk, prioritized(Priority::Low)).map(Some),
            Deed::Wake | Deed::NewPolicy | Deed::OtherMetrics | Deed::NewHours | Deed::Apply => Ok(None),
        };
        let together = |change: Change<Ticket>| match woken {
            Some(woken) => woken.then(change),
            None => change,
        };
        decided.map(|change| change.map(together))
    }

    /// Nobody asks before the newest event.
    fn asked(&self) -> Timestamp {
        self.now.max(self.ticket.updated_at)
    }

    fn elapsed(&self, clock: &Clock) -> u64 {
        let sla = self.ticket.sla.as_ref().unwrap();
        clock.elapsed(self.catalog.hours_at(&sla.hours, sla.hours_version).unwrap(), self.asked())
    }

    fn segments(&self, metric: Metric) -> Vec<Segment> {
        segments(metric, &self.ticket, &self.events, &self.catalog, self.asked())
    }
}

fn prague(text: &str) -> Timestamp {
    format!("{text}:00+01:00").parse().unwrap()
}

proptest! {
    /// Whatever happens to a ticket, its history tells the very seconds that its head has counted.
    #[test]
    fn segments_add_up_to_what_the_clock_shows(
        deeds in prop::collection::vec((-20_i64..3000, 0_usize..DEEDS.len()), 1..40),
    ) {
        let mut story = Story::begin(prague("2026-03-06T16:30"));
        for (minutes, deed) in deeds {
            story.then(minutes, DEEDS[deed]);
            let clocks = story.ticket.sla.clone().unwrap().clocks;
            for clock in &clocks {
                let segments = story.segments(clock.metric);
                let told: u64 = segments.iter().map(|segment| segment.seconds).sum();
                prop_assert_eq!(told, story.elapsed(clock), "{:?} {:#?}", clock, segments);
                for pair in segments.windows(2) {
                    prop_assert_eq!(pair[0].to, pair[1].from, "no gap between segments");
                }
            }
            let begun = |metric: &Metric| story.ticket.sla.as_ref().unwrap().clock(*metric).is_some();
            let known: Vec<_> = Metric::ALL.into_iter().filter(begun).collect();
            for metric in Metric::ALL.into_iter().filter(|metric| !known.contains(metric)) {
                prop_assert!(story.segments(metric).is_empty());
            }
        }
    }
}

#[test]
fn s3_15_whoever_acts_before_the_clock_and_whoever_has_a_slow_one_lose_no_second_of_a_planned_ticket() {
    let first = [(10, Deed::Claim), (20, Deed::Schedule)];
    for rest in [[(400, Deed::Note), (5, Deed::Resolve)], [(400, Deed::Wake), (-5, Deed::Answer)]] {
        let mut story = Story::begin(prague("2026-03-03T09:00"));
        for (minutes, deed) in first.into_iter().chain(rest) {
            story.then(minutes, deed);
        }
        let solution = story.ticket.sla.as_ref().unwrap().clock(Metric::Resolution).unwrap().clone();
        let segments = story.segments(Metric::Resolution);
        let told: u64 = segments.iter().map(|segment| segment.seconds).sum();
        assert_eq!(told, story.elapsed(&solution), "{segments:#?}");
        let woken = segments.iter().find(|segment| segment.cause == "TicketWoken").unwrap();
        assert!(woken.from < prague("2026-03-03T15:04"), "when it was due: {woken:?}");
    }
}

#[test]
fn every_segment_says_why_it_began() {
    let mut story = Story::begin(prague("2026-03-03T09:00"));
    for (minutes, deed) in [(10, Deed::Claim), (20, Deed::Answer), (60, Deed::Reply), (30, Deed::Resolve)] {
        story.then(minutes, deed);
    }
    let segments = story.segments(Metric::Resolution);
    let told: Vec<_> = segments
        .iter()
        .map(|segment| (segment.cause, segment.status.name(), segment.counted, segment.seconds))
        .collect();
    let expected = [
        ("TicketOpened", "new", true, 600),
        ("TicketClaimed", "open", true, 1201),
        ("CommentAdded", "awaiting_requester", false, 0),
        ("CommentAdded", "awaiting_agent", true, 1801),
    ];
    assert_eq!(told, expected);
}
