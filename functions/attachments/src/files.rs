//! The bucket: addresses that browsers use, and what this function itself reads and writes in it.

mod deliver;
mod stored;

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::file::{TO_UPLOAD, Upload};
use domain::id::UploadId;
use web::problem::Problem;

pub(crate) use deliver::Kept;
pub(crate) use stored::Stored;

/// How long the address of a file can be used.
pub(crate) const TO_FETCH: Duration = Duration::from_mins(1);

/// The bucket.
#[derive(Clone, Debug)]
pub struct Files {
    client: Client,
    bucket: String,
}

/// Why the bucket did not do something.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FilesError {
    /// There is nothing under this key.
    #[error("there is nothing under this key")]
    Missing,
    /// It was asked far too often for one file, so that nobody can keep a function busy with a small one.
    #[error("it was asked far too often for one file")]
    TooOften,
    /// It did not answer, or not as it should: perhaps later.
    #[error("the bucket does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl FilesError {
    fn of<E: std::error::Error + Send + Sync + 'static>(error: SdkError<E, HttpResponse>) -> Self {
        // A function that may list is told 404 of what is not there; 403 is a permission that is missing.
        match error.raw_response().map(|response| response.status().as_u16()) {
            Some(404) => Self::Missing,
            Some(_) | None => Self::Unavailable(error.into()),
        }
    }

    fn because(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<FilesError> for Problem {
    fn from(error: FilesError) -> Self {
        Self::unavailable("The desk cannot reach its files right now; try again.", error)
    }
}

/// An address in the bucket, and what must be sent along.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) url: String,
    /// Headers by name; a browser sends the length by itself.
    pub(crate) headers: Vec<(String, String)>,
}

impl From<PresignedRequest> for Address {
    fn from(request: PresignedRequest) -> Self {
        let headers = request.headers().filter(|(name, _)| *name != "content-length");
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { url: request.uri().to_owned(), headers }
    }
}

/// Where somebody sends a file.
pub(crate) fn upload_key(id: &UploadId) -> String {
    format!("uploads/{id}")
}

/// The upload that a key belongs to.
pub(crate) fn upload_of(key: &str) -> Option<UploadId> {
    key.strip_prefix("uploads/").and_then(|id| UploadId::parse(id).ok())
}

impl Files {
    /// The bucket of this name.
    #[must_use]
    pub fn new(client: Client, bucket: String) -> Self {
        Self { client, bucket }
    }

    /// Whether this is the name of the bucket.
    pub(crate) fn is(&self, bucket: &str) -> bool {
        self.bucket == bucket
    }

    /// Where an upload is to be sent: exactly these bytes of this type, once.
    pub(crate) async fn address_to_upload(&self, upload: &Upload) -> Result<Address, FilesError> {
        let declared = &upload.declared;
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(upload_key(&upload.id))
            .content_length(i64::try_from(declared.size).unwrap_or(i64::MAX))
            .content_type(declared.file_type.media_type())
            .checksum_sha256(STANDARD.encode(declared.sha256.bytes()))
            .if_none_match("*");
        let lifetime = Duration::from_secs(TO_UPLOAD.as_secs().unsigned_abs());
        let signing = PresigningConfig::expires_in(lifetime).map_err(FilesError::because)?;
        Ok(request.presigned(signing).await.map_err(FilesError::of)?.into())
    }

    /// Where a file can be fetched for a minute, served as this type and with this disposition.
    pub(crate) async fn address_to_fetch(&self, key: &str, media_type: &str, as_: &str) -> Result<String, FilesError> {
        let request = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .response_content_type(media_type)
            .response_content_disposition(as_)
            .response_cache_control("private, no-store");
        let signing = PresigningConfig::expires_in(TO_FETCH).map_err(FilesError::because)?;
        Ok(request.presigned(signing).await.map_err(FilesError::of)?.uri().to_owned())
    }

    /// Something in the bucket, to be read from any place.
    pub(crate) async fn open(&self, key: &str) -> Result<Stored, FilesError> {
        Stored::open(self.client.clone(), &self.bucket, key).await
    }

    /// Removes something, if it is there.
    pub(crate) async fn remove(&self, key: &str) -> Result<(), FilesError> {
        let request = self.client.delete_object().bucket(&self.bucket).key(key);
        request.send().await.map(|_| ()).map_err(FilesError::of)
    }

    /// Some of the keys that begin so, at most a thousand, from behind `after` on, in their order.
    pub(crate) async fn keys(&self, prefix: &str, after: Option<&str>) -> Result<Vec<String>, FilesError> {
        let request = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix);
        let answer = request.set_start_after(after.map(str::to_owned)).send().await.map_err(FilesError::of)?;
        Ok(answer.contents.unwrap_or_default().into_iter().filter_map(|object| object.key).collect())
    }
}
