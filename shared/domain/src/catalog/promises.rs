//! Keeping what the desk promises: business hours with their holidays, and SLA policies.
//!
//! Each decision is as those of [`super::keeping`]. A change makes a new version; tickets stand by the one under which
//! they were promised something. What is promised must be reachable: within ten years of the hours it is counted by.
//! And those hours must lie within the desk's service hours, unless being late will do. That is asked of what is changed:
//! what a desk has already stays, such as what it was shipped with, or from before its service hours became shorter.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Catalog;
use super::keeping::{Decision, Refusal, free, known, replace, room, unused};
use crate::event::{Author, Fact};
use crate::field::{Fields, Invalid};
use crate::id::{HoursId, PolicyId};
use crate::priority::Priority;
use crate::schedule::service_hours::ServiceHours;
use crate::sla::holiday::{Holiday, HolidayRule};
use crate::sla::hours::{BusinessHours, Week, Zone};
use crate::sla::policy::{Escalation, SlaPolicy, Targets};
use crate::sla::{Metric, Target, Unit};
use crate::status::StatusCategory;
use crate::text::Name;

/// The most business hours of a desk.
pub const MOST_HOURS: usize = 50;
/// The most policies of a desk.
pub const MOST_POLICIES: usize = 100;
/// The most holidays of business hours.
pub const MOST_HOLIDAYS: usize = 500;
/// The most warnings of a policy.
pub const MOST_WARNINGS: usize = 5;

/// Ten years, within which every target must be reachable (H083).
const TEN_YEARS: SignedDuration = SignedDuration::from_hours(24 * 3653);

/// The weeks of them.
const WEEKS: u32 = 521;

/// The code of hours in which nobody keeps watch over what is due.
const OUTSIDE: &str = "outside_service_hours";

/// What is said of business hours; what is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoursEdit {
    /// The name shown.
    pub name: Option<Name>,
    /// Whose clocks on the wall they mean.
    pub time_zone: Option<Zone>,
    /// The hours of a week.
    pub week: Option<Week>,
    /// The days without hours.
    pub holidays: Option<Vec<Holiday>>,
}

/// What is said of a policy; what is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyEdit {
    /// The name shown.
    pub name: Option<Name>,
    /// By whose hours time counts.
    pub hours: Option<HoursId>,
    /// What is promised.
    pub targets: Option<BTreeMap<Metric, Targets>>,
    /// After how many percent of a target one is warned.
    pub warn_at: Option<Vec<u8>>,
    /// In which status the clock stands still.
    pub pauses_on: Option<Vec<StatusCategory>>,
    /// What follows a breach.
    pub escalation: Option<Escalation>,
    /// Whether what becomes due outside the service hours may be late.
    pub late_ok: Option<bool>,
    /// Whether it is the desk's default.
    pub default: Option<bool>,
}

impl BusinessHours {
    /// Business hours that are never open and know no holidays yet.
    #[must_use]
    pub fn named(id: HoursId, name: Name, time_zone: Zone) -> Self {
        Self { id, version: 0, name, time_zone, week: Week::default(), holidays: Vec::new() }
    }

    fn edited(self, edit: HoursEdit) -> Self {
        Self {
            name: edit.name.unwrap_or(self.name),
            time_zone: edit.time_zone.unwrap_or(self.time_zone),
            week: edit.week.unwrap_or(self.week),
            holidays: edit.holidays.unwrap_or(self.holidays),
            ..self
        }
    }

    /// Whether a rule adds nothing to the holidays: it is among them, or its one date is a holiday by another.
    fn knows(&self, rule: &HolidayRule) -> bool {
        let is_told = |own: &HolidayRule| match rule {
            HolidayRule::Date { date } => own.falls_on(*date),
            HolidayRule::Yearly { .. } | HolidayRule::Weekday { .. } | HolidayRule::Easter { .. } => own == rule,
        };
        self.holidays.iter().any(|own| is_told(&own.rule))
    }
}

impl SlaPolicy {
    fn edited(self, edit: PolicyEdit) -> Self {
        Self {
            name: edit.name.unwrap_or(self.name),
            hours: edit.hours.unwrap_or(self.hours),
            targets: edit.targets.unwrap_or(self.targets),
            warn_at: edit.warn_at.unwrap_or(self.warn_at),
            pauses_on: edit.pauses_on.unwrap_or(self.pauses_on),
            escalation: edit.escalation.unwrap_or(self.escalation),
            late_ok: edit.late_ok.unwrap_or(self.late_ok),
            ..self
        }
    }

    /// Each target with what it is for.
    fn promised(&self) -> impl Iterator<Item = (Metric, Priority, Target)> {
        let all = self.targets.iter();
        all.flat_map(|(metric, targets)| targets.iter().map(move |(priority, target)| (*metric, priority, target)))
    }
}

/// Business hours.
impl Catalog {
    /// Adds business hours.
    ///
    /// # Errors
    /// [`Refusal::Full`], [`Refusal::NameTaken`], [`Refusal::Unfit`].
    pub fn add_hours(&self, by: Author, hours: BusinessHours, rest: HoursEdit) -> Decision {
        room(self.hours.len(), MOST_HOURS)?;
        let hours = hours.edited(rest);
        self.check_hours(&hours, by.at)?;
        self.kept(by, hours_changed(&hours.id), |catalog, version| {
            catalog.hours.push(BusinessHours { version, ..hours });
        })
    }

    /// Changes business hours; `served` is when the desk keeps watch.
    ///
    /// # Errors
    /// [`Refusal::Missing`], [`Refusal::NameTaken`], [`Refusal::Unfit`].
    pub fn edit_hours(&self, by: Author, id: &HoursId, edit: HoursEdit, served: &ServiceHours) -> Decision {
        let before = self.hours(id).ok_or(Refusal::Missing)?;
        let after = before.clone().edited(edit);
        self.check_hours(&after, by.at)?;
        let is_open_as_before = after.week == before.week && after.time_zone == before.time_zone;
        if !is_open_as_before && !served.covers(&after, by.at) {
            self.check_late(id)?;
        }
        self.replace_hours(by, before, after)
    }

    /// Adds those holidays that business hours do not have yet.
    ///
    /// # Errors
    /// [`Refusal::Missing`], [`Refusal::Full`], [`Refusal::Unfit`] when nothing would be open any more.
    pub fn add_holidays(&self, by: Author, id: &HoursId, holidays: Vec<Holiday>) -> Decision {
        let before = self.hours(id).ok_or(Refusal::Missing)?;
        let mut after = before.clone();
        for holiday in holidays {
            if !after.knows(&holiday.rule) {
                room(after.holidays.len(), MOST_HOLIDAYS)?;
                after.holidays.push(holiday);
            }
        }
        self.check_hours(&after, by.at)?;
        self.replace_hours(by, before, after)
    }

    /// Removes business hours by which no policy counts any more.
    ///
    /// # Errors
    /// [`Refusal::Missing`], [`Refusal::InUse`].
    pub fn remove_hours(&self, by: Author, id: &HoursId) -> Decision {
        self.hours(id).ok_or(Refusal::Missing)?;
        unused(self.policies.iter().any(|policy| policy.hours == *id))?;
        self.kept(by, hours_changed(id), |catalog, _| catalog.hours.retain(|hours| hours.id != *id))
    }

    fn check_hours(&self, hours: &BusinessHours, at: Timestamp) -> Result<(), Refusal> {
        let others = self.hours.iter().filter(|other| other.id != hours.id);
        free(&hours.name, others.map(|other| &other.name))?;
        let mut fields = Fields::new();
        let is_long_enough = fields.check("week", self.check_week(&hours.id, &hours.week)).is_some();
        if hours.holidays.len() > MOST_HOLIDAYS {
            let message = format!("must hold at most {MOST_HOLIDAYS} holidays");
            fields.refuse("holidays", Invalid::new("too_many", message));
        } else if hours.week.open_seconds() > 0 && hours.after(at, 1).is_none() {
            fields.refuse("holidays", Invalid::new("never_open", "must leave some time open"));
        } else if is_long_enough && !self.leaves_enough(hours, at) {
            let message = "leave too little time for what a policy promises by these hours";
            fields.refuse("holidays", Invalid::new("out_of_range", message));
        }
        fields.finish(Some(())).map_err(Refusal::Unfit)
    }

    /// Whether the longest of what policies promise by these hours can be reached, holidays and all.
    fn leaves_enough(&self, hours: &BusinessHours, at: Timestamp) -> bool {
        let counted = self.policies.iter().filter(|policy| policy.hours == hours.id);
        let targets: Vec<Target> = counted.flat_map(SlaPolicy::promised).map(|(.., target)| target).collect();
        let of_unit = |unit: Unit| targets.iter().filter(move |target| target.unit == unit);
        let longest = [Unit::Seconds, Unit::BusinessDays].map(|unit| of_unit(unit).max_by_key(|target| target.value));
        let reach = Reach::of(hours, at);
        longest.into_iter().flatten().all(|target| reach.holds(*target))
    }

    /// A week must be open at some time, and enough for what policies promise by it.
    fn check_week(&self, id: &HoursId, week: &Week) -> Result<(), Invalid> {
        let counted = self.policies.iter().filter(|policy| policy.hours == *id);
        if week.open_seconds() == 0 {
            Err(Invalid::new("never_open", "must be open at some time"))
        } else if counted.flat_map(SlaPolicy::promised).any(|(.., target)| !is_reachable(target, week)) {
            Err(Invalid::new("out_of_range", "is too short for what a policy promises by it"))
        } else {
            Ok(())
        }
    }

    /// Whether no policy by these hours must be kept to the minute.
    fn check_late(&self, id: &HoursId) -> Result<(), Refusal> {
        let mut counted = self.policies.iter().filter(|policy| policy.hours == *id);
        if counted.all(|policy| policy.late_ok) {
            return Ok(());
        }
        let message = "must be within the desk's service hours, for a policy promises by it that is not `late_ok`";
        Err(Refusal::Unfit(Fields::one("week", Invalid::new(OUTSIDE, message))))
    }

    fn replace_hours(&self, by: Author, before: &BusinessHours, after: BusinessHours) -> Decision {
        if after == *before {
            return Ok(None);
        }
        self.kept(by, hours_changed(&after.id), |catalog, version| {
            let slot = catalog.hours.iter_mut().find(|hours| hours.id == after.id);
            replace(slot, BusinessHours { version, ..after });
        })
    }
}

/// Policies.
impl Catalog {
    /// Adds a policy; `served` is when the desk keeps watch.
    ///
    /// # Errors
    /// [`Refusal::Full`], [`Refusal::NameTaken`], [`Refusal::Unfit`].
    pub fn add_policy(&self, by: Author, policy: SlaPolicy, rest: PolicyEdit, served: &ServiceHours) -> Decision {
        room(self.policies.len(), MOST_POLICIES)?;
        let default = self.default_after(&policy.id, rest.default);
        let policy = policy.edited(rest);
        self.check_policy(&policy, served, by.at)?;
        self.kept(by, policy_changed(&policy.id), |catalog, version| {
            catalog.policies.push(SlaPolicy { version, ..policy });
            catalog.make_default(default, version);
        })
    }

    /// Changes a policy, or whether it is the desk's default; `served` is when the desk keeps watch.
    ///
    /// # Errors
    /// [`Refusal::Missing`], [`Refusal::NameTaken`], [`Refusal::Unfit`].
    pub fn edit_policy(&self, by: Author, id: &PolicyId, edit: PolicyEdit, served: &ServiceHours) -> Decision {
        let before = self.policy(id).ok_or(Refusal::Missing)?;
        let default = self.default_after(id, edit.default);
        let after = before.clone().edited(edit);
        self.check_policy(&after, served, by.at)?;
        if after == *before && default == self.default_policy {
            return Ok(None);
        }
        self.kept(by, policy_changed(id), |catalog, version| {
            let slot = catalog.policies.iter_mut().find(|policy| policy.id == after.id);
            replace(slot, SlaPolicy { version, ..after });
            catalog.make_default(default, version);
        })
    }

    /// Removes a policy that is not the default and that no service or category names any more.
    ///
    /// # Errors
    /// [`Refusal::Missing`], [`Refusal::InUse`].
    pub fn remove_policy(&self, by: Author, id: &PolicyId) -> Decision {
        self.policy(id).ok_or(Refusal::Missing)?;
        let of_services = self.services.iter().map(|service| &service.policy);
        let of_categories = self.categories.iter().map(|category| &category.policy);
        let mut named = of_services.chain(of_categories).chain([&self.default_policy]).flatten();
        unused(named.any(|named| named == id))?;
        self.kept(by, policy_changed(id), |catalog, _| catalog.policies.retain(|policy| policy.id != *id))
    }

    /// Whichever was the default before has changed with it.
    fn make_default(&mut self, default: Option<PolicyId>, version: u64) {
        if default != self.default_policy {
            let former = self.policies.iter_mut().filter(|policy| Some(&policy.id) == self.default_policy.as_ref());
            former.for_each(|policy| policy.version = version);
            self.default_policy = default;
        }
    }

    /// The desk's default policy once somebody has said whether this is it.
    fn default_after(&self, id: &PolicyId, default: Option<bool>) -> Option<PolicyId> {
        let now = self.default_policy.clone();
        match default {
            Some(true) => Some(id.clone()),
            Some(false) => now.filter(|own| own != id),
            None => now,
        }
    }

    fn check_policy(&self, policy: &SlaPolicy, served: &ServiceHours, at: Timestamp) -> Result<(), Refusal> {
        let others = self.policies.iter().filter(|other| other.id != policy.id);
        free(&policy.name, others.map(|other| &other.name))?;
        let mut fields = Fields::new();
        let hours = self.hours(&policy.hours);
        fields.check("business_hours_id", known(hours, "are no business hours of the desk"));
        if !policy.late_ok && hours.is_some_and(|hours| !served.covers(hours, at)) {
            let message = "must be within the desk's service hours, unless the policy is `late_ok`";
            fields.refuse("business_hours_id", Invalid::new(OUTSIDE, message));
        }
        check_targets(&mut fields, policy, hours.map(|hours| Reach::of(hours, at)).as_ref());
        if let Some(group) = &policy.escalation.group {
            fields.check("escalation.group_id", known(self.group(group), "is not a group of the desk"));
        }
        fields.finish(Some(())).map_err(Refusal::Unfit)
    }
}

fn check_targets(fields: &mut Fields, policy: &SlaPolicy, reach: Option<&Reach<'_>>) {
    if policy.promised().next().is_none() {
        fields.refuse("targets", Invalid::new("required", "must promise something"));
    }
    let too_far = |target: Target| reach.is_some_and(|reach| !reach.holds(target));
    for (metric, priority, _) in policy.promised().filter(|(.., target)| too_far(*target)) {
        let message = "is more than ten years of the business hours";
        let place = format!("targets.{metric}.{}.value", name_of(priority));
        fields.refuse(place, Invalid::new("out_of_range", message));
    }
}

/// How far one comes by business hours from a moment on.
struct Reach<'a> {
    hours: &'a BusinessHours,
    from: Timestamp,
    /// What counts in ten years.
    seconds: u64,
}

impl<'a> Reach<'a> {
    fn of(hours: &'a BusinessHours, from: Timestamp) -> Self {
        let end = from.checked_add(TEN_YEARS).unwrap_or(Timestamp::MAX);
        Self { hours, from, seconds: hours.counted(from, end) }
    }

    /// Whether a target is within ten years, in weeks as they are and with the holidays that there are.
    fn holds(&self, target: Target) -> bool {
        let ends = || target.seconds(self.hours, self.from).is_some_and(|seconds| seconds <= self.seconds);
        is_reachable(target, &self.hours.week) && ends()
    }
}

/// Whether a target is within ten years of weeks without holidays.
fn is_reachable(target: Target, week: &Week) -> bool {
    match target.unit {
        Unit::Seconds => u64::from(target.value) <= week.open_seconds() * u64::from(WEEKS),
        Unit::BusinessDays => target.value <= week.open_days() * WEEKS,
    }
}

fn name_of(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Normal => "normal",
        Priority::High => "high",
        Priority::Urgent => "urgent",
    }
}

fn hours_changed(id: &HoursId) -> Fact {
    Fact::BusinessHoursChanged { hours: id.clone() }
}

fn policy_changed(id: &PolicyId) -> Fact {
    Fact::SlaPolicyChanged { policy: id.clone() }
}

#[cfg(test)]
mod tests;
