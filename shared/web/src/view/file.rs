//! Files as clients see them.

use domain::file::File;
use serde::Serialize;
use utoipa::ToSchema;

/// A file beside a text, or a picture in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Attachment)]
pub struct AttachmentView {
    /// Which: `GET /v1/attachments/{id}` tells where it is.
    pub id: String,
    /// What it is called.
    pub file_name: String,
    /// What it is, by its content.
    pub content_type: String,
    /// How many bytes it has.
    pub size: u64,
    /// Their SHA-256, as 64 hexadecimal digits.
    pub sha256: String,
    /// Whether the text names it as a picture.
    pub inline: bool,
}

impl From<&File> for AttachmentView {
    fn from(file: &File) -> Self {
        Self {
            id: file.id.to_string(),
            file_name: file.name.as_str().to_owned(),
            content_type: file.file_type.media_type().to_owned(),
            size: file.size,
            sha256: file.sha256.as_str().to_owned(),
            inline: file.inline,
        }
    }
}
