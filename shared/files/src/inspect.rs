//! Looks at a file: which parser it belongs to by its first bytes, and what that one says.

use domain::file::FileType;
use infer::MatcherType;

use crate::pieces::Pieces;
use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};
use crate::{bmp, gif, jpeg, mp4, office, pdf, png, text, webp};

/// How much of the beginning tells files apart.
const HEAD: usize = 512;

/// The test file by which virus scanners are tried, in two halves so that no scanner minds this source.
const EICAR: [&[u8]; 2] = [br"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-", b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];

/// A file that is fit to be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is, by its content.
    pub file_type: FileType,
    /// What of it is delivered.
    pub pieces: Pieces,
}

/// Looks at a file from its beginning to its end.
///
/// # Errors
/// [`Stopped::Unfit`] for a file that is not taken; [`Stopped::Source`] when it cannot be read.
pub async fn inspect<S: Source>(source: S) -> Result<Found, Stopped<S::Error>> {
    let mut file = Reader::new(source);
    let head = head(&mut file).await?;
    if is_eicar(&head) {
        return Err(Unfit::Infected.into());
    }
    let whole = Pieces::whole(file.len());
    let (file_type, pieces) = match belongs(&head) {
        Parser::Jpeg => (FileType::Jpeg, jpeg::inspect(&mut file).await?),
        Parser::Png => (FileType::Png, png::inspect(&mut file).await?),
        Parser::Gif => (FileType::Gif, gif::inspect(&mut file).await?),
        Parser::Bmp => (FileType::Bmp, bmp::inspect(&mut file).await?),
        Parser::Webp => (FileType::Webp, webp::inspect(&mut file).await?),
        Parser::Mp4 => (FileType::Mp4, mp4::inspect(&mut file).await?),
        Parser::Pdf => {
            pdf::inspect(&mut file).await?;
            (FileType::Pdf, whole)
        }
        Parser::Office => (office::inspect(&mut file).await?, whole),
        Parser::Text => {
            text::inspect(&mut file).await?;
            (FileType::Txt, whole)
        }
        Parser::None => return Err(Unfit::Unknown.into()),
    };
    Ok(Found { file_type, pieces })
}

async fn head<S: Source>(file: &mut Reader<S>) -> Result<Vec<u8>, Stopped<S::Error>> {
    let count = usize::try_from(file.len()).unwrap_or(HEAD).min(HEAD);
    let head = file.take(count).await?;
    file.seek(0)?;
    Ok(head)
}

/// Which parser a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parser {
    Jpeg,
    Png,
    Gif,
    Bmp,
    Webp,
    Mp4,
    Pdf,
    Office,
    Text,
    None,
}

fn belongs(head: &[u8]) -> Parser {
    if head.starts_with(b"PK\x03\x04") {
        return Parser::Office;
    }
    if head.starts_with(b"%PDF") {
        return Parser::Pdf;
    }
    // The first box of a film is small; a text about boxes begins with letters.
    if head.first() == Some(&0) && head.get(4..8) == Some(b"ftyp") {
        return Parser::Mp4;
    }
    // The signatures of these are letters: a picture has zeros behind them, a report about a BMW has not.
    let is_binary = head.contains(&0);
    let known = infer::get(head);
    match known.map(|known| (known.mime_type(), known.matcher_type())) {
        Some(("image/jpeg", _)) => Parser::Jpeg,
        Some(("image/png" | "image/apng", _)) => Parser::Png,
        Some(("image/webp", _)) if head.starts_with(b"RIFF") => Parser::Webp,
        Some(("image/gif", _)) if is_binary => Parser::Gif,
        Some(("image/bmp", _)) if is_binary => Parser::Bmp,
        // What a text looks like or speaks of is for `text` to say, which knows markup when it sees it.
        Some((_, MatcherType::Text) | ("image/gif" | "image/bmp" | "image/webp" | "application/pdf", _)) | None => {
            Parser::Text
        }
        Some(_) => text_after_all(head),
    }
}

/// A text may begin with the two or three letters by which another type is known; a binary file has more than letters.
fn text_after_all(head: &[u8]) -> Parser {
    if text::is_text(head) { Parser::Text } else { Parser::None }
}

fn is_eicar(head: &[u8]) -> bool {
    let [first, second] = EICAR;
    head.strip_prefix(first).is_some_and(|rest| rest.starts_with(second))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::look;

    #[test]
    fn a_text_may_begin_with_the_letters_of_another_type() {
        let texts = [
            "BMW řídí sám.\n",
            "GIF89a is a format.\n",
            "Řádek: %PDF-1.4 se neotevře.\n",
            "MZ is no program.\n",
            "Soubor: WEBP nejde.\n",
            "The ftyp box is missing.\n",
            "MZČR hlásí požár.\n",
        ];
        for text in texts {
            assert_eq!(look(text.as_bytes()).map(|found| found.file_type), Ok(FileType::Txt), "{text}");
        }
    }

    #[test]
    fn h106_the_test_file_of_virus_scanners_is_infected() {
        assert_eq!(look(&crate::samples::documents::eicar()), Err(Unfit::Infected));
    }

    #[test]
    fn h093_what_nobody_takes_is_unknown() {
        for magic in [
            &b"MZ\x90\x00\x03\x00"[..],
            b"\x4c\x00\x00\x00\x01\x14\x02\x00",
            b"\x1f\x8b\x08\x00\x00",
            b"\x7fELF\x02\x01",
        ] {
            assert_eq!(look(magic), Err(Unfit::Unknown), "{magic:?}");
        }
    }
}
