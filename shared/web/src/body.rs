//! Bodies of requests: read strictly, and every wrong field named at once.

use std::collections::BTreeMap;
use std::fmt;

use axum::body::Body;
use axum::extract::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use domain::field::{Fields, Invalid};
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use jiff::Timestamp;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// The most bytes a body may have.
const MOST_BYTES: usize = 256 * 1024;

/// The deepest that a body may nest.
const MOST_DEPTH: u32 = 32;

/// A body as it came, with the headers that say what it is. Nothing that somebody typed is shown of it (H232).
#[derive(Clone)]
pub struct RawBody {
    bytes: Bytes,
    readable: Result<(), Problem>,
}

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawBody({} bytes)", self.bytes.len())
    }
}

impl RawBody {
    /// Takes the body of a request; what is wrong with it is told later, in its turn.
    pub async fn take(request: Request) -> Self {
        let (parts, body) = request.into_parts();
        match collected(body).await {
            Ok(bytes) => {
                let readable = check_headers(&parts.headers, &bytes).and_then(|()| check_depth(&bytes));
                Self { bytes, readable }
            }
            Err(problem) => Self { bytes: Bytes::new(), readable: Err(problem) },
        }
    }

    /// Whether it is JSON at all: 400, 413 and 415 come before anything about its content.
    ///
    /// # Errors
    /// 400, 413, 415.
    pub fn check(&self) -> Result<(), Problem> {
        self.readable.clone()?;
        if self.bytes.is_empty() {
            return Ok(());
        }
        let mut deserializer = serde_json::Deserializer::from_slice(&self.bytes);
        let parsed = Checked::deserialize(&mut deserializer).and_then(|_| deserializer.end());
        parsed.map_err(|error| not_json(&error))
    }

    /// The request in it. An empty body is an empty object.
    ///
    /// # Errors
    /// 400, 413, 415, and 422 with every unknown field, or the first of a wrong type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        self.check()?;
        let bytes: &[u8] = if self.bytes.is_empty() { b"{}" } else { &self.bytes };
        let mut unknown = Vec::new();
        let mut track = serde_path_to_error::Track::new();
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
        let request = serde_ignored::deserialize(tracked, |path| {
            // An optional object is shown as `?`, which is no part of its name.
            unknown.push(path.to_string().replace(".?", ""));
        });
        let mut fields = Fields::new();
        for field in unknown {
            fields.refuse(field, Invalid::new("unknown_field", "is not a field of this request"));
        }
        match request {
            Ok(request) => Ok(fields.finish(Some(request))?),
            Err(error) => {
                fields.refuse(track.path().to_string(), Invalid::new("wrong_type", plain(&error)));
                Err(fields.into())
            }
        }
    }

    /// SHA-256 of the bytes, in base64: two bodies are the same if this is.
    #[must_use]
    pub fn hash(&self) -> String {
        STANDARD_NO_PAD.encode(Sha256::digest(&self.bytes))
    }
}

/// All of a body, unless it is too long.
pub(crate) async fn collected(body: Body) -> Result<Bytes, Problem> {
    let collected = Limited::new(body, MOST_BYTES).collect().await.map_err(|_too_long| {
        let detail = format!("The body must have at most {MOST_BYTES} bytes.");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    })?;
    Ok(collected.to_bytes())
}

/// Reads the name of an enum's variant, such as a kind or an urgency.
///
/// # Errors
/// `unknown`, naming the variants there are.
pub fn one_of<T: DeserializeOwned>(name: &str) -> Result<T, Invalid> {
    serde_json::from_value(name.into()).map_err(|error| Invalid::new("unknown", plain(&error)))
}

/// Reads a moment, such as 2026-03-02T09:00:00Z.
///
/// # Errors
/// `not_a_time`.
pub fn time(text: &str) -> Result<Timestamp, Invalid> {
    text.parse().map_err(|_ignored| Invalid::new("not_a_time", "must be a time like 2026-03-02T09:00:00Z"))
}

/// What serde expected, without what it found: what somebody typed is not repeated (H232), and neither are line and
/// column, which are ours and not the client's.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let expected = text.rsplit_once(", expected ").map(|(_, expected)| expected);
    let expected = expected.and_then(|expected| expected.split(" at line ").next());
    expected.map_or_else(|| "is not as it should be".to_owned(), |expected| format!("must be {expected}"))
}

fn not_json(error: &serde_json::Error) -> Problem {
    let detail = format!("The body is not JSON as it should be: {error}.");
    match error.classify() {
        Category::Io | Category::Syntax | Category::Eof => Problem::malformed("malformed_json", detail),
        Category::Data => Problem::malformed("duplicate_key", detail),
    }
}

fn check_headers(headers: &HeaderMap, bytes: &Bytes) -> Result<(), Problem> {
    let unsupported = |detail| Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
    if headers.contains_key(header::CONTENT_ENCODING) {
        return unsupported("Send the body as it is, without a content encoding.");
    }
    let given = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let essence = given.and_then(|value| value.split(';').next()).map(str::trim);
    let is_json = essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    if is_json || (given.is_none() && bytes.is_empty()) {
        Ok(())
    } else {
        unsupported("Send the body as application/json.")
    }
}

/// Finds out by one look at each byte how deep a body nests, before any parser does.
fn check_depth(bytes: &[u8]) -> Result<(), Problem> {
    let (mut depth, mut in_text, mut escaped) = (0_u32, false, false);
    for byte in bytes {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (true, b'"') => in_text = false,
            (false, b'"') => in_text = true,
            (false, b'[' | b'{') => depth += 1,
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            (true | false, _) => {}
        }
        if depth > MOST_DEPTH {
            return Err(Problem::malformed("too_deep", format!("The body nests deeper than {MOST_DEPTH}.")));
        }
    }
    Ok(())
}

/// Any JSON value whose objects have no key twice; its content is not kept.
struct Checked;

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Look)
    }
}

struct Look;

impl<'de> Visitor<'de> for Look {
    type Value = Checked;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_str<E>(self, _: &str) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_unit<E>(self) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Checked, A::Error> {
        while seq.next_element::<Checked>()?.is_some() {}
        Ok(Checked)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Checked, A::Error> {
        let mut seen = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if seen.insert(key.clone(), ()).is_some() {
                return Err(serde::de::Error::custom(format!("the key {key:?} stands twice")));
            }
            map.next_value::<Checked>()?;
        }
        Ok(Checked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Example {
        subject: Option<String>,
        count: Option<i64>,
    }

    async fn read(content_type: &str, body: impl Into<Body>) -> u16 {
        let request = Request::builder().header("content-type", content_type).body(body.into()).unwrap();
        let body = RawBody::take(request).await;
        body.read::<Example>().map_or_else(|problem| problem.status().as_u16(), |_| 200)
    }

    #[tokio::test]
    async fn h001_to_h008_a_body_is_read_strictly() {
        let json = "application/json";
        assert_eq!(read(json, r#"{"subject": "x", "count": 3}"#).await, 200);
        assert_eq!(read(json, r#"{"subject": "x"#).await, 400, "h001 truncated");
        assert_eq!(read("text/plain", "{}").await, 415, "h002 content type");
        assert_eq!(read(json, r#"{"role": "admin"}"#).await, 422, "h003 unknown field");
        assert_eq!(read(json, r#"{"subject": "x", "subject": "y"}"#).await, 400, "h004 duplicate key");
        assert_eq!(read(json, "[".repeat(100_000)).await, 400, "h005 depth");
        assert_eq!(read(json, format!("{}{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000))).await, 400, "h005");
        assert_eq!(read(json, r#"{"count": 1e400}"#).await, 400, "h007 out of range");
        assert_eq!(read(json, r#"{"count": 9223372036854775808}"#).await, 422, "h007 2^63");
        assert_eq!(read(json, r#"{"count": NaN}"#).await, 400, "h007 NaN");
        assert_eq!(read(json, r#"{"count": "1"}"#).await, 422, "h007 text for a number");
        assert_eq!(read(json, b"{\"subject\": \"\xff\"}".to_vec()).await, 400, "h008 invalid UTF-8");
        assert_eq!(read(json, r#"{"subject": "\ud800"}"#).await, 400, "h008 lone surrogate");
        assert_eq!(read(json, b"{\"subject\": \"\xc0\xaf\"}".to_vec()).await, 400, "h008 overlong");
        assert_eq!(read(json, "{} {}").await, 400, "two documents");
        assert_eq!(read(json, vec![b' '; MOST_BYTES + 1]).await, 413, "too large");
    }

    #[tokio::test]
    async fn h014_an_encoded_body_is_refused_before_it_is_unpacked() {
        let request = Request::builder()
            .header("content-type", "application/json")
            .header("content-encoding", "gzip")
            .body(Body::from(vec![0x1f, 0x8b]))
            .unwrap();
        let problem = RawBody::take(request).await.check().unwrap_err();
        assert_eq!(problem.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }

    #[tokio::test]
    async fn h232_of_a_body_only_its_length_is_shown() {
        let request = Request::builder().body(Body::from(r#"{"password": "correct horse"}"#)).unwrap();
        assert_eq!(format!("{:?}", RawBody::take(request).await), "RawBody(29 bytes)");
    }

    #[tokio::test]
    async fn every_unknown_field_is_named_at_once() {
        let request = Request::builder()
            .header("content-type", "application/json")
            .body(Body::from(r#"{"role": 1, "subject": "x", "is_admin": {}}"#))
            .unwrap();
        let problem = RawBody::take(request).await.read::<Example>().unwrap_err();
        let fields: Vec<_> = problem.body("r").errors.into_iter().map(|error| error.field).collect();
        assert_eq!(fields, ["role", "is_admin"]);
    }
}
