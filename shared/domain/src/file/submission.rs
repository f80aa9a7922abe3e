//! A submission: one ticket or comment in the making, and the slots of its files.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Declared, FileRules, MOST_FILES, MOST_PICTURES, TO_ATTACH, TO_COMPLETE, TO_UPLOAD, Upload, UploadState};
use crate::as_text::stored_as_text;
use crate::event::Author;
use crate::field::Invalid;
use crate::id::{PersonId, UploadId};

/// What a client calls one ticket or comment in the making.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionName(String);

impl SubmissionName {
    /// Reads one.
    ///
    /// # Errors
    /// `not_a_name` for anything but 1 to 64 letters, digits, dots, hyphens and underscores.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            let message = "must be 1 to 64 letters, digits, dots, hyphens and underscores";
            Err(Invalid::new("not_a_name", message))
        }
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

stored_as_text!(SubmissionName);

/// The slots of a submission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Grows by one with every change; 0 before the first.
    pub version: u64,
    /// Which uploads hold a slot.
    pub slots: BTreeMap<String, Slot>,
}

/// A slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Whether it is for a picture in the text.
    #[serde(default)]
    pub inline: bool,
    /// When it is free again, unless something is attached by then.
    pub until: Timestamp,
}

/// All slots are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyFiles {
    /// How many there are.
    pub most: usize,
}

/// A new upload with the submission that holds its slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The upload.
    pub upload: Upload,
    /// The submission afterwards.
    pub submission: Submission,
}

/// Who reserves a slot for what.
#[derive(Clone, Debug)]
pub struct Reserving {
    /// The new upload's id.
    pub id: UploadId,
    /// Who sends it.
    pub person: PersonId,
    /// For which ticket or comment in the making.
    pub name: SubmissionName,
    /// What is said of it.
    pub declared: Declared,
    /// By which rules it is taken.
    pub rules: FileRules,
    /// When.
    pub at: Timestamp,
}

impl Submission {
    /// Reserves a slot; those whose time is over are free again.
    ///
    /// # Errors
    /// [`TooManyFiles`].
    pub fn reserve(mut self, reserving: Reserving) -> Result<Reservation, TooManyFiles> {
        let Reserving { id, person, name, declared, rules, at } = reserving;
        let at = Author::system(at).at;
        let inline = declared.inline;
        self.slots.retain(|_, slot| slot.until > at);
        let most = if inline { MOST_PICTURES } else { MOST_FILES };
        if self.slots.values().filter(|slot| slot.inline == inline).count() >= most {
            return Err(TooManyFiles { most });
        }
        let until = at + TO_UPLOAD;
        self.slots.insert(id.to_string(), Slot { inline, until: at + TO_COMPLETE });
        self.version += 1;
        let state = UploadState::Reserved { until };
        let upload = Upload { id, person, submission: name, declared, rules, state, created_at: at };
        Ok(Reservation { upload, submission: self })
    }

    /// When nothing of it counts any more.
    #[must_use]
    pub fn forgotten_at(&self) -> Option<Timestamp> {
        self.slots.values().map(|slot| slot.until + TO_ATTACH).max()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::file::name::FileName;
    use crate::file::{FileType, Sha256};

    fn reserving(n: usize, inline: bool, at: Timestamp) -> Reserving {
        let name = FileName::parse("a.png").unwrap();
        let sha256 = Sha256::of([7; 32]);
        Reserving {
            id: UploadId::parse(&format!("upl_{n}")).unwrap(),
            person: PersonId::parse("usr_1").unwrap(),
            name: SubmissionName::parse("s").unwrap(),
            declared: Declared { name, file_type: FileType::Png, size: 1, sha256, inline },
            rules: FileRules::default(),
            at,
        }
    }

    fn full(at: Timestamp) -> Submission {
        (0..5).fold(Submission::default(), |submission, n| {
            submission.reserve(reserving(n, false, at)).unwrap().submission
        })
    }

    #[test]
    fn h086_a_sixth_file_finds_no_slot() {
        let at: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        assert_eq!(full(at).reserve(reserving(5, false, at)), Err(TooManyFiles { most: 5 }));
    }

    #[test]
    fn pictures_in_the_text_do_not_count_among_the_five() {
        let at: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        assert!(full(at).reserve(reserving(5, true, at)).is_ok());
    }

    #[test]
    fn h089_a_slot_whose_time_is_over_is_free_again() {
        let at: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let later = at + TO_COMPLETE + SignedDuration::from_secs(1);
        let after = full(at).reserve(reserving(5, false, later)).unwrap();
        assert_eq!(after.submission.slots.len(), 1);
    }
}
