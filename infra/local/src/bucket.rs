//! The bucket: an S3 on this machine, answering the SDK inside the process and browsers on a port of its own.
//!
//! s3s checks signatures and speaks the protocol, s3s-fs keeps objects as files; [`shelf`] stands between the two and
//! mends what S3 does otherwise. Whoever asks must have signed with the keys that the SDK uses here, so an address that
//! a function signed is worth here exactly what it is worth in the cloud.
//!
//! **Two times.** Signatures are made and checked by the time of the machine, for s3s knows no other: clients of S3 are
//! given no time source, and an address that was signed ends after real minutes, whatever the desk's clock says.
//! Objects bear the time of the desk's clock, so what expires in a story expires when the story says so.
//!
//! **Notices** of new objects wait in memory. What nobody was told of when the process ends is not told after the next
//! start: whoever sent the object asks `complete`, which looks at it itself when it is some minutes old.
//!
//! Beside all this, tests look at what is there, count requests, and refuse some.

mod flow;
mod notice;
mod place;
mod sdk;
mod shelf;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use domain::world::Clock;
use http::uri::Authority;
use http::{HeaderValue, Method, StatusCode, header};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{HttpRequest, HttpResponse, S3Error, s3_error};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::desk::DeskError;
use crate::gateway;
use crate::services::{ACCESS_KEY, SECRET_KEY};
use crate::template::{self, Cors, Expiry};
pub(crate) use notice::Notices;
use notice::Told;
use place::{Place, Spot};
use shelf::Shelf;

const DAY_SECONDS: u64 = 24 * 60 * 60;

/// The bucket that files are in, and every other bucket of the template beside it.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Requests that came, while somebody counts.
    pub tally: Tally,
    cors: Option<Cors>,
    service: S3Service,
    place: Arc<Place>,
    expiries: Vec<(String, Expiry)>,
    notices: Vec<Notices>,
    refusals: Arc<Mutex<usize>>,
    _folder: Option<Arc<TempDir>>,
}

impl Bucket {
    /// Opens the buckets of a template in a folder, or in one that goes with the desk; `stored` is told of new objects.
    ///
    /// # Errors
    /// When the disk refuses, or no bucket of the template notifies a function.
    pub(crate) fn open(
        folder: Option<PathBuf>,
        buckets: &[template::Bucket],
        clock: Arc<dyn Clock>,
        stored: Arc<Notify>,
    ) -> Result<Self, DeskError> {
        let the = buckets.iter().find(|bucket| !bucket.notifications.is_empty());
        let the = the.ok_or_else(|| DeskError::Template("no bucket notifies a function".to_owned()))?;
        let (root, passing) = if let Some(root) = folder {
            (root, None)
        } else {
            let folder = tempfile::Builder::new().prefix("lambdesk-").tempdir()?;
            (folder.path().to_owned(), Some(Arc::new(folder)))
        };
        let place = Arc::new(Place::open(root.clone(), buckets, clock)?);
        let files = FileSystem::new(root).map_err(|error| std::io::Error::other(format!("{error:?}")))?;
        let notices: Vec<_> = buckets.iter().flat_map(Notices::of).collect();
        let told = Told::new(notices.clone(), stored);
        let mut builder = S3ServiceBuilder::new(Shelf::new(files, Arc::clone(&place), told));
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let expiries = buckets
            .iter()
            .flat_map(|bucket| bucket.expiries.iter().map(move |expiry| (bucket.name.clone(), expiry.clone())));
        Ok(Self {
            name: the.name.clone(),
            tally: Tally::default(),
            cors: the.cors.clone(),
            service: builder.build(),
            place,
            expiries: expiries.collect(),
            notices,
            refusals: Arc::default(),
            _folder: passing,
        })
    }

    /// The door for browsers, open to the origins that the template names.
    pub(crate) fn router(&self) -> Router {
        let router = Router::new().fallback(serve).with_state(self.clone());
        match &self.cors {
            Some(cors) => gateway::open_to(router, cors),
            None => router,
        }
    }

    /// What functions are still to be told of new objects, one for each notification of the template.
    pub(crate) fn notices(&self) -> Vec<Notices> {
        self.notices.clone()
    }

    /// Every object by its key, for tests.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn objects(&self) -> std::io::Result<BTreeMap<String, Vec<u8>>> {
        let files = self.place.files(&self.name)?;
        files.into_iter().map(|(key, file)| Ok((key, std::fs::read(file)?))).collect()
    }

    /// Puts an object in, past every door: nobody is told of it.
    ///
    /// # Errors
    /// When the disk refuses, or the key cannot be one.
    pub fn put(&self, key: &str, bytes: &[u8]) -> std::io::Result<()> {
        let (draft, spot) = (self.place.draft(), self.spot(key)?);
        std::fs::write(self.place.draft_file(&draft), bytes)?;
        self.place.settle(&draft, &spot, false).map(drop)
    }

    /// Takes an object out, past every door; answers whether there was one.
    ///
    /// # Errors
    /// When the disk refuses, or the key cannot be one.
    pub fn remove(&self, key: &str) -> std::io::Result<bool> {
        self.place.remove(&self.spot(key)?)
    }

    /// Answers so many requests with 503 from now on, whoever sends them.
    pub fn refuse_next(&self, requests: usize) {
        *self.refusals.lock().unwrap_or_else(PoisonError::into_inner) = requests;
    }

    /// Removes what the template lets expire; answers how many files that were. S3 waits until midnight, this does not.
    ///
    /// Parts of uploads that never ended bear the time of the machine, for s3s-fs writes them.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn expire(&self, now: SystemTime) -> std::io::Result<usize> {
        let before = |days: u32| now.checked_sub(Duration::from_secs(u64::from(days) * DAY_SECONDS));
        let mut removed = 0;
        for (bucket, expiry) in &self.expiries {
            if let Some(end) = expiry.objects_after_days.and_then(before) {
                removed += self.place.remove_old(bucket, &expiry.prefix, end)?;
            }
            if let Some(end) = expiry.parts_after_days.and_then(before) {
                removed += self.place.remove_old_parts(end)?;
            }
        }
        Ok(removed)
    }

    fn spot(&self, key: &str) -> std::io::Result<Spot> {
        let wrong = || std::io::Error::new(std::io::ErrorKind::InvalidInput, format!("{key} cannot be a key"));
        Spot::parse(&self.name, key).ok_or_else(wrong)
    }

    /// Answers a request, wherever it came from.
    async fn answer(&self, mut request: HttpRequest) -> HttpResponse {
        self.tally.note(request.method());
        if self.is_refused() {
            return refusal(s3_error!(SlowDown, "injected"));
        }
        if has_unsigned_headers(&request) {
            return refusal(s3_error!(AccessDenied, "There were headers present in the request which were not signed"));
        }
        name_host(&mut request);
        match self.service.call(request).await {
            Ok(response) => response,
            Err(error) => {
                tracing::error!(?error, "the bucket failed");
                refusal(s3_error!(InternalError))
            }
        }
    }

    fn is_refused(&self) -> bool {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        let is_refused = *refusals > 0;
        *refusals = refusals.saturating_sub(1);
        is_refused
    }
}

async fn serve(State(bucket): State<Bucket>, request: Request) -> Response {
    bucket.answer(request.map(s3s::Body::http_body_unsync)).await.map(axum::body::Body::new)
}

fn refusal(error: S3Error) -> HttpResponse {
    error.to_http_response().unwrap_or_else(|_unwritten| {
        let mut response = HttpResponse::new(s3s::Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// S3 refuses a header of its own that the signature of an address does not name; s3s would heed it.
fn has_unsigned_headers(request: &HttpRequest) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let signed = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "X-Amz-SignedHeaders");
    signed.is_some_and(|(_, signed)| {
        let signed: Vec<&str> = signed.split(';').collect();
        request.headers().keys().any(|name| name.as_str().starts_with("x-amz-") && !signed.contains(&name.as_str()))
    })
}

/// Requests of the SDK, and of tests, name their host in the address alone; on a wire the HTTP client would repeat it.
fn name_host(request: &mut HttpRequest) {
    let authority = request.uri().authority().map(Authority::as_str);
    let host = authority.map(|host| host.strip_suffix(":80").unwrap_or(host));
    let host = host.and_then(|host| HeaderValue::from_str(host).ok());
    if let Some(host) = host.filter(|_| !request.headers().contains_key(header::HOST)) {
        request.headers_mut().insert(header::HOST, host);
    }
}

/// Counts requests by their method while somebody counts.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<Mutex<Option<BTreeMap<String, u32>>>>);

impl Tally {
    /// Starts counting from zero.
    pub fn start(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(BTreeMap::new());
    }

    /// How many requests of each method came since the start; counting ends.
    #[must_use]
    pub fn stop(&self) -> BTreeMap<String, u32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }

    fn note(&self, method: &Method) {
        if let Some(counts) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            *counts.entry(method.to_string()).or_default() += 1;
        }
    }
}

#[cfg(test)]
mod tests;
