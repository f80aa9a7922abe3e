//! Lists of tickets: one page out of one or more partitions, merged in their common order, filtered by values only.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::PersonId;
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{Item, Row, read_row, text};
use crate::keys::{Key, pointed};
use crate::table::Table;

/// An index and what it is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// By submission.
    Requester,
    /// By submission.
    Organization,
    /// By urgency, then submission.
    Holder,
    /// By urgency, then submission.
    Group,
    /// By submission; holds keys only.
    Month,
}

impl Index {
    fn name(self) -> &'static str {
        match self {
            Self::Requester => "by_requester",
            Self::Organization => "by_organization",
            Self::Holder => "by_holder",
            Self::Group => "by_group",
            Self::Month => "by_month",
        }
    }

    fn sort_key(self) -> &'static str {
        match self {
            Self::Requester | Self::Organization | Self::Month => "created_key",
            Self::Holder | Self::Group => "queue_key",
        }
    }
}

/// Where a list comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Partitions of an index, merged.
    Index(Index, Vec<String>),
    /// The pointers of a person: `CC`, `BY` or `TRACK`.
    Pointers(&'static str, PersonId),
}

/// A condition on a projected attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The attribute, as a path of names; never taken from a request.
    pub attribute: &'static str,
    /// How it compares.
    pub test: Test,
}

/// How an attribute compares to values of a request, which travel as values only (H165).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Equals one of these.
    OneOf(Vec<String>),
    /// Is this truth.
    Is(bool),
    /// Is later than this moment.
    After(String),
    /// Is earlier than this moment.
    Before(String),
}

/// What to list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// From where.
    pub source: Source,
    /// Which of them.
    pub filters: Vec<Filter>,
    /// Oldest or most urgent first.
    pub ascending: bool,
    /// At most this many.
    pub limit: usize,
    /// Behind the rows seen so far.
    pub after: Option<Position>,
}

/// Where a list goes on: per partition, the last row taken from it, and whether there is nothing behind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position(Vec<Mark>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Mark {
    Start,
    Behind(Vec<(String, String)>),
    End,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where it goes on; `None` at the end.
    pub next: Option<Position>,
}

/// What one partition has to offer to a page.
struct Lane {
    offers: Vec<Item>,
    next: Mark,
    mark: Mark,
}

/// One page.
pub(crate) async fn list(table: &Table, listing: &Listing) -> Result<Page<Row>, StoreError> {
    match &listing.source {
        Source::Index(Index::Month, partitions) => {
            // Its rows are keys alone, which no filter can look at.
            let unfiltered = Listing { filters: Vec::new(), ..listing.clone() };
            let page = merged(table, &unfiltered, Index::Month, partitions).await?;
            let keys = page.items.iter().filter_map(crate::item::key_of).collect();
            with_heads(table, listing, keys, page.next).await
        }
        Source::Index(index, partitions) => {
            let page = merged(table, listing, *index, partitions).await?;
            let items = page.items.into_iter().map(read_row).collect::<Result<_, _>>()?;
            Ok(Page { items, next: page.next })
        }
        Source::Pointers(kind, person) => {
            let pk = crate::keys::pointers(kind, person);
            let lane = lane(table, listing, &Probe::Partition(pk), first_mark(listing, 0)).await?;
            let numbers = lane.offers.iter().filter_map(|item| item.get("sk")?.as_s().ok().and_then(|sk| pointed(sk)));
            let keys = numbers.map(|number| Key::ticket(&number)).collect();
            let next = (lane.next != Mark::End).then(|| Position(vec![lane.next]));
            with_heads(table, listing, keys, next).await
        }
    }
}

enum Probe<'a> {
    Index(Index, &'a str),
    Partition(String),
}

fn first_mark(listing: &Listing, at: usize) -> Mark {
    listing.after.as_ref().and_then(|position| position.0.get(at).cloned()).unwrap_or(Mark::Start)
}

/// A page of an index: every partition offers a page, and the best of all are taken.
async fn merged(
    table: &Table,
    listing: &Listing,
    index: Index,
    partitions: &[String],
) -> Result<Page<Item>, StoreError> {
    let probes: Vec<_> = partitions.iter().map(|partition| Probe::Index(index, partition)).collect();
    let asked = probes.iter().enumerate().map(|(at, probe)| lane(table, listing, probe, first_mark(listing, at)));
    let mut lanes = try_join_all(asked).await?;
    let mut tagged: Vec<(String, usize, Item)> = Vec::new();
    for (at, lane) in lanes.iter_mut().enumerate() {
        for item in lane.offers.drain(..) {
            let order = item.get(index.sort_key()).and_then(|value| value.as_s().ok()).cloned();
            tagged.push((order.unwrap_or_default(), at, item));
        }
    }
    tagged.sort_by(|one, other| if listing.ascending { one.0.cmp(&other.0) } else { other.0.cmp(&one.0) });
    // What a lane that goes on may still hold comes before anything that lies behind its end.
    let horizon = horizon(listing, index, &lanes);
    let within =
        |order: &String| horizon.as_ref().is_none_or(|end| if listing.ascending { order <= end } else { order >= end });
    let certain = tagged.iter().take_while(|(order, _, _)| within(order)).count();
    let rest = tagged.split_off(listing.limit.min(certain));
    for (at, lane) in lanes.iter_mut().enumerate() {
        // A lane whose offers were not all taken goes on behind the last that was.
        if rest.iter().any(|(_, of, _)| *of == at) {
            let last = tagged.iter().rev().find(|(_, of, _)| *of == at);
            lane.next = last.map_or(lane.mark.clone(), |(_, _, item)| behind(index, item));
        }
    }
    let marks: Vec<Mark> = lanes.into_iter().map(|lane| lane.next).collect();
    let next = marks.iter().any(|mark| *mark != Mark::End).then_some(Position(marks));
    Ok(Page { items: tagged.into_iter().map(|(_, _, item)| item).collect(), next })
}

/// The nearest end of those lanes that go on.
fn horizon(listing: &Listing, index: Index, lanes: &[Lane]) -> Option<String> {
    let ends = lanes.iter().filter_map(|lane| match &lane.next {
        Mark::Behind(key) => key.iter().find(|(name, _)| name == index.sort_key()).map(|(_, end)| end.clone()),
        Mark::Start | Mark::End => None,
    });
    if listing.ascending { ends.min() } else { ends.max() }
}

/// The key of an index row, as a query wants it to go on behind the row.
fn behind(index: Index, item: &Item) -> Mark {
    let names = ["pk", "sk", index.name(), index.sort_key()];
    let part = |name: &str| Some((name.to_owned(), item.get(name)?.as_s().ok()?.clone()));
    Mark::Behind(names.into_iter().filter_map(part).collect())
}

async fn lane(table: &Table, listing: &Listing, probe: &Probe<'_>, mark: Mark) -> Result<Lane, StoreError> {
    let start = match &mark {
        Mark::End => return Ok(Lane { offers: Vec::new(), next: Mark::End, mark }),
        Mark::Start => None,
        Mark::Behind(key) => Some(key.iter().map(|(name, value)| (name.clone(), text(value))).collect()),
    };
    let limit = i32::try_from(listing.limit).unwrap_or(100);
    let request = table
        .client
        .query()
        .table_name(&table.name)
        .scan_index_forward(listing.ascending)
        .limit(limit)
        .set_exclusive_start_key(start);
    let request = match probe {
        Probe::Index(index, partition) => {
            let (filter, mut values, names) = expression(&listing.filters);
            values.insert(":partition".to_owned(), text(*partition));
            request
                .index_name(index.name())
                .key_condition_expression(format!("{} = :partition", index.name()))
                .set_filter_expression(filter)
                .set_expression_attribute_names(Some(names).filter(|names| !names.is_empty()))
                .set_expression_attribute_values(Some(values))
        }
        Probe::Partition(pk) => {
            request.key_condition_expression("pk = :pk").expression_attribute_values(":pk", text(pk))
        }
    };
    let answer = request.send().await.map_err(StoreError::of)?;
    let next = answer.last_evaluated_key.map_or(Mark::End, |key| {
        Mark::Behind(key.into_iter().filter_map(|(name, value)| Some((name, value.as_s().ok()?.clone()))).collect())
    });
    Ok(Lane { offers: answer.items.unwrap_or_default(), next, mark })
}

type Expression = (Option<String>, HashMap<String, AttributeValue>, HashMap<String, String>);

/// The filters as an expression in which names and values are placeholders.
fn expression(filters: &[Filter]) -> Expression {
    let mut clauses = Vec::new();
    let mut values = HashMap::new();
    let mut names = HashMap::new();
    for (at, filter) in filters.iter().enumerate() {
        let mut path = Vec::new();
        for (depth, name) in filter.attribute.split('.').enumerate() {
            names.insert(format!("#f{at}_{depth}"), name.to_owned());
            path.push(format!("#f{at}_{depth}"));
        }
        let path = path.join(".");
        let mut value = |name: String, value| {
            values.insert(name.clone(), value);
            name
        };
        clauses.push(match &filter.test {
            Test::Is(truth) => format!("{path} = {}", value(format!(":f{at}"), AttributeValue::Bool(*truth))),
            Test::After(moment) => format!("{path} > {}", value(format!(":f{at}"), text(moment))),
            Test::Before(moment) => format!("{path} < {}", value(format!(":f{at}"), text(moment))),
            Test::OneOf(options) => {
                let places = options.iter().enumerate();
                let list: Vec<_> = places.map(|(n, option)| value(format!(":f{at}_{n}"), text(option))).collect();
                format!("{path} IN ({})", list.join(", "))
            }
        });
    }
    ((!clauses.is_empty()).then(|| clauses.join(" AND ")), values, names)
}

/// Rows from heads, for lists whose keys alone are indexed; filtered here, since keys cannot be.
async fn with_heads(
    table: &Table,
    listing: &Listing,
    keys: Vec<Key>,
    next: Option<Position>,
) -> Result<Page<Row>, StoreError> {
    let mut found = table.get_many(&keys, false).await?;
    let mut items = Vec::new();
    for key in &keys {
        if let Some(item) = found.remove(key)
            && listing.filters.iter().all(|filter| filter.passes(&item))
        {
            items.push(read_row(item)?);
        }
    }
    Ok(Page { items, next })
}

impl Filter {
    fn passes(&self, item: &Item) -> bool {
        let mut names = self.attribute.split('.');
        let first = names.next().and_then(|name| item.get(name));
        let value = names.fold(first, |value, name| value.and_then(|value| value.as_m().ok()?.get(name)));
        match (&self.test, value) {
            (Test::Is(truth), Some(AttributeValue::Bool(value))) => truth == value,
            (Test::OneOf(options), Some(AttributeValue::S(value))) => options.contains(value),
            (Test::After(moment), Some(AttributeValue::S(value))) => value > moment,
            (Test::Before(moment), Some(AttributeValue::S(value))) => value < moment,
            (Test::Is(_) | Test::OneOf(_) | Test::After(_) | Test::Before(_), Some(_) | None) => false,
        }
    }
}
