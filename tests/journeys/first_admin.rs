//! The first admin: a new desk has no people and no password, but one address that it was deployed with.

use local::desk::Plan;
use serde_json::json;
use tests::{Desk, MONDAY};

const ADMIN: &str = "ada.admin@lambdesk.example";

const CHOSEN: &str = "correct horse battery";

/// The same as a browser writes it.
const FORM: &str = "password=correct+horse+battery";

/// Where the link in the only mail leads, which went to the address of the admin.
fn link(desk: &Desk) -> String {
    let sent = desk.outbox();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0].to, [ADMIN]);
    let link = sent[0].text.split_whitespace().find_map(|word| word.strip_prefix("http://desk.test"));
    link.filter(|path| path.starts_with("/l/")).unwrap_or_else(|| panic!("no link: {}", sent[0].text)).to_owned()
}

#[tokio::test]
async fn whoever_controls_the_address_of_a_new_desk_becomes_its_first_admin() {
    let desk = Desk::without_people(ADMIN).await;
    let nobody = desk.nobody();
    nobody.post("/v1/password_resets", &json!({ "email": "Ada.Admin@Lambdesk.example" })).await.expect(202);
    desk.settle().await;
    let path = link(&desk);

    // A scanner looks at the link before the admin does.
    let before = desk.table();
    for _ in 0..3 {
        let page = nobody.get(&path).await.expect(200);
        assert!(page.text.contains("You become the first administrator"), "{}", page.text);
    }
    assert_eq!(desk.table(), before, "opening a link changes nothing");

    let again = nobody.fill_in(&path, "password=too+short").await.expect(422);
    assert!(again.text.contains("too short") && again.text.contains("<form"), "{}", again.text);
    let done = nobody.fill_in(&path, FORM).await.expect(200);
    assert!(done.text.contains("You can sign in"), "{}", done.text);
    assert!(done.header("set-cookie").is_none(), "nobody is signed in by it");
    nobody.get(&path).await.expect(404);
    nobody.fill_in(&path, FORM).await.expect(404);

    let admin = desk.sign_in_with(ADMIN, CHOSEN).await;
    let me = admin.get("/v1/users/me").await.expect(200);
    assert_eq!((&me.json["user"]["role"], &me.json["user"]["name"]), (&json!("admin"), &json!("ada.admin")));
    admin.post("/v1/groups", &json!({ "name": "Printers", "line": 3 })).await.expect(201);
    desk.close().await;
}

#[tokio::test]
async fn nobody_else_becomes_the_first_admin() {
    for admin in [ADMIN, ""] {
        let desk = Desk::without_people(admin).await;
        let nobody = desk.nobody();
        nobody.post("/v1/password_resets", &json!({ "email": "eve@evil.example" })).await.expect(202);
        desk.settle().await;
        assert!(desk.outbox().is_empty());
        let path = format!("/l/{}", desk.reset_token("eve@evil.example").await);
        nobody.get(&path).await.expect(404);
        nobody.fill_in(&path, FORM).await.expect(404);
        desk.close().await;
    }
}

#[tokio::test]
async fn a_desk_that_has_an_admin_gets_no_other_by_its_address() {
    let desk = Desk::planned(MONDAY.parse().unwrap(), |plan| Plan { admin_address: ADMIN.to_owned(), ..plan }).await;
    let nobody = desk.nobody();
    nobody.post("/v1/password_resets", &json!({ "email": ADMIN })).await.expect(202);
    desk.settle().await;
    assert!(desk.outbox().is_empty());
    let path = format!("/l/{}", desk.reset_token(ADMIN).await);
    nobody.get(&path).await.expect(404);
    nobody.fill_in(&path, FORM).await.expect(404);
    desk.close().await;
}
