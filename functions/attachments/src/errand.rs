//! Errands: what the bucket and the schedule call for.

use domain::file::{Upload, UploadState};
use files::source::Source;
use jiff::Timestamp;
use queue::{Errand, Failure};
use store::upload::settled_days;

use crate::Ports;
use crate::check::{CheckError, check, missing};
use crate::complete::AT_ONCE;
use crate::files::{FilesError, upload_of};

/// Does one errand. Doing it twice changes nothing.
///
/// # Errors
/// [`Failure::Retry`] when table or bucket are out of reach; [`Failure::Discard`] for a bucket or a key that is not ours.
pub async fn consume(ports: &Ports, errand: Errand) -> Result<(), Failure> {
    match errand {
        Errand::Stored { bucket, key } => look(ports, &bucket, &key).await,
        Errand::Sweep { at } => sweep(ports, at).await,
    }
}

/// Something was stored: if it is large, this is when it is looked at (small files are looked at by `complete`).
async fn look(ports: &Ports, bucket: &str, key: &str) -> Result<(), Failure> {
    let Some(id) = upload_of(key).filter(|_| ports.files.is(bucket)) else {
        // Whoever sends such an event is not our bucket (H110).
        return Err(Failure::discard("an event of a foreign bucket or key"));
    };
    let now = ports.store.reader().now();
    let found = ports.store.reader().uploads(&[id]).await.map_err(Failure::retry)?.pop();
    let Some(upload) = found
        .filter(|upload| matches!(upload.state, UploadState::Reserved { .. }))
        .filter(|upload| !upload.is_forgotten(now))
    else {
        return Ok(());
    };
    match ports.files.open(key).await {
        Ok(stored) if stored.len() <= AT_ONCE => Ok(()),
        Ok(stored) => match check(ports, &upload, stored).await {
            // `complete` was faster, and has taken it away.
            Ok(_) | Err(CheckError::Files(FilesError::Missing)) => Ok(()),
            Err(error) => Err(Failure::retry(error)),
        },
        Err(FilesError::Missing) => missing(ports, &upload).await.map(drop).map_err(Failure::retry),
        Err(error) => Err(Failure::retry(error)),
    }
}

/// Removes what was accepted some days ago and never attached, and what was written for nothing.
async fn sweep(ports: &Ports, at: Timestamp) -> Result<(), Failure> {
    for day in settled_days(at) {
        sweep_day(ports, &format!("files/{}/", day.strftime("%Y-%m-%d")), at).await?;
    }
    Ok(())
}

async fn sweep_day(ports: &Ports, prefix: &str, at: Timestamp) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let keys = ports.files.keys(prefix, after.as_deref()).await.map_err(Failure::retry)?;
        let ids: Vec<_> = keys.iter().filter_map(|key| kept_for(key)).collect();
        let uploads = ports.store.reader().uploads(&ids).await.map_err(Failure::retry)?;
        for key in keys.iter().filter(|key| !uploads.iter().any(|upload| holds(upload, key, at))) {
            ports.files.remove(key).await.map_err(Failure::retry)?;
        }
        after = keys.last().cloned();
        if after.is_none() {
            return Ok(());
        }
    }
}

/// The upload for which something was kept under this key.
fn kept_for(key: &str) -> Option<domain::id::UploadId> {
    let id = key.split('/').nth(2)?;
    domain::id::AttachmentId::parse(id).ok().map(|id| (&id).into())
}

/// Whether what is kept under this key is a ticket's file, or may become one.
fn holds(upload: &Upload, key: &str, at: Timestamp) -> bool {
    let is_late = matches!(&upload.state, UploadState::Accepted { until, .. } if *until <= at);
    upload.is_kept_under(key) && !is_late
}
