//! Office documents: archives of which only the directory is read, and what stands before each part.
//!
//! What kind of document it is, whether it carries macros or other files, and how large it would become all stand in
//! the directory. Nothing is unpacked and no XML is read, so no entity and no relationship of a document leads anywhere
//! from here: who opens it is asked by their own program.

mod directory;
mod local;

use std::collections::BTreeSet;

use domain::file::FileType;

use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};
use directory::{Directory, Part, u16_at};

/// The part by which documents of Microsoft's formats are known.
const CONTENT_TYPES: &str = "[content_types].xml";

/// The part by which documents of the open formats are known; it stands first.
const MIMETYPE: &str = "mimetype";

/// The most bytes of a type's name.
const MOST_TYPE: u64 = 60;

/// How the one part is named that a document of Microsoft's formats is about; a number may follow.
const MAIN: [(&str, FileType); 3] =
    [("word/document", FileType::Docx), ("xl/workbook", FileType::Xlsx), ("ppt/presentation", FileType::Pptx)];

/// What parts are named that hold macros: in Microsoft's formats, wherever they are.
const MACROS: [&str; 4] = ["vbaproject.bin", "vbadata.xml", "vbaprojectsignature.bin", "macrosheets/"];

/// Where macros are in the open formats.
const MACRO_FOLDERS: [&str; 2] = ["basic/", "scripts/"];

/// Documents inside that may carry macros of their own.
const MACRO_DOCUMENTS: [&str; 10] = ["docm", "dotm", "potm", "ppam", "ppsm", "pptm", "xlam", "xlsb", "xlsm", "xltm"];

/// Archives and programs, which no document is made of.
const PROGRAMS: [&str; 27] = [
    "7z", "apk", "bat", "bz2", "cab", "chm", "cmd", "com", "dll", "exe", "gz", "hta", "iso", "jar", "js", "jse", "lnk",
    "msi", "pif", "ps1", "rar", "scr", "tar", "vbe", "vbs", "wsf", "zip",
];

/// Looks at the directory of a document.
pub(crate) async fn inspect<S: Source>(file: &mut Reader<S>) -> Result<FileType, Stopped<S::Error>> {
    let Directory { names, first } = directory::read(file).await?;
    for name in &names {
        check_name(name)?;
    }
    match (names.contains(CONTENT_TYPES), first.name == MIMETYPE) {
        (true, false) => main_part(&names).map_err(Stopped::from),
        (false, true) if names.contains("content.xml") => mimetype(file, &first).await,
        (true, true) => Err(Unfit::Foreign("another document").into()),
        (false, _) => Err(Unfit::Unknown.into()),
    }
}

fn check_name(name: &str) -> Result<(), Unfit> {
    let last = name.rsplit('/').next().unwrap_or_default();
    let extension = last.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_package = name.starts_with("object ") && !name.contains('/');
    let has_macros = MACROS.iter().any(|part| name.contains(part))
        || MACRO_FOLDERS.iter().any(|folder| name.starts_with(folder) || name.contains(&format!("/{folder}")))
        || MACRO_DOCUMENTS.contains(&extension);
    if has_macros {
        return Err(Unfit::Active("macros"));
    }
    if name.contains("activex/") || (last.starts_with("oleobject") && extension == "bin") || is_package {
        return Err(Unfit::Active("an object of another program"));
    }
    if PROGRAMS.contains(&extension) {
        return Err(Unfit::Foreign("an archive or a program"));
    }
    Ok(())
}

/// What a document is by the one part it is about.
fn main_part(names: &BTreeSet<String>) -> Result<FileType, Unfit> {
    let holds = |path: &str| names.iter().any(|name| is_numbered(name, path));
    let mut found = MAIN.iter().filter(|(path, _)| holds(path)).map(|(_, file_type)| *file_type);
    match (found.next(), found.next()) {
        (Some(file_type), None) => Ok(file_type),
        (Some(_), Some(_)) => Err(Unfit::Foreign("another document")),
        (None, _) => Err(Unfit::Unknown),
    }
}

fn is_numbered(name: &str, path: &str) -> bool {
    let number = name.strip_prefix(path).and_then(|rest| rest.strip_suffix(".xml"));
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What a document is by its first part, the only one that is read.
async fn mimetype<S: Source>(file: &mut Reader<S>, first: &Part) -> Result<FileType, Stopped<S::Error>> {
    if !first.is_stored() || first.packed > MOST_TYPE {
        return Err(Unfit::Unknown.into());
    }
    file.seek(0)?;
    let header: [u8; 30] = file.array().await?;
    file.skip(u64::from(u16_at(&header, 26)).saturating_add(u64::from(u16_at(&header, 28))))?;
    let name = file.take(usize::try_from(first.packed).unwrap_or(usize::MAX)).await?;
    match name.strip_prefix(b"application/vnd.oasis.opendocument.") {
        Some(b"presentation") => Ok(FileType::Odp),
        Some(b"spreadsheet") => Ok(FileType::Ods),
        Some(b"text") => Ok(FileType::Odt),
        Some(_) | None => Err(Unfit::Unknown.into()),
    }
}

#[cfg(test)]
mod tests;
