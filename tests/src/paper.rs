//! The log on paper: what a desk tells while its story keeps the lines.
//!
//! There is one log for all stories of a process, set up before the first desk opens, for `tracing` remembers for good
//! whether anybody listens to a line when it is told for the first time: a log that comes later, or listens on one thread
//! alone, may miss what others told before. Which story a line belongs to is told by its thread.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;
use std::sync::Once;

use serde_json::Value;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::SubscriberExt;

thread_local! {
    /// What the story of this thread writes on.
    static PAPER: RefCell<Option<Rc<RefCell<Vec<u8>>>>> = const { RefCell::new(None) };
}

/// Sets up the log; nothing is written before a story takes a [`Paper`].
pub(crate) fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        // The bucket of one machine is no part of the desk, and takes it for an error whenever it refuses a request.
        let ours = dynamic_filter_fn(|metadata, _| {
            !metadata.target().starts_with("s3s") && PAPER.with_borrow(Option::is_some)
        });
        let log = runtime::telemetry::log(|| OfThisThread, "test".to_owned()).with(ours);
        tracing::subscriber::set_global_default(log).unwrap();
        tracing::callsite::rebuild_interest_cache();
    });
}

/// The log that functions have, kept for as long as this lives, and for what happens on its thread.
#[derive(Debug)]
pub struct Paper(Rc<RefCell<Vec<u8>>>);

impl Paper {
    /// Keeps the log from now on.
    #[must_use]
    pub fn take() -> Self {
        let lines = Rc::default();
        let before = PAPER.replace(Some(Rc::clone(&lines)));
        assert!(before.is_none(), "a story has one paper");
        Self(lines)
    }

    /// What is written on it.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }

    /// Its lines, each an object.
    #[must_use]
    pub fn lines(&self) -> Vec<Value> {
        let lines: Vec<Value> = self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(lines.iter().all(Value::is_object));
        lines
    }
}

impl Drop for Paper {
    fn drop(&mut self) {
        PAPER.set(None);
    }
}

/// Writes on the paper of the thread that tells the line.
struct OfThisThread;

impl Write for OfThisThread {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        PAPER.with_borrow(|paper| {
            if let Some(paper) = paper {
                paper.borrow_mut().extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
