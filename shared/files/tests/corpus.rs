//! Whatever a fuzzer once found, and the samples it began with: what holds of any file holds of all of these.
//!
//! The corpus is in `fuzz/corpus`, one folder a target; `fuzz/src/lib.rs` says where it comes from.

use std::path::Path;
use std::{fs, io};

use files::Found;
use files::source::InMemory;
use files::unfit::{Stopped, Unfit};

const TARGETS: [&str; 9] = ["bmp", "gif", "jpeg", "mp4", "office", "pdf", "png", "text", "webp"];

/// What a folder of the corpus holds, each file with its path.
fn corpus(target: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut inputs = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        inputs.push((path.display().to_string(), fs::read(&path)?));
    }
    Ok(inputs)
}

async fn look(bytes: &[u8], piece: usize) -> Result<Found, Unfit> {
    let source = InMemory::in_pieces(bytes.to_vec(), piece);
    files::inspect(source).await.map_err(|Stopped::Unfit(unfit)| unfit)
}

async fn deliver(bytes: &[u8], found: Found) -> Result<Vec<u8>, Unfit> {
    let mut delivery = found.pieces.deliver(InMemory::new(bytes.to_vec()));
    let mut all = Vec::new();
    while let Some(part) = delivery.next().await.map_err(|Stopped::Unfit(unfit)| unfit)? {
        all.extend_from_slice(&part);
    }
    Ok(all)
}

/// Whether a file is fit.
///
/// # Errors
/// What should hold of it and does not.
async fn check(bytes: &[u8]) -> Result<bool, String> {
    let found = look(bytes, usize::MAX).await;
    if look(bytes, 7).await != found {
        return Err("it depends on how it is read".into());
    }
    let Ok(found) = found else {
        return Ok(false);
    };
    let (file_type, len) = (found.file_type, found.pieces.len());
    let clean = deliver(bytes, found).await.map_err(|unfit| unfit.to_string())?;
    let again = look(&clean, usize::MAX).await.map_err(|unfit| format!("delivered, {unfit}"))?;
    if u64::try_from(clean.len()) != Ok(len) || again.file_type != file_type {
        return Err("it says of another length or type than it delivers".into());
    }
    if deliver(&clean, again).await.as_ref() != Ok(&clean) {
        return Err("what is delivered would be cleaned once more".into());
    }
    Ok(true)
}

#[tokio::test]
async fn h103_whatever_a_fuzzer_tried_is_answered() {
    for target in TARGETS {
        let mut fit = 0;
        for (path, bytes) in corpus(target).unwrap() {
            match check(&bytes).await {
                Ok(is_fit) => fit += usize::from(is_fit),
                Err(broken) => panic!("{path}: {broken}"),
            }
        }
        assert!(fit > 0, "the corpus of {target} holds no file that is fit");
    }
}
