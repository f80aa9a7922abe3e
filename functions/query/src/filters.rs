//! What a list of tickets comes from, and what it may be narrowed by.

use domain::access::Anchor;
use domain::field::{Fields, Invalid};
use domain::id::{CategoryId, GroupId, OrganizationId, PersonId, ServiceId};
use domain::priority::Priority;
use domain::sla::clock::SlaState;
use domain::status::{NextActionBy, Status, StatusCategory};
use domain::ticket::Kind;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use store::keys::{moment, partition};
use store::list::{Filter, Index, Source, Test};
use web::body::{one_of, time};
use web::problem::Problem;
use web::query::Params;

/// Every parameter a list knows.
const KNOWN: [&str; 23] = [
    "requester_id",
    "organization_id",
    "assignee_id",
    "group_id",
    "cc",
    "submitter_id",
    "tracker_id",
    "created_in",
    "status",
    "status_category",
    "next_action_by",
    "service_id",
    "category_id",
    "priority",
    "kind",
    "sla_state",
    "created_after",
    "created_before",
    "closed_after",
    "closed_before",
    "sort",
    "limit",
    "after",
];

/// A list, as somebody asked for it.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) anchor: Anchor,
    pub(crate) filters: Vec<Filter>,
    pub(crate) ascending: bool,
    statuses: Vec<Status>,
}

impl Wanted {
    /// Reads a query string; `me` is whoever asks, from the desk's side or not.
    ///
    /// # Errors
    /// 422 with every parameter that is unknown, wrong, or does not go with the others.
    pub(crate) fn parse(params: &Params, me: &PersonId, at_desk: bool) -> Result<Self, Problem> {
        params.only(&KNOWN)?;
        let mut fields = Fields::new();
        let anchor = anchor(params, me, &mut fields);
        let statuses = statuses(params, &mut fields);
        let mut filters = filters(params, &mut fields);
        // Of their own tickets agents see what requesters see.
        let own = matches!(&anchor, Some(Anchor::Requester(id)) if id == me);
        filters.extend(promises(params, at_desk && !own, &mut fields));
        if let (Some(Anchor::Organization(_)), Some(id)) = (&anchor, params.get("requester_id")) {
            let id = fields.check("requester_id", person(id, me));
            filters.extend(id.map(|id| one("requester.id", id.as_str())));
        }
        if statuses.len() < Status::ALL.len() {
            let names = statuses.iter().map(|status| status.name().to_owned()).collect();
            filters.push(Filter { attribute: "status", test: Test::OneOf(names) });
        }
        let ascending = sort(params, anchor.as_ref(), &mut fields);
        let wanted = anchor.map(|anchor| Self { anchor, filters, ascending, statuses });
        Ok(fields.finish(wanted)?)
    }

    /// Where its rows are; `None` when no ticket can match.
    pub(crate) fn source(&self) -> Option<Source> {
        let live = self.statuses.iter().any(|status| status.is_live());
        let done = self.statuses.iter().any(|status| !status.is_live() && *status != Status::Draft);
        let halves = || [(true, live), (false, done)].into_iter().filter_map(|(half, wanted)| wanted.then_some(half));
        let index =
            |index, partitions: Vec<String>| (!partitions.is_empty()).then_some(Source::Index(index, partitions));
        match &self.anchor {
            Anchor::Requester(id) => {
                index(Index::Requester, halves().map(|half| partition::requester(id, half)).collect())
            }
            Anchor::Organization(id) => {
                index(Index::Organization, halves().map(|half| partition::organization(id, half)).collect())
            }
            Anchor::Group(id) => index(Index::Group, halves().map(|half| partition::group(id, half)).collect()),
            Anchor::Unassigned if live => index(Index::Group, vec![partition::UNASSIGNED.to_owned()]),
            Anchor::Assignee(id) if live => index(Index::Holder, vec![partition::holder(id)]),
            Anchor::Unassigned | Anchor::Assignee(_) => None,
            Anchor::Cc(id) => Some(Source::Pointers("CC", id.clone())),
            Anchor::Submitter(id) => Some(Source::Pointers("BY", id.clone())),
            Anchor::Tracker(id) => Some(Source::Pointers("TRACK", id.clone())),
            Anchor::Month(month) => index(Index::Month, vec![month.clone()]),
        }
    }
}

fn person(text: &str, me: &PersonId) -> Result<PersonId, Invalid> {
    if text == "me" { Ok(me.clone()) } else { PersonId::parse(text) }
}

/// Exactly one of the parameters that say where a list comes from; an organization may be narrowed to a requester.
fn anchor(params: &Params, me: &PersonId, fields: &mut Fields) -> Option<Anchor> {
    let names = ["organization_id", "assignee_id", "group_id", "cc", "submitter_id", "tracker_id", "created_in"];
    let mut given: Vec<&str> = names.into_iter().filter(|name| params.get(name).is_some()).collect();
    if given != ["organization_id"] && params.get("requester_id").is_some() {
        given.push("requester_id");
    }
    let [name] = given.as_slice() else {
        let message = "a list needs exactly one of requester_id, organization_id, assignee_id, group_id, cc, \
            submitter_id, tracker_id and created_in";
        fields.refuse(given.get(1).copied().unwrap_or("requester_id"), Invalid::new("one_anchor", message));
        return None;
    };
    let value = params.get(name).unwrap_or_default();
    let anchor = match *name {
        "organization_id" => OrganizationId::parse(value).map(Anchor::Organization),
        "assignee_id" => person(value, me).map(Anchor::Assignee),
        "group_id" if value == "none" => Ok(Anchor::Unassigned),
        "group_id" => GroupId::parse(value).map(Anchor::Group),
        "cc" => person(value, me).map(Anchor::Cc),
        "submitter_id" => person(value, me).map(Anchor::Submitter),
        "tracker_id" => person(value, me).map(Anchor::Tracker),
        "created_in" => month(value).map(Anchor::Month),
        _ => person(value, me).map(Anchor::Requester),
    };
    fields.check(name, anchor)
}

fn month(text: &str) -> Result<String, Invalid> {
    let invalid = |_ignored| Invalid::new("not_a_month", "must be a month like 2026-03");
    Date::strptime("%Y-%m-%d", format!("{text}-01")).map_err(invalid).map(|date| date.strftime("%Y-%m").to_string())
}

/// The statuses that pass every parameter about statuses.
fn statuses(params: &Params, fields: &mut Fields) -> Vec<Status> {
    let named: Option<Vec<Status>> = many(params, "status", fields);
    let categories: Option<Vec<StatusCategory>> = many(params, "status_category", fields);
    let next: Option<Vec<NextActionBy>> = many(params, "next_action_by", fields);
    let passes = |status: &Status| {
        named.as_ref().is_none_or(|named| named.contains(status))
            && categories.as_ref().is_none_or(|all| status.category().is_some_and(|own| all.contains(&own)))
            && next.as_ref().is_none_or(|next| next.contains(&status.next_action_by()))
    };
    Status::ALL.into_iter().filter(passes).collect()
}

/// A parameter that may name several, with commas between.
fn many<T: DeserializeOwned>(params: &Params, name: &str, fields: &mut Fields) -> Option<Vec<T>> {
    let list = params.get(name)?;
    let parsed: Result<Vec<T>, Invalid> = list.split(',').map(one_of).collect();
    fields.check(name, parsed)
}

fn one(attribute: &'static str, value: &str) -> Filter {
    Filter { attribute, test: Test::OneOf(vec![value.to_owned()]) }
}

fn filters(params: &Params, fields: &mut Fields) -> Vec<Filter> {
    let mut filters = Vec::new();
    let service = fields.optional("service_id", params.get("service_id"), ServiceId::parse);
    filters.extend(service.map(|id| one("service", id.as_str())));
    let category = fields.optional("category_id", params.get("category_id"), CategoryId::parse);
    filters.extend(category.map(|id| one("category", id.as_str())));
    let priority = fields.optional("priority", params.get("priority"), one_of::<Priority>);
    filters.extend(priority.and(params.get("priority")).map(|name| one("priority", name)));
    let kind = fields.optional("kind", params.get("kind"), one_of::<Kind>);
    filters.extend(kind.and(params.get("kind")).map(|name| one("kind", name)));
    for (name, attribute) in [("created_after", "created_at"), ("closed_after", "closed_at")] {
        let at = fields.optional(name, params.get(name), time);
        filters.extend(at.map(|at| Filter { attribute, test: Test::After(moment(at)) }));
    }
    for (name, attribute) in [("created_before", "created_at"), ("closed_before", "closed_at")] {
        let at = fields.optional(name, params.get(name), time);
        filters.extend(at.map(|at| Filter { attribute, test: Test::Before(moment(at)) }));
    }
    filters
}

/// How a ticket stands with its promises: the desk's own affair.
fn promises(params: &Params, at_desk: bool, fields: &mut Fields) -> Option<Filter> {
    let name = params.get("sla_state")?;
    let state = if at_desk {
        one_of::<SlaState>(name)
    } else {
        Err(Invalid::new("unsupported_filter", "is for the desk alone"))
    };
    fields.check("sla_state", state).map(|state| one("sla_state", state.name()))
}

/// Whether the list ascends. Work lists are sorted by urgency; there is nothing to choose.
fn sort(params: &Params, anchor: Option<&Anchor>, fields: &mut Fields) -> bool {
    let is_queue = matches!(anchor, Some(Anchor::Assignee(_) | Anchor::Group(_) | Anchor::Unassigned));
    let ascending = match params.get("sort") {
        None => Ok(is_queue),
        Some(_) if is_queue => Err(Invalid::new("unsupported_filter", "work lists are sorted by urgency")),
        Some("created_at") => Ok(true),
        Some("-created_at") => Ok(false),
        Some(_) => Err(Invalid::new("unsupported_filter", "must be created_at or -created_at")),
    };
    fields.check("sort", ascending).unwrap_or(is_queue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(query: &str) -> Result<Wanted, Problem> {
        let me = PersonId::parse("usr_me").unwrap();
        Wanted::parse(&Params::parse(query).unwrap(), &me, true)
    }

    #[test]
    fn a_list_needs_exactly_one_anchor() {
        assert!(wanted("").is_err());
        assert!(wanted("requester_id=me&assignee_id=me").is_err());
        assert!(wanted("organization_id=org_a&requester_id=usr_b").is_ok());
        assert!(wanted("requester_id=me&colour=red").is_err());
    }

    #[test]
    fn statuses_choose_the_half_of_the_index() {
        let source = |query| wanted(query).unwrap().source();
        let partitions = |query| match source(query) {
            Some(Source::Index(_, partitions)) => partitions,
            other => panic!("{other:?}"),
        };
        assert_eq!(partitions("requester_id=me&status=resolved"), ["usr_me#open"]);
        assert_eq!(partitions("requester_id=me&status_category=closed"), ["usr_me#done"]);
        assert_eq!(partitions("requester_id=me"), ["usr_me#open", "usr_me#done"]);
        assert_eq!(source("requester_id=me&status=new&status_category=closed"), None);
    }

    #[test]
    fn work_lists_are_sorted_by_urgency() {
        assert!(wanted("assignee_id=me").unwrap().ascending);
        assert!(wanted("assignee_id=me&sort=created_at").is_err());
        assert!(!wanted("requester_id=me").unwrap().ascending);
    }
}
