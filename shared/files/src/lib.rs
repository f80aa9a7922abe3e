//! What a file is: recognised by its content, checked to its end, and what of it may be delivered.
//!
//! This crate owns the parsers of everything that people attach: pictures, text, PDF, films and office documents. Each
//! reads a container (segments, chunks, boxes, a directory), never what is packed inside: no pixel is decoded, no
//! archive unpacked. So the time it takes is that of reading the file once, and the memory does not depend on the file.
//! Of a picture and a film only what is needed to show it is delivered: where it was taken, with which camera, its
//! thumbnail, colour profiles, comments and whatever stands behind its end are left out.
//!
//! It is a crate of its own so that whoever reads a stranger's bytes can name neither the table nor the network: a
//! parser that was fooled has nothing to give away. It must never trust a length it has read, never recurse, never
//! hold more of a file than a small piece, and never answer differently because of a name or a header.
//!
//! # Map
//!
//! | module | what it knows |
//! |---|---|
//! | [`inspect`](inspect()) | which parser a file belongs to |
//! | `jpeg`, `png`, `gif`, `bmp`, `webp` | pictures, rewritten |
//! | `mp4` | films, their metadata blanked |
//! | `text`, `pdf`, `office` | what is delivered as it is, or not at all |
//! | [`pieces`] | what is delivered |
//! | [`source`], `reader` | reading a file that is somewhere else |
//! | [`unfit`] | why a file is not taken |
//! | `limits` | how large anything may be |
//! | `samples` | files built from nothing, for tests; only with the feature of that name |
//! | `trial` | a look at a whole file, for tests |
//!
//! # Example
//!
//! ```
//! use domain::file::FileType;
//! use files::source::InMemory;
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let found = files::inspect(InMemory::new("The printer is on fire.\n")).await.unwrap();
//! assert_eq!(found.file_type, FileType::Txt);
//! # });
//! ```
//!
//! # Adding a type
//!
//! A variant in `domain::file::FileType`; a module with an `inspect` of its own; a line in `inspect.rs`; a fuzz target.

mod bmp;
mod gif;
mod inspect;
mod jpeg;
mod limits;
mod mp4;
mod office;
mod pdf;
pub mod pieces;
mod png;
mod reader;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
pub mod source;
mod text;
#[cfg(test)]
mod trial;
pub mod unfit;
mod webp;

pub use inspect::{Found, inspect};
