//! Keeping what may be delivered of a file: written once under a key of its own, part by part, never whole in memory.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, MetadataDirective};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use domain::file::{FileType, Sha256};
use files::pieces::{Delivery, Pieces};
use files::source::Source;
use files::unfit::Stopped;
use sha2::Digest;

use super::{Files, FilesError, Stored};

/// The size of a part; every part but the last must have 5 MiB.
const PART: usize = 8 * 1024 * 1024;

/// What was kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) size: u64,
    pub(crate) sha256: Sha256,
}

/// Bytes on their way into the bucket, and what they add up to.
struct Flow {
    delivery: Delivery<Stored>,
    hash: sha2::Sha256,
    size: u64,
    /// What came behind the end of the last part.
    rest: Bytes,
}

impl Files {
    /// Copies a file as it is, inside the bucket; its hash is the one that the bucket held it against when it came.
    pub(crate) async fn keep_whole(
        &self,
        stored: &Stored,
        key: &str,
        file_type: FileType,
        sha256: &Sha256,
    ) -> Result<Kept, FilesError> {
        let (from, tag) = stored.identity();
        let request = self
            .client
            .copy_object()
            .bucket(&self.bucket)
            .key(key)
            .copy_source(format!("{}/{from}", self.bucket))
            .copy_source_if_match(tag)
            .metadata_directive(MetadataDirective::Replace)
            .content_type(file_type.media_type());
        request.send().await.map_err(FilesError::of)?;
        Ok(Kept { size: stored.len(), sha256: sha256.clone() })
    }

    /// Writes what is delivered of a file.
    pub(crate) async fn keep(
        &self,
        stored: &Stored,
        pieces: Pieces,
        key: &str,
        file_type: FileType,
    ) -> Result<Kept, FilesError> {
        let delivery = pieces.deliver(stored.again());
        let mut flow = Flow { delivery, hash: sha2::Sha256::new(), size: 0, rest: Bytes::new() };
        let first = flow.part().await?;
        if first.len() < PART {
            self.put(first, key, file_type).await?;
        } else {
            self.put_in_parts(first, &mut flow, key, file_type).await?;
        }
        Ok(Kept { size: flow.size, sha256: Sha256::of(flow.hash.finalize().into()) })
    }

    async fn put(&self, bytes: Bytes, key: &str, file_type: FileType) -> Result<(), FilesError> {
        let checksum = STANDARD.encode(sha2::Sha256::digest(&bytes));
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(file_type.media_type())
            .checksum_sha256(checksum)
            .if_none_match("*")
            .body(ByteStream::from(bytes));
        request.send().await.map(|_| ()).map_err(FilesError::of)
    }

    async fn put_in_parts(
        &self,
        first: Bytes,
        flow: &mut Flow,
        key: &str,
        file_type: FileType,
    ) -> Result<(), FilesError> {
        let request = self.client.create_multipart_upload().bucket(&self.bucket).key(key);
        let begun = request.content_type(file_type.media_type()).send().await.map_err(FilesError::of)?;
        let id = begun.upload_id.ok_or(FilesError::Missing)?;
        let mut part = first;
        let mut parts = Vec::new();
        while !part.is_empty() {
            let number = i32::try_from(parts.len() + 1).unwrap_or(i32::MAX);
            let request = self.client.upload_part().bucket(&self.bucket).key(key).upload_id(&id).part_number(number);
            let sent = request.body(ByteStream::from(part)).send().await.map_err(FilesError::of)?;
            parts.push(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag).build());
            part = flow.part().await?;
        }
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let end = self.client.complete_multipart_upload().bucket(&self.bucket).key(key).upload_id(&id);
        end.multipart_upload(parts).if_none_match("*").send().await.map(|_| ()).map_err(FilesError::of)
    }
}

impl Flow {
    /// The next part: full, unless it is the last; empty behind that.
    async fn part(&mut self) -> Result<Bytes, FilesError> {
        let mut part = BytesMut::with_capacity(self.delivery.left_over().min(PART));
        while part.len() < PART {
            let mut bytes = std::mem::take(&mut self.rest);
            if bytes.is_empty() {
                match self.delivery.next().await {
                    Ok(Some(next)) => bytes = next,
                    Ok(None) => break,
                    Err(Stopped::Source(error)) => return Err(error),
                    Err(Stopped::Unfit(unfit)) => return Err(FilesError::because(unfit)),
                }
            }
            let now = bytes.split_to(bytes.len().min(PART - part.len()));
            part.extend_from_slice(&now);
            self.rest = bytes;
        }
        let part = part.freeze();
        self.hash.update(&part);
        self.size += u64::try_from(part.len()).unwrap_or_default();
        Ok(part)
    }
}
