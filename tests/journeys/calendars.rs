//! Calendars: what the desk counts is what anybody would count who looks at the clock in every minute.

use tests::proof::calendars::calendars;
use tests::proof::fresh_seed;

#[test]
fn h080_calendars_agree_with_counting_minute_by_minute() {
    let seed = fresh_seed();
    println!("seed {seed}");
    let tally = calendars(2_000, seed);
    assert_eq!(tally.cases, 2_000, "{tally:?}");
    println!("{tally:?}");
    assert!(tally.compared > 10 * tally.skipped, "hardly anything is beyond brute force: {tally:?}");
}
