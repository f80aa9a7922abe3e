//! Looks at what arrived, and says what becomes of it.

use domain::file::{Content, Upload, UploadState};
use domain::id::AttachmentId;
use files::unfit::{Stopped, Unfit};
use store::StoreError;
use store::upload::Settled;
use web::problem::Problem;

use crate::Ports;
use crate::files::{FilesError, Kept, Stored, upload_key};

/// Why an upload could not be settled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckError {
    /// The bucket.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<CheckError> for Problem {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Files(error) => error.into(),
            CheckError::Store(error) => error.into(),
        }
    }
}

/// Looks at a file, keeps what may be delivered of it, and writes down what became of the upload; answers it as it is
/// then. `None` when its slot was given to another file meanwhile.
pub(crate) async fn check(ports: &Ports, upload: &Upload, stored: Stored) -> Result<Option<Upload>, CheckError> {
    let state = match judge(ports, upload, &stored).await {
        Ok(accepted) => accepted,
        Err(Stopped::Unfit(unfit)) => refused(unfit.code(), &unfit.to_string()),
        Err(Stopped::Source(Halt::NotTaken(code, reason))) => refused(code, &reason),
        Err(Stopped::Source(Halt::Files(FilesError::TooOften))) => {
            refused("damaged", "it is damaged: it is made of far too many pieces")
        }
        Err(Stopped::Source(Halt::Files(error))) => return Err(error.into()),
    };
    settle(ports, upload, state).await
}

/// Nothing arrived, although somebody said so: the slot is free again (H111).
pub(crate) async fn missing(ports: &Ports, upload: &Upload) -> Result<Option<Upload>, CheckError> {
    settle(ports, upload, refused("missing", "it is not there any more")).await
}

fn refused(code: &str, reason: &str) -> UploadState {
    UploadState::Refused { code: code.to_owned(), reason: reason.to_owned() }
}

/// Why a file that is what it seems to be is not kept.
enum Halt {
    NotTaken(&'static str, String),
    Files(FilesError),
}

async fn judge(ports: &Ports, upload: &Upload, stored: &Stored) -> Result<UploadState, Stopped<Halt>> {
    let found = files::inspect(stored.again()).await.map_err(|stopped| match stopped {
        Stopped::Unfit(unfit) => Stopped::Unfit(unfit),
        Stopped::Source(error) => Stopped::Source(Halt::Files(error)),
    })?;
    let not_taken = |invalid: domain::field::Invalid| Halt::NotTaken(invalid.code, format!("it {}", invalid.message));
    upload.admit(found.file_type).map_err(|invalid| Stopped::Source(not_taken(invalid)))?;
    if found.pieces.is_empty() {
        return Err(Unfit::Truncated.into());
    }
    let key = kept_key(ports, upload);
    let kept = if found.pieces.are_all_of(upload.declared.size) {
        ports.files.keep_whole(stored, &key, found.file_type, &upload.declared.sha256).await
    } else {
        ports.files.keep(stored, found.pieces, &key, found.file_type).await
    };
    let Kept { size, sha256 } = kept.map_err(|error| Stopped::Source(Halt::Files(error)))?;
    let content = Content { file_type: found.file_type, size, sha256, key };
    Ok(upload.accepted(content, ports.store.reader().now()))
}

/// A key that nothing was ever written to: whoever looks at the same file at the same time writes elsewhere. The day comes
/// first, so that what was never attached can be found day by day.
fn kept_key(ports: &Ports, upload: &Upload) -> String {
    let day = upload.created_at.strftime("%Y-%m-%d");
    let once = domain::id::UploadId::fresh(ports.store.reader().ids());
    format!("files/{day}/{}/{}", AttachmentId::from(&upload.id), once.as_str().trim_start_matches("upl_"))
}

async fn settle(ports: &Ports, upload: &Upload, state: UploadState) -> Result<Option<Upload>, CheckError> {
    let settled = Upload { state, ..upload.clone() };
    let outcome = match ports.store.settle_upload(&settled).await? {
        Settled::Now => {
            if let UploadState::Refused { code, .. } = &settled.state {
                tracing::warn!(upload = %upload.id, person = %upload.person, code, "a file was refused");
            }
            Some(settled)
        }
        Settled::Before => {
            let now = ports.store.reader().uploads(std::slice::from_ref(&upload.id)).await?.pop();
            if let UploadState::Accepted { key, .. } = &settled.state
                && !now.as_ref().is_some_and(|now| now.is_kept_under(key))
            {
                ports.files.remove(key).await?;
            }
            now.filter(|now| !matches!(now.state, UploadState::Reserved { .. }))
        }
    };
    // What was sent is not needed any more; if it cannot be removed now, the bucket's own rule does it within a day.
    if let Err(error) = ports.files.remove(&upload_key(&upload.id)).await {
        tracing::warn!(upload = %upload.id, cause = error.to_string(), "an upload was left to the bucket's rule");
    }
    Ok(outcome)
}
