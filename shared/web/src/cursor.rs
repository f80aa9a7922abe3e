//! Cursors: where a list goes on, sealed for one person and one query (H017).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::PersonId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::Reader;
use store::signing::{Purpose, SEAL_BYTES, Seals};
use utoipa::ToSchema;

use crate::problem::Problem;

/// What a list says of itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Meta {
    /// Whether there is more behind this page, which may be short or empty all the same.
    pub has_more: bool,
    /// What to send as `after` to get it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Makes and reads the cursors of one person's query.
#[derive(Debug)]
pub struct Cursors {
    seals: Seals,
    binding: String,
}

impl Cursors {
    /// For a person and a query: its path and everything else that chooses its rows.
    ///
    /// # Errors
    /// 503 when the signing key cannot be read.
    pub async fn bound_to(reader: &Reader, person: &PersonId, query: &str) -> Result<Self, Problem> {
        let seals = reader.seals(Purpose::Cursors).await?;
        Ok(Self { seals, binding: format!("{person}\n{query}\n") })
    }

    /// The position in a cursor.
    ///
    /// # Errors
    /// 400 for a cursor that was not made here, or for somebody else, or for another query.
    pub fn read<T: DeserializeOwned>(&self, after: Option<&str>) -> Result<Option<T>, Problem> {
        let Some(after) = after else {
            return Ok(None);
        };
        let foreign = || Problem::malformed("foreign_cursor", "This cursor does not belong to this query.");
        let bytes = URL_SAFE_NO_PAD.decode(after).map_err(|_ignored| foreign())?;
        let (seal, position) = bytes.split_at_checked(SEAL_BYTES).ok_or_else(foreign)?;
        if !self.seals.holds(&self.message(position), seal) {
            return Err(foreign());
        }
        serde_json::from_slice(position).map(Some).map_err(|_ignored| foreign())
    }

    /// What to say of a page that goes on at `next`.
    #[must_use]
    pub fn meta<T: Serialize>(&self, next: Option<&T>) -> Meta {
        let after = next.and_then(|next| serde_json::to_vec(next).ok()).map(|position| {
            let mut bytes = self.seals.seal(&self.message(&position)).to_vec();
            bytes.extend(position);
            URL_SAFE_NO_PAD.encode(bytes)
        });
        Meta { has_more: after.is_some(), after }
    }

    fn message(&self, position: &[u8]) -> Vec<u8> {
        [self.binding.as_bytes(), position].concat()
    }
}
