//! Files: what may be attached, how many, how large, under which name (S0.26, S0.28, S0.29, S4.24).
//!
//! A file begins as an [`Upload`]: a slot of a [`Submission`], reserved before the first byte is sent. Whatever arrives
//! is looked at and accepted or refused; only an accepted one can be [enclosed](enclosing::Enclosed) with a text, once.

pub mod enclosing;
pub mod name;
pub mod submission;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::as_text::stored_as_text;
use crate::event::Author;
use crate::field::Invalid;
use crate::id::{AttachmentId, PersonId, UploadId};
use crate::number::TicketNumber;
use name::FileName;
use submission::SubmissionName;

/// The most files of a ticket, and of a comment (S0.28).
pub const MOST_FILES: usize = 5;

/// The most pictures in a description or a comment.
pub const MOST_PICTURES: usize = 10;

/// The most bytes of any file, whatever a service is configured for.
pub const MOST_BYTES: u64 = 100 * MIB;

/// The most bytes that a person uploads in a day.
pub const MOST_BYTES_A_DAY: u64 = 500 * MIB;

/// How long an upload's address can be used.
pub const TO_UPLOAD: SignedDuration = SignedDuration::from_mins(15);

/// How long a slot is kept for what is on its way: a slow line may take longer than the address counts.
pub const TO_COMPLETE: SignedDuration = SignedDuration::from_mins(30);

/// The least that an upload counts for a day, so that many small ones are not free.
pub const LEAST_COUNTED_BYTES: u64 = 256 * 1024;

/// How long an accepted upload waits to be attached to something.
pub const TO_ATTACH: SignedDuration = SignedDuration::from_hours(24);

const MIB: u64 = 1024 * 1024;

/// A type of file that can be told by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileType {
    /// A photograph.
    Jpeg,
    /// A screenshot.
    Png,
    /// A small moving picture.
    Gif,
    /// An old picture.
    Bmp,
    /// Plain text.
    Txt,
    /// A picture of the web.
    Webp,
    /// A document to print.
    Pdf,
    /// A film.
    Mp4,
    /// A text document.
    Docx,
    /// A spreadsheet.
    Xlsx,
    /// A presentation.
    Pptx,
    /// A text document.
    Odt,
    /// A spreadsheet.
    Ods,
    /// A presentation.
    Odp,
}

impl FileType {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Jpeg,
        Self::Png,
        Self::Gif,
        Self::Bmp,
        Self::Txt,
        Self::Webp,
        Self::Pdf,
        Self::Mp4,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Odt,
        Self::Ods,
        Self::Odp,
    ];

    /// What the web calls it.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
            Self::Txt => "text/plain",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Mp4 => "video/mp4",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
        }
    }

    /// How names of such files end, without the dot; the first is the usual one.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg", "jfif"],
            Self::Png => &["png"],
            Self::Gif => &["gif"],
            Self::Bmp => &["bmp"],
            Self::Txt => &["txt", "log"],
            Self::Webp => &["webp"],
            Self::Pdf => &["pdf"],
            Self::Mp4 => &["mp4", "m4v", "mov"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
            Self::Odp => &["odp"],
        }
    }

    /// Whether it is a picture: rewritten before anybody else sees it, so that it may be shown in a page.
    #[must_use]
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Gif | Self::Bmp | Self::Webp)
    }

    /// The type that a media type names, under any of the names that browsers know; its parameters do not matter. What
    /// telephones call `quicktime` is made of the same boxes as MP4.
    ///
    /// # Errors
    /// `unsupported_type`.
    pub fn parse(media_type: &str) -> Result<Self, Invalid> {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let essence = match essence.as_str() {
            "image/jpg" | "image/pjpeg" => "image/jpeg",
            "image/x-ms-bmp" | "image/x-bmp" => "image/bmp",
            "video/quicktime" | "video/x-m4v" => "video/mp4",
            usual => usual,
        };
        let found = Self::ALL.into_iter().find(|file_type| file_type.media_type() == essence);
        found.ok_or_else(|| Invalid::new("unsupported_type", "is not a type of file that is taken here"))
    }
}

/// What may be attached to tickets of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRules {
    /// The types that are taken.
    pub types: Vec<FileType>,
    /// The most bytes of one file.
    pub most_bytes: u64,
}

impl Default for FileRules {
    /// S0.29, and ten mebibytes.
    fn default() -> Self {
        let types = vec![FileType::Jpeg, FileType::Png, FileType::Gif, FileType::Bmp, FileType::Txt];
        Self { types, most_bytes: 10 * MIB }
    }
}

impl FileRules {
    /// Whether a file of this type is taken.
    ///
    /// # Errors
    /// `unsupported_type`.
    pub fn admit_type(&self, file_type: FileType) -> Result<(), Invalid> {
        if self.types.contains(&file_type) {
            return Ok(());
        }
        let names: Vec<_> = self.types.iter().filter_map(|known| known.extensions().first().copied()).collect();
        Err(Invalid::new("unsupported_type", format!("is not a type that is taken here: {}", names.join(", "))))
    }

    /// Whether a file of so many bytes is taken.
    ///
    /// # Errors
    /// `empty`, `too_large`.
    pub fn admit_size(&self, bytes: u64) -> Result<(), Invalid> {
        match bytes {
            0 => Err(Invalid::new("empty", "must be at least 1 byte")),
            bytes if bytes > self.most_bytes => {
                Err(Invalid::new("too_large", format!("must be at most {} bytes", self.most_bytes)))
            }
            _ => Ok(()),
        }
    }
}

/// The SHA-256 of a file, as 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sha256(String);

impl Sha256 {
    /// Reads one.
    ///
    /// # Errors
    /// `not_a_sha256`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(Invalid::new("not_a_sha256", "must be 64 hexadecimal digits"))
        }
    }

    /// From its 32 bytes.
    #[must_use]
    pub fn of(bytes: [u8; 32]) -> Self {
        let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
        Self(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let digits: Vec<_> = self.0.chars().filter_map(|digit| digit.to_digit(16)).collect();
        let byte = |pair: &[u32]| pair.iter().fold(0, |high, low| high * 16 + low);
        digits.chunks(2).filter_map(|pair| u8::try_from(byte(pair)).ok()).collect()
    }
}

stored_as_text!(Sha256);

/// A file that was accepted: what everybody who may see it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Which.
    pub id: AttachmentId,
    /// What it is called.
    pub name: FileName,
    /// What it is, by its content.
    pub file_type: FileType,
    /// How many bytes are delivered.
    pub size: u64,
    /// The SHA-256 of what is delivered.
    pub sha256: Sha256,
    /// Whether it is a picture in the text rather than a file beside it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inline: bool,
}

/// What somebody says of a file before sending it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// What it is called.
    pub name: FileName,
    /// What it is.
    pub file_type: FileType,
    /// How many bytes it has.
    pub size: u64,
    /// Their SHA-256.
    pub sha256: Sha256,
    /// Whether it is a picture in the text rather than a file beside it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inline: bool,
}

/// A file on its way: from the slot that is reserved for it to what it is attached to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Which.
    pub id: UploadId,
    /// Who sends it.
    pub person: PersonId,
    /// For which ticket or comment in the making.
    pub submission: SubmissionName,
    /// What was said of it.
    pub declared: Declared,
    /// By which rules it is taken.
    pub rules: FileRules,
    /// How far it has come.
    #[serde(flatten)]
    pub state: UploadState,
    /// When its slot was reserved.
    pub created_at: Timestamp,
}

/// How far an upload has come, with the facts of that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum UploadState {
    /// It may be sent.
    Reserved {
        /// Until then.
        until: Timestamp,
    },
    /// It arrived, and is what it should be.
    Accepted {
        /// What is delivered of it.
        file: File,
        /// Where that is kept.
        key: String,
        /// Until when it waits to be attached.
        until: Timestamp,
    },
    /// It arrived, and is not taken.
    Refused {
        /// Why: stable, for programs.
        code: String,
        /// Why, for people.
        reason: String,
    },
    /// It belongs to a ticket.
    Attached {
        /// What is delivered of it.
        file: File,
        /// Where that is kept.
        key: String,
        /// Which ticket.
        ticket: TicketNumber,
        /// Whether everyone on the ticket may see it, or the desk alone.
        public: bool,
    },
}

/// What is found when a file is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// What it is.
    pub file_type: FileType,
    /// How many bytes are delivered.
    pub size: u64,
    /// Their SHA-256.
    pub sha256: Sha256,
    /// Where they are kept.
    pub key: String,
}

impl Upload {
    /// Whether what is delivered of it is kept under this key.
    #[must_use]
    pub fn is_kept_under(&self, under: &str) -> bool {
        match &self.state {
            UploadState::Accepted { key, .. } | UploadState::Attached { key, .. } => key == under,
            UploadState::Reserved { .. } | UploadState::Refused { .. } => false,
        }
    }

    /// Whether nothing can become of it any more: what was not completed within a day is gone from the bucket.
    #[must_use]
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        now >= self.created_at + TO_ATTACH
    }

    /// Whether a file of this content is taken for what was declared: any picture for a picture, for people's telephones
    /// give them wrong names; otherwise what was said.
    ///
    /// # Errors
    /// `unsupported_type` or `another_type`.
    pub fn admit(&self, found: FileType) -> Result<(), Invalid> {
        self.rules.admit_type(found)?;
        let declared = self.declared.file_type;
        if found == declared || (found.is_picture() && declared.is_picture()) {
            return Ok(());
        }
        let sentence = format!("is {} and not {}", found.media_type(), declared.media_type());
        Err(Invalid::new("another_type", sentence))
    }

    /// The state of an upload that was accepted.
    #[must_use]
    pub fn accepted(&self, content: Content, at: Timestamp) -> UploadState {
        let Content { file_type, size, sha256, key } = content;
        let name = self.declared.name.fitting(file_type);
        let file = File { id: (&self.id).into(), name, file_type, size, sha256, inline: self.declared.inline };
        UploadState::Accepted { file, key, until: Author::system(at).at + TO_ATTACH }
    }
}

#[cfg(test)]
mod tests;
