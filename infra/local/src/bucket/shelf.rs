//! The shelf: what a bucket can do, which is what the template permits its function and no more.
//!
//! Objects are kept by s3s-fs. Where it and S3 differ in what a caller could rely on, S3 is right: an object is in
//! place only when its checksum and its length are what was promised and nobody was faster; `If-Match` is heeded; a
//! range ends where it ends; what is removed leaves nothing behind.

use std::sync::Arc;

use http::{Extensions, HeaderMap, Method, Uri, header};
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CopyObjectInput, CopyObjectOutput, CopySource, CreateMultipartUploadInput, CreateMultipartUploadOutput,
    DeleteObjectInput, DeleteObjectOutput, ETag, ETagCondition, GetObjectInput, GetObjectOutput, HeadObjectInput,
    HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output, PutObjectInput, PutObjectOutput, Range, StreamingBlob,
    UploadPartCopyInput, UploadPartCopyOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Error, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;

use super::flow::Cut;
use super::notice::{Created, Told};
use super::place::{DRAFTS, Place, Spot};

/// The objects, and who is told of new ones.
#[derive(Debug)]
pub(super) struct Shelf {
    files: FileSystem,
    place: Arc<Place>,
    told: Told,
}

impl Shelf {
    pub(super) fn new(files: FileSystem, place: Arc<Place>, told: Told) -> Self {
        Self { files, place, told }
    }

    /// Where an object is to be written.
    fn spot(&self, bucket: &str, key: &str) -> S3Result<Spot> {
        if !self.place.has_bucket(bucket) {
            return Err(s3_error!(NoSuchBucket));
        }
        Spot::parse(bucket, key).ok_or_else(|| s3_error!(InvalidArgument, "this key cannot be kept here"))
    }

    /// How long an object is that must be there.
    fn length(&self, bucket: &str, key: &str) -> S3Result<u64> {
        let spot = Spot::parse(bucket, key).and_then(|spot| self.place.length(&spot));
        spot.ok_or_else(|| s3_error!(NoSuchKey))
    }

    /// The object that is to be copied, which must be there.
    fn source(&self, source: &CopySource) -> S3Result<Spot> {
        match source {
            CopySource::Bucket { bucket, key, .. } => {
                self.length(bucket, key)?;
                self.spot(bucket, key)
            }
            CopySource::AccessPoint { .. } | CopySource::Outpost { .. } => Err(s3_error!(NotImplemented)),
        }
    }

    async fn head(&self, spot: &Spot) -> S3Result<HeadObjectOutput> {
        self.length(&spot.bucket, &spot.key)?;
        let input =
            HeadObjectInput { bucket: spot.bucket.clone(), key: spot.key.clone(), ..HeadObjectInput::default() };
        Ok(self.files.head_object(bare(input)).await?.output)
    }

    /// Refuses unless the object is there and as the condition says, if there is one.
    async fn must_match(&self, spot: &Spot, if_match: Option<ETagCondition>) -> S3Result<()> {
        if if_match.is_none() {
            return Ok(());
        }
        let head = self.head(spot).await.map_err(|_missing| s3_error!(PreconditionFailed))?;
        Conditions { if_match, if_none_match: None }.hold(head.e_tag.as_ref())
    }

    /// Brings a draft to its place; what cannot be there leaves nothing behind.
    async fn settle<T>(&self, draft: &Draft, written: S3Result<S3Response<T>>) -> S3Result<S3Response<T>> {
        let settled = match written {
            Ok(answer) => self.bring_in(draft).await.map(|()| answer),
            Err(error) => Err(error),
        };
        if settled.is_err() {
            self.place.discard(&draft.key).map_err(S3Error::internal_error)?;
        }
        settled
    }

    async fn bring_in(&self, draft: &Draft) -> S3Result<()> {
        let head = self.head(&Spot { bucket: DRAFTS.to_owned(), key: draft.key.clone() }).await?;
        if draft.length.is_some() && draft.length != head.content_length {
            return Err(s3_error!(IncompleteBody));
        }
        if !self.place.settle(&draft.key, &draft.spot, draft.only_new).map_err(S3Error::internal_error)? {
            return Err(s3_error!(PreconditionFailed, "Object already exists"));
        }
        self.tell(draft.event, &draft.spot, &head);
        Ok(())
    }

    fn tell(&self, event: &'static str, spot: &Spot, head: &HeadObjectOutput) {
        let size = head.content_length.unwrap_or_default();
        let e_tag = head.e_tag.as_ref().map_or("", ETag::value);
        self.told.tell(&Created { event, spot, size, e_tag, at: self.place.now() });
    }
}

/// An object that is being written.
struct Draft {
    /// Its key until it is complete.
    key: String,
    spot: Spot,
    /// Whether it is refused if there is such an object already.
    only_new: bool,
    /// How long it must be, if that was said.
    length: Option<i64>,
    /// What its coming is called.
    event: &'static str,
}

/// What a reader knows of an object.
struct Conditions {
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
}

impl Conditions {
    fn hold(&self, e_tag: Option<&ETag>) -> S3Result<()> {
        let is = |condition: &ETagCondition| match condition {
            ETagCondition::Any => true,
            ETagCondition::ETag(wanted) => e_tag.is_some_and(|e_tag| e_tag.strong_cmp(wanted)),
        };
        if self.if_match.as_ref().is_some_and(|condition| !is(condition)) {
            return Err(s3_error!(PreconditionFailed));
        }
        if self.if_none_match.as_ref().is_some_and(is) {
            return Err(s3_error!(NotModified));
        }
        Ok(())
    }
}

/// A request that nobody sent.
fn bare<T>(input: T) -> S3Request<T> {
    S3Request {
        input,
        method: Method::HEAD,
        uri: Uri::default(),
        headers: HeaderMap::new(),
        extensions: Extensions::new(),
        credentials: None,
        region: None,
        service: None,
        trailing_headers: None,
    }
}

#[async_trait::async_trait]
impl S3 for Shelf {
    async fn put_object(&self, mut request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let input = &mut request.input;
        let draft = Draft {
            key: self.place.draft(),
            spot: self.spot(&input.bucket, &input.key)?,
            only_new: input.if_none_match.take().is_some_and(|condition| condition.is_any()),
            length: input.content_length,
            event: "ObjectCreated:Put",
        };
        self.must_match(&draft.spot, input.if_match.take()).await?;
        (input.bucket, input.key) = (DRAFTS.to_owned(), draft.key.clone());
        let written = self.files.put_object(request).await;
        self.settle(&draft, written).await
    }

    async fn copy_object(&self, mut request: S3Request<CopyObjectInput>) -> S3Result<S3Response<CopyObjectOutput>> {
        let input = &mut request.input;
        self.source(&input.copy_source)?;
        let draft = Draft {
            key: self.place.draft(),
            spot: self.spot(&input.bucket, &input.key)?,
            // s3s does not know this condition of a copy yet.
            only_new: request.headers.get(header::IF_NONE_MATCH).is_some_and(|condition| condition == "*"),
            length: None,
            event: "ObjectCreated:Copy",
        };
        (input.bucket, input.key) = (DRAFTS.to_owned(), draft.key.clone());
        let written = self.files.copy_object(request).await;
        self.settle(&draft, written).await
    }

    async fn get_object(&self, mut request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = &mut request.input;
        let length = self.length(&input.bucket, &input.key)?;
        // s3s-fs would look before the beginning.
        if let Some(Range::Suffix { length: wanted }) = &mut input.range {
            *wanted = length.min(*wanted);
        }
        let conditions = Conditions { if_match: input.if_match.take(), if_none_match: input.if_none_match.take() };
        let mut answer = self.files.get_object(request).await?;
        conditions.hold(answer.output.e_tag.as_ref())?;
        let length = answer.output.content_length;
        answer.output.accept_ranges = Some("bytes".to_owned());
        answer.output.body = answer.output.body.map(|body| StreamingBlob::new(Cut::new(body, length)));
        Ok(answer)
    }

    async fn head_object(&self, mut request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = &mut request.input;
        self.length(&input.bucket, &input.key)?;
        let conditions = Conditions { if_match: input.if_match.take(), if_none_match: input.if_none_match.take() };
        let answer = self.files.head_object(request).await?;
        conditions.hold(answer.output.e_tag.as_ref())?;
        Ok(answer)
    }

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        let spot = self.spot(&request.input.bucket, &request.input.key)?;
        self.place.remove(&spot).map_err(S3Error::internal_error)?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        self.files.list_objects_v2(request).await
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        self.spot(&request.input.bucket, &request.input.key)?;
        self.files.create_multipart_upload(request).await
    }

    async fn upload_part(&self, request: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        self.files.upload_part(request).await
    }

    async fn upload_part_copy(
        &self,
        mut request: S3Request<UploadPartCopyInput>,
    ) -> S3Result<S3Response<UploadPartCopyOutput>> {
        let source = self.source(&request.input.copy_source)?;
        self.must_match(&source, request.input.copy_source_if_match.take()).await?;
        self.files.upload_part_copy(request).await
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let spot = self.spot(&request.input.bucket, &request.input.key)?;
        let mut answer = self.files.complete_multipart_upload(request).await?;
        // It is done when this is answered; there is nothing to wait for behind the answer's head.
        if let Some(done) = answer.output.future.take() {
            answer.output = done.await?;
        }
        self.place.touch(&spot).map_err(S3Error::internal_error)?;
        self.tell("ObjectCreated:CompleteMultipartUpload", &spot, &self.head(&spot).await?);
        Ok(answer)
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        self.files.abort_multipart_upload(request).await
    }
}
