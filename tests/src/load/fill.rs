//! Fills a folder: tickets written through the store, all open, whose events count as settled.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use local::desk::Desk;
use runtime::world::SystemClock;

use crate::proof::stage;
use crate::wiring;

/// Who has the tickets, one after the other: every requester of the demo.
const REQUESTERS: [&str; 6] = ["usr_rita", "usr_rob", "usr_pia", "usr_petra", "usr_radek", "usr_renata"];

/// The tickets of a folder.
#[derive(Clone, Debug, Default)]
pub(super) struct Filled {
    /// The numbers of all of them.
    pub(super) all: Vec<String>,
    /// Of those, Rita's.
    pub(super) ritas: Vec<String>,
}

/// Writes so many tickets, opened now, and closes the desk again.
pub(super) fn fill(folder: &Path, tickets: usize) -> Filled {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (filled, end) = runtime.block_on(async {
        let desk = stage::kept(Some(folder.to_owned()), Arc::new(SystemClock)).await;
        desk.table.forget_tokens();
        let filled = written(&desk, tickets).await;
        (filled, end_of_stream(&desk))
    });
    let positions: BTreeMap<_, _> =
        wiring::template().streams.into_iter().map(|reader| (reader.logical_id, end)).collect();
    fs::write(folder.join("positions.json"), serde_json::to_vec(&positions).unwrap()).unwrap();
    filled
}

async fn written(desk: &Desk, tickets: usize) -> Filled {
    let store = desk.store();
    let catalog = store.reader().catalog().await.unwrap();
    let mut people = Vec::new();
    for id in REQUESTERS {
        people.push(stage::person(desk, id).await);
    }
    let mut filled = Filled::default();
    for requester in people.iter().cycle().take(tickets) {
        let number = stage::open(desk, &catalog, requester, store.reader().now()).await.to_string();
        if requester.id.as_str() == REQUESTERS[0] {
            filled.ritas.push(number.clone());
        }
        filled.all.push(number);
    }
    filled
}

/// The place of the last record, found by halves: there are very many.
fn end_of_stream(desk: &Desk) -> i64 {
    let (mut low, mut high) = (0, i64::MAX / 2);
    while low < high {
        let middle = low + (high - low) / 2;
        if desk.table.records("Table", middle, 1).unwrap().is_empty() {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filled_folder_is_a_desk_with_nothing_left_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let filled = fill(folder.path(), 12);
        assert_eq!((filled.all.len(), filled.ritas.len()), (12, 2));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let desk = stage::kept(Some(folder.path().to_owned()), Arc::new(SystemClock)).await;
            desk.settle().await.unwrap();
            assert_eq!(desk.outbox.messages().len(), 0, "nobody is told of them");
        });
    }
}
