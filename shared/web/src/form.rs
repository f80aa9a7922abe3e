//! Forms: what a page of ours sends back. Only pages of the desk itself may send one.

use axum::extract::Request;
use http::{HeaderMap, StatusCode, header};

use crate::body::collected;
use crate::problem::Problem;

/// The fields of a form, in order.
#[derive(Clone)]
pub struct Form(Vec<(String, String)>);

impl std::fmt::Debug for Form {
    /// A form may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Form(…)")
    }
}

impl Form {
    /// Takes the body of a request.
    ///
    /// # Errors
    /// 413, and 415 for anything but `application/x-www-form-urlencoded`.
    pub async fn take(request: Request) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = collected(body).await?;
        if !is_a_form(&parts.headers) {
            let detail = "Send the form as application/x-www-form-urlencoded.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
        }
        let fields = form_urlencoded::parse(&bytes);
        Ok(Self(fields.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()))
    }

    /// The value of a field; empty for one that was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str())
    }
}

fn is_a_form(headers: &HeaderMap) -> bool {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.and_then(|value| value.split(';').next()).map(str::trim);
    essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// Whether a browser says that a page of somebody else's sends the request (H197).
#[must_use]
pub fn is_cross_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|site| site != "same-origin" && site != "none")
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::HeaderValue;

    use super::*;

    async fn taken(content_type: &str, body: impl Into<Body>) -> Result<Form, Problem> {
        let request = Request::post("/l/x").header("content-type", content_type).body(body.into()).unwrap();
        Form::take(request).await
    }

    #[tokio::test]
    async fn a_form_is_read_as_browsers_write_it() {
        let form =
            taken("application/x-www-form-urlencoded; charset=UTF-8", "password=+a%2Bb%00%C5%BE&x=1").await.unwrap();
        assert_eq!((form.get("password"), form.get("other")), (" a+b\0ž", ""));
    }

    #[tokio::test]
    async fn what_is_no_form_is_refused() {
        for content_type in ["application/json", "multipart/form-data", "text/plain"] {
            assert_eq!(taken(content_type, "password=x").await.unwrap_err().status(), 415, "{content_type}");
        }
        let long = vec![b'a'; 300 * 1024];
        assert_eq!(taken("application/x-www-form-urlencoded", long).await.unwrap_err().status(), 413);
    }

    #[test]
    fn h197_only_a_page_of_the_desk_or_nobody_sends_a_form() {
        let from = |site: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("sec-fetch-site", HeaderValue::from_static(site));
            headers
        };
        assert!(!is_cross_site(&HeaderMap::new()));
        assert!(!is_cross_site(&from("same-origin")) && !is_cross_site(&from("none")));
        assert!(is_cross_site(&from("cross-site")) && is_cross_site(&from("same-site")) && is_cross_site(&from("x")));
    }
}
