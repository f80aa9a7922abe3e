//! Kinds: a file is what its content says. What could run, lie or burst is refused; of the rest only what is needed to
//! show it is handed out.

use domain::file::FileType;
use files::samples::{documents, films, pictures};
use files::source::InMemory;
use serde_json::json;
use tests::{Desk, Parcel};

use super::{admit_everything, keys, picture, refused};
use crate::given::refusal;

/// A file of this type for a ticket about the network.
fn of(file_type: FileType, submission: &str, bytes: impl Into<Vec<u8>>) -> Parcel {
    let name = format!("a.{}", file_type.extensions()[0]);
    Parcel::new(submission, &name, file_type.media_type(), bytes).by("svc_network")
}

/// Whether something is left that nobody should get.
fn holds_secrets(bytes: &[u8]) -> bool {
    bytes.windows(6).any(|window| window == b"SECRET")
}

/// Whether a file is fit, and whole once more when nothing more is left out of it.
async fn is_clean(bytes: &[u8]) -> bool {
    let Ok(found) = files::inspect(InMemory::new(bytes.to_vec())).await else {
        return false;
    };
    let mut delivery = found.pieces.deliver(InMemory::new(bytes.to_vec()));
    let mut again = Vec::new();
    while let Some(part) = delivery.next().await.unwrap() {
        again.extend_from_slice(&part);
    }
    again == bytes
}

/// Sends files with secrets in them: each is accepted, and handed out without them.
async fn all_cleaned(files: impl IntoIterator<Item = (FileType, Vec<u8>)>) {
    let desk = Desk::open().await;
    admit_everything(&desk).await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    for (at, (file_type, bytes)) in files.into_iter().enumerate() {
        assert!(holds_secrets(&bytes), "{file_type:?} {at}");
        let (_, id) = desk.attached(&rita, &of(file_type, &at.to_string(), bytes)).await;
        for person in [&rita, &leo] {
            let delivered = desk.delivered(person, &id).await;
            assert!(!holds_secrets(&delivered), "{file_type:?} {at}");
            assert!(is_clean(&delivered).await, "{file_type:?} {at}");
        }
    }
    assert!(keys(&desk).iter().all(|key| key.starts_with("files/")), "what was sent is gone: {:?}", keys(&desk));
    desk.close().await;
}

/// Sends files that are refused, each with this status and for this reason.
async fn all_refused(files: impl IntoIterator<Item = (FileType, Vec<u8>, u16, &'static str)>) {
    let desk = Desk::open().await;
    admit_everything(&desk).await;
    let rita = desk.sign_in("rita").await;
    for (at, (file_type, bytes, status, reason)) in files.into_iter().enumerate() {
        let told = refused(&desk, &rita, &of(file_type, "one", bytes), status).await;
        assert_eq!(told, reason, "{file_type:?} {at}");
    }
    desk.close().await;
}

#[tokio::test]
async fn h091_what_is_no_picture_is_refused_whatever_it_is_called() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    for (bytes, status, reason) in [
        (documents::html(), 415, "unknown_type"),
        (documents::svg(), 415, "unknown_type"),
        (documents::pdf(), 415, "unsupported_type"),
        (documents::text(), 422, "another_type"),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff".to_vec(), 415, "unknown_type"),
    ] {
        let file = Parcel::new("one", "a.png", "image/png", bytes);
        assert_eq!(refused(&desk, &rita, &file, status).await, reason);
    }
    desk.close().await;
}

#[tokio::test]
async fn h092_of_a_file_that_is_two_things_at_once_one_is_handed_out() {
    all_cleaned([
        (FileType::Gif, pictures::gif_with_script()),
        (FileType::Gif, pictures::gif_with_text()),
        (FileType::Png, pictures::png_with_html()),
        (FileType::Png, pictures::png_with_text()),
        (FileType::Jpeg, pictures::jpeg_with_php()),
        (FileType::Bmp, pictures::bmp_with_tail()),
        (FileType::Bmp, pictures::bmp_with_profile()),
        (FileType::Webp, pictures::webp_with_everything()),
    ])
    .await;
}

#[tokio::test]
async fn h092_a_document_with_another_file_in_it_is_refused() {
    all_refused([
        (FileType::Pdf, documents::pdf_with_zip(), 422, "foreign_content"),
        (FileType::Pdf, documents::pdf_with_file(), 422, "foreign_content"),
        (FileType::Docx, [documents::pdf(), documents::docx()].concat(), 422, "foreign_content"),
        (FileType::Docx, [documents::docx(), b"MZ".to_vec()].concat(), 422, "foreign_content"),
    ])
    .await;
}

#[tokio::test]
async fn h093_types_that_run_are_415_before_anything_is_sent() {
    let desk = Desk::open().await;
    admit_everything(&desk).await;
    let rita = desk.sign_in("rita").await;
    let before = desk.table();
    for content_type in [
        "image/svg+xml",
        "image/svg+xml-compressed",
        "text/html",
        "application/xhtml+xml",
        "multipart/related",
        "message/rfc822",
        "application/x-mimearchive",
        "application/xml",
        "text/xml",
        "application/hta",
        "application/x-ms-shortcut",
        "application/x-iso9660-image",
        "application/zip",
        "application/octet-stream",
        "application/vnd.ms-word.document.macroEnabled.12",
        "application/vnd.ms-excel.sheet.macroEnabled.12",
        "application/msword",
        "image/png, text/html",
        "",
    ] {
        let mut file = picture("one").by("svc_network");
        file.said["content_type"] = content_type.into();
        assert_eq!(refusal(rita.reserve(&file).await, 415).code(), "unsupported_type", "{content_type}");
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h093_what_runs_is_415_whatever_it_is_declared_as() {
    let hta = "<hta:application id=\"a\"><script>run()</script>".into();
    let xhtml = "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body/></html>".into();
    let iso = [vec![0; 0x8001], b"CD001\x01".to_vec()].concat();
    let texts = [documents::html(), documents::svg(), documents::xml(), documents::mhtml(), documents::shortcut()];
    let more = [hta, xhtml, iso, b"\x1f\x8b\x08\0\0\0\0\0\0\x03svgz".to_vec(), b"L\0\0\0\x01\x14\x02\0".to_vec()];
    let unknown = texts.into_iter().chain(more).map(|bytes| (FileType::Txt, bytes, 415_u16, "unknown_type"));
    let active = [
        (FileType::Docx, documents::docm(), 415, "active_content"),
        (FileType::Odt, documents::odt_with_macros(), 415, "active_content"),
        (FileType::Pdf, documents::pdf_with_script(), 415, "active_content"),
    ];
    all_refused(unknown.chain(active)).await;
}

#[tokio::test]
async fn h100_what_bursts_is_refused_from_its_directory_alone() {
    let desk = Desk::open().await;
    admit_everything(&desk).await;
    let rita = desk.sign_in("rita").await;
    for (bytes, reason) in [
        (documents::zip_42(), "unpacks_too_large"),
        (documents::docx_bomb(), "unpacks_too_large"),
        (documents::zip_of_entries(100_000), "unpacks_too_large"),
        (documents::docx_with_zip(), "foreign_content"),
        (documents::docx_in_zip(), "unknown_type"),
    ] {
        let upload = desk.sent(&rita, &of(FileType::Docx, "one", bytes)).await;
        desk.desk.bucket.tally.start();
        desk.desk.table.meter.start();
        let answer = rita.completes(&upload).await;
        let (units, requests) = (desk.desk.table.meter.stop(), desk.desk.bucket.tally.stop());
        assert_eq!((answer.code(), &answer.json["reason"]), ("file_refused", &json!(reason)), "{}", answer.text);
        assert!(units.requests <= 6, "{reason}: {units:?}");
        assert!(requests.get("GET").is_some_and(|reads| *reads <= 6), "{reason}: {requests:?}");
        assert_eq!(requests.get("PUT"), None, "nothing of it is kept");
    }
    assert_eq!(keys(&desk), Vec::<String>::new());
    desk.close().await;
}

#[tokio::test]
async fn h100_a_picture_that_would_fill_a_street_is_refused() {
    all_refused([
        (FileType::Png, pictures::png_claiming(60_000, 60_000), 422, "too_many_pixels"),
        (FileType::Gif, pictures::gif_of_frames(3_001, 1), 422, "too_many_frames"),
    ])
    .await;
}

#[tokio::test]
async fn h101_an_archive_that_leads_somewhere_else_is_refused() {
    all_refused([
        (FileType::Docx, documents::docx_with_link(), 422, "foreign_content"),
        (FileType::Docx, documents::docx_with_escape(), 422, "foreign_content"),
    ])
    .await;
}

/// A file of every type, each cut off in its middle; a text only where half a letter is left.
fn cut_off() -> Vec<(FileType, Vec<u8>)> {
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let whole = documents::text_utf_16();
    vec![
        (FileType::Jpeg, half(pictures::jpeg())),
        (FileType::Png, half(pictures::png())),
        (FileType::Gif, half(pictures::gif())),
        (FileType::Bmp, half(pictures::bmp())),
        (FileType::Txt, whole[..whole.len() - 1].to_vec()),
        (FileType::Webp, half(pictures::webp())),
        (FileType::Pdf, half(documents::pdf())),
        (FileType::Mp4, half(films::mp4())),
        (FileType::Docx, half(documents::docx())),
        (FileType::Xlsx, half(documents::xlsx())),
        (FileType::Pptx, half(documents::pptx())),
        (FileType::Odt, half(documents::odt())),
        (FileType::Ods, half(documents::ods())),
        (FileType::Odp, half(documents::odp())),
    ]
}

#[tokio::test]
async fn h103_a_file_that_is_cut_off_is_422_whatever_it_is() {
    let desk = Desk::open().await;
    admit_everything(&desk).await;
    let rita = desk.sign_in("rita").await;
    for (file_type, bytes) in cut_off() {
        let reason = refused(&desk, &rita, &of(file_type, "one", bytes), 422).await;
        assert!(["truncated", "damaged"].contains(&reason.as_str()), "{file_type:?}: {reason}");
    }
    desk.close().await;
}

#[tokio::test]
async fn h103_a_bit_that_turned_over_is_422() {
    let mut turned = pictures::png();
    let middle = turned.len() / 2;
    turned[middle] ^= 1;
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    refused(&desk, &rita, &Parcel::new("one", "a.png", "image/png", turned), 422).await;
    desk.close().await;
}

#[tokio::test]
async fn h104_nothing_tells_where_a_picture_was_taken() {
    let film = films::mp4_with_place();
    all_cleaned([(FileType::Jpeg, pictures::jpeg_with_everything()), (FileType::Mp4, film)]).await;
}

#[tokio::test]
async fn h105_what_a_document_names_is_never_asked_for() {
    let desk = Desk::open().await;
    admit_everything(&desk).await;
    let rita = desk.sign_in("rita").await;
    let file = of(FileType::Docx, "one", documents::docx_with_entity());
    let upload = desk.sent(&rita, &file).await;
    desk.desk.bucket.tally.start();
    let accepted = rita.completes(&upload).await.expect(200);
    let requests = desk.desk.bucket.tally.stop();
    let methods: Vec<_> = requests.keys().map(String::as_str).collect();
    assert_eq!(methods, ["DELETE", "GET", "HEAD", "PUT"], "the file itself is read and copied");
    assert_eq!(accepted.json["upload"]["size"], file.said["size"]);
    let (_, id) = desk.attached(&rita, &of(FileType::Docx, "two", documents::docx_with_entity())).await;
    assert_eq!(desk.delivered(&rita, &id).await, file.bytes, "as it was sent: nobody has looked into its parts");
    desk.close().await;
}

#[tokio::test]
async fn h106_the_test_file_of_virus_scanners_is_infected() {
    all_refused([
        (FileType::Txt, documents::eicar(), 422, "infected"),
        (FileType::Png, documents::eicar(), 422, "infected"),
        (FileType::Docx, [documents::eicar(), b"\r\n".to_vec()].concat(), 422, "infected"),
    ])
    .await;
}
