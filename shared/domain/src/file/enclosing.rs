//! What is enclosed with a text: the files beside it, and the pictures it names.
//!
//! A text names a picture as `![what it shows](upl_…)`; once it is enclosed the text names it by its own id, `att_…`.

use jiff::Timestamp;

use super::{File, FileRules, MOST_FILES, MOST_PICTURES, Upload, UploadState};
use crate::event::Entry;
use crate::field::{Fields, Invalid};
use crate::id::{AttachmentId, PersonId, UploadId};
use crate::text::Body;

/// The most bytes of an id in a text, with what follows it.
const LONGEST_ID: usize = 48;

/// The files that somebody names, and what the desk knows of them.
#[derive(Clone, Debug, Default)]
pub struct Enclosed {
    /// The files beside the text, as they were named.
    pub named: Vec<UploadId>,
    /// Every upload that was named, beside the text or in it.
    pub uploads: Vec<Upload>,
}

/// What somebody says, with what they name to go with it.
#[derive(Clone, Debug)]
pub struct Said {
    /// The text.
    pub body: Body,
    /// The files.
    pub enclosed: Enclosed,
}

impl From<Body> for Said {
    /// A text alone.
    fn from(body: Body) -> Self {
        Self { body, enclosed: Enclosed::default() }
    }
}

/// By whom, when, by which rules, and beside what else something is enclosed.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// When.
    pub at: Timestamp,
    /// Who names the files: whoever sent them.
    pub by: Option<&'a PersonId>,
    /// By which rules.
    pub rules: &'a FileRules,
    /// What stands there already.
    pub beside: &'a [File],
    /// The name of the text's field.
    pub text: &'static str,
}

impl Enclosed {
    /// Encloses the named files with a text; whatever is wrong is noted in `fields`.
    pub fn with(&self, fields: &mut Fields, terms: &Terms<'_>, body: Option<Body>) -> Entry {
        let mut files = Vec::new();
        for (at, id) in self.named.iter().enumerate() {
            let repeated = self.named.iter().take(at).any(|earlier| earlier == id);
            let outcome = if repeated { Err(twice()) } else { self.admit(id, terms, false) };
            files.extend(fields.check(&format!("attachments.{at}"), outcome));
        }
        let there = terms.beside.iter().filter(|file| !file.inline).count();
        if self.named.len() + there > MOST_FILES {
            let message = format!("must be at most {MOST_FILES} files, with those there are already");
            fields.refuse("attachments", Invalid::new("too_many_files", message));
        }
        let pictures = body.as_ref().map(pictures).unwrap_or_default();
        let hung = terms.beside.iter().filter(|file| file.inline).count();
        if pictures.len() + hung > MOST_PICTURES {
            let message = format!("must hold at most {MOST_PICTURES} pictures, with those there were before");
            fields.refuse(terms.text, Invalid::new("too_many_pictures", message));
        }
        for id in &pictures {
            files.extend(fields.check(terms.text, self.admit(id, terms, true)));
        }
        Entry { body: body.map(|body| renamed(&body, &pictures)), files }
    }

    fn admit(&self, id: &UploadId, terms: &Terms<'_>, inline: bool) -> Result<File, Invalid> {
        let own = self.uploads.iter().find(|upload| upload.id == *id && Some(&upload.person) == terms.by);
        let upload = own.ok_or_else(|| Invalid::new("unknown_upload", "is no upload of yours"))?;
        let file = match &upload.state {
            UploadState::Accepted { until, .. } if *until <= terms.at => {
                return Err(Invalid::new("expired", "was not attached in time; send it again"));
            }
            UploadState::Accepted { file, .. } => file,
            UploadState::Attached { .. } => return Err(Invalid::new("already_attached", "belongs to a text already")),
            UploadState::Reserved { .. } => {
                return Err(Invalid::new("not_completed", "was not sent, or not completed"));
            }
            UploadState::Refused { reason, .. } => return Err(Invalid::new("refused", reason.clone())),
        };
        if file.inline != inline {
            let message = "is a picture for a text if it was declared inline, and a file beside it if it was not";
            return Err(Invalid::new("inline", message));
        }
        terms.rules.admit_type(file.file_type)?;
        terms.rules.admit_size(upload.declared.size)?;
        Ok(file.clone())
    }
}

fn twice() -> Invalid {
    Invalid::new("repeated", "stands there twice")
}

/// The uploads that a text names as pictures, each once.
#[must_use]
pub fn pictures(body: &Body) -> Vec<UploadId> {
    let mut found = Vec::new();
    for part in body.as_str().split("](").skip(1) {
        let id = part.split_once(')').and_then(|(id, _)| UploadId::parse(id).ok());
        found.extend(id.filter(|id| !found.contains(id)));
    }
    found
}

/// The text, naming its pictures by the ids they have from now on.
fn renamed(body: &Body, pictures: &[UploadId]) -> Body {
    let text = pictures.iter().fold(body.as_str().to_owned(), |text, id| {
        text.replace(&format!("]({id})"), &format!("]({})", AttachmentId::from(id)))
    });
    // Both kinds of ids have the same length, so the text stays as short as it was.
    Body::parse(&text).unwrap_or_else(|_impossible| body.clone())
}

/// The text for whoever cannot see pictures: each is named by what it shows.
#[must_use]
pub fn spoken(text: &str) -> String {
    let mut spoken = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        let end = after.bytes().take(LONGEST_ID).position(|byte| byte == b')');
        let id = end.and_then(|end| after.split_at_checked(end)).filter(|(id, _)| AttachmentId::parse(id).is_ok());
        if let (Some((before, shows)), Some((_, behind))) = (before.rsplit_once("!["), id) {
            let shows = if shows.trim().is_empty() { "…" } else { shows };
            spoken.extend([before, "[", shows, "]"]);
            rest = behind.get(1..).unwrap_or_default();
        } else {
            spoken.extend([before, "]("]);
            rest = after;
        }
    }
    spoken.push_str(rest);
    spoken
}

#[cfg(test)]
mod tests;
