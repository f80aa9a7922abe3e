//! Histories: whatever befalls the services, nothing is lost, and nothing is there twice.

use tests::proof::fresh_seed;
use tests::proof::histories::histories;

#[test]
fn three_hundred_histories_lose_nothing_and_double_nothing() {
    let seed = fresh_seed();
    println!("seed {seed}");
    let outcome = histories(300, seed);
    println!("{outcome:?}");
    assert_eq!(outcome.histories, 300);
    assert!(outcome.acknowledged > outcome.given_up + outcome.refused, "most of what is said is done: {outcome:?}");
    let met = &outcome.met;
    let each = [met.throttled, met.conflicts, met.lost, met.slow, met.down, met.mails_lost];
    assert!(each.iter().all(|times| *times > 0), "everything happens that can: {outcome:?}");
}
