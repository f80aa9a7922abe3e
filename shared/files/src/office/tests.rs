use std::convert::Infallible;

use bytes::Bytes;
use domain::file::FileType;
use memchr::memmem;
use proptest::prelude::*;

use crate::samples::documents::{self, Entry};
use crate::source::{InMemory, Source};
use crate::trial::{flips, look, look_in_pieces};
use crate::unfit::{Stopped, Unfit};

const UNLIKE: Unfit = Unfit::Damaged("its parts are not as its directory says");

fn kind(bytes: &[u8]) -> Result<FileType, Unfit> {
    look(bytes).map(|found| found.file_type)
}

/// A text document with a part of this name.
fn with_part(name: &str) -> Result<FileType, Unfit> {
    kind(&documents::docx_with([Entry::new(name, "x")]))
}

/// An archive with other bytes in the last record that begins so.
fn with(mut bytes: Vec<u8>, record: &[u8], at: usize, new: &[u8]) -> Vec<u8> {
    let at = memmem::rfind(&bytes, record).unwrap() + at;
    bytes[at..at + new.len()].copy_from_slice(new);
    bytes
}

/// A text document with other bytes in what its directory tells of its last part.
fn retold(at: usize, new: &[u8]) -> Result<FileType, Unfit> {
    kind(&with(documents::docx(), b"PK\x01\x02", at, new))
}

/// A text document with other bytes in the record at its end.
fn ending(at: usize, new: &[u8]) -> Result<FileType, Unfit> {
    kind(&with(documents::docx(), b"PK\x05\x06", at, new))
}

/// An archive without what its directory tells of a part.
fn without_record(bytes: &[u8], name: &[u8]) -> Vec<u8> {
    let (from, to) = {
        let named = memmem::rfind(bytes, name).unwrap();
        (named - 46, named + name.len())
    };
    let end = bytes.len() - 22;
    let count = u16::from_le_bytes([bytes[end + 10], bytes[end + 11]]) - 1;
    let size = u32::from_le_bytes(bytes[end + 12..end + 16].try_into().unwrap()) - u32::try_from(to - from).unwrap();
    let counts = [count.to_le_bytes(), count.to_le_bytes()].concat();
    let rest = [&bytes[..from], &bytes[to..]].concat();
    let rest = with(rest, b"PK\x05\x06", 8, &counts);
    with(rest, b"PK\x05\x06", 12, &size.to_le_bytes())
}

/// A file that counts how much of it is read.
struct Counted<'a> {
    file: InMemory,
    read: &'a mut usize,
}

impl Source for Counted<'_> {
    type Error = Infallible;

    fn len(&self) -> u64 {
        self.file.len()
    }

    async fn read(&mut self, from: u64) -> Result<Bytes, Infallible> {
        let bytes = self.file.read(from).await?;
        *self.read += bytes.len();
        Ok(bytes)
    }
}

#[test]
fn a_document_is_known_by_its_parts_and_delivered_as_it_is() {
    let documents = [
        (FileType::Docx, documents::docx()),
        (FileType::Xlsx, documents::xlsx()),
        (FileType::Pptx, documents::pptx()),
        (FileType::Odt, documents::odt()),
        (FileType::Ods, documents::ods()),
        (FileType::Odp, documents::odp()),
    ];
    for (file_type, document) in documents {
        let found = look(&document).unwrap();
        assert_eq!(found.file_type, file_type);
        assert!(found.pieces.are_all_of(u64::try_from(document.len()).unwrap()));
    }
}

#[test]
fn the_parts_of_real_documents_are_taken() {
    let names = [
        "word/media/image1.jpeg",
        "word/embeddings/Microsoft_Excel_Worksheet.xlsx",
        "xl/printerSettings/printerSettings1.bin",
        "docProps/",
        "customXml/item1.xml",
        "Přílohy/obrázek.png",
    ];
    for name in names {
        assert_eq!(with_part(name), Ok(FileType::Docx), "{name}");
    }
    assert_eq!(kind(&documents::zip_of_entries(3_900)), Ok(FileType::Docx));
    let renamed = [Entry::new("[Content_Types].xml", "<Types/>"), Entry::new("word/document2.xml", "<w:document/>")];
    assert_eq!(kind(&documents::zip(&renamed)), Ok(FileType::Docx));
}

#[test]
fn an_archive_that_is_no_document_is_unknown() {
    assert_eq!(kind(&documents::zip(&[Entry::new("notes.txt", "x")])), Err(Unfit::Unknown));
    let binary = [Entry::new("[Content_Types].xml", "<Types/>"), Entry::new("xl/workbook.bin", "x")];
    assert_eq!(kind(&documents::zip(&binary)), Err(Unfit::Unknown));
    assert_eq!(kind(&documents::zip(&[Entry::new("word/document.xml", "x")])), Err(Unfit::Unknown));
    let book = [Entry::new("mimetype", "application/epub+zip"), Entry::new("content.xml", "x")];
    assert_eq!(kind(&documents::zip(&book)), Err(Unfit::Unknown));
    assert_eq!(kind(&documents::open_document("text-template", [])), Err(Unfit::Unknown));
}

#[test]
fn a_document_of_two_kinds_is_refused() {
    assert_eq!(with_part("xl/workbook.xml"), Err(Unfit::Foreign("another document")));
    let both = documents::open_document("text", [Entry::new("[Content_Types].xml", "<Types/>")]);
    assert_eq!(kind(&both), Err(Unfit::Foreign("another document")));
}

#[test]
fn h093_a_document_with_macros_is_refused() {
    assert_eq!(kind(&documents::docm()), Err(Unfit::Active("macros")));
    assert_eq!(kind(&documents::odt_with_macros()), Err(Unfit::Active("macros")));
    for name in ["xl/macrosheets/sheet1.xml", "word/VBADATA.XML", "Scripts/python/x.py", "word/embeddings/x.docm"] {
        assert_eq!(with_part(name), Err(Unfit::Active("macros")), "{name}");
    }
    for name in ["word/embeddings/oleObject1.bin", "word/activeX/activeX1.xml"] {
        assert_eq!(with_part(name), Err(Unfit::Active("an object of another program")), "{name}");
    }
}

#[test]
fn h100_a_document_that_unpacks_to_far_too_much_is_refused() {
    for bomb in [documents::docx_bomb(), documents::zip_42(), documents::zip_of_entries(4_001)] {
        assert!(matches!(kind(&bomb), Err(Unfit::Bomb(_))));
    }
    assert_eq!(kind(&documents::docx_with_zip()), Err(Unfit::Foreign("an archive or a program")));
    assert_eq!(kind(&documents::docx_in_zip()), Err(Unfit::Unknown));
}

#[tokio::test]
async fn h100_of_a_hundred_thousand_parts_only_the_end_is_read() {
    let bomb = documents::zip_of_entries(100_000);
    let mut read = 0;
    let file = Counted { file: InMemory::in_pieces(bomb, 64 * 1024), read: &mut read };
    let answer = crate::inspect(file).await;
    assert!(matches!(answer, Err(Stopped::Unfit(Unfit::Bomb(_)))));
    assert!(read < 256 * 1024, "{read}");
}

#[test]
fn h100_parts_that_share_their_content_are_refused() {
    assert_eq!(retold(42, &[0; 4]), Err(Unfit::Bomb("its parts share their content")));
    assert_eq!(retold(42, &[40, 0, 0, 0]), Err(Unfit::Bomb("its parts share their content")));
}

#[test]
fn h101_what_would_be_unpacked_to_somewhere_else_is_refused() {
    assert_eq!(kind(&documents::docx_with_link()), Err(Unfit::Foreign("a link to another file")));
    let names = ["../evil", "word/../../evil", "/etc/passwd", "C:/evil", "word\\evil", "./evil", "word//evil", "/"];
    for name in names {
        assert_eq!(with_part(name), Err(Unfit::Foreign("a part whose name leads somewhere else")), "{name}");
    }
    assert_eq!(kind(&documents::docx_with_escape()), Err(Unfit::Foreign("a part whose name leads somewhere else")));
}

#[test]
fn names_that_programs_read_differently_are_refused() {
    for name in ["", "word/a\0.xml", "word/a\n.xml", "x".repeat(513).as_str()] {
        assert_eq!(with_part(name), Err(Unfit::Damaged("a part of it has no proper name")), "{name:?}");
    }
    assert_eq!(with_part("WORD/Document.xml"), Err(Unfit::Damaged("two of its parts have one name")));
    assert_eq!(retold(46, b"\xff"), Err(Unfit::Damaged("a part of it has no proper name")));
}

#[test]
fn h105_no_entity_and_no_relationship_is_resolved() {
    // Nothing but the bytes of the file can be asked for, and of these no part's content is.
    assert_eq!(kind(&documents::docx_with_entity()), Ok(FileType::Docx));
}

#[test]
fn programs_inside_are_refused() {
    for name in ["word/evil.exe", "word/evil.JS", "word/evil.lnk", "word/evil.tar.gz"] {
        assert_eq!(with_part(name), Err(Unfit::Foreign("an archive or a program")), "{name}");
    }
}

#[test]
fn h092_nothing_stands_before_behind_or_between() {
    let docx = documents::docx();
    let behind = [docx.as_slice(), b"<script>"].concat();
    assert_eq!(kind(&behind), Err(Unfit::Foreign("something stands behind its end")));
    let before = [b"PK\x03\x04".as_slice(), &docx].concat();
    assert_eq!(kind(&before), Err(Unfit::Foreign("something stands behind its directory")));
    let (parts, end) = docx.split_at(docx.len() - 22);
    let between = [parts, b"evil", end].concat();
    assert_eq!(kind(&between), Err(Unfit::Foreign("something stands behind its directory")));
    let hidden = documents::docx_with([Entry::new("word/hidden", vec![0; 100_000])]);
    let hidden = with(hidden, b"PK\x01\x02", 20, &[0; 8]);
    assert_eq!(kind(&hidden), Err(UNLIKE));
}

#[test]
fn h092_a_part_that_the_directory_does_not_name_is_refused() {
    let between = Err(Unfit::Foreign("something stands between its parts"));
    let hidden = documents::docx_with([Entry::new("word/a.xml", "<a/>"), Entry::new("word/b.xml", "<b/>")]);
    assert_eq!(kind(&without_record(&hidden, b"word/a.xml")), between);
    let last = documents::docx_with([Entry::new("word/a.xml", "<a/>")]);
    assert_eq!(kind(&without_record(&last, b"word/a.xml")), between);
    let gap = documents::docx();
    let at = memmem::find(&gap, b"PK\x01\x02").unwrap();
    let gap = [&gap[..at], b"gap", &gap[at..]].concat();
    let directory = u32::try_from(at + 3).unwrap().to_le_bytes();
    assert_eq!(kind(&with(gap, b"PK\x05\x06", 16, &directory)), between);
}

#[test]
fn h092_a_part_says_the_same_where_it_stands_and_in_the_directory() {
    for (at, new) in [(0, 1), (6, 1), (6, 64), (8, 8), (14, 1), (18, 1), (22, 1), (26, 1), (30, b'W')] {
        let mut document = documents::docx();
        let local = memmem::rfind(&document, b"PK\x03\x04").unwrap();
        document[local + at] ^= new;
        assert_eq!(kind(&document), Err(UNLIKE), "{at}");
    }
    // A whole name, as long as the right one.
    let mut other = documents::docx();
    let local = memmem::rfind(&other, b"word/document.xml").unwrap();
    let first = memmem::find(&other, b"word/document.xml").unwrap();
    assert_ne!(first, local);
    other[first..first + 17].copy_from_slice(b"word/document2.xm");
    assert_eq!(kind(&other), Err(UNLIKE));
}

#[test]
fn extra_fields_that_only_some_programs_read_are_refused() {
    let extra = |extra: &[u8]| {
        let part = Entry { extra: extra.to_vec(), ..Entry::new("word/a.xml", "<a/>") };
        kind(&documents::docx_with([part]))
    };
    let ambiguous = Err(Unfit::Damaged("a part of it has two sizes or two names"));
    assert_eq!(extra(b"\x75\x70\x06\0\x01\0\0\0\0a"), ambiguous);
    assert_eq!(extra(b"\x01\0\x08\0\0\0\0\0\0\0\0\0"), ambiguous);
    assert_eq!(extra(b"\x55\x54\x01\0\x07\x75\x70\0\0"), ambiguous);
    for harmless in [b"\x55\x54\x05\0\x01\0\0\0\0".as_slice(), b"\0\0\0\0\0\0", b"\x20\xa2\xff\xff\x75\x70\0\0"] {
        assert_eq!(extra(harmless), Ok(FileType::Docx), "{}", harmless.escape_ascii());
    }
}

#[test]
fn sizes_may_stand_behind_a_part() {
    let described = |name: &str, content: &str| Entry { is_described: true, ..Entry::new(name, content) };
    let parts = [described("[Content_Types].xml", "<Types/>"), described("word/document.xml", "<w:document/>")];
    let document = documents::zip(&parts);
    assert_eq!(kind(&document), Ok(FileType::Docx));
    let open = documents::open_document("text", [described("styles.xml", "<office:document-styles/>")]);
    assert_eq!(kind(&open), Ok(FileType::Odt));
    assert_eq!(kind(&with(document.clone(), b"PK\x07\x08", 0, b"evil")), Err(UNLIKE));
    assert_eq!(kind(&with(document.clone(), b"PK\x07\x08", 8, b"evil")), Err(UNLIKE));
    let at = memmem::rfind(&document, b"PK\x07\x08").unwrap();
    let directory = u32::try_from(at + 12).unwrap().to_le_bytes();
    let unsigned = [&document[..at], &document[at + 4..]].concat();
    assert_eq!(kind(&with(unsigned, b"PK\x05\x06", 16, &directory)), Ok(FileType::Docx));
    // Programs that stream write sizes of eight bytes.
    let (sums, rest) = document[at + 4..].split_at(12);
    let wide = [&document[..at + 4], &sums[..8], &[0; 4], &sums[8..], &[0; 4], rest].concat();
    let directory = u32::try_from(at + 24).unwrap().to_le_bytes();
    assert_eq!(kind(&with(wide.clone(), b"PK\x05\x06", 16, &directory)), Ok(FileType::Docx));
    let lying = with(wide, b"PK\x05\x06", 16, &directory);
    assert_eq!(kind(&[&lying[..at + 12], &[1], &lying[at + 13..]].concat()), Err(UNLIKE));
}

#[test]
fn a_directory_that_contradicts_itself_is_refused() {
    assert_eq!(retold(8, &[1, 0]), Err(Unfit::Damaged("it is locked with a password")));
    assert_eq!(retold(10, &[99, 0]), Err(Unfit::Damaged("a part of it is packed in no usual way")));
    assert_eq!(retold(24, &[1, 0, 0, 0]), Err(Unfit::Damaged("a part of it has two sizes")));
    assert_eq!(retold(42, &[0xff; 4]), Err(Unfit::Damaged("a part of it is not where it should be")));
    assert_eq!(ending(4, &[1, 0]), Err(Unfit::Damaged("it is one of several parts")));
    assert_eq!(ending(8, &[2, 0, 2, 0]), Err(Unfit::Damaged("its directory does not hold what its end says")));
    assert_eq!(ending(8, &[4, 0, 4, 0]), Err(Unfit::Truncated));
    assert_eq!(retold(0, b"PK\x03\x04"), Err(Unfit::Damaged("its directory cannot be read")));
    assert_eq!(ending(8, &[0xff; 4]), Err(Unfit::Bomb("it is made of far too many parts")));
    assert_eq!(ending(12, &[0xff; 4]), Err(Unfit::Bomb("it is made of far too many parts")));
    assert_eq!(ending(16, &[0xff; 4]), Err(Unfit::Damaged("its directory is not where it should be")));
    assert_eq!(ending(20, &[1, 0]), Err(Unfit::Foreign("something stands behind its end")));
}

#[test]
fn every_document_is_the_same_in_pieces() {
    for document in [documents::docx(), documents::odt(), documents::docm(), documents::docx_bomb()] {
        for piece in [1, 2, 3, 7] {
            assert_eq!(look_in_pieces(&document, piece), look(&document), "{piece}");
        }
    }
}

#[test]
fn h103_a_document_that_is_cut_off_is_refused_wherever() {
    for document in [documents::docx(), documents::odt()] {
        // A shorter one is a text.
        for len in 3..document.len() {
            assert!(look(&document[..len]).is_err(), "{len}");
        }
    }
}

#[test]
fn h103_no_flipped_bit_is_a_panic() {
    let document = documents::odt();
    for bytes in flips(&document, 0) {
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
        let mut bytes = documents::docx();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        prop_assert_eq!(look_in_pieces(&bytes, piece), look(&bytes));
    }
}
