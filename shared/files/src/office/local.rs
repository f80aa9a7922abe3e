//! What stands before and behind each part of an archive: it must say what the directory says, and leave no gap.
//!
//! Some programs read an archive from its beginning and never see its directory. What they find is what the directory
//! names, part by part, for each begins where the one before it ends.

use super::directory::{LOCKED, Part, check_extra, u16_at};
use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};

/// The bit that says that checksum and sizes stand behind the part: who wrote it did not know them before.
const DESCRIBED: u16 = 0x08;

/// With what the checksum and the sizes behind a part begin, in most programs.
const DESCRIPTOR: &[u8] = b"PK\x07\x08";

const UNLIKE: Unfit = Unfit::Damaged("its parts are not as its directory says");

/// Walks through the parts, given in the order in which they stand, up to the directory.
///
/// # Errors
/// When one is not as the directory says, or something stands between two.
pub(super) async fn walk<S: Source>(
    file: &mut Reader<S>,
    parts: &[Part],
    directory: u64,
) -> Result<(), Stopped<S::Error>> {
    let ends = parts.iter().skip(1).map(|part| part.at).chain(std::iter::once(directory));
    file.seek(0)?;
    for (part, end) in parts.iter().zip(ends) {
        let is_described = read_header(file, part).await?;
        let content_end = file.at().saturating_add(part.packed);
        match (is_described, end.checked_sub(content_end)) {
            (_, None) => return Err(UNLIKE.into()),
            (false, Some(0)) => file.seek(content_end)?,
            (true, Some(size @ (12 | 16 | 20 | 24))) => {
                file.seek(content_end)?;
                check_descriptor(&file.take(usize::try_from(size).unwrap_or(usize::MAX)).await?, part)?;
            }
            (_, Some(_)) => return Err(Unfit::Foreign("something stands between its parts").into()),
        }
    }
    Ok(())
}

/// Reads what stands before a part; answers whether its checksum and sizes stand behind it.
async fn read_header<S: Source>(file: &mut Reader<S>, part: &Part) -> Result<bool, Stopped<S::Error>> {
    let header: [u8; 30] = file.array().await?;
    let flags = u16_at(&header, 6);
    let is_described = flags & DESCRIBED != 0;
    let is_like = header.starts_with(b"PK\x03\x04")
        && flags & LOCKED == 0
        && u16_at(&header, 8) == part.method
        && usize::from(u16_at(&header, 26)) == part.name.len()
        && has_sums(header.get(14..26).unwrap_or_default(), part, is_described);
    if !is_like || file.take(part.name.len()).await? != part.name.as_bytes() {
        return Err(UNLIKE.into());
    }
    check_extra(&file.take(usize::from(u16_at(&header, 28))).await?)?;
    Ok(is_described)
}

/// Whether checksum and sizes are those of the directory, or none if they stand behind the part.
fn has_sums(sums: &[u8], part: &Part, is_described: bool) -> bool {
    let (sums, known) = (sums.as_chunks::<4>().0, part.sums.as_chunks::<4>().0);
    sums.iter().zip(known).all(|(sum, known)| sum == known || (is_described && *sum == [0; 4]))
}

fn check_descriptor(descriptor: &[u8], part: &Part) -> Result<(), Unfit> {
    let is_marked = [16, 24].contains(&descriptor.len());
    let sums = if is_marked { descriptor.strip_prefix(DESCRIPTOR).ok_or(UNLIKE)? } else { descriptor };
    // Programs that stream write sizes of eight bytes, although four would do.
    let wide = match part.sums.as_chunks::<4>().0 {
        [checksum, packed, size] => [checksum.as_slice(), packed, &[0; 4], size, &[0; 4]].concat(),
        _ => return Err(UNLIKE),
    };
    if sums == part.sums || sums == wide { Ok(()) } else { Err(UNLIKE) }
}
