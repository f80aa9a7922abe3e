//! The data folder: whose it is, and of which version.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// The version of the data that this build writes.
const VERSION: u32 = 1;

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A newer build has written it.
    #[error("{folder} holds data of version {found}, but this Lambdesk knows only version {VERSION}: use a newer one")]
    Newer {
        /// The folder.
        folder: String,
        /// Its version.
        found: u32,
    },
    /// Another desk uses it.
    #[error("{0} is in use by another desk: stop that one first, or choose another folder with --data")]
    Busy(String),
    /// It says something else than a version.
    #[error("{0} does not look like the data of a desk: its VERSION file cannot be read")]
    Foreign(String),
    /// The disk refuses.
    #[error("{0} cannot be used: {1}")]
    Disk(String, std::io::Error),
}

/// A data folder that is ours as long as this lives.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Opens a folder, or makes it.
    pub(crate) fn open(path: &Path) -> Result<Self, FolderError> {
        let shown = || path.display().to_string();
        let disk = |error| FolderError::Disk(shown(), error);
        std::fs::create_dir_all(path).map_err(disk)?;
        let version = path.join("VERSION");
        if version.exists() {
            let text = std::fs::read_to_string(&version).map_err(disk)?;
            let found: u32 = text.trim().parse().map_err(|_ignored| FolderError::Foreign(shown()))?;
            if found > VERSION {
                return Err(FolderError::Newer { folder: shown(), found });
            }
        }
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path.join("LOCK")).map_err(disk)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::Busy(shown())),
            Err(TryLockError::Error(error)) => return Err(disk(error)),
        }
        std::fs::write(&version, format!("{VERSION}\n")).map_err(disk)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// A file or folder in it.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_a_newer_version_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("VERSION"), "2\n").unwrap();
        let error = Folder::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("version 2"), "{error}");
        assert_eq!(std::fs::read_to_string(folder.path().join("VERSION")).unwrap(), "2\n");
    }

    #[test]
    fn two_desks_do_not_share_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = Folder::open(folder.path()).unwrap();
        assert!(matches!(Folder::open(folder.path()), Err(FolderError::Busy(_))));
        drop(first);
        assert!(Folder::open(folder.path()).is_ok());
    }
}
