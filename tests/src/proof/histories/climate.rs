//! The climate of a history: what befalls its requests, drawn from its seed, and what has befallen them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::world::Clock;
use jiff::{SignedDuration, Timestamp};
use local::clock::ManualClock;
use local::weather::{Call, Fate, Service};
use serde_json::Value;

use super::dice::Dice;

/// How late a slow answer comes: long after the SDK has given the try up.
const SLOW: Duration = Duration::from_secs(5);

/// How long queues are away.
const QUEUES_AWAY: SignedDuration = SignedDuration::from_mins(10);

/// How often what befalls a request, in a thousand.
#[derive(Debug)]
struct Odds {
    throttled: u64,
    /// Of transactions.
    conflict: u64,
    /// Of answers, but for those of the carrier.
    lost: u64,
    slow: u64,
    down: u64,
    /// Of the carrier's answers.
    mail_lost: u64,
    /// Of the first of a few requests in a row that have the same fate.
    squall: u64,
}

/// A time during which a service is away.
#[derive(Clone, Copy, Debug)]
struct Spell {
    from: Timestamp,
    to: Timestamp,
}

/// A few requests in a row to one service that have the same fate.
#[derive(Debug)]
struct Squall {
    service: Service,
    fate: Fate,
    left: u64,
}

/// What befell requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// Refused because there were too many.
    pub throttled: u64,
    /// Transactions canceled because they met others.
    pub conflicts: u64,
    /// Done, and the answer lost.
    pub lost: u64,
    /// Done, and answered five seconds later, but for mails.
    pub slow: u64,
    /// Met by a service that was away.
    pub down: u64,
    /// Mails taken by the carrier, and the answer lost or late.
    pub mails_lost: u64,
    /// Writes of single items that one of these befell.
    pub single_writes: u64,
}

impl Met {
    pub(super) fn add(&mut self, other: &Self) {
        self.throttled += other.throttled;
        self.conflicts += other.conflicts;
        self.lost += other.lost;
        self.slow += other.slow;
        self.down += other.down;
        self.mails_lost += other.mails_lost;
        self.single_writes += other.single_writes;
    }

    /// How many notices may have gone out twice: one for every answer that the carrier lost, and one for every time that
    /// the table did not keep, in three tries, that a mail went out.
    pub(super) fn doubles(&self) -> u64 {
        self.mails_lost + self.single_writes / 3
    }
}

/// What changes while requests come.
#[derive(Debug)]
struct Air {
    dice: Dice,
    squalls: u64,
    squall: Option<Squall>,
    met: Met,
    /// How often the carrier took a mail, by its reference.
    mails: BTreeMap<String, u64>,
    /// Whether nothing unusual befalls requests any more.
    is_fair: bool,
}

/// The climate of one history.
#[derive(Debug)]
pub(super) struct Climate {
    odds: Odds,
    queues_away: Option<Spell>,
    mail_away: Option<Spell>,
    clock: ManualClock,
    air: Mutex<Air>,
}

impl fmt::Display for Climate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let met = self.met();
        write!(f, "{:?}\nqueues away {:?}\nmail away {:?}\n{met:?}", self.odds, self.queues_away, self.mail_away)
    }
}

impl Climate {
    pub(super) fn drawn(dice: &mut Dice, clock: &ManualClock) -> Self {
        let odds = Odds {
            throttled: dice.below(15),
            conflict: dice.below(30),
            lost: dice.below(15),
            slow: dice.below(15),
            down: dice.below(15),
            mail_lost: if dice.chance(300) { 30 } else { 0 },
            squall: 8,
        };
        let half_an_hour = SignedDuration::from_mins(5 + i64::try_from(dice.below(26)).unwrap());
        let queues_away = spell(dice, clock, QUEUES_AWAY);
        let mail_away = spell(dice, clock, half_an_hour);
        let (squalls, own) = (dice.below(7), dice.another());
        let air = Air { dice: own, squalls, squall: None, met: Met::default(), mails: BTreeMap::new(), is_fair: false };
        Self { odds, queues_away, mail_away, clock: clock.clone(), air: Mutex::new(air) }
    }

    /// What becomes of a request. Whoever takes messages from a queue for a function is no part of the desk, and only
    /// suffers when the queue is away.
    pub(super) fn fate(&self, call: &Call<'_>) -> Fate {
        let mut air = self.air();
        let fate = match call.service {
            Service::Table | Service::Queue | Service::Mail if air.is_fair => Fate::Done,
            Service::Files => Fate::Done,
            Service::Queue if self.queues_are_away() => Fate::Down,
            Service::Mail if self.is_now(self.mail_away) => Fate::throttled(Service::Mail),
            Service::Queue if call.operation == "ReceiveMessage" => Fate::Done,
            Service::Table | Service::Queue | Service::Mail => air.fate(call, &self.odds),
        };
        air.note(call, fate);
        fate
    }

    /// Nothing unusual befalls requests from now on; mails are counted all the same.
    pub(super) fn clear(&self) {
        self.air().is_fair = true;
    }

    /// Whether no request to a queue is answered.
    pub(super) fn queues_are_away(&self) -> bool {
        self.is_now(self.queues_away)
    }

    fn is_now(&self, spell: Option<Spell>) -> bool {
        let now = self.clock.now();
        spell.is_some_and(|spell| (spell.from..spell.to).contains(&now))
    }

    /// Whether every spell is over.
    pub(super) fn is_over(&self) -> bool {
        let now = self.clock.now();
        [self.queues_away, self.mail_away].iter().flatten().all(|spell| spell.to <= now)
    }

    /// What has befallen requests.
    pub(super) fn met(&self) -> Met {
        self.air().met.clone()
    }

    /// How often the carrier took a mail, by its reference.
    pub(super) fn mails(&self) -> BTreeMap<String, u64> {
        self.air().mails.clone()
    }

    fn air(&self) -> MutexGuard<'_, Air> {
        self.air.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One history in four sees a service go away, within its first minutes.
fn spell(dice: &mut Dice, clock: &ManualClock, lasts: SignedDuration) -> Option<Spell> {
    let from = clock.now() + SignedDuration::from_secs(i64::try_from(dice.below(240)).unwrap());
    dice.chance(250).then(|| Spell { from, to: from + lasts })
}

impl Air {
    fn fate(&mut self, call: &Call<'_>, odds: &Odds) -> Fate {
        if let Some(fate) = self.of_a_squall(call.service) {
            return fate;
        }
        let of_the_desk = call.service != Service::Mail;
        if self.squalls > 0 && of_the_desk && self.dice.chance(odds.squall) {
            return self.rise(call.service);
        }
        let lost = if of_the_desk { odds.lost } else { odds.mail_lost };
        let conflict = if call.operation == "TransactWriteItems" { odds.conflict } else { 0 };
        let fates = [
            (odds.throttled, Fate::throttled(call.service)),
            (conflict, Fate::Conflict),
            (lost, Fate::AnswerLost),
            (odds.slow, Fate::Slow(SLOW)),
            (odds.down, Fate::Down),
        ];
        let mut thrown = self.dice.below(1000);
        for (share, fate) in fates {
            if thrown < share {
                return fate;
            }
            thrown -= share;
        }
        Fate::Done
    }

    fn of_a_squall(&mut self, service: Service) -> Option<Fate> {
        let squall = self.squall.as_mut().filter(|squall| squall.service == service && squall.left > 0)?;
        squall.left -= 1;
        Some(squall.fate)
    }

    /// A squall begins: three or four requests, as many as the SDK tries, and fewer than a message survives.
    fn rise(&mut self, service: Service) -> Fate {
        let fate = match self.dice.below(4) {
            0 => Fate::throttled(service),
            1 => Fate::AnswerLost,
            2 => Fate::Slow(SLOW),
            _ => Fate::Down,
        };
        self.squalls -= 1;
        self.squall = Some(Squall { service, fate, left: 2 + self.dice.below(2) });
        fate
    }

    fn note(&mut self, call: &Call<'_>, fate: Fate) {
        let is_mail = call.operation == "SendEmail";
        match fate {
            Fate::Done | Fate::Partly(_) => {}
            Fate::Refused(_) => self.met.throttled += 1,
            Fate::Conflict => self.met.conflicts += 1,
            Fate::AnswerLost | Fate::Slow(_) if is_mail => self.met.mails_lost += 1,
            Fate::AnswerLost => self.met.lost += 1,
            Fate::Slow(_) => self.met.slow += 1,
            Fate::Down | Fate::Unreachable => self.met.down += 1,
        }
        if fate != Fate::Done && ["PutItem", "UpdateItem"].contains(&call.operation) {
            self.met.single_writes += 1;
        }
        if is_mail && matches!(fate, Fate::Done | Fate::AnswerLost | Fate::Slow(_)) {
            *self.mails.entry(reference(call.body)).or_default() += 1;
        }
    }
}

/// The reference of a mail on its way to the carrier: which notice it is.
fn reference(body: &[u8]) -> String {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let raw = STANDARD.decode(request["Content"]["Raw"]["Data"].as_str().unwrap_or_default()).unwrap_or_default();
    let mail = String::from_utf8_lossy(&raw);
    let header = mail.lines().find_map(|line| line.strip_prefix("X-Lambdesk-Reference:"));
    header.unwrap_or("a mail without a reference").trim().to_owned()
}
