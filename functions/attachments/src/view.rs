//! Uploads as clients see them.

use std::collections::BTreeMap;

use domain::file::{Upload, UploadState};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::files::Address;

/// A file on its way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Upload)]
pub(crate) struct UploadView {
    /// Which: what a ticket or a comment names under `attachments`.
    id: String,
    /// `reserved`, `checking`, `accepted` or `attached`.
    state: &'static str,
    /// What it is called; its ending fits its type once it was accepted.
    file_name: String,
    /// What it was declared as; what it is by its content once it was accepted.
    content_type: String,
    /// How many bytes were declared; how many are delivered once it was accepted.
    size: u64,
    /// Whether it is a picture in a text rather than a file beside it.
    inline: bool,
    /// Where to `PUT` the bytes; on reservation alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// What must be sent along with them; on reservation alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<BTreeMap<String, String>>,
    /// Until when the bytes may be sent; once accepted, until when it may be attached.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// An answer about one upload.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Uploaded {
    /// The upload as it is now.
    pub(crate) upload: UploadView,
}

impl UploadView {
    /// As it is.
    pub(crate) fn new(upload: &Upload) -> Self {
        let declared = &upload.declared;
        let view = Self {
            id: upload.id.to_string(),
            state: "refused",
            file_name: declared.name.as_str().to_owned(),
            content_type: declared.file_type.media_type().to_owned(),
            size: declared.size,
            inline: declared.inline,
            url: None,
            headers: None,
            expires_at: None,
        };
        match &upload.state {
            UploadState::Reserved { until } => Self { state: "reserved", expires_at: Some(*until), ..view },
            UploadState::Refused { .. } => view,
            UploadState::Accepted { file, until, .. } => {
                Self { state: "accepted", expires_at: Some(*until), ..view }.delivering(file)
            }
            UploadState::Attached { file, .. } => Self { state: "attached", ..view }.delivering(file),
        }
    }

    /// Reserved, with the address for its bytes.
    pub(crate) fn at(self, address: Address) -> Self {
        Self { url: Some(address.url), headers: Some(address.headers.into_iter().collect()), ..self }
    }

    /// Arrived, and being looked at.
    pub(crate) fn checking(upload: &Upload) -> Self {
        Self { state: "checking", ..Self::new(upload) }
    }

    fn delivering(self, file: &domain::file::File) -> Self {
        Self {
            file_name: file.name.as_str().to_owned(),
            content_type: file.file_type.media_type().to_owned(),
            size: file.size,
            ..self
        }
    }
}
