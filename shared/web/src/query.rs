//! Query strings: each parameter at most once, and none that is not known.

use axum::extract::{FromRequestParts, RawQuery};
use domain::field::{Fields, Invalid};
use http::request::Parts;

use crate::problem::Problem;

/// The parameters of a query string, in order.
#[derive(Clone, Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a query string.
    ///
    /// # Errors
    /// 400 for a parameter that stands twice (H011).
    pub fn parse(query: &str) -> Result<Self, Problem> {
        let mut params: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if params.iter().any(|(seen, _)| *seen == name) {
                let detail = format!("The parameter {name:?} stands twice.");
                return Err(Problem::malformed("repeated_parameter", detail));
            }
            params.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(params))
    }

    /// The value of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Refuses every parameter that is not one of these.
    ///
    /// # Errors
    /// 422 naming them.
    pub fn only(&self, known: &[&str]) -> Result<(), Problem> {
        let mut fields = Fields::new();
        for (name, _) in self.0.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            fields.refuse(name, Invalid::new("unsupported_filter", "is not a parameter of this list"));
        }
        Ok(fields.finish(Some(()))?)
    }

    /// `limit`: how much a page holds, 25 unless said otherwise.
    ///
    /// # Errors
    /// 422 unless it is from 1 to 100.
    pub fn limit(&self) -> Result<usize, Problem> {
        let Some(text) = self.get("limit") else {
            return Ok(25);
        };
        let limit = text.parse().ok().filter(|limit| (1..=100).contains(limit));
        limit.ok_or_else(|| Problem::invalid("limit", "out_of_range", "must be from 1 to 100"))
    }

    /// All but `after`, in one order: what a cursor is bound to.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut rest: Vec<_> = self.0.iter().filter(|(name, _)| name != "after").collect();
        rest.sort();
        let pairs = rest.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(RawQuery(query)) = RawQuery::from_request_parts(parts, state).await;
        Self::parse(query.as_deref().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h011_a_repeated_parameter_is_refused() {
        assert!(Params::parse("id=a&id=b").is_err());
    }

    #[test]
    fn a_cursor_is_bound_to_everything_but_itself() {
        let one = Params::parse("status=new&requester_id=me&after=x").unwrap();
        let other = Params::parse("requester_id=me&status=new").unwrap();
        assert_eq!(one.fingerprint(), other.fingerprint());
    }
}
