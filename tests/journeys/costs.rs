//! What the desk costs, against the budgets: units and counts, at list prices that have a name each.

use tests::costs::bill::{Bill, money};
use tests::costs::month::{
    ALWAYS, IDLE_AFTER_FREE_BUDGET, IDLE_BUDGET, MAIL_BUDGET, OFFICE, TICKETS_BUDGET, idle, thousand,
};
use tests::costs::prices::{FRANKFURT, VIRGINIA};
use tests::costs::requests::walk;
use tests::costs::story::{PLAIN, idle_tick, tell, warning};

#[tokio::test]
async fn every_route_is_measured_and_within_its_units() {
    let walked = walk().await;
    assert_eq!(walked.missing(), Vec::<String>::new(), "costs/requests.rs makes every request");
    for measured in walked.requests {
        assert!(measured.is_within(), "{measured:?}");
    }
}

#[tokio::test]
async fn a_thousand_tickets_cost_seventy_cents_of_which_fifty_are_mail() {
    let tickets = 2;
    let told = tell(PLAIN, tickets).await;
    assert_eq!(told.usage(1).mails, 5, "two when it is opened, and three for what somebody else wrote");
    let warning = warning().await;
    for prices in [FRANKFURT, VIRGINIA] {
        let bill = thousand(&told, &warning, &prices);
        assert!(bill.list() <= TICKETS_BUDGET, "{}: {}", prices.region, shown(&bill));
        assert_eq!(bill.lines[0].list(), MAIL_BUDGET, "{}", shown(&bill));
    }
}

#[tokio::test]
async fn an_idle_month_costs_next_to_nothing() {
    let tick = idle_tick().await;
    assert!(tick.reads.0 <= 10, "an idle minute reads one unit: {tick:?}");
    for prices in [FRANKFURT, VIRGINIA] {
        let always = idle(&tick, ALWAYS, &prices);
        assert!(always.list() <= IDLE_BUDGET, "{}: {}", prices.region, shown(&always));
        assert!(always.after_free(&[]) <= IDLE_AFTER_FREE_BUDGET, "{}: {}", prices.region, shown(&always));
        let office = idle(&tick, OFFICE, &prices);
        assert!(office.list() < always.list() && office.after_free(&[]) < always.after_free(&[]));
    }
}

fn shown(bill: &Bill) -> String {
    format!("${}\n{}", money(bill.list()), bill.table(&[]).join("\n"))
}
