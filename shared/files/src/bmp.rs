//! BMP: a header in one of many generations, colours, and pixels.
//!
//! Delivered are a header written anew, the colours and the pixels. What may stand between and behind them, colour
//! profiles above all, is left out.

mod header;
#[cfg(test)]
mod tests;

use crate::bmp::header::{FILE_HEADER, Header};
use crate::pieces::Pieces;
use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};

/// Looks at a BMP.
pub(crate) async fn inspect<S: Source>(file: &mut Reader<S>) -> Result<Pieces, Stopped<S::Error>> {
    let start = file.array::<FILE_HEADER>().await?;
    let [b'B', b'M', _, _, _, _, _, _, _, _, p0, p1, p2, p3] = start else {
        return Err(Unfit::Damaged("its beginning is none of a BMP").into());
    };
    let length = file.array::<4>().await?;
    let rest = header::rest(u32::from_le_bytes(length))?;
    let header = [length.to_vec(), file.take(rest).await?].concat();
    let header = Header::parse(header)?;
    let colours = file.at()..file.at().saturating_add(header.colours);
    let from = u64::from(u32::from_le_bytes([p0, p1, p2, p3]));
    let pixels = from..from.saturating_add(header.pixels);
    if pixels.end > file.len() {
        return Err(Unfit::Truncated.into());
    }
    if from < colours.end {
        return Err(Unfit::Damaged("its pixels begin among its colours").into());
    }
    let mut pieces = Pieces::default();
    let written = [header.file_header(colours.end)?.to_vec(), header.bytes].concat();
    file.seek(0)?;
    if file.take(written.len()).await? == written {
        pieces.keep(0..colours.start)?;
    } else {
        pieces.write(written)?;
    }
    if !colours.is_empty() {
        pieces.keep(colours)?;
    }
    pieces.keep(pixels)?;
    Ok(pieces)
}
