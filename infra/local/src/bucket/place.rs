//! The place: which file an object is, and how it comes there whole or not at all.
//!
//! A bucket is a folder and a key is a path in it, as s3s-fs has it. What s3s-fs knows of an object beside its bytes is
//! in two files of the root that are named after it. An object is written as a draft, a key of a folder that is no
//! bucket, and moved when all about it is right: a process that is killed in between leaves nothing that looks whole.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::world::Clock;
use jiff::Timestamp;

use crate::template;

/// The folder of drafts; no bucket can be called so.
pub(super) const DRAFTS: &str = ".drafts";

/// Where an object is, or could be.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub(super) bucket: String,
    pub(super) key: String,
}

impl Spot {
    /// A key that is a path without detours: s3s-fs would follow `..` into other buckets.
    pub(super) fn parse(bucket: &str, key: &str) -> Option<Self> {
        let is_plain = Path::new(key).components().all(|component| matches!(component, Component::Normal(_)));
        let is_file = !key.is_empty() && !key.ends_with('/');
        (is_plain && is_file).then(|| Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }
}

/// The root folder of all buckets.
#[derive(Debug)]
pub(super) struct Place {
    root: PathBuf,
    clock: Arc<dyn Clock>,
    drafts: AtomicU64,
    /// Objects come into place one by one, so that of two that must be new only one is.
    moving: Mutex<()>,
}

impl Place {
    /// Makes what is missing, and removes the drafts that an earlier process has left.
    pub(super) fn open(root: PathBuf, buckets: &[template::Bucket], clock: Arc<dyn Clock>) -> io::Result<Self> {
        for bucket in buckets {
            fs::create_dir_all(root.join(&bucket.name))?;
        }
        let drafts = root.join(DRAFTS);
        if drafts.exists() {
            fs::remove_dir_all(&drafts)?;
        }
        fs::create_dir_all(&drafts)?;
        let beside_drafts = beside(DRAFTS);
        for entry in fs::read_dir(&root)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&beside_drafts) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(Self { root, clock, drafts: AtomicU64::new(0), moving: Mutex::new(()) })
    }

    /// Now, as objects bear it.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn has_bucket(&self, bucket: &str) -> bool {
        self.root.join(bucket).is_dir()
    }

    /// How long an object is, if there is one.
    pub(super) fn length(&self, spot: &Spot) -> Option<u64> {
        let about = fs::metadata(self.file(spot)).ok()?;
        about.is_file().then_some(about.len())
    }

    /// The key of a new draft.
    pub(super) fn draft(&self) -> String {
        self.drafts.fetch_add(1, Ordering::Relaxed).to_string()
    }

    pub(super) fn draft_file(&self, draft: &str) -> PathBuf {
        self.root.join(DRAFTS).join(draft)
    }

    /// Moves a draft to where it belongs; answers whether it may be there: not if it must be new and is not.
    pub(super) fn settle(&self, draft: &str, spot: &Spot, only_new: bool) -> io::Result<bool> {
        let (from, to) = (self.draft_file(draft), self.file(spot));
        File::options().write(true).open(&from)?.set_modified(SystemTime::from(self.now()))?;
        let _one_by_one = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
        if only_new && to.exists() {
            return Ok(false);
        }
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        // The object comes last: before it is there, nobody asks for what is beside it.
        for (from, to) in self.beside(DRAFTS, draft).into_iter().zip(self.beside(&spot.bucket, &spot.key)) {
            if from.exists() {
                fs::rename(from, to)?;
            } else {
                remove_file(&to)?;
            }
        }
        fs::rename(from, to)?;
        Ok(true)
    }

    /// Removes a draft, as far as it got.
    pub(super) fn discard(&self, draft: &str) -> io::Result<()> {
        for file in self.beside(DRAFTS, draft) {
            remove_file(&file)?;
        }
        remove_file(&self.draft_file(draft)).map(drop)
    }

    /// Gives an object that s3s-fs has put in place itself the time of the desk.
    pub(super) fn touch(&self, spot: &Spot) -> io::Result<()> {
        File::options().write(true).open(self.file(spot))?.set_modified(SystemTime::from(self.now()))
    }

    /// Removes an object and what is beside it; answers whether there was one.
    pub(super) fn remove(&self, spot: &Spot) -> io::Result<bool> {
        let _one_by_one = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
        if self.length(spot).is_none() {
            return Ok(false);
        }
        let was_there = remove_file(&self.file(spot))?;
        for file in self.beside(&spot.bucket, &spot.key) {
            remove_file(&file)?;
        }
        Ok(was_there)
    }

    /// Removes the objects below a prefix that are as old as this; answers how many.
    pub(super) fn remove_old(&self, bucket: &str, prefix: &str, end: SystemTime) -> io::Result<usize> {
        let mut removed = 0;
        for (key, file) in self.files(bucket)? {
            if let Some(spot) = Spot::parse(bucket, &key).filter(|_| key.starts_with(prefix) && is_old(&file, end)) {
                removed += usize::from(self.remove(&spot)?);
            }
        }
        Ok(removed)
    }

    /// Removes what uploads in parts have left that were begun before this and never ended; answers how many files.
    pub(super) fn remove_old_parts(&self, end: SystemTime) -> io::Result<usize> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_part = name.starts_with(".upload") || name.contains(".upload-");
            if is_part && is_old(&entry.path(), end) {
                removed += usize::from(remove_file(&entry.path())?);
            }
        }
        Ok(removed)
    }

    /// The files of a bucket by their keys.
    pub(super) fn files(&self, bucket: &str) -> io::Result<BTreeMap<String, PathBuf>> {
        let top = self.root.join(bucket);
        let mut files = BTreeMap::new();
        let mut folders = vec![top.clone()];
        while let Some(folder) = folders.pop() {
            let paths = fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
            let (inner, plain): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
            folders.extend(inner);
            files.extend(plain.into_iter().filter_map(|path| key(&top, &path).map(|key| (key, path))));
        }
        Ok(files)
    }

    fn file(&self, spot: &Spot) -> PathBuf {
        self.root.join(&spot.bucket).join(&spot.key)
    }

    /// The files in which s3s-fs keeps what it knows of an object.
    fn beside(&self, bucket: &str, key: &str) -> [PathBuf; 2] {
        let name = format!("{}object-{}", beside(bucket), URL_SAFE_NO_PAD.encode(key));
        ["metadata", "internal"].map(|kind| self.root.join(format!("{name}.{kind}.json")))
    }
}

/// The key of a file below the folder of its bucket.
fn key(top: &Path, file: &Path) -> Option<String> {
    let parts: Vec<_> = file.strip_prefix(top).ok()?.iter().map(OsStr::to_string_lossy).collect();
    Some(parts.join("/"))
}

/// How the names begin of what is beside the objects of a bucket.
fn beside(bucket: &str) -> String {
    format!(".bucket-{}.", URL_SAFE_NO_PAD.encode(bucket))
}

/// What has gone in the meantime is not old.
fn is_old(file: &Path, end: SystemTime) -> bool {
    fs::metadata(file).and_then(|about| about.modified()).is_ok_and(|modified| modified <= end)
}

/// Whether there was such a file to remove.
fn remove_file(file: &Path) -> io::Result<bool> {
    match fs::remove_file(file) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
