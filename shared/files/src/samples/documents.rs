//! Texts, PDF, films and office documents, and what pretends to be one.

/// A text in UTF-8.
#[must_use]
pub fn text() -> Vec<u8> {
    "The printer is on fire.\r\nTiskárna hoří.\r\n\tprint.log attached\r\n".into()
}

/// A text as Windows writes it in Czechia.
#[must_use]
pub fn text_windows_1250() -> Vec<u8> {
    b"Tisk\xe1rna ho\xf8\xed, p\xf8ilo\x9eeno.\r\n".to_vec()
}

/// A text as Windows writes it in China.
#[must_use]
pub fn text_gbk() -> Vec<u8> {
    b"\xb4\xf2\xd3\xa1\xbb\xfa\xd7\xc5\xbb\xf0\xc1\xcb\xa1\xa3\r\n".to_vec()
}

/// A text in UTF-16, the low byte first, with a letter that takes a pair.
#[must_use]
pub fn text_utf_16() -> Vec<u8> {
    "\u{feff}Tiskárna hoří. \u{1f525}\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A page with a script.
#[must_use]
pub fn html() -> Vec<u8> {
    b"\n<!DOCTYPE html><html><body><script>alert(1)</script></body></html>\n".to_vec()
}

/// A drawing with a script.
#[must_use]
pub fn svg() -> Vec<u8> {
    b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><circle r=\"9\"/></svg>\n".to_vec()
}

/// A document in XML.
#[must_use]
pub fn xml() -> Vec<u8> {
    b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<note>on fire</note>\n".to_vec()
}

/// A page with its pictures, as browsers save it.
#[must_use]
pub fn mhtml() -> Vec<u8> {
    b"From: <Saved by a browser>\r\nSubject: A page\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\
      \ttype=\"text/html\";\r\n\tboundary=\"part\"\r\n\r\n--part\r\nContent-Type: text/html\r\n\r\n\
      <script>alert(1)</script>\r\n--part--\r\n"
        .to_vec()
}

/// A shortcut of a desktop.
#[must_use]
pub fn shortcut() -> Vec<u8> {
    b"[InternetShortcut]\r\nURL=file://203.0.113.9/share/run.exe\r\n".to_vec()
}

/// The test file by which virus scanners are tried, in two halves so that no scanner minds this source.
#[must_use]
pub fn eicar() -> Vec<u8> {
    [br"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-".as_slice(), b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat()
}

/// A PDF of one page.
#[must_use]
pub fn pdf() -> Vec<u8> {
    write_pdf(&PAGE, "").0
}

/// A PDF that runs a script when it is opened.
#[must_use]
pub fn pdf_with_script() -> Vec<u8> {
    write_pdf(&PAGE, "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>").0
}

/// A PDF with another file in it.
#[must_use]
pub fn pdf_with_file() -> Vec<u8> {
    let file = "<< /Type /EmbeddedFile /Length 5 >>\nstream\nMZ...\nendstream";
    let [pages, page, content] = PAGE;
    write_pdf(&[pages, page, content, file], "").0
}

/// A PDF and an archive: each ends as it should, for the end of the PDF is the comment of the archive.
#[must_use]
pub fn pdf_with_zip() -> Vec<u8> {
    let (mut file, index) = write_pdf(&PAGE, "");
    let comment = format!("\nstartxref\n{index}\n%%EOF\n");
    let mut archive = zip(&[Entry::new("evil.txt", "another file")]);
    archive.truncate(archive.len().saturating_sub(2));
    file.extend(archive);
    file.extend(short(comment.len()));
    file.extend(comment.into_bytes());
    file
}

/// The objects of a page with nothing on it, behind the first.
const PAGE: [&str; 3] = [
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>",
    "<< /Length 13 >>\nstream\n0 0 m 9 9 l S\nendstream",
];

/// Writes a PDF, what it does when opened, and the place of its index.
fn write_pdf(objects: &[&str], action: &str) -> (Vec<u8>, usize) {
    let root = format!("<< /Type /Catalog /Pages 2 0 R {action} >>");
    let mut file = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut index = b"0000000000 65535 f \n".to_vec();
    let mut count = 1;
    for object in std::iter::once(root.as_str()).chain(objects.iter().copied()) {
        index.extend(format!("{:010} 00000 n \n", file.len()).into_bytes());
        file.extend(format!("{count} 0 obj\n{object}\nendobj\n").into_bytes());
        count += 1;
    }
    let at = file.len();
    file.extend(format!("xref\n0 {count}\n").into_bytes());
    file.extend(index);
    file.extend(format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n").into_bytes());
    (file, at)
}

/// A part of an archive that is to be written.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its path.
    pub name: String,
    /// Its bytes, written as they are.
    pub content: Vec<u8>,
    /// How large the directory claims that it is unpacked; then it claims as well that the part is packed.
    pub claims: Option<u32>,
    /// Its attributes: the upper half is the mode of a file on Unix.
    pub attributes: u32,
    /// Its extra fields, both where it stands and in the directory.
    pub extra: Vec<u8>,
    /// Whether its checksum and its sizes stand behind it, as programs write that do not know them before.
    pub is_described: bool,
}

impl Entry {
    /// A plain part.
    #[must_use]
    pub fn new(name: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            content: content.into(),
            claims: None,
            attributes: 0,
            extra: Vec::new(),
            is_described: false,
        }
    }

    /// What is said of the part both where it stands and in the directory.
    fn facts(&self, sums: &[u8]) -> Vec<u8> {
        let method = if self.claims.is_some() { 8 } else { 0 };
        // The bit for what stands behind, and the one for a name in UTF-8.
        let flags = if self.is_described { 8 } else { 0 };
        let mut facts: Vec<u8> = vec![20, 0, flags, flags, method, 0, 0, 0, 0x21, 0];
        facts.extend(sums);
        facts.extend(short(self.name.len()));
        facts.extend(short(self.extra.len()));
        facts
    }

    /// Its checksum and its two sizes.
    fn sums(&self) -> Vec<u8> {
        let packed = long(self.content.len());
        let unpacked = self.claims.map_or(packed, u32::to_le_bytes);
        [crc32fast::hash(&self.content).to_le_bytes(), packed, unpacked].concat()
    }

    /// The part with what stands before it and behind it.
    fn local(&self) -> Vec<u8> {
        let sums = self.sums();
        let (before, behind) = if self.is_described {
            (vec![0; sums.len()], [b"PK\x07\x08".as_slice(), &sums].concat())
        } else {
            (sums, Vec::new())
        };
        let facts = self.facts(&before);
        [b"PK\x03\x04".as_slice(), &facts, self.name.as_bytes(), &self.extra, &self.content, &behind].concat()
    }
}

fn short(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}

fn long(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

/// An archive of these parts, none of them packed.
#[must_use]
pub fn zip(entries: &[Entry]) -> Vec<u8> {
    let mut file: Vec<u8> = Vec::new();
    let mut directory: Vec<u8> = Vec::new();
    for entry in entries {
        directory.extend(b"PK\x01\x02\x1e\x03");
        directory.extend(entry.facts(&entry.sums()));
        directory.extend([0; 6]);
        directory.extend(entry.attributes.to_le_bytes());
        directory.extend(long(file.len()));
        directory.extend(entry.name.as_bytes());
        directory.extend(&entry.extra);
        file.extend(entry.local());
    }
    let (count, at) = (short(entries.len()), file.len());
    let size = long(directory.len());
    file.extend(directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend([count, count].concat());
    file.extend([size, long(at)].concat());
    file.extend([0; 2]);
    file
}

/// A text document.
#[must_use]
pub fn docx() -> Vec<u8> {
    docx_with([])
}

/// A text document and more parts.
#[must_use]
pub fn docx_with(more: impl IntoIterator<Item = Entry>) -> Vec<u8> {
    let mut entries = package("word/document.xml", "<w:document/>");
    entries.extend(more);
    zip(&entries)
}

/// A spreadsheet.
#[must_use]
pub fn xlsx() -> Vec<u8> {
    zip(&package("xl/workbook.xml", "<workbook/>"))
}

/// A presentation.
#[must_use]
pub fn pptx() -> Vec<u8> {
    zip(&package("ppt/presentation.xml", "<p:presentation/>"))
}

/// A document of Microsoft's formats, by the part it is about.
fn package(main: &str, content: &str) -> Vec<Entry> {
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    let links = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"/>";
    vec![Entry::new("[Content_Types].xml", types), Entry::new("_rels/.rels", links), Entry::new(main, content)]
}

/// A text document of the open formats.
#[must_use]
pub fn odt() -> Vec<u8> {
    open_document("text", [])
}

/// A spreadsheet of the open formats.
#[must_use]
pub fn ods() -> Vec<u8> {
    open_document("spreadsheet", [])
}

/// A presentation of the open formats.
#[must_use]
pub fn odp() -> Vec<u8> {
    open_document("presentation", [])
}

/// A text document of the open formats, with macros.
#[must_use]
pub fn odt_with_macros() -> Vec<u8> {
    open_document("text", [Entry::new("Basic/Standard/Module1.xml", "<module/>")])
}

/// A document of the open formats and more parts.
#[must_use]
pub fn open_document(kind: &str, more: impl IntoIterator<Item = Entry>) -> Vec<u8> {
    let mut entries = vec![
        Entry::new("mimetype", format!("application/vnd.oasis.opendocument.{kind}")),
        Entry::new("content.xml", "<office:document-content/>"),
        Entry::new("META-INF/manifest.xml", "<manifest:manifest/>"),
    ];
    entries.extend(more);
    zip(&entries)
}

/// A text document with macros.
#[must_use]
pub fn docm() -> Vec<u8> {
    docx_with([Entry::new("word/vbaProject.bin", "Sub AutoOpen()")])
}

/// A text document that names a file of this machine and a picture of another.
#[must_use]
pub fn docx_with_entity() -> Vec<u8> {
    let content = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><w:document>&e;</w:document>";
    let links = "<Relationships><Relationship Id=\"r1\" TargetMode=\"External\" \
                 Target=\"http://169.254.169.254/latest/meta-data/\"/></Relationships>";
    let mut entries = package("word/document.xml", content);
    entries.push(Entry::new("word/_rels/document.xml.rels", links));
    zip(&entries)
}

/// A text document with a part that claims to be as large as a directory can say.
#[must_use]
pub fn docx_bomb() -> Vec<u8> {
    let bomb = Entry::new("word/media/image1.bmp", vec![0; 1024]);
    docx_with([Entry { claims: Some(u32::MAX - 1), ..bomb }])
}

/// A text document of which every part unpacks to a thousand times its size, none of them to much.
#[must_use]
pub fn zip_42() -> Vec<u8> {
    docx_with((0..16).map(|number| {
        let bomb = Entry::new(format!("word/media/image{number}.bmp"), vec![0; 4096]);
        Entry { claims: Some(4_096_000), ..bomb }
    }))
}

/// A text document with so many little parts more.
#[must_use]
pub fn zip_of_entries(count: u32) -> Vec<u8> {
    docx_with((0..count).map(|number| Entry::new(format!("word/{number}.xml"), "<a/>")))
}

/// A text document with a link to a file of whoever unpacks it.
#[must_use]
pub fn docx_with_link() -> Vec<u8> {
    let link = Entry::new("word/media/image1.png", "/etc/passwd");
    docx_with([Entry { attributes: 0o120_777 << 16, ..link }])
}

/// A text document with a part that would be unpacked to somewhere else.
#[must_use]
pub fn docx_with_escape() -> Vec<u8> {
    docx_with([Entry::new("../evil", "escaped")])
}

/// A text document with an archive in it.
#[must_use]
pub fn docx_with_zip() -> Vec<u8> {
    docx_with([Entry::new("word/embeddings/inner.ZIP", zip_42())])
}

/// An archive with a text document in it.
#[must_use]
pub fn docx_in_zip() -> Vec<u8> {
    zip(&[Entry::new("report.docx", docx())])
}
