//! The status table with a column per actor: for every verb, where it leads each of them from each status.
//!
//! `=` is a status that stays; 404, 403 and 409 say that the actor may not know of the ticket, may never do this, or
//! not in this status.

use std::collections::BTreeSet;

use super::{Refusal, Ticket};
use crate::access::Actor;
use crate::catalog::Catalog;
use crate::given;
use crate::status::{Status, Verb};

type Column = (&'static str, Actor);
type Row = Vec<&'static str>;

fn columns() -> [Column; 11] {
    [
        ("requester", given::requester()),
        ("cc", given::copied()),
        ("power_user", given::acting(given::power_user("usr_power"))),
        ("stranger", given::acting(given::stranger("usr_stranger"))),
        ("agent_in_queue", given::member()),
        ("handler", given::handler()),
        ("agent_elsewhere", given::acting(given::agent("usr_elsewhere"))),
        ("first_line", given::first_line()),
        ("lead", given::coordinator()),
        ("guest", given::guest()),
        ("system", Actor::System),
    ]
}

fn outcome(ticket: &Ticket, verb: Verb, actor: &Actor, catalog: &Catalog) -> &'static str {
    let doing = given::doing(actor, catalog, 10);
    match ticket.permit(&doing, verb, ticket.plain_step(verb, actor, catalog)) {
        Ok(status) if status == ticket.status() => "=",
        Ok(status) => status.name(),
        Err(Refusal::Hidden) => "404",
        Err(Refusal::Forbidden { .. }) => "403",
        Err(Refusal::Unfit(_)) => "422",
        Err(Refusal::Illegal { .. } | Refusal::HeldBy { .. } | Refusal::NotHandled | Refusal::AlreadyAnswered) => "409",
    }
}

/// The lines of one verb, the first one naming the columns.
fn lines(verb: Verb, columns: &[Column], catalog: &Catalog) -> Vec<Row> {
    let head: Row = ["from"].into_iter().chain(columns.iter().map(|(name, _)| *name)).collect();
    let rows = Status::ALL.into_iter().map(|status| -> Row {
        let ticket = given::ticket_in(status);
        let outcomes = columns.iter().map(|(_, actor)| outcome(&ticket, verb, actor, catalog));
        [status.name()].into_iter().chain(outcomes).collect()
    });
    [head].into_iter().chain(rows).collect()
}

fn render(lines: &[Row]) -> String {
    let widest = |column: usize| lines.iter().map(|line| line[column].len()).max().unwrap();
    let widths: Vec<usize> = (0..lines[0].len()).map(widest).collect();
    let padded = |line: &Row| {
        let cells = line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    lines.iter().map(padded).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_state_table_says_where_each_verb_leads_each_actor() {
    let (catalog, columns) = (given::catalog(), columns());
    let tables = Verb::ALL.map(|verb| format!("{}\n\n{}\n", verb.name(), render(&lines(verb, &columns, &catalog))));
    let text = tables.join("\n");
    insta::assert_snapshot!("state_table", text);
}

#[test]
fn h037_the_state_table_has_a_line_for_every_verb_and_status() {
    let (catalog, columns) = (given::catalog(), columns());
    assert_eq!(Verb::ALL.into_iter().collect::<BTreeSet<_>>().len(), Verb::ALL.len());
    assert_eq!(Status::ALL.into_iter().collect::<BTreeSet<_>>().len(), Status::ALL.len());
    for verb in Verb::ALL {
        let lines = lines(verb, &columns, &catalog);
        assert_eq!(lines.len(), 1 + Status::ALL.len(), "{verb:?}");
        for line in lines {
            assert_eq!(line.len(), 1 + columns.len(), "{verb:?}");
            assert!(line.iter().all(|cell| !cell.is_empty()), "{verb:?}: {line:?}");
        }
    }
}

#[test]
fn every_ticket_of_the_table_stands_in_the_status_of_its_line() {
    for status in Status::ALL {
        assert_eq!(given::ticket_in(status).status(), status);
    }
}

#[test]
fn what_has_ended_can_only_be_read_and_noted_on() {
    let catalog = given::catalog();
    for status in given::ENDED {
        let ticket = given::ticket_in(status);
        for (name, actor) in columns() {
            let allowed = ticket.allowed_actions(&actor, &catalog);
            assert!(
                allowed.iter().all(|verb| [Verb::View, Verb::Note].contains(verb)),
                "{status:?} {name}: {allowed:?}"
            );
        }
    }
}

#[test]
fn the_allowed_actions_are_the_verbs_that_the_table_permits() {
    let catalog = given::catalog();
    for status in Status::ALL {
        let ticket = given::ticket_in(status);
        for (name, actor) in columns() {
            let permitted = |verb: &Verb| !outcome(&ticket, *verb, &actor, &catalog).starts_with('4');
            let permitted: Vec<Verb> = Verb::ALL.into_iter().filter(permitted).collect();
            assert_eq!(ticket.allowed_actions(&actor, &catalog), permitted, "{status:?} {name}");
        }
    }
}
