//! What may go with a text, as given, when, then.

use jiff::Timestamp;

use super::*;
use crate::file::name::FileName;
use crate::file::submission::{Reserving, Submission, SubmissionName};
use crate::file::{Content, Declared, FileType, Sha256};

fn at() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn person(id: &str) -> PersonId {
    PersonId::parse(id).unwrap()
}

fn id(n: usize) -> UploadId {
    UploadId::parse(&format!("upl_{n}")).unwrap()
}

fn reserved(n: usize, inline: bool) -> Upload {
    let name = FileName::parse("a.png").unwrap();
    let reserving = Reserving {
        id: id(n),
        person: person("usr_1"),
        name: SubmissionName::parse("s").unwrap(),
        declared: Declared { name, file_type: FileType::Png, size: 9, sha256: Sha256::of([7; 32]), inline },
        rules: FileRules::default(),
        at: at(),
    };
    Submission::default().reserve(reserving).unwrap().upload
}

fn accepted(n: usize, inline: bool) -> Upload {
    let upload = reserved(n, inline);
    let content = Content { file_type: FileType::Jpeg, size: 8, sha256: Sha256::of([8; 32]), key: "k".to_owned() };
    Upload { state: upload.accepted(content, at()), ..upload }
}

fn enclose(enclosed: &Enclosed, beside: &[File], body: Option<&str>) -> Result<Entry, Vec<(String, &'static str)>> {
    let by = person("usr_1");
    let terms = Terms { at: at(), by: Some(&by), rules: &FileRules::default(), beside, text: "description" };
    let mut fields = Fields::new();
    let entry = enclosed.with(&mut fields, &terms, body.map(|text| Body::parse(text).unwrap()));
    fields
        .finish(Some(entry))
        .map_err(|fields| fields.into_vec().into_iter().map(|error| (error.field, error.code)).collect())
}

fn named(uploads: Vec<Upload>) -> Enclosed {
    Enclosed { named: uploads.iter().map(|upload| upload.id.clone()).collect(), uploads }
}

#[test]
fn an_accepted_upload_goes_with_a_text_under_the_name_that_fits_it() {
    let entry = enclose(&named(vec![accepted(1, false)]), &[], Some("see")).unwrap();
    assert_eq!(entry.files[0].id.as_str(), "att_1");
    assert_eq!(entry.files[0].name.as_str(), "a.jpg");
}

#[test]
fn only_an_accepted_upload_of_ones_own_can_be_named_and_only_once() {
    let foreign = Upload { person: person("usr_2"), ..accepted(1, false) };
    let UploadState::Accepted { file, .. } = accepted(2, false).state else {
        panic!("it was accepted");
    };
    let ticket = crate::number::TicketNumber::parse("7K3Q-M9XV").unwrap();
    let state = UploadState::Attached { file, key: "k".to_owned(), ticket, public: true };
    let attached = Upload { state, ..accepted(2, false) };
    let refused = UploadState::Refused { code: "damaged".to_owned(), reason: "it is damaged".to_owned() };
    let refused = Upload { state: refused, ..reserved(3, false) };
    let mut enclosed = named(vec![foreign, attached, refused, reserved(4, false)]);
    enclosed.named.push(id(4));
    let wrong = enclose(&enclosed, &[], None).unwrap_err();
    let codes: Vec<_> = wrong.iter().map(|(field, code)| (field.as_str(), *code)).collect();
    let expected = [
        ("attachments.0", "unknown_upload"),
        ("attachments.1", "already_attached"),
        ("attachments.2", "refused"),
        ("attachments.3", "not_completed"),
        ("attachments.4", "repeated"),
    ];
    assert_eq!(codes, expected);
}

#[test]
fn an_upload_that_waited_too_long_is_not_attached_any_more() {
    let upload = accepted(1, false);
    let content = Content { file_type: FileType::Png, size: 8, sha256: Sha256::of([8; 32]), key: "k".to_owned() };
    let stale = Upload { state: upload.accepted(content, at() - crate::file::TO_ATTACH), ..upload };
    assert_eq!(enclose(&named(vec![stale]), &[], None).unwrap_err(), [("attachments.0".to_owned(), "expired")]);
}

#[test]
fn a_tickets_later_files_share_its_five() {
    let beside = enclose(&named((0..3).map(|n| accepted(n, false)).collect()), &[], None).unwrap().files;
    assert!(enclose(&named(vec![accepted(7, false), accepted(8, false)]), &beside, None).is_ok());
    let three = named((5..8).map(|n| accepted(n, false)).collect());
    assert_eq!(enclose(&three, &beside, None).unwrap_err(), [("attachments".to_owned(), "too_many_files")]);
}

#[test]
fn pictures_in_the_text_have_a_limit_of_their_own() {
    let text = |count: usize| (0..count).map(|n| format!("![p](upl_{n})")).collect::<Vec<_>>().join(" ");
    let enclosed = Enclosed { named: Vec::new(), uploads: (0..11).map(|n| accepted(n, true)).collect() };
    let entry = enclose(&enclosed, &[], Some(&text(10))).unwrap();
    assert!(entry.files.len() == 10 && entry.files.iter().all(|file| file.inline));
    assert!(entry.body.unwrap().as_str().starts_with("![p](att_0) ![p](att_1)"));
    let wrong = enclose(&enclosed, &[], Some(&text(11))).unwrap_err();
    assert_eq!(wrong[0], ("description".to_owned(), "too_many_pictures"));
}

#[test]
fn a_file_beside_a_text_is_no_picture_in_it() {
    let beside = named(vec![accepted(1, true)]);
    assert_eq!(enclose(&beside, &[], None).unwrap_err(), [("attachments.0".to_owned(), "inline")]);
    let within = Enclosed { named: Vec::new(), uploads: vec![accepted(1, false)] };
    assert_eq!(enclose(&within, &[], Some("![x](upl_1)")).unwrap_err(), [("description".to_owned(), "inline")]);
}

#[test]
fn what_a_service_does_not_take_does_not_go_with_its_tickets() {
    let by = person("usr_1");
    let rules = FileRules { types: vec![FileType::Png], most_bytes: 8 };
    let terms = Terms { at: at(), by: Some(&by), rules: &rules, beside: &[], text: "description" };
    let mut fields = Fields::new();
    named(vec![accepted(1, false)]).with(&mut fields, &terms, None);
    assert_eq!(fields.finish(Some(())).unwrap_err().into_vec()[0].code, "unsupported_type");
}

#[test]
fn a_text_names_its_pictures_once_each() {
    let text = "see ![a](upl_1) and ![b](upl_2), again ![a](upl_1), not (upl_3) or [x](http://y)";
    let body = Body::parse(text).unwrap();
    assert_eq!(pictures(&body), [id(1), id(2)]);
}

#[test]
fn a_picture_is_spoken_of() {
    assert_eq!(spoken("see ![the error](att_1)!"), "see [the error]!");
    assert_eq!(spoken("wow![ and ![x](http://y)"), "wow![ and ![x](http://y)");
    assert_eq!(spoken("![a ![b](att_1) ![](att_2)"), "![a [b] […]");
    assert_eq!(spoken("x](att_1) é](ééé"), "x](att_1) é](ééé");
}
