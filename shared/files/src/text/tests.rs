use domain::file::FileType;
use proptest::prelude::*;

use crate::samples::documents;
use crate::trial::{look, look_in_pieces};
use crate::unfit::Unfit;

fn kind(bytes: &[u8]) -> Result<FileType, Unfit> {
    look(bytes).map(|found| found.file_type)
}

/// A text in UTF-16, the high byte first.
fn utf_16(text: &str) -> Vec<u8> {
    [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}

#[test]
fn a_text_is_delivered_as_it_is_in_any_encoding() {
    let texts = [
        documents::text(),
        documents::text_windows_1250(),
        documents::text_gbk(),
        documents::text_utf_16(),
        utf_16("Tiskárna hoří. \u{1f525}"),
    ];
    for text in texts {
        let found = look(&text).unwrap();
        assert_eq!(found.file_type, FileType::Txt);
        assert!(found.pieces.are_all_of(u64::try_from(text.len()).unwrap()));
    }
}

#[test]
fn a_log_is_a_text_whatever_it_begins_with() {
    let logs: [&[u8]; 10] = [
        b"<13>Jan  1 00:00:00 printer lp0: on fire\n",
        b"<jan> it burns\n<leo> where?\n",
        b"< 1 second ago\n",
        b"<jan@customer.example> wrote:\n",
        b"\x1b[31merror\x1b[0m printer\n",
        b"[error] printer\n",
        b"Received: from relay\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n",
        b"ends with a form feed\x0c",
        b"rings\x07, and prints b\x08bold\n",
        b"ends as DOS ends it\r\n\x1a",
    ];
    for log in logs {
        assert_eq!(kind(log), Ok(FileType::Txt), "{}", log.escape_ascii());
    }
}

#[test]
fn h088_a_file_without_a_byte_is_cut_off() {
    assert_eq!(kind(b""), Err(Unfit::Truncated));
}

#[test]
fn h091_a_page_is_no_text_wherever_its_tag_hides() {
    let pages = [
        documents::html(),
        b"\xef\xbb\xbf \r\n\t<ScRiPt>alert(1)</sCrIpT>".to_vec(),
        b"<svg/onload=alert(1)>".to_vec(),
        b"<img\nsrc=x onerror=alert(1)>".to_vec(),
        b"<a href=x>".to_vec(),
        b"<!-- a remark --><p>".to_vec(),
        b"<?php system($_GET['x']); ?>".to_vec(),
        utf_16("<html><script>alert(1)</script>"),
        utf_16(" <!DOCTYPE html>"),
    ];
    for page in pages {
        assert_eq!(kind(&page), Err(Unfit::Unknown), "{}", page.escape_ascii());
    }
}

#[test]
fn h093_what_a_program_opens_is_no_text() {
    let programs = [
        documents::svg(),
        documents::html(),
        documents::xml(),
        documents::mhtml(),
        documents::shortcut(),
        b"<configuration xmlns='urn:x'>".to_vec(),
        b"<HTA:APPLICATION ID=x>".to_vec(),
        b"<job><script language=\"VBScript\">".to_vec(),
        b"; a remark\r\n\r\n[InternetShortcut]\r\nURL=x".to_vec(),
        b"MIME-Version: 1.0\r\nContent-Type:\r\n multipart/related; boundary=x\r\n\r\n--x".to_vec(),
        b"Subject: x\nMime-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x".to_vec(),
        b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F".to_vec(),
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03svgz".to_vec(),
        [vec![0; 32_768], b"\x01CD001\x01".to_vec()].concat(),
    ];
    for program in programs {
        assert_eq!(kind(&program), Err(Unfit::Unknown), "{}", program.escape_ascii());
    }
}

#[test]
fn h106_the_test_file_of_virus_scanners_is_infected() {
    assert_eq!(kind(&documents::eicar()), Err(Unfit::Infected));
}

#[test]
fn a_binary_byte_anywhere_makes_it_no_text() {
    for byte in [0, 1, 0x0b, 0x0e, 0x19, 0x1f] {
        let bytes = [vec![b'a'; 9_000], vec![byte]].concat();
        assert_eq!(kind(&bytes), Err(Unfit::Unknown), "{byte}");
    }
    assert_eq!(kind(&utf_16("a\0")), Err(Unfit::Unknown));
}

#[test]
fn nothing_follows_the_end_of_dos() {
    for bytes in [b"one\x1atwo".as_slice(), b"one\x1a\x1a", b"one\x1a\n"] {
        for piece in [1, 4, 99] {
            assert_eq!(look_in_pieces(bytes, piece), Err(Unfit::Unknown), "{}", bytes.escape_ascii());
        }
    }
    assert_eq!(kind(&utf_16("a\u{1a}")), Err(Unfit::Unknown));
}

#[test]
fn utf_16_that_is_no_text_is_refused() {
    assert_eq!(kind(b"\xff\xfea\0b"), Err(Unfit::Truncated));
    assert_eq!(kind(b"\xff\xfe\x3d\xd8"), Err(Unfit::Truncated));
    assert_eq!(kind(b"\xff\xfe\x3d\xd8a\0"), Err(Unfit::Damaged("half of a letter is missing")));
    assert_eq!(kind(b"\xff\xfe\x25\xdda\0"), Err(Unfit::Damaged("half of a letter is missing")));
}

proptest! {
    #[test]
    fn h103_any_bytes_are_answered_the_same_in_any_pieces(
        start in prop::sample::select(vec![b"".as_slice(), b"\xff\xfe", b"\xfe\xff", b"<", b"From: x\n"]),
        rest in prop::collection::vec(any::<u8>(), 0..600),
        piece in 1_usize..9,
    ) {
        let bytes = [start, rest.as_slice()].concat();
        prop_assert_eq!(look_in_pieces(&bytes, piece), look(&bytes));
    }
}
