//! Pictures: valid ones of every type, ones that hide something, and ones that claim too much.

mod bmp;
mod gif;
mod jpeg;
mod png;
mod webp;

pub use bmp::{bmp, bmp_with_profile, bmp_with_tail};
pub use gif::{gif, gif_of_frames, gif_with_script, gif_with_text};
pub use jpeg::{jpeg, jpeg_of, jpeg_with_everything, jpeg_with_php};
pub use png::{apng, png, png_claiming, png_with_html, png_with_text};
pub use webp::{webp, webp_of_frames, webp_with_everything};

#[cfg(test)]
pub(crate) use png::chunk as png_chunk;
#[cfg(test)]
pub(crate) use webp::{chunk as webp_chunk, riff};
