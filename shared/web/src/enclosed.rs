//! Files that a request names: parsed with everything else, loaded before the domain decides.

use domain::field::{Fields, Invalid};
use domain::file::MOST_FILES;
use domain::file::enclosing::{Enclosed, pictures};
use domain::id::UploadId;
use domain::text::Body;
use store::{Reader, StoreError};

/// Reads the ids of `attachments`, noting each that is wrong; naming six is as wrong as naming none that exists (H086).
pub fn parse(fields: &mut Fields, named: Option<&[String]>) -> Vec<UploadId> {
    let named = named.unwrap_or_default();
    if named.len() > MOST_FILES {
        let message = format!("must be at most {MOST_FILES} files");
        fields.refuse("attachments", Invalid::new("too_many_files", message));
        return Vec::new();
    }
    let ids = named.iter().enumerate();
    ids.filter_map(|(at, id)| fields.check(&format!("attachments.{at}"), UploadId::parse(id))).collect()
}

/// What the desk knows of the files beside a text and of the pictures in it; asks nothing where none are named.
///
/// # Errors
/// [`StoreError`].
pub async fn load(reader: &Reader, named: Vec<UploadId>, body: Option<&Body>) -> Result<Enclosed, StoreError> {
    let mut ids = named.clone();
    // A text with more pictures than may be is refused for that, whatever they are.
    ids.extend(body.map(pictures).unwrap_or_default().into_iter().take(MOST_FILES + domain::file::MOST_PICTURES));
    let uploads = if ids.is_empty() { Vec::new() } else { reader.uploads(&ids).await? };
    Ok(Enclosed { named, uploads })
}
