//! Names: for people to read, and for nothing else. No name is a path, a key, a header or a tag.

use files::samples::pictures;
use serde_json::json;
use tests::{Answer, Desk, Parcel, Person};

use super::{keys, opens_with, text};
use crate::given::{link, number, refusal};

/// Asks for a slot for a picture that is called so.
async fn named(person: &Person, name: &str) -> Answer {
    person.reserve(&Parcel::new("one", name, "image/png", pictures::png())).await
}

/// Tries names: each is refused, and nothing is written.
async fn all_refused(names: impl IntoIterator<Item = String>) {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let before = desk.table();
    for name in names {
        assert_eq!(refusal(named(&rita, &name).await, 422).fields(), ["file_name"], "{name:?}");
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h094_tricks_of_file_systems_are_422() {
    let names = [
        "a.png.php",
        "a.php\0.png",
        "a.png::$DATA",
        "a.txt:b.png",
        "../../etc/passwd.png",
        r"..\a.png",
        r"C:\a.png",
        "/a.png",
        ".png",
        "CON.png",
        "con.a.png",
        "Lpt1.png",
        "nul .png",
        " . ",
        "png",
        "",
    ];
    all_refused(names.map(str::to_owned)).await;
}

#[tokio::test]
async fn h094_what_can_be_cleaned_is_and_the_key_is_ours() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let mut sent = Vec::new();
    for (name, cleaned) in [("a.png. . ", "a.png"), (" b.png ", "b.png"), ("a.php%00.png", "a.php%00.png")] {
        let file = Parcel::new("one", name, "image/png", pictures::png());
        let upload = desk.sent(&rita, &file).await;
        assert_eq!(upload["file_name"], cleaned);
        sent.push(format!("uploads/{}", text(&upload["id"])));
    }
    sent.sort();
    assert_eq!(keys(&desk), sent);
    desk.close().await;
}

#[tokio::test]
async fn h095_what_nobody_sees_hides_no_dot() {
    let invisible = ['\u{200b}', '\u{2060}', '\u{feff}', '\u{ad}'];
    let names = |sign: char| [format!("{sign}.htaccess"), format!(".{sign}htaccess.png"), format!("{sign}.png")];
    all_refused(invisible.into_iter().flat_map(names)).await;

    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    for sign in invisible {
        let reserved = named(&rita, &format!("a{sign}b.p{sign}ng")).await.expect(201);
        assert_eq!(reserved.json["upload"]["file_name"], "ab.png");
    }
    desk.close().await;
}

#[tokio::test]
async fn h097_a_name_that_turns_around_is_422() {
    let turning = ['\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2069}'];
    let names = |sign: char| [format!("{sign}gpj.exe"), format!("photo{sign}gnp.png"), format!("exe.png{sign}")];
    all_refused(turning.into_iter().flat_map(names)).await;
}

#[tokio::test]
async fn h098_a_name_is_one_header_whatever_it_holds() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let name = "Účet \"č. 7\"; x=%41.png";
    let (_, id) = desk.attached(&rita, &Parcel::new("one", name, "image/png", pictures::png())).await;
    let found = rita.get(&format!("/v1/attachments/{id}")).await.expect(200);
    assert_eq!(found.json["attachment"]["file_name"], name);
    let (served, _) = desk.fetch(text(&found.json["url"])).await;
    let served = served.expect(200);
    assert_eq!(served.headers.get_all("content-disposition").iter().count(), 1);
    let expected = "attachment; filename=\"__et __. 7__ x__41.png\"; \
                    filename*=UTF-8''%C3%9A%C4%8Det%20%22%C4%8D.%207%22%3B%20x%3D%2541.png";
    assert_eq!(served.header("content-disposition"), Some(expected));
    desk.close().await;
}

#[tokio::test]
async fn h098_a_line_break_in_a_name_is_422() {
    let names = ["a\r\nSet-Cookie x.png", "a\n.png", "a\r.png", "a\u{85}.png", "\tb\t.png", "a\u{1b}.png"];
    all_refused(names.map(str::to_owned)).await;
}

#[tokio::test]
async fn h099_a_name_adds_no_tag_to_any_page_or_mail() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let hostile =
        |submission: &str| Parcel::new(submission, "<img src=x onerror=alert(1)>.png", "image/png", pictures::png());
    let upload = desk.attachable(&rita, &hostile("one")).await;
    let opened = opens_with(&rita, &[upload]).await.expect(201);
    let answer = json!({ "body": "See.", "attachments": [desk.attachable(&leo, &hostile("two")).await] });
    leo.does("comments", &number(&opened), &answer).await.expect(201);
    desk.settle().await;
    let mails = desk.mail_to("rita");
    let newest = mails.last().unwrap();
    let page = desk.nobody().get(&link(newest)).await.expect(200).text;
    let escaped = "&lt;img src=x onerror=alert(1)&gt;.png";
    assert!(newest.html.contains(escaped) && page.contains(escaped), "{page}");
    for document in desk.outbox().iter().map(|sent| &sent.html).chain([&page]) {
        assert!(!document.contains("<img"), "{document}");
    }
    desk.close().await;
}

#[tokio::test]
async fn h099_a_tag_is_no_extension() {
    all_refused(["a.<img onerror=x>", "a.png<svg onload=x>", "a.png.<b>"].map(str::to_owned)).await;
}
