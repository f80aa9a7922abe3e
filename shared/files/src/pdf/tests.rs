use domain::file::FileType;
use memchr::memmem;
use proptest::prelude::*;

use crate::samples::documents;
use crate::trial::{flips, look, look_in_pieces};
use crate::unfit::Unfit;

fn kind(bytes: &[u8]) -> Result<FileType, Unfit> {
    look(bytes).map(|found| found.file_type)
}

/// A PDF with other bytes instead of some of its own, as many.
fn with(mut bytes: Vec<u8>, old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let at = memmem::find(&bytes, old).unwrap();
    bytes[at..at + new.len()].copy_from_slice(new);
    bytes
}

/// A PDF whose end names another place of three digits.
fn indexed_at(place: [u8; 3]) -> Vec<u8> {
    let mut bytes = documents::pdf();
    let at = memmem::find(&bytes, b"startxref\n").unwrap() + 10;
    bytes[at..at + 3].copy_from_slice(&place);
    bytes
}

#[test]
fn a_pdf_is_delivered_as_it_is() {
    let pdf = documents::pdf();
    let found = look(&pdf).unwrap();
    assert_eq!(found.file_type, FileType::Pdf);
    assert!(found.pieces.are_all_of(u64::try_from(pdf.len()).unwrap()));
}

#[test]
fn every_version_is_known_and_no_other() {
    for version in [b"%PDF-1.0", b"%PDF-1.7", b"%PDF-2.0"] {
        assert_eq!(kind(&with(documents::pdf(), b"%PDF-1.4", version)), Ok(FileType::Pdf));
    }
    for version in [b"%PDF-1.8", b"%PDF-2.1", b"%PDF_1.4"] {
        assert!(kind(&with(documents::pdf(), b"%PDF-1.4", version)).is_err());
    }
}

#[test]
fn the_index_may_be_an_object() {
    assert_eq!(kind(&indexed_at(*b"015")), Ok(FileType::Pdf));
}

#[test]
fn an_index_that_is_not_there_is_damage() {
    assert_eq!(kind(&indexed_at(*b"016")), Err(Unfit::Damaged("its index is not where it should be")));
    assert_eq!(kind(&indexed_at(*b"999")), Err(Unfit::Damaged("its index would stand behind its end")));
    assert_eq!(kind(&indexed_at(*b"+15")), Err(Unfit::Damaged("its end does not say where its index is")));
}

#[test]
fn h092_another_file_before_behind_or_inside_is_refused() {
    assert_eq!(kind(&documents::pdf_with_zip()), Err(Unfit::Foreign("an archive")));
    let before = [b"<!--\n".as_slice(), &documents::pdf()].concat();
    assert_eq!(kind(&before), Err(Unfit::Unknown));
    let behind = [documents::pdf().as_slice(), b"<script>alert(1)</script>"].concat();
    assert_eq!(kind(&behind), Err(Unfit::Foreign("something stands behind its end")));
    for space in *b" \0\n\r\t" {
        let filled = [documents::pdf().as_slice(), &[space; 900]].concat();
        assert_eq!(kind(&filled), Ok(FileType::Pdf), "{space}");
        assert_eq!(kind(&[filled.as_slice(), &[space; 900]].concat()), Err(Unfit::Truncated), "{space}");
        assert!(kind(&[filled.as_slice(), b"x"].concat()).is_err(), "{space}");
    }
    assert_eq!(kind(&documents::pdf_with_file()), Err(Unfit::Foreign("another file")));
    let clip = with(documents::pdf_with_script(), b"/JavaScript /JS (", b"/FileAttachment (");
    assert_eq!(kind(&clip), Err(Unfit::Foreign("another file")));
}

#[test]
fn a_script_is_seen_wherever_the_pieces_of_the_file_end() {
    let pdf = documents::pdf_with_script();
    for piece in 1..40 {
        assert_eq!(look_in_pieces(&pdf, piece), Err(Unfit::Active("a script")), "{piece}");
    }
    let other = with(pdf, b"/JavaScript /JS", b"/JavaScripts/JS");
    assert_eq!(kind(&other), Ok(FileType::Pdf));
}

#[test]
fn a_script_is_seen_however_its_name_is_spelled() {
    let pdf = with(documents::pdf_with_script(), b"/S /JavaScript /JS", b"/S/J#61vaScript/JS");
    let spelled: &[u8] = b"/#4a#61#76#61#53#63#72#69#70#74  ";
    let other = with(documents::pdf(), b"/Parent 2 0 R /MediaBox [0 0 200 ", spelled);
    for piece in 1..60 {
        assert_eq!(look_in_pieces(&pdf, piece), Err(Unfit::Active("a script")), "{piece}");
        assert_eq!(look_in_pieces(&other, piece), Err(Unfit::Active("a script")), "{piece}");
    }
    let harmless = with(documents::pdf_with_script(), b"/S /JavaScript /JS", b"/S/J#6gvaScript/JS");
    assert_eq!(kind(&harmless), Ok(FileType::Pdf));
}

#[test]
fn every_pdf_is_the_same_in_pieces() {
    for pdf in [documents::pdf(), documents::pdf_with_zip(), documents::pdf_with_file()] {
        for piece in [1, 2, 3, 7] {
            assert_eq!(look_in_pieces(&pdf, piece), look(&pdf), "{piece}");
        }
    }
}

#[test]
fn h103_a_pdf_that_is_cut_off_is_refused_wherever() {
    let pdf = documents::pdf();
    // A shorter one is a text.
    for len in 4..pdf.trim_ascii_end().len() {
        assert!(look(&pdf[..len]).is_err(), "{len}");
    }
}

#[test]
fn h103_no_flipped_bit_is_a_panic() {
    let pdf = documents::pdf();
    for bytes in flips(&pdf, 0) {
        if let Ok(found) = look(&bytes) {
            assert!(!found.pieces.is_empty());
        }
    }
}

proptest! {
    #[test]
    fn h103_no_change_is_a_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        piece in 1_usize..99,
    ) {
        let mut bytes = documents::pdf_with_script();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        prop_assert_eq!(look_in_pieces(&bytes, piece), look(&bytes));
    }
}
