//! The bucket from both sides: what a signed address is good for in a browser, and what functions find.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::{SharedHttpConnector, http_client_fn};
use aws_smithy_types::retry::RetryConfig;
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use http_body_util::BodyExt;
use jiff::SignedDuration;
use runtime::Doors;
use runtime::world::SystemClock;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tower::ServiceExt;

use super::notice::{Created, payload};
use super::*;
use crate::clock::ManualClock;
use crate::pump::BucketPump;
use crate::template::Notification;

const NAME: &str = "lambdesk-test";
const ORIGIN: &str = "https://frontend.test";

fn described() -> template::Bucket {
    let strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
    template::Bucket {
        logical_id: "Bucket".to_owned(),
        name: NAME.to_owned(),
        cors: Some(Cors {
            origins: strings(&[ORIGIN]),
            methods: strings(&["GET", "PUT"]),
            headers: strings(&["content-type", "if-none-match", "x-amz-checksum-sha256"]),
            exposed: strings(&["etag"]),
            max_age_seconds: 600,
        }),
        expiries: vec![Expiry { prefix: "uploads/".to_owned(), objects_after_days: Some(1), parts_after_days: None }],
        notifications: vec![Notification {
            event: "s3:ObjectCreated:*".to_owned(),
            prefix: "uploads/".to_owned(),
            function: "attachments".to_owned(),
        }],
    }
}

/// A bucket, the SDK's client for it, and the desk's clock.
struct Sides {
    bucket: Bucket,
    client: Client,
    clock: ManualClock,
}

fn opened() -> Sides {
    let clock = ManualClock::at("2026-03-02T09:00:00Z".parse().unwrap());
    let bucket = Bucket::open(None, &[described()], Arc::new(clock.clone()), Arc::default()).unwrap();
    let connector = SharedHttpConnector::new(bucket.clone());
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "test"))
        .endpoint_url("http://files.test")
        .force_path_style(true)
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .retry_config(RetryConfig::disabled())
        .sleep_impl(TokioSleep::new())
        .build();
    Sides { bucket, client: Client::from_conf(config), clock }
}

fn for_minutes(minutes: u64) -> PresigningConfig {
    PresigningConfig::expires_in(Duration::from_secs(60 * minutes)).unwrap()
}

impl Sides {
    /// An address at which these bytes may be put once.
    async fn signed_put(&self, key: &str, bytes: &[u8], when: PresigningConfig) -> PresignedRequest {
        let put = self
            .client
            .put_object()
            .bucket(NAME)
            .key(key)
            .content_type("image/png")
            .content_length(i64::try_from(bytes.len()).unwrap())
            .if_none_match("*")
            .checksum_sha256(STANDARD.encode(Sha256::digest(bytes)));
        put.presigned(when).await.unwrap()
    }

    async fn send(&self, request: http::Request<Body>) -> (u16, HeaderMap, Bytes) {
        let (parts, body) = self.bucket.router().oneshot(request).await.unwrap().into_parts();
        (parts.status.as_u16(), parts.headers, body.collect().await.unwrap().to_bytes())
    }

    async fn puts(&self, signed: &PresignedRequest, bytes: &'static [u8]) -> u16 {
        self.send(signed.make_http_1x_request(Body::from(bytes))).await.0
    }

    /// Puts something as functions do; answers its `ETag`.
    async fn has(&self, key: &str, bytes: &'static [u8]) -> String {
        let put = self.client.put_object().bucket(NAME).key(key).content_type("text/plain");
        let answer = put.body(ByteStream::from_static(bytes)).send().await.unwrap();
        answer.e_tag.unwrap()
    }

    fn keys(&self) -> Vec<String> {
        self.bucket.objects().unwrap().into_keys().collect()
    }

    fn notice(&self) -> Option<Value> {
        self.bucket.notices()[0].first().map(|payload| serde_json::from_str(&payload).unwrap())
    }
}

/// The status with which S3 refused.
macro_rules! status {
    ($request:expr) => {
        $request.send().await.unwrap_err().raw_response().unwrap().status().as_u16()
    };
}

#[tokio::test]
async fn a_signed_address_takes_these_bytes_once_and_no_others() {
    let sides = opened();
    let signed = sides.signed_put("uploads/one", b"right", for_minutes(15)).await;
    assert_eq!(sides.puts(&signed, b"wrong").await, 400);
    assert_eq!(sides.puts(&signed, b"righ").await, 400);
    assert_eq!((sides.keys(), sides.notice()), (vec![], None), "what was refused leaves nothing behind");
    assert_eq!(sides.puts(&signed, b"right").await, 200);
    assert_eq!(sides.puts(&signed, b"right").await, 412);
    assert_eq!(sides.bucket.objects().unwrap(), BTreeMap::from([("uploads/one".to_owned(), b"right".to_vec())]));
    let notice = sides.notice().unwrap();
    assert_eq!(notice["Records"][0]["eventName"], "ObjectCreated:Put");
    assert_eq!(notice["Records"][0]["s3"]["bucket"]["name"], NAME);
    assert_eq!(notice["Records"][0]["s3"]["object"]["key"], "uploads/one");
    assert_eq!(notice["Records"][0]["s3"]["object"]["size"], 5);
    let head = sides.client.head_object().bucket(NAME).key("uploads/one").send().await.unwrap();
    assert_eq!(head.content_type(), Some("image/png"));
}

#[tokio::test]
async fn an_address_is_good_for_what_was_signed_alone() {
    let sides = opened();
    let signed = sides.signed_put("uploads/one", b"right", for_minutes(15)).await;
    let changed = |name: &'static str, value: &'static str| {
        let mut request = signed.make_http_1x_request(Body::from("right"));
        request.headers_mut().insert(name, HeaderValue::from_static(value));
        request
    };
    assert_eq!(sides.send(changed("content-type", "text/html")).await.0, 403);
    assert_eq!(sides.send(changed("content-length", "6")).await.0, 403);
    assert_eq!(sides.send(changed("x-amz-meta-more", "than was signed")).await.0, 403);
    let mut bare = http::Request::new(Body::from("right"));
    *bare.method_mut() = Method::PUT;
    *bare.uri_mut() = format!("http://files.test/{NAME}/uploads/one").parse().unwrap();
    assert_eq!(sides.send(bare).await.0, 403, "nobody is known without a signature");
    let long_ago = SystemTime::from(SystemClock.now()).checked_sub(Duration::from_hours(2)).unwrap();
    let when = PresigningConfig::builder().start_time(long_ago).expires_in(Duration::from_mins(15)).build().unwrap();
    let late = sides.signed_put("uploads/one", b"right", when).await;
    assert_eq!(sides.puts(&late, b"right").await, 403);
    assert_eq!(sides.keys(), Vec::<String>::new());
}

#[tokio::test]
async fn a_signed_get_is_answered_as_the_address_says() {
    let sides = opened();
    sides.has("files/one", b"0123456789").await;
    let get = sides.client.get_object().bucket(NAME).key("files/one").response_content_type("image/png");
    let get = get.response_content_disposition("attachment; filename=\"one.png\"");
    let signed = get.presigned(for_minutes(5)).await.unwrap();
    let (status, headers, body) = sides.send(signed.make_http_1x_request(Body::empty())).await;
    assert_eq!((status, body.as_ref()), (200, b"0123456789".as_slice()));
    assert_eq!(headers["content-type"], "image/png");
    assert_eq!(headers["content-disposition"], "attachment; filename=\"one.png\"");
}

#[tokio::test]
async fn a_browser_of_another_origin_is_told_nothing() {
    let sides = opened();
    let preflight = |origin: &str| {
        http::Request::options(format!("/{NAME}/uploads/one"))
            .header("origin", origin)
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", "content-type,if-none-match,x-amz-checksum-sha256")
            .body(Body::empty())
            .unwrap()
    };
    let (_, allowed, _) = sides.send(preflight(ORIGIN)).await;
    assert_eq!(allowed["access-control-allow-origin"], ORIGIN);
    assert_eq!(allowed["access-control-max-age"], "600");
    assert!(allowed["access-control-allow-headers"].to_str().unwrap().contains("x-amz-checksum-sha256"));
    let (_, foreign, _) = sides.send(preflight("https://elsewhere.test")).await;
    assert!(foreign.keys().all(|name| !name.as_str().starts_with("access-control-")), "{foreign:?}");
}

#[tokio::test]
async fn a_piece_is_read_only_of_the_object_that_was_meant() {
    let sides = opened();
    let e_tag = sides.has("files/one", b"0123456789").await;
    let get = || sides.client.get_object().bucket(NAME).key("files/one");
    let piece = get().range("bytes=2-4").if_match(&e_tag).send().await.unwrap();
    assert_eq!(piece.content_range(), Some("bytes 2-4/10"));
    assert_eq!(piece.body.collect().await.unwrap().into_bytes(), "234");
    let whole = get().range("bytes=-99").send().await.unwrap();
    assert_eq!(whole.body.collect().await.unwrap().into_bytes(), "0123456789");
    assert_eq!(status!(get().range("bytes=10-11")), 416);
    assert_eq!(status!(get().if_match("\"another\"")), 412);
    assert_eq!(status!(sides.client.get_object().bucket(NAME).key("files")), 404, "a folder is no object");
}

#[tokio::test]
async fn a_copy_is_of_what_was_meant_and_is_new() {
    let sides = opened();
    let e_tag = sides.has("uploads/one", b"0123456789").await;
    let copy = || {
        let copy = sides.client.copy_object().bucket(NAME).key("files/one").if_none_match("*");
        copy.copy_source(format!("{NAME}/uploads/one"))
    };
    assert_eq!(status!(copy().copy_source_if_match("\"another\"")), 412);
    copy().copy_source_if_match(&e_tag).send().await.unwrap();
    assert_eq!(status!(copy()), 412);
    let head = sides.client.head_object().bucket(NAME).key("files/one").send().await.unwrap();
    assert_eq!((head.content_type(), head.content_length()), (Some("text/plain"), Some(10)));
}

#[tokio::test]
async fn an_object_is_put_together_from_pieces_of_another() {
    let sides = opened();
    let e_tag = sides.has("uploads/one", b"0123456789").await;
    let create = sides.client.create_multipart_upload().bucket(NAME).key("files/one").content_type("image/png");
    let id = create.send().await.unwrap().upload_id.unwrap();
    let piece = || {
        let copy = sides.client.upload_part_copy().bucket(NAME).key("files/one").upload_id(&id).part_number(1);
        copy.copy_source(format!("{NAME}/uploads/one")).copy_source_range("bytes=3-6")
    };
    assert_eq!(status!(piece().copy_source_if_match("\"another\"")), 412);
    let part = piece().copy_source_if_match(&e_tag).send().await.unwrap().copy_part_result.unwrap();
    let part = CompletedPart::builder().part_number(1).set_e_tag(part.e_tag).build();
    let parts = CompletedMultipartUpload::builder().parts(part).build();
    let complete = sides.client.complete_multipart_upload().bucket(NAME).key("files/one").upload_id(&id);
    complete.multipart_upload(parts).if_none_match("*").send().await.unwrap();
    let read = sides.client.get_object().bucket(NAME).key("files/one").send().await.unwrap();
    assert_eq!(read.content_type(), Some("image/png"));
    assert_eq!(read.body.collect().await.unwrap().into_bytes(), "3456");
}

#[tokio::test]
async fn keys_are_listed_in_their_order_from_a_place_on() {
    let sides = opened();
    for key in ["files/b/2", "files/a/1", "uploads/one", "files/b/1"] {
        sides.has(key, b"1").await;
    }
    let list = sides.client.list_objects_v2().bucket(NAME).prefix("files/").start_after("files/a/1");
    let listed = list.send().await.unwrap().contents.unwrap();
    let keys: Vec<_> = listed.into_iter().filter_map(|object| object.key).collect();
    assert_eq!(keys, ["files/b/1", "files/b/2"]);
}

#[tokio::test]
async fn what_nobody_wants_is_gone_after_a_day_of_the_desk() {
    let sides = opened();
    sides.has("uploads/old", b"1").await;
    sides.has("files/old", b"2").await;
    sides.clock.advance(SignedDuration::from_hours(23));
    sides.bucket.put("uploads/young", b"3").unwrap();
    let expire = || sides.bucket.expire(SystemTime::from(sides.clock.now())).unwrap();
    assert_eq!(expire(), 0);
    sides.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(expire(), 1);
    assert_eq!(sides.keys(), ["files/old", "uploads/young"]);
    assert!(sides.bucket.remove("files/old").unwrap());
    assert!(!sides.bucket.remove("files/old").unwrap());
    assert!(sides.bucket.put("../elsewhere", b"4").is_err());
}

#[tokio::test]
async fn requests_are_counted_and_refused() {
    let sides = opened();
    sides.bucket.tally.start();
    sides.bucket.refuse_next(1);
    assert_eq!(status!(sides.client.get_object().bucket(NAME).key("files/one")), 503);
    sides.has("files/one", b"1").await;
    assert_eq!(sides.bucket.tally.stop(), BTreeMap::from([("GET".to_owned(), 1), ("PUT".to_owned(), 1)]));
}

#[tokio::test]
async fn a_notice_that_fails_three_times_is_given_up() {
    let sides = opened();
    sides.has("uploads/one", b"1").await;
    sides.has("files/one", b"nobody is told of this").await;
    let mut pump = BucketPump {
        notices: sides.bucket.notices().remove(0),
        doors: Doors::default(),
        clock: Arc::new(sides.clock.clone()),
        tries: 0,
        set_aside: 0,
    };
    for set_aside in [0, 0, 1] {
        assert!(pump.turn().await);
        assert_eq!(pump.set_aside, set_aside);
    }
    assert!(!pump.turn().await);
}

#[tokio::test]
async fn what_was_written_when_the_process_ended_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let clock = Arc::new(SystemClock);
        Bucket::open(Some(folder.path().to_owned()), &[described()], clock, Arc::default()).unwrap()
    };
    let bucket = open();
    bucket.put("files/whole", b"1").unwrap();
    let draft = bucket.place.draft();
    std::fs::write(bucket.place.draft_file(&draft), b"2").unwrap();
    drop(bucket);
    let bucket = open();
    assert_eq!(bucket.objects().unwrap(), BTreeMap::from([("files/whole".to_owned(), b"1".to_vec())]));
    assert!(!bucket.place.draft_file(&draft).exists());
}

#[test]
fn a_notice_names_keys_as_s3_does() {
    let spot = Spot::parse(NAME, "uploads/two words & ünïcode+.png").unwrap();
    let at = "2026-03-02T09:00:00Z".parse().unwrap();
    let created = Created { event: "ObjectCreated:Put", spot: &spot, size: 1, e_tag: "abc", at };
    let payload = payload(&created, 1);
    let record = &payload["Records"][0];
    assert_eq!(record["s3"]["object"]["key"], "uploads/two+words+%26+%C3%BCn%C3%AFcode%2B.png");
    assert_eq!(record["eventSource"], "aws:s3");
    assert_eq!(record["eventTime"], "2026-03-02T09:00:00.000Z");
}
