//! Positions: per reader of the stream, up to where everything it led to is settled. What lies behind is relayed again
//! on the next start, for the queues of this host are in memory only.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The positions, in a file or in memory.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    file: Option<PathBuf>,
    settled: BTreeMap<String, i64>,
}

impl Positions {
    /// Reads the file, if there is one.
    pub(crate) fn open(file: Option<PathBuf>) -> std::io::Result<Self> {
        let settled = match file.as_ref().filter(|file| file.exists()) {
            Some(file) => serde_json::from_slice(&std::fs::read(file)?)?,
            None => BTreeMap::new(),
        };
        Ok(Self { file, settled })
    }

    /// Where a reader goes on: 0 is the beginning.
    pub(crate) fn of(&self, reader: &str) -> i64 {
        self.settled.get(reader).copied().unwrap_or_default()
    }

    /// Notes that everything up to here is settled; the file is replaced whole, so that it is never half written.
    pub(crate) fn settle(&mut self, reader: &str, position: i64) -> std::io::Result<()> {
        if self.of(reader) == position {
            return Ok(());
        }
        self.settled.insert(reader.to_owned(), position);
        let Some(file) = &self.file else {
            return Ok(());
        };
        let beside = file.with_extension("new");
        std::fs::write(&beside, serde_json::to_vec(&self.settled)?)?;
        std::fs::rename(beside, file)
    }
}
